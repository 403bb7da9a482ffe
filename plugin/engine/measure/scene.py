"""Accuracy on a real scene with check points: its georeferencing is displaced, `align` brings it
back, points no fit has seen judge it.
"""

from __future__ import annotations

import csv
import json
import math
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray

from ...core.atomic import write_atomically
from ...core.borders import reading
from ...core.errors import FitError, InputError, OutputError
from ...core.fit import fitting
from ...core.fit.prior import known_prior
from ...core.geometry import coords
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...core.types import AlignParams, AlignRequest, Modality, RasterRef
from ..align.align import align
from ..read.gdal_errors import GDAL_ERRORS
from ..read.opening import open_dataset
from ..read.sources import UNREADABLE
from .memory import peak_mb, reset_peak

if TYPE_CHECKING:
    from collections.abc import Sequence

MODELS = ("affine", "polynomial3", "tps", "field")
Array = NDArray[np.float64]


@dataclass(frozen=True)
class SceneOutcome:
    """One matcher on the scene.

    Attributes:
        matcher: Key.
        status: Of the result.
        seconds: Wall clock of `align`.
        peak_mb: Highest resident memory meanwhile; 0 where the system does not tell.
        found: Tie points found.
        kept: Tie points that no filter took out.
        errors: Model -> median, 90th percentile of the distance of the check points from the truth,
            reference px.
    """

    matcher: str
    status: str
    seconds: float
    peak_mb: float
    found: int
    kept: int
    errors: dict[str, tuple[float, float]]


def check_scene(
    reference: Path,
    sensed: Path,
    check_points: Path,
    shift_px: float,
    rotation_deg: float,
    runs: Sequence[AlignParams],
    output: Path,
    progress: Progress,
) -> str:
    """Measure matchers on a scene and return a Markdown table; scene.json goes to `output`.

    Args:
        reference: Reference raster.
        sensed: Sensed raster, as published.
        check_points: CSV with opt_x, opt_y, sar_x, sar_y in index px (pixel centres).
        shift_px: The sensed raster's georeferencing is moved by this along both axes together, its
            own px.
        rotation_deg: And turned about its middle.
        runs: A registration each.
        output: Folder.
        progress: Hears of each registration.

    Raises:
        InputError: the check points or a raster cannot be read.
    """
    truth, moved = _check_points(check_points)
    output_folder(output, ("scene.json",), [reference, sensed, check_points])
    outcomes: list[SceneOutcome] = []
    with tempfile.TemporaryDirectory() as folder:
        displaced, before = _displace(
            sensed, reference, Path(folder) / "displaced.tif", shift_px, rotation_deg, moved
        )
        sides = (
            RasterRef(str(reference), modality=Modality.OPTICAL),
            RasterRef(str(displaced), modality=Modality.SAR),
        )
        for number, params in enumerate(runs):
            part = progress.part(number / len(runs), (number + 1) / len(runs))
            outcomes.append(_outcome(AlignRequest(*sides, params), truth, moved, part))
            write_atomically(
                output / "scene.json", json.dumps([asdict(o) for o in outcomes], indent=1)
            )
    median = _figures(before - truth)[0]
    return "\n".join(
        [
            f"before: {median:.2f} px in the median at {len(truth)} check points",
            "",
            *_table(outcomes),
        ]
    )


def _outcome(request: AlignRequest, truth: Array, moved: Array, progress: Progress) -> SceneOutcome:
    """Register the scene and judge it by points (N, 2) of the reference and of the sensed image."""
    reset_peak()
    start = time.perf_counter()
    result = align(request, progress)
    seconds, kept = time.perf_counter() - start, [p for p in result.points if p.enabled]
    errors = {}
    prior = known_prior(result.reference_grid, result.sensed_grid, kept)
    for model in MODELS:
        try:
            fit = fitting.fit(
                model,
                [p.sensed_px for p in kept],
                [p.reference_px for p in kept],
                np.array([p.covariance_px for p in kept]),
                prior=prior,
            )
        except FitError:
            continue
        errors[model] = _figures(fit.apply(moved) - truth)
    return SceneOutcome(
        request.params.matcher,
        result.status.value,
        round(seconds, 1),
        round(peak_mb()),
        len(result.points),
        len(kept),
        errors,
    )


def _table(outcomes: Sequence[SceneOutcome]) -> list[str]:
    rows = [
        "| matcher | status | seconds | points/s | peak MB | kept | "
        + " | ".join(f"{m}, median / 90 % px" for m in MODELS)
        + " |",
        "|---" * (6 + len(MODELS)) + "|",
    ]
    for o in outcomes:
        cells = [
            f"{o.errors[m][0]:.2f} / {o.errors[m][1]:.2f}" if m in o.errors else "-" for m in MODELS
        ]
        rows.append(
            f"| {o.matcher} | {o.status} | {o.seconds:.0f} | {o.found / o.seconds:.0f} | "
            f"{o.peak_mb:.0f} | {o.kept} of {o.found} | " + " | ".join(cells) + " |"
        )
    return rows


def _figures(errors: Array) -> tuple[float, float]:
    length = np.hypot(errors[:, 0], errors[:, 1])
    return round(float(np.median(length)), 3), round(float(np.percentile(length, 90)), 3)


def _check_points(path: Path) -> tuple[Array, Array]:
    """Return reference and sensed px (N, 2), corner origin."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [
                [float(r[k]) for k in ("opt_x", "opt_y", "sar_x", "sar_y")]
                for r in csv.DictReader(stream)
            ]
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise InputError(
            f"{path} holds no check points: {error}.",
            "It needs the columns opt_x, opt_y, sar_x, sar_y.",
        ) from error
    if not rows:
        raise InputError(f"{path} holds no check points.")
    values = np.array(rows)
    return coords.px_from_idx(values[:, :2]), coords.px_from_idx(values[:, 2:])


def _displace(
    sensed: Path, reference: Path, target: Path, shift_px: float, rotation_deg: float, moved: Array
) -> tuple[Path, Array]:
    """Write the sensed raster with displaced georeferencing; return it and where that puts the
    check points, reference px.
    """
    with reading("the scene", reference, UNREADABLE), open_dataset(str(reference)) as fixed:
        into = ~fixed.transform
    with reading("the scene", sensed, UNREADABLE), open_dataset(str(sensed)) as source:
        data, profile = source.read(), source.profile
    own, middle = profile["transform"], (profile["width"] / 2, profile["height"] / 2)
    along = shift_px / math.sqrt(2.0)
    profile["transform"] = (
        own @ Affine.translation(along, along) @ Affine.rotation(rotation_deg, middle)
    )
    try:
        with rasterio.open(target, "w", **profile) as sink:
            sink.write(data)
    except (*GDAL_ERRORS, OSError) as error:
        raise OutputError(f"Cannot write {target}: {error}.", "Make room for a copy.") from error
    linear = np.array((into @ profile["transform"])[:6]).reshape(2, 3)
    return target, moved @ linear[:, :2].T + linear[:, 2]
