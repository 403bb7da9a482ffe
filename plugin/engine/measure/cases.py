"""Pairs with known truth, made from a dataset of aligned pairs by seeded motions.

Protocols, and the error that counts, reference px:
    shift: reference = 256-px optical window, sensed = 192-px SAR template cut at a sub-pixel offset
    of 32 px +- 32 px from the window's corner. Distance at the template's centre. affine: sensed =
    SAR turned by up to 10 degrees, scaled by 0.9 to 1.1 and shifted by up to 30 px about the centre
    of a window of up to 512 px. Mean distance of the four corners (ACE). bent: sensed = SAR shifted
    by up to 8 px and bent by a smooth field of up to 4 px along each axis, one to two waves a
    window. Mean distance over a lattice of 11 x 11 places. georeferenced: as affine, but turned by
    up to 2 degrees and scaled by 0.98 to 1.02, and both images are GeoTIFFs at the same place, as
    layers of a project are. unrelated, unrelated_shift, unrelated_georeferenced: as affine, shift
    and georeferenced, with the SAR of another place that is as much like the pair as the split
    allows: of the same source, sensor and kind of ground. The right answer is a refusal.

Draws: the first draw of a pair is at a seeded window of it, further ones visit the other windows of
the lattice through it, which do not overlap, and begin again with other motions when there are no
more.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.borders import reading
from ...core.errors import InputError
from ...core.fit.transforms import Transform
from ...core.geometry import coords
from ..align.coarse_search import similarity_matrix
from .protocols import DRAWN, is_bent, is_georeferenced, is_shift, is_unrelated

Array = NDArray[np.float64]
Row = dict[str, str]

_WINDOW_PX, _TEMPLATE_PX, _AFFINE_PX = 256, 192, 512
_SHIFT_PX, _BENT_SHIFT_PX, _BEND_PX = 30.0, 8.0, 4.0
_TURN_DEG, _STRETCH = 10.0, 0.1
_SMALL_TURN_DEG, _SMALL_STRETCH = 2.0, 0.02
_LATTICE = 11
_DATES = re.compile(r"_(before|after)_")
_CLASS = re.compile(r"[A-Za-z]+\d*_[A-Za-z]+(?=_\d+$)")
_OVERVIEW_PX, _PART_PX = 128, 64
_SAME_GROUND = 0.8
"""Correlation of a quarter of one optical image with a place in another above which both show the
same ground.
"""


@dataclass(frozen=True, eq=False)
class Bend:
    """A smooth displacement: along each axis a wave over x plus one over y.

    Attributes:
        height_px: (2, 2) height of the waves, [axis of the displacement, axis of the wave].
        waves: (2, 2) of them along the side.
        phase: (2, 2) rad.
        side_px: Of the image.
    """

    height_px: Array
    waves: Array
    phase: Array
    side_px: float

    def __call__(self, points: Array) -> Array:
        """Return (N, 2) displacement at (N, 2) positions, px."""
        angle = 2 * np.pi * self.waves * points[:, None, :] / self.side_px + self.phase
        return np.asarray((self.height_px * np.sin(angle)).sum(axis=2))


@dataclass(frozen=True, eq=False)
class Case:
    """A pair made from a dataset: reference, sensed, the 3x3 truth sensed px -> reference px
    (corner origin), whether both have a CRS, and what bends it.
    """

    reference: NDArray[np.uint8]
    sensed: NDArray[np.uint8]
    truth: Array
    georeferenced: bool = False
    bend: Bend | None = None

    def to_reference(self, points: Array) -> Array:
        """Return (N, 2) true positions in the reference of (N, 2) positions in the sensed image,
        px.
        """
        moved = coords.apply_matrix(self.truth, points)
        return np.asarray(moved if self.bend is None else moved + self.bend(points))

    def mean_error(self, motion: Transform, shift_only: bool) -> float:
        """Return the mean distance of the probes from the truth under a motion sensed px ->
        reference px, reference px.
        """
        probes = self.probes(shift_only)
        return float(np.hypot(*(motion.apply(probes) - self.to_reference(probes)).T).mean())

    def probes(self, shift_only: bool) -> Array:
        """Return (N, 2) the sensed positions whose mean distance from the truth is the error: the
        middle, the corners, or a lattice.
        """
        size = self.sensed.shape[0]
        if shift_only:
            return np.full((1, 2), size / 2)
        if self.bend is None:
            return coords.corners(size, size)
        x, y = np.meshgrid(*[(np.arange(_LATTICE) + 0.5) * size / _LATTICE] * 2)
        return np.column_stack([x.ravel(), y.ravel()])


def read_index(dataset: Path, split: str, limit: int | None) -> list[Row]:
    """Return the rows of a split, at most `limit` a source.

    Raises:
        InputError: there are none, or the dataset cannot be read.
    """
    with reading(
        "the dataset", dataset, "It needs an index.csv with source, id, split, optical, sar."
    ):
        with (dataset / "index.csv").open(encoding="utf-8", newline="") as stream:
            rows = [r for r in csv.DictReader(stream, strict=True) if r["split"] == split]
        for row in rows:
            if not all(isinstance(row[name], str) for name in ("source", "id", "optical", "sar")):
                raise ValueError("a row has too few cells")
    if limit is not None:
        seen: dict[str, int] = {}
        kept = []
        for row in rows:
            seen[row["source"]] = seen.get(row["source"], 0) + 1
            if seen[row["source"]] <= limit:
                kept.append(row)
        rows = kept
    if not rows:
        raise InputError(f"{dataset} has no pairs in split {split!r}.")
    return rows


def load_colour_pair(dataset: Path, row: Row) -> tuple[NDArray[np.uint8], NDArray[np.uint8], bool]:
    """Return optical (H, W, 3) and SAR (H, W) of a pair on the same pixel grid, and whether the
    optical had to be turned onto it.
    """
    optical, sar = (
        cv2.imread(str(dataset / row["optical"]), cv2.IMREAD_COLOR),
        cv2.imread(str(dataset / row["sar"]), cv2.IMREAD_COLOR),
    )
    if optical is None or sar is None:
        raise InputError(f"Cannot read the images of pair {row['source']}/{row['id']}.")
    sar = sar[..., 0]
    truth = dataset / "pairs" / row["source"] / "truth.json"
    if truth.exists():
        matrix = np.array(
            json.loads(truth.read_text(encoding="utf-8"))[row["id"]]["optical_to_sar_idx"]
        )
        optical = cv2.warpAffine(
            optical, matrix, (sar.shape[1], sar.shape[0]), flags=cv2.INTER_CUBIC
        )
    return optical.astype(np.uint8), np.ascontiguousarray(sar, dtype=np.uint8), truth.exists()


def load_pair(dataset: Path, row: Row) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return optical grey and SAR of a pair on the same pixel grid."""
    optical, sar, _ = load_colour_pair(dataset, row)
    return cv2.cvtColor(optical, cv2.COLOR_BGR2GRAY).astype(np.uint8), sar


