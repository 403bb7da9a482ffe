"""Control points as GeoJSON, for any GIS: a point a feature, everything else in its properties.

The geometry is where the reference has the point: map coordinates in the reference's CRS, or its
pixels with negative y (as QGIS draws rasters without georeferencing). It is for display; positions
are read from the properties.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from ..errors import PointsFileError, UsageError
from ..jsonable import from_jsonable, to_jsonable
from ..session.point import PointState, Role, SessionPoint, as_session_point, defect
from ..types import Point, TiePoint

_OURS = "Choose a GeoJSON saved by this tool."
_FIX = "Correct or remove the feature."
_NAMES = {f.name for f in fields(TiePoint)} - {"evidence"}
_AUTHORITY = re.compile(r'(?:AUTHORITY|ID)\s*\[\s*"(\w+)"\s*,\s*"?(\w+)"?\s*\]\s*\]\s*$')


def crs_name(crs_wkt: str) -> str:
    """Return the name of a CRS that has one, e.g. "urn:ogc:def:crs:EPSG::32611", else ""."""
    found = _AUTHORITY.search(crs_wkt)
    return f"urn:ogc:def:crs:{found[1]}::{found[2]}" if found else ""


def format_geojson(
    points: Sequence[TiePoint | SessionPoint],
    crs_name: str = "",
    residuals_px: Mapping[int, Point] | None = None,
) -> str:
    """Return control points as a GeoJSON FeatureCollection.

    Args:
        points: Tie points; the state is known of points under review only.
        crs_name: Name of the reference's CRS, written in the pre-RFC-7946 way that GDAL and QGIS
            read.
        residuals_px: transform(sensed) - reference by id.
    """
    features = []
    for item in points:
        p = as_session_point(item)
        t = p.tie_point
        properties = to_jsonable(replace(t, evidence=None))
        del properties["evidence"]
        properties["state"] = p.state.value if isinstance(item, SessionPoint) else None
        properties["role"] = p.role.value
        properties["residual_px"] = to_jsonable((residuals_px or {}).get(t.id), special=False)
        place = t.place
        geometry = (
            {"type": "Point", "coordinates": list(place)}
            if all(map(math.isfinite, place))
            else None
        )
        features.append(
            {"type": "Feature", "id": t.id, "geometry": geometry, "properties": properties}
        )
    out: dict[str, Any] = {"type": "FeatureCollection"}
    if crs_name:
        out["crs"] = {"type": "name", "properties": {"name": crs_name}}
    return json.dumps({**out, "features": features}, allow_nan=False)


def parse_geojson_reviewed(text: str) -> list[SessionPoint]:
    """Parse what `format_geojson` wrote, also after a GIS saved it again; properties it does not
    know are ignored.

    Raises:
        PointsFileError: naming the line, or the feature.
    """
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise PointsFileError(f"Line {error.lineno}: not JSON: {error.msg}.", _OURS) from error
    except (ValueError, RecursionError) as error:
        raise PointsFileError("Line 1: not a GeoJSON FeatureCollection.", _OURS) from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        raise PointsFileError("Line 1: not a GeoJSON FeatureCollection.", _OURS)
    points: list[SessionPoint] = []
    numbers: dict[int, int] = {}
    for at, feature in enumerate(features, 1):
        point = _point(feature, at)
        if point.id in numbers:
            raise PointsFileError(
                f"Feature {at}: the id {point.id} is also that of feature {numbers[point.id]}.",
                "Give each point its own id.",
            )
        numbers[point.id] = at
        points.append(point)
    return points


def parse_geojson(text: str) -> list[TiePoint]:
    """Parse as `parse_geojson_reviewed` does; check points come disabled.

    Raises:
        PointsFileError: naming the line, or the feature.
    """
    return [p.as_reviewed() for p in parse_geojson_reviewed(text)]


def _point(feature: Any, at: int) -> SessionPoint:
    try:
        known = {
            k: _plain(v) for k, v in feature["properties"].items() if k in _NAMES and v is not None
        }
        state = PointState(feature["properties"].get("state") or PointState.PREDICTED)
        role = Role(feature["properties"].get("role") or Role.GCP)
        if isinstance(known.get("enabled"), int):
            known["enabled"] = bool(known["enabled"])
        point = from_jsonable(TiePoint, known)
    except (
        UsageError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise PointsFileError(f"Feature {at}: {str(error)[:160]}.", _OURS) from error
    wrong = defect(point)
    if wrong:
        raise PointsFileError(f"Feature {at}: {wrong}.", _FIX)
    return SessionPoint(
        replace(point, enabled=point.enabled and state is not PointState.REJECTED), state, role
    )


def _plain(value: Any) -> Any:
    """Return a list that a GIS has turned into text as a list again."""
    return json.loads(value) if isinstance(value, str) and value.lstrip().startswith("[") else value
