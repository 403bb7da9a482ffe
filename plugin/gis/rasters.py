"""Project layers to raster references, and results to layers. Main thread only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from osgeo import gdal, osr
from qgis.core import (
    Qgis,
    QgsColorRampShader,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRasterRange,
    QgsRasterShader,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtCore import QMetaType, QVariant
from qgis.PyQt.QtGui import QColor

from ..core.errors import InputError, OutputError
from ..core.geometry.grid import Grid
from ..core.lengths import is_geographic, unwrapped
from ..core.types import RasterRef, TiePoint
from ..core.wording import number, tr
from .opening import open_raster

GROUP = "SAR-Optical Align"
# property of layers that show something about a review: nothing to be matched or warped themselves
AID = "sar_optical_align/aid"
_VIRIDIS = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")


def raster_ref(layer: QgsRasterLayer | None, band: int = 0) -> RasterRef:
    """Return what the engine needs to open a layer.

    Args:
        layer: A file-based raster layer.
        band: Band to compare, 0 = automatic.

    Raises:
        InputError: no layer, or one that is no file.
    """
    if layer is None or not layer.isValid():
        raise InputError(
            "Choose a reference and a sensed raster layer.",
            "Add both rasters to the project first.",
        )
    provider = layer.dataProvider()
    if provider is None or provider.name() != "gdal":
        raise InputError(
            f"{layer.name()} is not a raster file.",
            "Export the part you need to a GeoTIFF first (layer menu > Export).",
        )
    path = layer.source().split("|")[0]
    wkt = layer.crs().toWkt() if layer.crs().isValid() else ""
    return RasterRef(
        path,
        (band,) if band > 0 else (),
        crs_wkt=wkt if native_grid(path).is_referenced else "",
        nodata=_declared_nodata(layer, max(band, 1)),
    )


def _declared_nodata(layer: QgsRasterLayer, band: int) -> float | None:
    """Return the layer's additional no data value (Properties > Transparency), where it is one."""
    ranges = layer.dataProvider().userNoDataValues(band)
    return ranges[0].min() if len(ranges) == 1 and ranges[0].min() == ranges[0].max() else None


def declare_nodata(layer: QgsRasterLayer, value: float) -> None:
    """Make a value the layer's additional no data value, of all its bands."""
    for band in range(1, layer.bandCount() + 1):
        layer.dataProvider().setUserNoDataValue(band, [QgsRasterRange(value, value)])
    layer.triggerRepaint()


def native_grid(path: str) -> Grid:
    """Return the native grid of a raster file, as the engine sees it.

    Raises:
        UnreadableRasterError: it cannot be opened.
    """
    return grid_in(open_raster(path))


def grid_in(dataset: gdal.Dataset) -> Grid:
    """Return the native grid of an open raster; bare where only GCPs or RPCs tell its place."""
    size = dataset.RasterXSize, dataset.RasterYSize
    gt = dataset.GetGeoTransform(can_return_null=True)
    grid = Grid.bare(*size) if gt is None else Grid("", tuple(map(float, gt)), *size)
    return replace(grid, crs_wkt=dataset.GetProjection()) if grid.is_referenced else grid


def grid_of(ref: RasterRef) -> Grid:
    """Return the native grid of a raster with the CRS the project gives it.

    Raises:
        UnreadableRasterError: it cannot be opened.
    """
    grid = native_grid(ref.path)
    return replace(grid, crs_wkt=ref.crs_wkt) if ref.crs_wkt and grid.is_referenced else grid


def crs_of(text: str) -> QgsCoordinateReferenceSystem:
    """Return the CRS that WKT or a code such as EPSG:4326 names."""
    crs = QgsCoordinateReferenceSystem()
    crs.createFromUserInput(text)
    return crs


