"""A pair of small GeoTIFFs, tie points between them, and sessions of both (for tests that run in
QGIS' Python).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gdal_rasters import wkt, write_raster
from sar_optical_align.plugin.core.fit.result import AlignResult
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.types import (
    AlignRequest,
    Evidence,
    Quality,
    RasterRef,
    Status,
    TiePoint,
)

REFERENCE_GT = (500000.0, 10.0, 0.0, 5400000.0, 0.0, -12.0)
SENSED_GT = (500030.0, 9.0, 1.0, 5399950.0, -0.8, -11.0)
EPSG = 32633
TRUE = np.array(
    [[0.91, 0.07, 9.0], [-0.05, 0.93, 6.0], [0.0, 0.0, 1.0]]
)  # sensed px -> reference px
SIZE = (160, 120)


def write_pair(
    folder: Path, reference_gt=REFERENCE_GT, sensed_gt=SENSED_GT, epsg: int | None = EPSG
) -> tuple[str, str]:
    """Write reference and sensed raster of 160 x 120 pixels; returns their paths."""
    rng = np.random.default_rng(4)
    width, height = SIZE
    optical = rng.integers(0, 255, (3, height, width)).astype(np.uint8)
    sar = rng.gamma(4.0, 0.2, (height, width)).astype(np.float32)
    return (
        write_raster(folder / "optical.tif", optical, epsg, reference_gt),
        write_raster(folder / "sar.tif", sar, epsg, sensed_gt),
    )


def tie_points(count: int = 30, noise_px: float = 0.3, referenced: bool = True) -> list[TiePoint]:
    """Return tie points of the affine `TRUE` with noise, each with a similarity surface."""
    rng = np.random.default_rng(7)
    sensed = rng.uniform([8, 8], [SIZE[0] - 8, SIZE[1] - 8], (count, 2))
    reference = coords.apply_matrix(TRUE, sensed) + rng.normal(0, noise_px, (count, 2))
    points = []
    for i, (s, r) in enumerate(zip(sensed, reference, strict=True), 1):
        yy, xx = np.mgrid[:17, :17]
        surface = (
            0.8 * np.exp(-((xx - 8) ** 2 + (yy - 8) ** 2) / 8.0)
            + 0.3 * np.exp(-((xx - 2) ** 2 + (yy - 13) ** 2) / 4.0)
        ).astype(np.float32)
        evidence = Evidence(0.8, 0.3, 0.2, surface, (float(r[0]) - 8.0, float(r[1]) - 8.0))
        r_map = tuple(coords.map_from_px(REFERENCE_GT, [r])[0].tolist()) if referenced else None
        s_map = tuple(coords.map_from_px(SENSED_GT, [s])[0].tolist()) if referenced else None
        points.append(
            TiePoint(
                i,
                (float(r[0]), float(r[1])),
                (float(s[0]), float(s[1])),
                r_map,
                s_map,
                0.5 + 0.01 * i,
                evidence=evidence,
            )
        )
    return points


def result_of(
    points: list[TiePoint],
    refs: tuple[RasterRef, RasterRef],
    status: Status = Status.OK,
    epsg: int | None = EPSG,
) -> AlignResult:
    """Return what the engine would answer with these points."""
    crs = wkt(epsg) if epsg else ""
    quality = Quality("affine", len(points), 0.4, 0.5, 0.6, 0.9, 0.71, 4.0, 5.0, 6.0, 9.0)
    return AlignResult(
        AlignRequest(*refs),
        status,
        "The evidence is too weak.",
        "cfog",
        "affine",
        tuple(points),
        None,
        quality,
        (),
        None,
        Grid(crs, REFERENCE_GT, *SIZE),
        Grid(crs, SENSED_GT, *SIZE),
        "Check that both show the same ground.",
    )
