"""The numbers of a tie point by name, as all tables of points have them."""

from __future__ import annotations

from ..types import TiePoint

PLACES = ("reference_x_px", "reference_y_px", "sensed_x_px", "sensed_y_px")
REFERENCE_MAP = ("reference_x_map", "reference_y_map")
SENSED_MAP = ("sensed_x_map", "sensed_y_map")
COVARIANCE = ("covariance_xx_px2", "covariance_xy_px2", "covariance_yy_px2")
NUMBERS = ("score", *PLACES, *REFERENCE_MAP, *SENSED_MAP, *COVARIANCE)


def numbers_of(point: TiePoint) -> dict[str, float | None]:
    """Return the `NUMBERS` of a tie point by name; None where it has no place on the ground."""
    (xx, xy), (_, yy) = point.covariance_px
    ground, own = point.reference_map or (None, None), point.sensed_map or (None, None)
    values = (point.score, *point.reference_px, *point.sensed_px, *ground, *own, xx, xy, yy)
    return dict(zip(NUMBERS, values, strict=True))
