"""Opens rasters to read.

What lies on the network is refused unless it was allowed; nothing is fetched to find that out.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...core.errors import RemoteRasterError, UnreadableRasterError
from ...core.run.remote import remote_addresses

_RASTERS = (".tif", ".tiff", ".jp2", ".img", ".vrt", ".nc", ".png", ".jpg")
_NOWHERE = "none://"  # no proxy that curl knows: a transfer ends before it looks for a host
_CLOSED = {
    **dict.fromkeys(
        (
            "GDAL_HTTP_PROXY",
            "GDAL_HTTPS_PROXY",
            "http_proxy",
            "https_proxy",
            "ftp_proxy",
            "all_proxy",
        ),
        _NOWHERE,
    ),
    **dict.fromkeys(("HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY"), _NOWHERE),
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/none",
    "GDAL_HTTP_MAX_RETRY": "0",
    "NO_PROXY": "",
    "no_proxy": "",
}
_HINT = "Add --allow-network if it may be, or copy the data to this computer."
_allowed, _hint = False, _HINT


@contextmanager
def network(allowed: bool, hint: str = _HINT) -> Iterator[None]:
    """Say for the whole process whether rasters may be read over the network; where not, GDAL
    cannot, whatever a file names.

    Args:
        allowed: Whether they may.
        hint: What the user can do where one is refused.
    """
    global _allowed, _hint
    before, variables = (_allowed, _hint), {} if allowed else _CLOSED
    kept = {key: os.environ.get(key) for key in variables}
    _allowed, _hint = allowed, hint
    os.environ.update(variables)
    try:
        yield
    finally:
        _allowed, _hint = before
        for key, value in kept.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def open_dataset(path: str, **options: Any) -> Any:
    """Open a raster to read.

    Args:
        path: As GDAL or rasterio takes it.
        options: Of `rasterio.open`.

    Raises:
        RemoteRasterError: it would be read over the network, which was not allowed.
        UnreadableRasterError: it is an archive; the hint names what is inside.
        RasterioError: as `rasterio.open` raises it.
    """
    if not _allowed and (addresses := remote_addresses(str(path))):
        name = str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}…"
        if addresses[0] in name:
            raise RemoteRasterError(f"{name} lies on the network.", _hint)
        raise RemoteRasterError(f"{name} is read over the network, from {addresses[0]}.", _hint)
    import rasterio  # not before: the command line and the worker answer without it, too

    try:
        return rasterio.open(path, **options)
    except Exception as error:
        if (inside := _packed(str(path))) is None:
            raise
        raise UnreadableRasterError(
            f"{path} is an archive, not a raster.",
            f"Name the raster inside it: /vsizip/{path}/{inside}" if inside else "Unpack it.",
        ) from error


def _packed(path: str) -> str | None:
    """Return the name of what is most likely a raster in a zip archive, "" where none is, None
    for every other file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # noqa: BLE001 - damaged or no archive at all
        return None
    return next((n for n in names if n.lower().endswith(_RASTERS)), "")
