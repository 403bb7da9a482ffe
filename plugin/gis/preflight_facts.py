"""Looks at two rasters before a run: headers and a thin sample, quick whatever their size.

Main thread only.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsRasterLayer,
    QgsUnitTypes,
)

from ..core.errors import AlignError, UnreadableRasterError
from ..core.geometry.grid import Grid
from ..core.run.edge_fill import edge_fill
from ..core.run.preflight import PairFacts, RasterFacts
from ..core.run.sample_kinds import detect_modality, detect_sar_scale
from ..core.types import Modality, RasterRef
from .gcps import gcp_placement, kind_of_place
from .opening import open_raster
from .placement import Placement

_SAMPLE = 192
_CHEAP_PX = 6.0e7  # a raster up to this many pixels is sampled all over even without overviews
_WINDOWS, _WINDOW_PX = 5, 48
_ALONG = 8  # places along a side of an outline


def raster_facts(ref: RasterRef, layer: QgsRasterLayer, fallback: Modality) -> RasterFacts:
    """Look at one raster; what cannot be opened is told as `problem`."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        dataset = open_raster(ref.path)
        return _facts(ref, layer, dataset, fallback)
    except (AlignError, RuntimeError) as error:
        return RasterFacts(ref.path, problem=str(error))
    finally:
        gdal.PopErrorHandler()


def _marks(ref: RasterRef, band: gdal.Band) -> str:
    """Return what marks invalid pixels of a band, "" where nothing does."""
    flags = band.GetMaskFlags()
    nodata = band.GetNoDataValue() if ref.nodata is None else ref.nodata
    if flags & gdal.GMF_ALPHA:
        return "alpha band"
    if nodata is not None:
        return f"nodata {nodata:g}"
    return "mask" if flags & gdal.GMF_PER_DATASET else ""


def _names(ref: RasterRef, dataset: gdal.Dataset) -> str:
    """Return the words that may tell of the sensor: the name of the file and of its bands."""
    bands = (dataset.GetRasterBand(i + 1).GetDescription() for i in range(dataset.RasterCount))
    return " ".join([Path(ref.path).name, *(name or "" for name in bands)])


def _facts(
    ref: RasterRef, layer: QgsRasterLayer, dataset: gdal.Dataset, fallback: Modality
) -> RasterFacts:
    band = dataset.GetRasterBand(min(ref.bands[0] if ref.bands else 1, dataset.RasterCount))
    placed = kind_of_place(dataset)
    gcp_placement(dataset)  # told now where they cannot be used
    size = dataset.RasterXSize, dataset.RasterYSize
    kind = gdal.GetDataTypeName(band.DataType)
    crs = (
        layer.crs().authid() or layer.crs().description()
        if placed != "none" and layer.crs().isValid()
        else ""
    )
    if kind.startswith("C"):
        return RasterFacts(
            ref.path,
            *size,
            is_complex=True,
            georeferencing=placed,
            gcp_count=dataset.GetGCPCount(),
            crs=crs,
        )
    samples, mask = _sample(dataset, band)
    if ref.nodata is not None:
        mask = mask & (samples != ref.nodata)
    marks = _marks(ref, band)
    fill = None if marks or band.GetColorTable() is not None else edge_fill(samples)
    valid = samples[mask & np.isfinite(samples)].astype(np.float32)
    inside = valid[valid != np.float32(fill[0])] if fill is not None else valid
    modality = detect_modality(_names(ref, dataset), dataset.RasterCount >= 3, inside, fallback)
    dtype = {"Byte": "uint8"}.get(kind, kind.lower())
    return RasterFacts(
        ref.path,
        *size,
        georeferencing=placed,
        gcp_count=dataset.GetGCPCount(),
        crs=crs,
        nodata=marks,
        fill=fill,
        valid_share=float(valid.size / max(samples.size, 1)),
        constant=bool(inside.size == 0 or inside.min() == inside.max()),
        modality=modality.value,
        sar_scale=detect_sar_scale(inside, dtype) if modality is Modality.SAR else "",
        eight_bit=kind == "Byte",
    )


def _sample(dataset: gdal.Dataset, band: gdal.Band) -> tuple[np.ndarray, np.ndarray]:
    """Return samples and their validity: a decimated picture, or a few windows of a giant without
    overviews.
    """
    width, height = dataset.RasterXSize, dataset.RasterYSize
    if band.GetOverviewCount() or width * height <= _CHEAP_PX:
        shape = {"buf_xsize": min(width, _SAMPLE), "buf_ysize": min(height, _SAMPLE)}
        return _read(band, **shape), _read(band.GetMaskBand(), **shape) != 0
    w, h = min(width, _WINDOW_PX), min(height, _WINDOW_PX)
    places = [
        (int(x), int(y))
        for x in np.linspace(0, width - w, _WINDOWS)
        for y in np.linspace(0, height - h, _WINDOWS)
    ]
    parts = [(_read(band, x, y, w, h), _read(band.GetMaskBand(), x, y, w, h)) for x, y in places]
    return np.concatenate([p for p, _ in parts], axis=1), np.concatenate(
        [m for _, m in parts], axis=1
    ) != 0


def _read(band: gdal.Band, *window: int, **shape: int) -> np.ndarray:
    samples = band.ReadAsArray(*window, **shape)
    if samples is None:  # without exceptions GDAL says no more
        raise UnreadableRasterError(
            "The pixels cannot be read.", "The file seems truncated or damaged; copy it again."
        )
    return samples


def pair_facts(
    reference: tuple[RasterFacts, RasterRef, Grid], sensed: tuple[RasterFacts, RasterRef, Grid]
) -> PairFacts:
    """Compare where two rasters lie."""
    (a, _, a_grid), (b, b_ref, b_grid) = reference, sensed
    facts = PairFacts(a, b)
    if (
        a.problem
        or b.problem
        or "none" in (a.georeferencing, b.georeferencing)
        or a.georeferencing != "geotransform"
    ):
        return facts
    placement = Placement(a_grid, b_grid, b_ref.path)
    try:
        outlines = [
            a_grid.map_from_px(a_grid.outline_px(_ALONG)),
            _on_map(placement, b_grid.outline_px(_ALONG)),
        ]
        steps = _on_map(
            placement,
            b_grid.centre_px + [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]],
        )
    except QgsCsException:
        return facts
    if not all(np.isfinite(o).all() for o in outlines):
        return facts
    polygons = [
        QgsGeometry.fromPolygonXY([[QgsPointXY(x, y) for x, y in o.tolist()]]) for o in outlines
    ]
    smaller = min(polygons, key=lambda p: p.area())
    box = smaller.boundingBox()
    crs = QgsCoordinateReferenceSystem.fromWkt(a_grid.crs_wkt)
    return PairFacts(
        a,
        b,
        (max(a_grid.gsd_map), float(np.hypot(*(steps[1:] - steps[0]).T).max())),
        QgsUnitTypes.toAbbreviatedString(crs.mapUnits()) if crs.isValid() else "units",
        polygons[0].intersection(polygons[1]).area() / max(smaller.area(), 1e-300),
        max(0.0, polygons[0].distance(polygons[1])),
        max(box.width(), box.height()),
    )


def _on_map(placement: Placement, px: np.ndarray) -> np.ndarray:
    return np.array([placement.sensed_place_of_px((float(x), float(y))) for x, y in px])
