"""Which servers rasters may be read from in QGIS: those that the user allowed. The own address of a
layer needs no leave: the user loaded it from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from qgis.core import QgsSettings

from ..core.errors import RemoteRasterError
from ..core.run.remote import own_address, remote_addresses, server_of

_KEY = "sar_optical_align/allowed_servers"


def allowed_servers() -> list[str]:
    """Return the servers that files may refer to."""
    return list(QgsSettings().value(_KEY, [], type=list))


def allow_servers(servers: Iterable[str]) -> None:
    """Keep that files may refer to these servers."""
    QgsSettings().setValue(_KEY, sorted({*allowed_servers(), *servers}))


def forget_servers() -> None:
    """Let files refer to no server any more."""
    QgsSettings().remove(_KEY)


def servers_behind(path: str) -> tuple[str, ...]:
    """Return the servers that a file on this computer would be read from."""
    if own_address(path) is not None:
        return ()
    try:
        changed = Path(path).stat().st_mtime_ns
    except (OSError, ValueError):
        changed = 0
    return _servers(path, changed)


def refuse_unallowed(path: str) -> None:
    """Refuse a raster that a file would lead to a server for which was not allowed.

    Raises:
        RemoteRasterError: it names them.
    """
    unknown = tuple(s for s in servers_behind(path) if s not in allowed_servers())
    if unknown:
        raise RemoteRasterError(
            f"{path[:200]} is read over the network, from {', '.join(unknown)}.",
            "Allow it in the dock of SAR-Optical Align, under Match, or copy the data to this "
            "computer.",
            unknown,
        )


@lru_cache(256)
def _servers(path: str, _changed: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(server_of(a) for a in remote_addresses(path)))
