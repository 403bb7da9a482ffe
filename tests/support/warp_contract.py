"""What a warped raster must be, whichever hand wrote it: GDAL's in QGIS, rasterio's in the engine.

A hand is a module or class with `write(path, case) -> str`, `warp(path, case, output) -> Path` and
`facts(path) -> dict`; neither of the two environments can run the other's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sar_optical_align.plugin.core.errors import (
    AlignError,
    ComplexDataError,
    FitError,
    OutputError,
    UnreadableRasterError,
)
from sar_optical_align.plugin.core.fit.fitting import fit
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.output.plan import plan_warp
from sar_optical_align.plugin.core.types import WarpParams

WIDTH, HEIGHT = 53, 37
EPSG = 32633
PLACE = (500100.0, 10.0, 0.0, 5399900.0, 0.0, -10.0)
ON_THE_MAP = Grid("EPSG:32633", (500000.0, 10.0, 0.0, 5400000.0, 0.0, -12.0), 71, 59)
TURNED = Grid("EPSG:32633", (5e5, 9.0, 3.0, 5.4e6, 2.5, -10.0), 71, 59)
PIXELS = Grid.bare(71, 59)
SHIFT = (11, 7)
TABLE = {0: (9, 9, 9), 5: (0, 200, 0), 9: (0, 0, 250)}
GREY, RGB = ("gray",), ("red", "green", "blue")
SMALL = np.random.default_rng(0).integers(0, 256, (4, HEIGHT, WIDTH))
HOLE = np.zeros((HEIGHT, WIDTH), bool)
HOLE[4:12, 20:33] = True
KEPT = WarpParams(resampling="cubic", match_reference_grid=True)


def shift() -> Any:
    """A whole number of pixels: samples are copied."""
    return fit("shift", [(0.0, 0.0)], [SHIFT])


def bent(strength: float = 2.0) -> Any:
    """A polynomial of order 2; one of 60 px folds."""
    x, y = (a.ravel() for a in np.meshgrid(np.linspace(0, WIDTH, 6), np.linspace(0, HEIGHT, 6)))
    u = x / WIDTH - 0.5
    return fit("polynomial2", np.c_[x, y], np.c_[x + 4 * strength * u**2 + 9, y + 6 + u])


def vanishing() -> Any:
    """A projection whose horizon lies close behind the raster's right side."""
    s = np.array([(0.0, 0.0), (WIDTH, 0.0), (0.0, HEIGHT), (WIDTH, HEIGHT), (20.0, 11.0)])
    return fit("projective", s, s / (1.0 - 0.98 / WIDTH * s[:, :1]))


@dataclass(frozen=True, eq=False)
class Case:
    """A raster, how it is warped, and what must come out.

    Attributes:
        name: Of the test.
        data: (B, h, w).
        facts: What is expected of the file; the rest of `PLAIN` is.
        outside: (h, w) or (B, h, w), True where the raster is outside its image.
        moved: (old, new): samples of the image that equal nodata.
    """

    name: str
    data: np.ndarray
    facts: dict[str, Any] = field(default_factory=dict)
    outside: np.ndarray | None = None
    moved: tuple[float, float] | None = None
    colours: tuple[str, ...] = GREY
    nodata: float | None = None
    mask: np.ndarray | None = None
    table: dict[int, tuple[int, int, int]] | None = None
    params: WarpParams = KEPT
    override: float | None = None
    reference: Grid = ON_THE_MAP
    transform: Any = field(default_factory=shift)
    output: str = "out.tif"


def grey(dtype: str, bands: int = 1) -> np.ndarray:
    """Return noise that holds 0."""
    return SMALL[:bands].astype(dtype)


def holed(data: np.ndarray, value: float) -> np.ndarray:
    """Return data with a hole of one value, which is nowhere else."""
    out = np.where(data == value, 77, data)
    out[:, HOLE] = value
    return out.astype(data.dtype)


