"""The files that a raster is read from: itself, its sidecars, the sources of a virtual raster and
theirs.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

from rasterio.errors import NotGeoreferencedWarning

from ...core.errors import AlignError
from ...core.run.remote import own_address
from .gdal_errors import GDAL_ERRORS
from .opening import open_dataset


def files_of(rasters: Iterable[str]) -> list[str]:
    """Return the files that rasters refer to, as far as they lie on this computer; what cannot be
    opened refers to none.
    """
    found: dict[str, None] = {}
    waiting = [r for r in rasters if own_address(r) is None]
    driver = None
    while waiting:
        following = [f for path in waiting for f in _listed(path, driver) if f not in found]
        found.update(dict.fromkeys(following))
        waiting, driver = (
            [f for f in following if Path(f).suffix.lower() == ".vrt"],
            "VRT",
        )  # a list of sources says nothing of theirs
    return list(found)


def _listed(path: str, driver: str | None) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with open_dataset(path, driver=driver) as dataset:
                return list(dataset.files)
    except (AlignError, *GDAL_ERRORS, OSError, ValueError):
        return []