def reprojection(
    source_wkt: str, target_wkt: str, near: Grid | None = None
) -> Callable[[np.ndarray], np.ndarray] | None:
    """Return a function (N, 2) -> (N, 2) between two CRSs, or None where they are the same or
    unknown.

    Args:
        source_wkt: CRS of what comes.
        target_wkt: CRS of what is wanted.
        near: Grid in the target's CRS on whose side of the antimeridian longitudes come out; None =
            as they are.
    """
    if not source_wkt or not target_wkt:
        return None
    longitude = None
    if near is not None and is_geographic(target_wkt):
        longitude = float(near.map_from_px(near.centre_px)[0, 0])
    if source_wkt == target_wkt:
        return None if longitude is None else lambda xy: unwrapped(xy, longitude)
    source, target = crs_of(source_wkt), crs_of(target_wkt)
    if source == target:
        return None
    transform = QgsCoordinateTransform(source, target, QgsProject.instance().transformContext())

    def apply(xy: np.ndarray) -> np.ndarray:
        out = [transform.transform(QgsPointXY(float(x), float(y))) for x, y in np.asarray(xy)]
        moved = np.array([(p.x(), p.y()) for p in out]).reshape(-1, 2)
        return moved if longitude is None else unwrapped(moved, longitude)

    return apply


def add_to_group(layer: QgsMapLayer, project: QgsProject | None = None, aid: str = "") -> None:
    """Add a layer to the plugin's layer group, at its top.

    Args:
        layer: Not in a project yet.
        project: None = the one that is open.
        aid: What it shows of a review, "" = it is a result.
    """
    project = project or QgsProject.instance()
    if aid:
        layer.setCustomProperty(AID, aid)
    root = project.layerTreeRoot()
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    project.addMapLayer(layer, False)
    group.insertLayer(0, layer)


def copy_renderer(source: QgsRasterLayer, target: QgsRasterLayer) -> None:
    """Draw a warped raster like the sensed one, and not at all outside the image; a mask of either
    counts as a band in QGIS.
    """
    renderer = source.renderer()
    if renderer is None:
        return
    drawn = [band for band in renderer.usesBands() if band != renderer.alphaBand()]
    if max(drawn, default=1) > target.bandCount():
        return
    alpha = target.renderer().alphaBand() if target.renderer() is not None else -1
    target.setRenderer(renderer.clone())
    target.renderer().setAlphaBand(alpha)


def confidence_layer(
    points: Iterable[TiePoint], reference_grid: Grid, path: Path
) -> QgsRasterLayer:
    """Write the confidence of tie points as a smooth raster and return it as a styled layer.

    The value at a place is the mean score of the points around it, weighted by a Gaussian of the
    points' spacing; disabled points count with score 0. Nodata further than three spacings from any
    point.

    Raises:
        OutputError: the file cannot be written.
    """
    points = list(points)
    xy = np.array([p.reference_px for p in points], dtype=float).reshape(-1, 2)
    value = np.array([p.score if p.enabled else 0.0 for p in points])
    side = max(reference_grid.width, reference_grid.height) / 256.0
    cols, rows = max(1, int(reference_grid.width / side)), max(1, int(reference_grid.height / side))
    spacing = float(np.sqrt(np.prod(np.ptp(xy, axis=0) + 1.0) / max(len(xy), 1)))
    gx, gy = np.meshgrid((np.arange(cols) + 0.5) * side, (np.arange(rows) + 0.5) * side)
    total, norm = np.zeros((rows, cols)), np.full((rows, cols), 1e-12)
    for (x, y), v in zip(xy, value, strict=True):
        weight = np.exp(-((gx - x) ** 2 + (gy - y) ** 2) / (2 * spacing**2))
        total += weight * v
        norm += weight
    data = np.where(norm > np.exp(-4.5), total / norm, -1.0).astype(np.float32)
    g = reference_grid.geotransform
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), cols, rows, 1, gdal.GDT_Float32, ["COMPRESS=DEFLATE"]
    )
    if dataset is None:
        raise OutputError(f"Cannot write {path}.", "Check that the folder can be written.")
    dataset.SetGeoTransform((g[0], g[1] * side, g[2] * side, g[3], g[4] * side, g[5] * side))
    if reference_grid.crs_wkt:
        srs = osr.SpatialReference()
        srs.ImportFromWkt(reference_grid.crs_wkt)
        dataset.SetProjection(srs.ExportToWkt())
    band = dataset.GetRasterBand(1)
    band.SetNoDataValue(-1.0)
    band.WriteArray(data)
    dataset.FlushCache()
    del band, dataset
    layer = QgsRasterLayer(str(path), tr("Confidence of tie points"))
    shader, ramp = QgsRasterShader(), QgsColorRampShader(0.0, 1.0)
    ramp.setColorRampType(QgsColorRampShader.Type.Interpolated)
    ramp.setColorRampItemList(
        [
            QgsColorRampShader.ColorRampItem(i / 4, QColor(c), number(i / 4, ".2f"))
            for i, c in enumerate(_VIRIDIS)
        ]
    )
    shader.setRasterShaderFunction(ramp)
    layer.setRenderer(QgsSingleBandPseudoColorRenderer(layer.dataProvider(), 1, shader))
    layer.setOpacity(0.6)
    return layer