CLASSES = np.array([0, 5, 9], np.uint8)[SMALL[:1] % 3]
MASKED = {"marks": "mask", "nodata": None}
BY_PIXEL = {"interleave": "PIXEL"}
CASES = [
    Case("grey bytes get 0 for the outside", grey("uint8"), moved=(0, 1)),
    Case("classes keep their 0", CLASSES, MASKED, table=TABLE, colours=("palette",)),
    Case(
        "classes keep their nodata",
        CLASSES,
        {"nodata": 5.0},
        CLASSES == 5,
        table=TABLE,
        colours=("palette",),
        nodata=5,
    ),
    Case("nearest keeps 0", grey("uint8"), MASKED, params=replace(KEPT, resampling="nearest")),
    Case("floats get NaN", grey("float32"), {"nodata": "nan", "predictor": "3"}),
    Case(
        "NaN is outside", holed(grey("float64"), np.nan), {"nodata": "nan", "predictor": "3"}, HOLE
    ),
    Case(
        "nodata of its own",
        holed(grey("int16", 2), -9999),
        {"nodata": -9999.0},
        HOLE,
        nodata=-9999,
        colours=("gray", "undefined"),
    ),
    Case(
        "nodata by the user",
        holed(grey("uint8"), 7),
        {"nodata": 7.0},
        HOLE,
        override=7,
    ),
    Case(
        "another nodata",
        holed(grey("uint8"), 0),
        {"nodata": 255.0},
        HOLE,
        (255, 254),
        nodata=0,
        params=replace(KEPT, nodata=255.0),
    ),
    Case("a mask of its own", grey("uint8"), MASKED, HOLE, mask=~HOLE),
    Case("a picture", grey("uint8", 3), BY_PIXEL, moved=(0, 1), colours=RGB),
    Case("a picture of 16 bit", grey("uint16", 3), moved=(0, 1), colours=RGB),
    Case(
        "a picture with alpha",
        np.concatenate([grey("uint8", 3), np.where(HOLE, 0, 255).astype(np.uint8)[None]]),
        {**BY_PIXEL, "marks": "alpha", "nodata": None},
        HOLE,
        colours=(*RGB, "alpha"),
    ),
    Case(
        "cloud-optimised classes",
        CLASSES,
        {**MASKED, "block": 512, "predictor": "2"},
        table=TABLE,
        colours=("palette",),
        params=replace(KEPT, format="COG"),
    ),
    Case(
        "without compression",
        grey("uint8"),
        {"compression": "", "predictor": ""},
        moved=(0, 1),
        params=replace(KEPT, compression="none"),
    ),
    Case("on bare pixels", grey("uint8"), moved=(0, 1), reference=PIXELS),
    Case(
        "on the pixels of a reference with GCPs",
        grey("uint8"),
        moved=(0, 1),
        reference=Grid.bare(71, 59, "EPSG:32633"),
    ),
    Case("in any name", grey("uint8"), moved=(0, 1), output="out.of.a.name"),
]
PLAIN = {
    "nodata": 0.0,
    "marks": "nodata",
    "interleave": "BAND",
    "compression": "DEFLATE",
    "predictor": "2",
    "block": 256,
}
REFUSED: list[tuple[str, Case, type[AlignError], str]] = [
    ("complex samples", Case("", grey("complex64")), ComplexDataError, "complex samples"),
    (
        "a nodata value of another type",
        Case("", grey("uint8"), params=replace(KEPT, nodata=-1.0)),
        OutputError,
        "does not fit into uint8",
    ),
    ("a fold", Case("", grey("uint8"), transform=bent(60.0)), FitError, "folds"),
    (
        "nothing left",
        Case("", grey("uint8"), params=WarpParams(output_gsd=1e4)),
        OutputError,
        "With pixels of 10000 map units",
    ),
    (
        "absurd growth",
        Case("", grey("uint8"), transform=vanishing(), params=WarpParams()),
        OutputError,
        "swings away",
    ),
    (
        "a bent model without resampling",
        Case("", grey("uint8"), transform=bent(), params=WarpParams(keep_pixels=True)),
        FitError,
        "cannot hold",
    ),
    (
        "kept pixels on GCPs",
        Case(
            "",
            grey("uint8"),
            reference=Grid.bare(71, 59, "EPSG:32633"),
            params=WarpParams(keep_pixels=True),
        ),
        FitError,
        "no geotransform",
    ),
    (
        "a folder that is not there",
        Case("", grey("uint8"), output="nowhere/out.tif"),
        OutputError,
        "does not exist",
    ),
    ("the input as output", Case("", grey("uint8"), output="in.tif"), OutputError, "input itself"),
]
every_case = pytest.mark.parametrize("case", CASES, ids=lambda c: c.name.replace(" ", "-"))
every_refusal = pytest.mark.parametrize(
    ("case", "error", "says"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
every_grid = pytest.mark.parametrize(
    "grid", [ON_THE_MAP, TURNED, PIXELS], ids=["map", "turned", "px"]
)


def written(hand: Any, case: Case, folder: Path) -> dict[str, Any]:
    """Write a case's raster, warp it, and return the facts of what came out."""
    case = replace(case, reference=hand.with_wkt(case.reference))
    return hand.facts(hand.warp(hand.write(folder / "in.tif", case), case, folder / case.output))


def check(hand: Any, case: Case, folder: Path) -> None:
    """Assert that a hand writes what was decided: structure, and every sample."""
    facts = written(hand, case, folder)
    expected = {**PLAIN, **case.facts, "colours": case.colours, "dtype": case.data.dtype.name}
    assert {name: facts[name] for name in expected} == expected
    if case.table is not None:  # GDAL draws the entry of nodata transparent
        assert {k: v[:3] for k, v in facts["table"].items()} == case.table
    assert facts["grid"] == hand.with_wkt(
        case.reference if case.reference.is_referenced else replace(case.reference, crs_wkt="")
    )
    inside = np.ones(case.data.shape, bool) & ~(False if case.outside is None else case.outside)
    sound = np.zeros((len(case.data), case.reference.height, case.reference.width), bool)
    values = np.zeros(sound.shape, case.data.dtype)
    box = np.s_[:, SHIFT[1] : SHIFT[1] + HEIGHT, SHIFT[0] : SHIFT[0] + WIDTH]
    sound[box], values[box] = inside, case.data
    if case.moved is not None:
        values[values == case.moved[0]] = case.moved[1]
    alpha = [band for band, colour in enumerate(case.colours) if colour == "alpha"]
    sound[alpha] = True
    assert np.array_equal(facts["valid"], sound)
    assert np.array_equal(facts["values"][sound], values[sound])


def check_refusal(hand: Any, case: Case, error: type[AlignError], says: str, folder: Path) -> None:
    """Assert that a hand refuses, says why and what to do, and leaves nothing behind."""
    with pytest.raises(error, match=says) as caught:
        written(hand, case, folder)
    assert caught.value.hint
    assert [file.name for file in folder.iterdir()] == ["in.tif"]


def check_lost_input(hand: Any, folder: Path) -> None:
    """Assert that a raster that is not there is told of."""
    case = replace(CASES[0], reference=hand.with_wkt(ON_THE_MAP))
    with pytest.raises(UnreadableRasterError, match=r"lost\.tif"):
        hand.warp(str(folder / "lost.tif"), case, folder / "out.tif")


def check_places(hand: Any, grid: Grid, folder: Path) -> None:
    """Assert that each pixel comes from where the plan says, and lies on the plan's grid."""
    rows, cols = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    case = Case(
        "",
        np.stack([cols, rows]),
        colours=("gray", "undefined"),
        params=WarpParams(resampling="bilinear", output_gsd=8.5),
        reference=grid,
        transform=bent(),
    )
    facts = written(hand, case, folder)
    plan = plan_warp(case.transform, hand.with_wkt(grid), (WIDTH, HEIGHT), case.params)
    assert facts["grid"].size == plan.target.size
    assert facts["grid"].geotransform == pytest.approx(plan.target.geotransform)
    r, c = np.nonzero(facts["valid"].all(axis=0))
    from_where = plan.to_sensed(np.c_[c, r] + 0.5)
    inside = ((from_where > 3) & (from_where < [WIDTH - 3, HEIGHT - 3])).all(axis=1)
    assert inside.sum() > 0.5 * WIDTH * HEIGHT
    assert np.abs(facts["values"][:, r, c].T - from_where)[inside].max() < 0.05
