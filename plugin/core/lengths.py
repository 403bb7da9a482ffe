"""Lengths on the ground in the unit of a CRS: degrees are not metres, and longitudes go round."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import UsageError
from .geometry import coords

METRES_PER_DEGREE = 111_195.0
"""Of latitude, on a sphere of the mean radius 6,371,008.8 m."""
_GEOGRAPHIC = re.compile(
    r'\s*(GEOGCS|GEOGCRS|GEODCRS|GEOGRAPHICCRS|COMPD_CS\["[^"]*",\s*GEOGCS|COMPOUNDCRS\["[^"]*",\s*GEOGCRS|BOUNDCRS\[\s*SOURCECRS\[\s*GEOGCRS)',
    re.IGNORECASE,
)
_LENGTH = re.compile(r"\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*(m|km|deg|°)?\s*$", re.IGNORECASE)
_METRES = {"m": 1.0, "km": 1000.0}


@dataclass(frozen=True)
class Length:
    """A length as it was written: `unit` is "m", "km", "deg" or "" = the unit of the CRS."""

    value: float
    unit: str

    @classmethod
    def parse(cls, text: str) -> Length:
        """Read "500m", "0.5 km", "0.01deg" or a number.

        Raises:
            ValueError: it is none.
        """
        found = _LENGTH.match(text)
        if found is None or not math.isfinite(float(found[1])):
            raise ValueError(f"{text!r} is no length")
        return cls(float(found[1]), (found[2] or "").lower().replace("°", "deg"))

    def in_unit_of(self, wkt: str, metres_per_unit: float, name: str) -> float:
        """Return the length in the unit of a CRS.

        Args:
            wkt: Of the CRS; "" = bare pixels.
            metres_per_unit: Of a projected CRS.
            name: What the length is of, for messages.

        Raises:
            UsageError: a number without unit where the CRS is in degrees, or a unit that cannot be
            converted.
        """
        if is_geographic(wkt):
            if not self.unit:
                raise UsageError(
                    f"{name} {self.value:g}: the reference is in degrees, so that a unit "
                    "is needed.",
                    f"Write {self.value:g}m for metres or {self.value:g}deg for degrees.",
                )
            return (
                self.value
                if self.unit == "deg"
                else self.value * _METRES[self.unit] / METRES_PER_DEGREE
            )
        if self.unit == "deg" or (self.unit and not wkt):
            what = "has no CRS" if not wkt else "is not in degrees"
            raise UsageError(
                f"{name} {self.value:g}{self.unit}: the reference {what}.",
                "Write the length in its own unit, without a name.",
            )
        return self.value * _METRES[self.unit] / metres_per_unit if self.unit else self.value


def is_geographic(wkt: str) -> bool:
    """Tell whether the coordinates of a CRS are longitude and latitude."""
    return bool(_GEOGRAPHIC.match(wkt))


def unwrapped(lon_lat: ArrayLike, longitude: float) -> NDArray[np.float64]:
    """Return (N, 2) positions in degrees with longitudes within half a turn of one: -179 beside 179
    is 181.
    """
    points = coords.as_points(lon_lat).copy()
    points[:, 0] += 360.0 * np.round((longitude - points[:, 0]) / 360.0)
    return points