_KINDS = (
    QMetaType.Type if Qgis.QGIS_VERSION_INT >= 33800 else QVariant
)  # older QGIS knows the second only, newer warns of it
WHOLE, REAL, TEXT = (
    _KINDS.Int,
    _KINDS.Double,
    _KINDS.QString if Qgis.QGIS_VERSION_INT >= 33800 else _KINDS.String,
)
"""Kinds of attributes."""
POINT_FIELDS = (
    ("id", WHOLE),
    ("reference_x_px", REAL),
    ("reference_y_px", REAL),
    ("sensed_x_px", REAL),
    ("sensed_y_px", REAL),
    ("sensed_x_map", REAL),
    ("sensed_y_map", REAL),
    ("score", REAL),
    ("covariance_xx_px2", REAL),
    ("covariance_xy_px2", REAL),
    ("covariance_yy_px2", REAL),
    ("enabled", WHOLE),
    ("reason", TEXT),
    ("worth", REAL),
)


def point_fields() -> QgsFields:
    """Return the attributes of a tie-point layer."""
    fields = QgsFields()
    for name, kind in POINT_FIELDS:
        fields.append(QgsField(name, kind))
    return fields


def point_feature(p: TiePoint) -> QgsFeature:
    """Return a tie point as a feature at its place in the reference."""
    feature = QgsFeature(point_fields())
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(*p.place)))
    own = p.sensed_map or (None, None)
    c = p.covariance_px
    feature.setAttributes(
        [
            p.id,
            *p.reference_px,
            *p.sensed_px,
            *own,
            p.score,
            c[0][0],
            c[0][1],
            c[1][1],
            int(p.enabled),
            p.reason,
            p.worth,
        ]
    )
    return feature


def point_from_feature(feature: QgsFeature) -> TiePoint:
    """Rebuild a tie point from a feature made by `point_feature`.

    Raises:
        InputError: an attribute is missing.
    """
    try:
        a = {name: feature.attribute(name) for name, _ in POINT_FIELDS if name != "worth"}
        worth = (
            feature.attribute("worth") if feature.fields().indexOf("worth") >= 0 else None
        )  # older layers lack it
        place = feature.geometry().asPoint()
        reference = (float(a["reference_x_px"]), float(a["reference_y_px"]))
        sensed = (float(a["sensed_x_px"]), float(a["sensed_y_px"]))
        xx, xy, yy = (float(a[f"covariance_{n}_px2"]) for n in ("xx", "xy", "yy"))
        reason = a["reason"] if isinstance(a["reason"], str) else ""
        own = a["sensed_x_map"]
        sensed_map = (float(own), float(a["sensed_y_map"])) if isinstance(own, float) else None
        return TiePoint(
            int(a["id"]),
            reference,
            sensed,
            (place.x(), place.y()),
            sensed_map,
            float(a["score"]),
            ((xx, xy), (xy, yy)),
            bool(int(a["enabled"])),
            reason,
            worth=float(worth) if isinstance(worth, float) else 1.0,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"The layer is not a tie-point layer: {error}.",
            "Use a layer made by 'Find tie points' or 'Import control points'.",
        ) from error
