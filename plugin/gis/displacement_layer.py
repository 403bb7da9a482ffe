"""The fitted displacement as an ordinary vector layer: arrows over a lattice, with the uncertainty
of the fit at their tips.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from qgis.core import (
    Qgis,
    QgsArrowSymbolLayer,
    QgsCoordinateReferenceSystem,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsField,
    QgsFields,
    QgsFillSymbol,
    QgsGeometry,
    QgsGeometryGeneratorSymbolLayer,
    QgsLineSymbol,
    QgsPointXY,
    QgsProject,
    QgsRuleBasedRenderer,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..core.errors import OutputError
from ..core.fit.displacement import Field, ellipses, to_map
from ..core.wording import fill, number, tr
from .placement import Placement
from .point_features import REAL, WHOLE

_REALS = (
    "dx",
    "dy",
    "length",
    "azimuth_deg",
    "sigma_major",
    "sigma_minor",
    "sigma_azimuth_deg",
    "sensed_x_px",
    "sensed_y_px",
    "reference_x_px",
    "reference_y_px",
)
_FLAGS = ("extrapolated", "folds")
_TIP = 'translate(start_point($geometry), "dx" * @arrow_scale, "dy" * @arrow_scale)'
_KINDS = (
    ('"folds" = 1', "Folded", "#D55E00"),
    ('"folds" = 0 and "extrapolated" = 0', "Between the points, 1σ at the tip", "#56B4E9"),
    ('"folds" = 0 and "extrapolated" = 1', "Extrapolated", "#D0D0D0"),
)
_OUTLINE = "#10222E"


def field_layer(field: Field, placement: Placement, path: Path, name: str) -> QgsVectorLayer:
    """Write a field as a GeoPackage and return it as a styled layer.

    A feature is the line from where the sensed raster shows a place now to where the fit puts it;
    dx and dy are the same in units of the reference's CRS. The arrows are drawn longer than life by
    the layer variable `arrow_scale`, and so are the 1-sigma ellipses.

    Args:
        field: The fit over a lattice.
        placement: Of the pair.
        path: GeoPackage to write; replaced where it exists.
        name: Name of the layer, with {0} for the scale.

    Raises:
        OutputError: the file cannot be written.
    """
    grid = placement.reference_grid
    now = np.array(
        [placement.sensed_place_of_px((float(x), float(y))) for x, y in field.sensed_px]
    ).reshape(-1, 2)
    then = grid.layer_from_px(field.reference_px)
    moved = then - now
    _write(
        field,
        now,
        moved,
        ellipses(to_map(field.covariance_px, grid.drawn.linear)),
        path,
        grid.crs_wkt,
    )
    layer = QgsVectorLayer(f"{path}|layername=displacement", name, "ogr")
    if not layer.isValid():
        raise OutputError(f"Cannot read {path} back.", "Check that the disk has room.")
    scale = _arrow_scale(now, moved)
    layer.setName(fill(name, number(scale, "g")))
    QgsExpressionContextUtils.setLayerVariable(layer, "arrow_scale", scale)
    layer.setRenderer(_renderer())
    return layer


def _arrow_scale(now: np.ndarray, moved: np.ndarray) -> float:
    """Return how much longer than life arrows may be: 1, 2, 3, 5, 10 ... so that most of them fit
    into a cell.
    """
    spacing = float(np.sqrt(np.prod(np.ptp(now, axis=0)) / max(len(now), 1)))
    longest = float(np.nanpercentile(np.hypot(*moved.T), 80))
    if not longest > 0 or not spacing > 0:
        return 1.0
    wanted = max(1.0, 0.9 * spacing / longest)
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(max(step * power for step in (1, 2, 3, 5, 7) if step * power <= wanted))


def _write(
    field: Field,
    now: np.ndarray,
    moved: np.ndarray,
    axes: tuple[np.ndarray, ...],
    path: Path,
    wkt: str,
) -> None:
    fields = QgsFields()
    for name in _REALS:
        fields.append(QgsField(name, REAL))
    for name in _FLAGS:
        fields.append(QgsField(name, WHOLE))
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", "displacement"
    path.parent.mkdir(parents=True, exist_ok=True)
    crs = QgsCoordinateReferenceSystem.fromWkt(wkt) if wkt else QgsCoordinateReferenceSystem()
    context = QgsProject.instance().transformContext()
    writer = QgsVectorFileWriter.create(
        str(path), fields, QgsWkbTypes.Type.LineString, crs, context, options
    )
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise OutputError(
            f"Cannot write {path}: {writer.errorMessage()}.",
            "Check that the folder can be written.",
        )
    azimuth = np.degrees(np.arctan2(moved[:, 0], moved[:, 1])) % 360.0
    columns = np.column_stack(
        [moved, np.hypot(*moved.T), azimuth, *axes, field.sensed_px, field.reference_px]
    )
    for place, row, inside, folds in zip(now, columns, field.inside, field.folds, strict=True):
        feature = QgsFeature(fields)
        feature.setGeometry(
            QgsGeometry.fromPolylineXY(
                [QgsPointXY(*map(float, place)), QgsPointXY(*map(float, place + row[:2]))]
            )
        )
        values = [float(v) if np.isfinite(v) else None for v in row]
        feature.setAttributes([*values, int(not inside), int(folds)])
        writer.addFeature(feature)
    del writer


def _renderer() -> QgsRuleBasedRenderer:
    root = QgsRuleBasedRenderer.Rule(None)
    for condition, label, colour in _KINDS:
        rule = QgsRuleBasedRenderer.Rule(_symbol(colour), 0, 0, condition, tr(label))
        root.appendChild(rule)
    return QgsRuleBasedRenderer(root)


def _arrow(colour: str) -> QgsLineSymbol:
    arrow = QgsArrowSymbolLayer.create({})
    for setter, value in (
        ("ArrowWidth", 0.5),
        ("ArrowStartWidth", 0.5),
        ("HeadLength", 2.2),
        ("HeadThickness", 1.3),
    ):
        getattr(arrow, f"set{setter}")(value)
    arrow.setIsCurved(False)
    arrow.setIsRepeated(False)
    arrow.setSubSymbol(
        QgsFillSymbol.createSimple(
            {"color": colour, "outline_color": _OUTLINE, "outline_width": "0.15"}
        )
    )
    line = QgsLineSymbol.createSimple({})
    line.changeSymbolLayer(0, arrow)
    return line


def _symbol(colour: str) -> QgsLineSymbol:
    ellipse = QgsLineSymbol.createSimple(
        {"line_color": colour, "line_width": "0.25"}
    )  # an outline: a fill would swell the legend
    symbol = QgsLineSymbol.createSimple({})
    axes = '"sigma_major" * @arrow_scale, "sigma_minor" * @arrow_scale, "sigma_azimuth_deg"'
    symbol.changeSymbolLayer(0, _generated(f"boundary(make_ellipse({_TIP}, {axes}))", ellipse))
    symbol.appendSymbolLayer(
        _generated(f"make_line(start_point($geometry), {_TIP})", _arrow(colour))
    )
    return symbol


def _generated(expression: str, symbol: QgsLineSymbol) -> QgsGeometryGeneratorSymbolLayer:
    layer = QgsGeometryGeneratorSymbolLayer.create({"geometryModifier": expression})
    layer.setSymbolType(Qgis.SymbolType.Line)
    layer.setSubSymbol(symbol)
    return layer