def place_of(row: Row) -> tuple[str, str]:
    """Return what names the ground of a pair: source and id without the date."""
    return row["source"], _DATES.sub("_", row["id"])


def impostors(dataset: Path, rows: list[Row], number: int) -> list[Row]:
    """Return the rows most like one that do not show its ground: of its source, sensor and kind of
    ground, else of fewer of these.

    Raises:
        InputError: every row shows its ground.
    """
    row = rows[number]

    def likeness(other: Row) -> int:
        same_source = other["source"] == row["source"]
        same_sensor = same_source and other.get("sar_sensor") == row.get("sar_sensor")
        return same_source + same_sensor + (same_sensor and _kind(other) == _kind(row))

    by_likeness: dict[int, list[Row]] = {}
    for other in rows:
        if place_of(other) != place_of(row):
            by_likeness.setdefault(likeness(other), []).append(other)
    for level in sorted(by_likeness, reverse=True):
        elsewhere = [o for o in by_likeness[level] if not _shows_same_ground(dataset, row, o)]
        if elsewhere:
            return elsewhere
    raise InputError(
        "There is no unrelated pair in this split.",
        "It needs pairs of two places at least; raise --limit.",
    )


def _kind(row: Row) -> str:
    """Return the kind of ground that an id or a note tells of."""
    named = _CLASS.match(row["id"])
    return named.group() if named else row.get("note", "")


def _shows_same_ground(dataset: Path, row: Row, other: Row) -> bool:
    """Tell whether a quarter of one optical image is found in the other; rows of two sources never
    are.
    """
    if row["source"] != other["source"]:
        return False
    one, two = (_overview(str(dataset / r["optical"])) for r in (row, other))
    parts = [one[y : y + _PART_PX, x : x + _PART_PX] for y in (0, _PART_PX) for x in (0, _PART_PX)]
    return any(
        float(cv2.matchTemplate(two, part, cv2.TM_CCOEFF_NORMED).max()) > _SAME_GROUND
        for part in parts
        if part.std() > 0
    )


@lru_cache(maxsize=1024)
def _overview(path: str) -> NDArray[np.uint8]:
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise InputError(f"Cannot read the image {path}.")
    return cv2.resize(image, (_OVERVIEW_PX, _OVERVIEW_PX), interpolation=cv2.INTER_AREA).astype(
        np.uint8
    )


