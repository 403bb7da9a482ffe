"""The report of a registration: one HTML file with pictures, numbers and what they mean."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import cv2
import matplotlib as mpl
import numpy as np
from jinja2 import Environment, FileSystemLoader
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ....resources import FOLDER
from ...core.atomic import write_atomically
from ...core.fields import param_infos
from ...core.fit import quality
from ...core.fit.result import AlignResult
from ...core.fit.transforms import Transform
from ...core.geometry import coords
from ...core.image import Image
from ...core.types import AlignParams, TiePoint
from ..read.pair import WorkingPair, open_pair

_TEMPLATE = FOLDER / "report"
_CHIP_PX, _CHIPS = 64, 12
_OVERVIEW_PX = 700
Array = NDArray[np.float64]


def write_report(result: AlignResult, path: Path) -> None:
    """Write the report of a result.

    Raises:
        OutputError: the folder cannot be written.
        AlignError: the rasters cannot be read any more.
    """
    mpl.use("Agg")
    with open_pair(result.request) as pair:
        pictures = _pictures(pair, result)
    template = Environment(loader=FileSystemLoader(_TEMPLATE), autoescape=True).get_template(
        "report.html.j2"
    )
    params = [
        (i.label, getattr(result.request.params, i.name), i.unit) for i in param_infos(AlignParams)
    ]
    residuals = _residuals(result)
    lengths = {p.id: float(np.hypot(*r)) for p, r in zip(result.points, residuals, strict=True)}
    html = template.render(
        result=result,
        pictures=pictures,
        params=params,
        lengths=lengths,
        kept=len(result.enabled_points),
    )
    write_atomically(path, html)


def _residuals(result: AlignResult) -> Array:
    if result.transform is None or not result.points:
        return np.full((len(result.points), 2), np.nan)
    return quality.residuals(
        result.transform,
        [p.sensed_px for p in result.points],
        [p.reference_px for p in result.points],
    )


def _pictures(pair: WorkingPair, result: AlignResult) -> dict[str, Any]:
    window = (0, 0, pair.grid.width, pair.grid.height)
    reduction = max(1, -(-max(window[2:]) // _OVERVIEW_PX))
    reference, before = pair.read_reference(window, reduction), pair.read_sensed(window, reduction)
    out: dict[str, Any] = {
        "before": _checkerboard(reference, before),
        "overview": _overview(reference, pair, result.points, reduction),
    }
    if result.transform is not None:
        # The fit as a correction of the working grid: exact for matrices, the local affine at the
        # centre otherwise.
        fitted = pair.corrected(_working_correction(pair, result.transform))
        out["after"] = _checkerboard(reference, fitted.read_sensed(window, reduction))
        residuals = _residuals(result)
        enabled = np.array([p.enabled for p in result.points])
        out["vectors"] = _vectors(result.points, residuals, enabled)
        out["histogram"] = _histogram(residuals[enabled])
        order = sorted(
            result.enabled_points, key=lambda p: float(np.hypot(*residuals[result.points.index(p)]))
        )
        out["best"] = [_chips(fitted, p) for p in order[:_CHIPS]]
        out["worst"] = [_chips(fitted, p) for p in reversed(order[-_CHIPS:])]
    else:
        # What was compared, not where the raster was georeferenced.
        compared = pair if result.coarse is None else pair.corrected(result.coarse.matrix)
        out["best"], out["worst"] = [], [_chips(compared, p) for p in result.points[:_CHIPS]]
    return out


def _overview(
    reference: Image, pair: WorkingPair, points: tuple[TiePoint, ...], reduction: int
) -> str:
    """Return the reference with all points on it."""
    figure = Figure(figsize=(7.2, 7.2 * reference.data.shape[0] / reference.data.shape[1]))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.imshow(
        reference.data,
        cmap="gray",
        vmin=0,
        vmax=1,
        extent=(0, reference.data.shape[1], reference.data.shape[0], 0),
    )
    axes.set_axis_off()
    if points:
        at = (
            pair.working_from_reference_native(coords.as_points([p.reference_px for p in points]))
            / reduction
        )
        kept = np.array([p.enabled for p in points])
        axes.plot(*at[~kept].T, "x", color="#D55E00", ms=4, mew=1.2)
        axes.plot(*at[kept].T, "o", color="#56B4E9", ms=4, mec="white", mew=0.6)
    axes.set(xlim=(0, reference.data.shape[1]), ylim=(reference.data.shape[0], 0))
    return _figure(figure)


def _working_correction(pair: WorkingPair, transform: Transform) -> Array:
    """Return the affine of working px that best brings the sensed image where the transform puts
    it.
    """
    xs, ys = np.linspace(0, pair.grid.width, 7), np.linspace(0, pair.grid.height, 7)
    working = np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2)
    target = transform.apply(pair.sensed_native_px(working))
    back = np.linalg.lstsq(
        np.c_[pair.reference_native_px(working), np.ones(len(working))], working, rcond=None
    )[0]
    moved = np.c_[target, np.ones(len(target))] @ back
    affine = np.linalg.lstsq(np.c_[working, np.ones(len(working))], moved, rcond=None)[0]
    return np.vstack([affine.T, [0.0, 0.0, 1.0]])


def _checkerboard(a: Image, b: Image, cells: int = 8) -> str:
    rows, cols = a.data.shape
    size = max(rows, cols) / cells
    y, x = np.mgrid[0:rows, 0:cols]
    odd = ((x // size).astype(int) + (y // size).astype(int)) % 2 == 1
    tint = np.array(
        [0.80, 0.92, 1.0]
    )  # the reference a little blue, so that the two can be told apart
    picture = np.where(odd[..., None], b.data[..., None], a.data[..., None] * tint)
    return _png(picture)


def _png(picture: NDArray[Any]) -> str:
    ok, data = cv2.imencode(".png", np.clip(picture[..., ::-1] * 255, 0, 255).astype(np.uint8))
    if not ok:
        raise ValueError("the picture cannot be encoded")
    return base64.b64encode(data.tobytes()).decode("ascii")


def _figure(figure: Figure) -> str:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110, bbox_inches="tight")
    return base64.b64encode(stream.getvalue()).decode("ascii")


def _vectors(points: tuple[TiePoint, ...], residuals: Array, enabled: NDArray[np.bool_]) -> str:
    at = coords.as_points([p.reference_px for p in points])
    figure = Figure(figsize=(6.4, 6.0))
    axes = figure.add_subplot()
    axes.plot(*at[~enabled].T, "x", color="#D55E00", ms=4, label="disabled")
    axes.quiver(
        *at[enabled].T,
        *residuals[enabled].T,
        angles="xy",
        color="#0072B2",
        width=0.003,
        label="residual",
    )
    axes.set(
        xlabel="x [reference px]",
        ylabel="y [reference px]",
        title="Residuals: transform(sensed) − reference",
        aspect="equal",
    )
    axes.invert_yaxis()
    axes.legend(loc="upper right", fontsize=8)
    return _figure(figure)


def _histogram(residuals: Array) -> str:
    figure = Figure(figsize=(6.4, 3.0))
    axes = figure.add_subplot()
    axes.hist(np.hypot(*residuals.T), bins=min(30, max(5, len(residuals) // 4)), color="#0072B2")
    axes.set(xlabel="residual length [reference px]", ylabel="points")
    return _figure(figure)


def _chips(pair: WorkingPair, point: TiePoint) -> dict[str, Any]:
    """Return both chips around a point, as corrected, and its similarity surface."""
    working = pair.working_from_reference_native(np.array([point.reference_px]))[0]
    corner = np.round(working).astype(int) - _CHIP_PX // 2
    window = (int(corner[0]), int(corner[1]), _CHIP_PX, _CHIP_PX)
    pictures = [
        _png(np.repeat(i.data[..., None], 3, axis=2))
        for i in (pair.read_reference(window), pair.read_sensed(window))
    ]
    surface = point.evidence.surface if point.evidence is not None else None
    heat = ""
    if surface is not None:
        finite = surface[np.isfinite(surface)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        coloured = mpl.colormaps["viridis"](
            np.clip((np.nan_to_num(surface, neginf=low) - low) / max(high - low, 1e-6), 0, 1)
        )
        heat = _png(coloured[..., :3])
    return {
        "id": point.id,
        "score": point.score,
        "pictures": pictures,
        "heat": heat,
        "reason": point.reason,
    }
