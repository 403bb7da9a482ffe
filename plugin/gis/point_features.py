"""Tie points as features of a point layer, and back."""

from __future__ import annotations

from qgis.core import Qgis, QgsFeature, QgsField, QgsFields, QgsGeometry, QgsPointXY
from qgis.PyQt.QtCore import QMetaType, QVariant

from ..core.errors import InputError
from ..core.types import TiePoint

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