def make_case(
    dataset: Path, rows: list[Row], number: int, protocol: str, seed: int, draw: int = 0
) -> Case:
    """Make one case; it depends only on the dataset's split, the seed, the protocol, the pair and
    the number of the draw.
    """
    row = rows[number]
    rng = np.random.default_rng(
        [seed, DRAWN.index(protocol), *(ord(c) for c in row["source"] + row["id"])]
    )
    optical, sar = load_pair(dataset, row)
    if is_unrelated(protocol):
        others = impostors(dataset, rows, number)
        _, other = load_pair(dataset, others[(int(rng.integers(len(others))) + draw) % len(others)])
        side = min(*optical.shape, *other.shape)
        optical, sar = optical[:side, :side], other[:side, :side]
    shifted = is_shift(protocol)
    side = min(_WINDOW_PX if shifted else _AFFINE_PX, *optical.shape)
    corner = np.array(
        [int(rng.integers(0, n - side + 1)) for n in (optical.shape[1], optical.shape[0])]
    )
    if draw:
        corner = _other_window(optical.shape, side, corner, draw, rng)
        rng = np.random.default_rng([*rng.integers(0, 2**31, 4), draw])
    x, y = (int(v) for v in corner)
    motion, size = _motion(protocol, side, rng)
    bend = _draw_bend(size, rng) if is_bent(protocol) else None
    reference = optical[y : y + side, x : x + side]
    truth = np.linalg.inv(motion)
    if bend is not None:
        return Case(reference, _bent(sar, truth, bend, (x, y), size), truth, bend=bend)
    into_window = np.eye(3)
    into_window[:2, 2] = (-x, -y)
    sensed = cv2.warpAffine(
        sar, coords.index_matrix(motion @ into_window)[:2], (size, size), flags=cv2.INTER_CUBIC
    )
    return Case(reference, sensed, truth, is_georeferenced(protocol))


def _other_window(
    shape: tuple[int, ...], side: int, first: NDArray[np.int64], draw: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the corner of the window of a further draw: on the lattice through the first one, in
    seeded order, the first one last.
    """
    xs, ys = (
        np.arange(start % side, n - side + 1, side)
        for start, n in zip(first, (shape[1], shape[0]), strict=True)
    )
    corners = np.array([(x, y) for y in ys for x in xs])
    others = corners[(corners != first).any(axis=1)]
    order = np.concatenate([rng.permutation(others), first[None]])
    return np.asarray(order[(draw - 1) % len(order)])


def _motion(protocol: str, side: int, rng: np.random.Generator) -> tuple[Array, int]:
    """Return the 3x3 motion reference px -> sensed px, and the side of the sensed image."""
    if is_shift(protocol):
        size = side * _TEMPLATE_PX // _WINDOW_PX
        motion = np.eye(3)
        motion[:2, 2] = -rng.uniform(0, side - size, 2)
        return motion, size
    if is_bent(protocol):
        motion = np.eye(3)
        motion[:2, 2] = rng.uniform(-_BENT_SHIFT_PX, _BENT_SHIFT_PX, 2)
        return motion, side
    turn, stretch = (
        (_SMALL_TURN_DEG, _SMALL_STRETCH) if is_georeferenced(protocol) else (_TURN_DEG, _STRETCH)
    )
    turned, scaled = rng.uniform(-turn, turn), rng.uniform(1 - stretch, 1 + stretch)
    x, y = (float(v) for v in rng.uniform(-_SHIFT_PX, _SHIFT_PX, 2))
    return similarity_matrix(float(turned), float(scaled), (x, y), (side / 2, side / 2)), side


def farthest_px(protocol: str, side: int) -> float:
    """Return how far a place of the sensed image can lie from where it would without a motion, px,
    in windows of a side.
    """
    if is_shift(protocol):
        return float(np.sqrt(2.0) * (side - side * _TEMPLATE_PX // _WINDOW_PX) / 2)
    if is_bent(protocol):
        return float(np.sqrt(2.0) * (_BENT_SHIFT_PX + _BEND_PX))
    turn, stretch = (
        (_SMALL_TURN_DEG, _SMALL_STRETCH) if is_georeferenced(protocol) else (_TURN_DEG, _STRETCH)
    )
    corner = side / np.sqrt(2)
    return float(
        np.sqrt(2.0) * _SHIFT_PX / (1 - stretch)
        + corner * abs(np.exp(1j * np.deg2rad(turn)) / (1 - stretch) - 1)
    )


def _draw_bend(side: int, rng: np.random.Generator) -> Bend:
    height = rng.uniform(-_BEND_PX / 2, _BEND_PX / 2, (2, 2))
    return Bend(
        height, rng.uniform(1.0, 2.0, (2, 2)), rng.uniform(0, 2 * np.pi, (2, 2)), float(side)
    )


def _bent(
    sar: NDArray[np.uint8], truth: Array, bend: Bend, corner: tuple[int, int], size: int
) -> NDArray[np.uint8]:
    """Return the sensed image whose every px shows the ground at its true position."""
    x, y = np.meshgrid(np.arange(size) + 0.5, np.arange(size) + 0.5)
    places = np.column_stack([x.ravel(), y.ravel()])
    at = coords.apply_matrix(truth, places) + bend(places) + np.array(corner) - 0.5
    mapped = at.reshape(size, size, 2).astype(np.float32)
    return cv2.remap(sar, mapped[..., 0], mapped[..., 1], cv2.INTER_CUBIC).astype(np.uint8)
