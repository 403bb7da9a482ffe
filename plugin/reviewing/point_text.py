"""What the canvas says of a point under the mouse."""

from __future__ import annotations

import math

from ...ui.parts.palette import STATE_LABELS, state_key
from ...ui.parts.text import as_text, fill, length, tr
from ..core.session.queue import Standing
from ..core.session.session import SessionPoint
from ..core.types import Point


def point_text(
    point: SessionPoint,
    residual_px: Point | None,
    size: float,
    unit: str,
    standing: Standing | None,
) -> str:
    """Return the tooltip of a point.

    Args:
        point: The point.
        residual_px: Its residual, None where there is no fit.
        size: Side of a reference pixel in `unit`.
        unit: Unit of the reference's CRS, "px" without one.
        standing: Its place in the queue of the review.
    """
    name = tr("Point {0}").format(point.id)
    lines = [f"<b>{name}</b> · {tr(STATE_LABELS[state_key(point)])}"]
    if point.reason:
        lines.append(as_text(tr(point.reason)))
    lines.append(fill(tr("score {0:.2f}"), point.tie_point.score))
    if residual_px is not None and math.isfinite(residual_px[0]):
        dx, dy = residual_px
        ground = "" if unit == "px" else f" · {length(math.hypot(dx, dy) * size, unit)}"
        lines.append(
            fill(tr("residual {0:.2f} px ({1:+.2f}, {2:+.2f})"), math.hypot(dx, dy), dx, dy)
            + ground
        )
    if standing is not None and standing.rank:
        lines.append(
            fill(
                tr("number {0} of the queue: doubt {1:.2f}, leverage {2:.3f}"),
                standing.rank,
                standing.doubt,
                standing.leverage,
            )
        )
    return "<br>".join(lines)
