"""Whether the worker may read rasters over the network."""

from __future__ import annotations

from ..core.run.remote import own_address
from ..core.types import AlignParams, AlignRequest, RasterRef
from ..gis.network import allowed_servers, servers_behind


def may_fetch(*rasters: RasterRef) -> bool:
    """Return whether the rasters may be read over the network: one of them was loaded from there,
    or refers to servers, and all that they refer to were allowed.
    """
    servers = {server for r in rasters for server in servers_behind(r.path)}
    own = any(own_address(r.path) is not None for r in rasters)
    return (own or bool(servers)) and servers <= set(allowed_servers())


def request_for(reference: RasterRef, sensed: RasterRef, params: AlignParams) -> AlignRequest:
    """Return what the worker is asked about a pair, with the leave to fetch it that was given."""
    return AlignRequest(reference, sensed, params, may_fetch(reference, sensed))
