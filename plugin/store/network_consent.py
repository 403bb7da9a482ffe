"""Whether the worker may read rasters over the network: a layer loaded from there is, what a file
names there is asked about once.
"""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QMessageBox, QWidget

from ..core.run.remote import own_address, remote_addresses, server_of
from ..core.types import RasterRef
from ..core.wording import fill, tr
from .settings import allow_servers, allowed_servers

_BUTTONS = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No


def may_fetch(*rasters: RasterRef, parent: QWidget | None = None) -> bool:
    """Return whether the rasters may be read over the network.

    Args:
        rasters: A raster whose own source is an address was loaded from there by the user.
        parent: Where a server that no answer is kept for is asked about; None = nothing is asked,
            it may not be read.
    """
    own = any(own_address(r.path) is not None for r in rasters)
    servers = {
        server_of(a): r.path
        for r in rasters
        if own_address(r.path) is None
        for a in remote_addresses(r.path)
    }
    unknown = {server: path for server, path in servers.items() if server not in allowed_servers()}
    if unknown:
        if parent is None:
            return False
        text = fill(
            tr("{0} is read over the network, from {1}. Read it from there, now and later?"),
            next(iter(unknown.values()))[:200],
            ", ".join(unknown),
        )
        if (
            QMessageBox.question(
                parent, "SAR-Optical Align", text, _BUTTONS, QMessageBox.StandardButton.No
            )
            != QMessageBox.StandardButton.Yes
        ):
            return False
        allow_servers(unknown)
    return own or bool(servers)
