"""The files that a raster is read from, as GDAL tells them; the counterpart of
`engine.read.input_files`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from osgeo import gdal

from ..core.errors import RemoteRasterError
from ..core.run.remote import own_address
from .network import refuse_unallowed


def files_of(rasters: Iterable[str]) -> list[str]:
    """Return the files that rasters refer to, as far as they lie on this computer; what cannot be
    opened refers to none.
    """
    found: dict[str, None] = {}
    waiting = [r for r in rasters if r and own_address(r) is None]
    drivers: list[str] = []
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        while waiting:
            following = [f for path in waiting for f in _listed(path, drivers) if f not in found]
            found.update(dict.fromkeys(following))
            waiting, drivers = (
                [f for f in following if Path(f).suffix.lower() == ".vrt"],
                ["VRT"],
            )  # a list of sources says nothing of theirs
    finally:
        gdal.PopErrorHandler()
    return list(found)


def _listed(path: str, drivers: list[str]) -> list[str]:
    try:
        refuse_unallowed(path)
        dataset = gdal.OpenEx(path, gdal.OF_RASTER, allowed_drivers=drivers)
    except (RemoteRasterError, RuntimeError, TypeError, ValueError):
        return []
    return [] if dataset is None else dataset.GetFileList() or []
