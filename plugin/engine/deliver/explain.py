"""What a matcher sees at one place, as a picture: both chips, the similarity surface, its peaks,
the gates of the experts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...core.errors import OutputError, UsageError
from ...core.fit.transforms import Transform
from ...core.outputs import Outputs
from ...core.progress import Progress
from ...core.types import AlignRequest, Point
from ...matchers import TemplateMatcher, create, get_spec
from ...matchers.parts.similarity import find_peak
from ..align.attempts import clearest, coarse_positions
from ..align.fine import match_templates, template_size
from ..align.found import TemplateMatch
from ..align.place import pair_at, place_in
from ..read.input_files import files_of
from ..read.pair import open_pair

if TYPE_CHECKING:
    from ...core.image import Image
    from ..read.pair import WorkingPair

_RADIUS_PX = 16


def explain(
    request: AlignRequest,
    at: tuple[float, float],
    output: Path,
    progress: Progress,
    overwrite: bool = True,
) -> dict[str, float]:
    """Draw what a template matcher sees at one place on the ground; the coarse stage puts the
    images onto each other first.

    Args:
        request: The two rasters and the parameters.
        at: Place on the ground: map coordinates of the reference's CRS; reference px (corner
            origin) where it has none.
        output: Picture to write (.png, .svg or .pdf).
        progress: Told of progress.
        overwrite: Replace a picture that exists.

    Returns:
        Numbers of the match: shift in working px, peak, second peak, forward-backward error.

    Raises:
        UsageError: the matcher is no template matcher, or the place has no valid ground in both
        images.
        OutputError: the picture cannot be written.
    """
    matcher = _template_matcher(request)
    with _outputs(request, output, overwrite) as outputs, open_pair(request) as pair:
        positions = coarse_positions(pair, matcher, request.params, progress.part(0.0, 0.6), 1.0)
        numbers = _picture(
            clearest(positions).pair,
            matcher,
            request,
            _working_px(pair, at),
            outputs.part(output),
            progress.part(0.6, 1.0),
        )
        outputs.deliver()
    return numbers


def _outputs(request: AlignRequest, output: Path, overwrite: bool) -> Outputs:
    if output.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise OutputError(f"{output} is no name of a picture.", "Choose a .png, .svg or .pdf.")
    rasters = [request.reference.path, request.sensed.path]
    return Outputs([output], rasters, files_of(rasters), overwrite)


def explain_point(
    request: AlignRequest,
    transform: Transform | None,
    reference_px: Point,
    sensed_px: Point,
    output: Path,
    progress: Progress,
) -> dict[str, float]:
    """Draw what a template matcher sees at a control point, the images put onto each other as the
    fit says; see `place.measure_place` and `explain`.
    """
    matcher = _template_matcher(request)
    with _outputs(request, output, overwrite=True) as outputs, open_pair(request) as pair:
        numbers = _picture(
            pair_at(pair, transform, reference_px, sensed_px),
            matcher,
            request,
            np.round(place_in(pair, reference_px)),
            outputs.part(output),
            progress,
        )
        outputs.deliver()
    return numbers


def _template_matcher(request: AlignRequest) -> TemplateMatcher:
    spec = get_spec(request.params.matcher)
    matcher = create(spec.key, request.params.matcher_params, request.params.device)
    if not isinstance(matcher, TemplateMatcher):
        raise UsageError(f"{spec.label} compares no templates.", "Choose another matcher.")
    return matcher


def _picture(
    pair: WorkingPair,
    matcher: TemplateMatcher,
    request: AlignRequest,
    centre: NDArray[np.float64],
    output: Path,
    progress: Progress,
) -> dict[str, float]:
    side = template_size(
        pair.grid.width, pair.grid.height, request.params.template_px, matcher.template_limits_px
    )
    found = match_templates(
        pair,
        matcher,
        centre[None],
        side,
        _RADIUS_PX,
        request.params.tile_px,
        progress.part(0.0, 0.6),
    )
    if not found:
        raise UsageError(
            "There is too little valid ground around the place in both images.",
            "Choose a place inside the overlap.",
        )
    match = found[0]
    figure = _draw(pair, matcher, get_spec(request.params.matcher).label, match, side)
    try:
        figure.savefig(output, dpi=120)
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{output} cannot be written: {error}.",
            "Choose a .png, .svg or .pdf in a folder you may write to.",
        ) from error
    progress.update(1.0, "Done")
    return {
        "shift_x_px": match.shift[0],
        "shift_y_px": match.shift[1],
        "peak": match.peak.value,
        "second_peak": match.peak.second,
        "forward_backward_px": match.forward_backward_px,
    }


def _working_px(pair: WorkingPair, at: tuple[float, float]) -> NDArray[np.float64]:
    place = np.round(pair.grid.px_from_map([at])[0])
    if not ((place >= 0) & (place <= pair.grid.size)).all():
        raise UsageError(
            f"{at[0]:g}, {at[1]:g} lies outside the overlap.",
            "Give map coordinates of the reference's CRS, or pixels where it has none.",
        )
    return place


def _draw(
    pair: WorkingPair, matcher: TemplateMatcher, label: str, match: TemplateMatch, side: int
) -> Any:
    from matplotlib.figure import Figure

    reach = side // 2 + match.radius
    low = np.round(match.centre).astype(int) - reach
    window = (int(low[0]), int(low[1]), 2 * reach, 2 * reach)
    reference, sensed = pair.read_reference(window), pair.read_sensed(window)
    gates = getattr(matcher, "describe", None)
    figure = Figure(figsize=(13, 7.6), layout="constrained")
    figure.suptitle(
        f"{label}: template of {side} px, shift {match.shift[0]:+.2f}, "
        f"{match.shift[1]:+.2f} px, peak {match.peak.value:.2f}"
    )
    grid = figure.add_gridspec(2, 4)
    _draw_templates(figure, grid, match, side, (reference, sensed))
    _draw_similarity(figure, grid, match)
    if gates is not None:
        _draw_gates(figure, grid, matcher, ((reference, "reference"), (sensed, "sensed")))
    else:
        for column, image in enumerate((reference, sensed)):
            axes = figure.add_subplot(grid[1, column])
            axes.imshow(
                np.linalg.norm(matcher.features(image, image.modality), axis=0), cmap="magma"
            )
            axes.set(title="Length of the features", xticks=[], yticks=[])
    for axes in figure.axes:  # the titles are longer than the pictures are wide
        axes.title.set_fontsize(9)
    return figure


def _draw_templates(
    figure: Any, grid: Any, match: TemplateMatch, side: int, images: tuple[Image, Image]
) -> None:
    """Draw both images about the place, the template on each."""
    from matplotlib.patches import Rectangle

    reference, sensed = images
    for column, (image, title, corner, colour) in enumerate(
        (
            (
                reference,
                "Reference; template fitted",
                np.array(match.shift) + match.radius,
                "#e69f00",
            ),
            (sensed, "Sensed; template", np.full(2, float(match.radius)), "#56b4e9"),
        )
    ):
        axes = figure.add_subplot(grid[0, column])
        axes.imshow(np.ma.masked_where(~image.mask, image.data), cmap="gray")
        axes.add_patch(
            Rectangle(
                (corner[0] - 0.5, corner[1] - 0.5),
                side,
                side,
                fill=False,
                edgecolor=colour,
                linewidth=1.6,
            )
        )
        axes.set(title=title, xticks=[], yticks=[])


def _draw_similarity(figure: Any, grid: Any, match: TemplateMatch) -> None:
    """Draw the similarity at each shift as a picture, with its peaks, and as a surface."""
    from matplotlib.patches import Ellipse

    surface = np.where(np.isfinite(match.surface), match.surface, np.nan)
    r = match.radius
    axes = figure.add_subplot(grid[0, 2])
    drawn = axes.imshow(surface, cmap="viridis", extent=(-r - 0.5, r + 0.5, r + 0.5, -r - 0.5))
    figure.colorbar(drawn, ax=axes, shrink=0.8)
    axes.plot(*match.shift, "+", color="white", markersize=12, markeredgewidth=2)
    (values, vectors) = np.linalg.eigh(np.array(match.peak.covariance))
    angle = float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
    axes.add_patch(
        Ellipse(
            match.shift,
            *(2 * 2.45 * np.sqrt(values[::-1])),
            angle=angle,
            fill=False,
            edgecolor="white",
        )
    )
    second = _second_peak(match)
    if second is not None:
        axes.plot(*second, "x", color="#e69f00", markersize=9, markeredgewidth=2)
    axes.set(
        title="Similarity: + peak, x second",
        xlabel="shift right, px",
        ylabel="shift down, px",
        xlim=(-r - 0.5, r + 0.5),
        ylim=(r + 0.5, -r - 0.5),
    )
    solid = figure.add_subplot(grid[0, 3], projection="3d")
    line = np.arange(-r, r + 1)
    solid.plot_surface(*np.meshgrid(line, line), surface, cmap="viridis", linewidth=0)
    solid.set(title="Similarity surface", xlabel="x, px", ylabel="y, px")
    solid.invert_yaxis()


def _second_peak(match: TemplateMatch, exclusion_px: int = 4) -> tuple[float, float] | None:
    """Return the shift at the highest similarity outside the peak's neighbourhood."""
    rest = match.surface.copy()
    r, c = round(match.peak.y), round(match.peak.x)
    rest[
        max(0, r - exclusion_px) : r + exclusion_px + 1,
        max(0, c - exclusion_px) : c + exclusion_px + 1,
    ] = -np.inf
    peak = find_peak(rest)
    return None if peak is None else (peak.x - match.radius, peak.y - match.radius)


def _draw_gates(figure: Any, grid: Any, matcher: Any, images: tuple[tuple[Any, str], ...]) -> None:
    """Draw the length of the descriptors and the share of each expert, for both images."""
    for row, (image, name) in enumerate(images):
        features, gates = matcher.describe(image, image.modality)
        axes = figure.add_subplot(grid[1, 2 * row])
        drawn = axes.imshow(np.linalg.norm(features, axis=0), cmap="magma", vmin=0, vmax=1)
        figure.colorbar(drawn, ax=axes, shrink=0.8)
        axes.set(title=f"Descriptor length, {name}", xticks=[], yticks=[])
        axes = figure.add_subplot(grid[1, 2 * row + 1])
        poses = matcher.net.config.poses
        means, spread = gates.mean(axis=(1, 2)), gates.std(axis=(1, 2))
        axes.barh(range(len(poses)), means, xerr=spread, color="#0072b2")
        axes.set(
            title=f"Gates, {name}",
            xlim=(0, 1),
            yticks=range(len(poses)),
            yticklabels=[p.replace("_", " ") for p in poses],
        )
        axes.invert_yaxis()
