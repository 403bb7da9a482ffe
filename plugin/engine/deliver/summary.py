"""A result in a few plain lines."""

from __future__ import annotations

import math
from pathlib import Path

from ...core.fit.result import AlignResult
from ...core.types import Status


def describe_length(px: float, ground: float | None) -> str:
    """Return "0.62 px (6.2 map units)"; "undefined (no redundancy)" for NaN."""
    if not math.isfinite(px):
        return "undefined (no redundancy)"
    return f"{px:.2f} px" + (f" ({ground:.4g} map units)" if ground is not None else "")


def summary_lines(result: AlignResult, output: Path | None) -> list[str]:
    """Return what a terminal shows after a run."""
    kept = len(result.enabled_points)
    lines = [f"{result.status.value}: {result.message}"]
    if result.hint:
        lines.append(f"hint: {result.hint}")
    lines += [f"note: {note}" for note in result.notes]
    lines.append(f"tie points      {kept} of {len(result.points)} kept ({result.matcher})")
    if result.coarse is not None:
        c = result.coarse
        lines.append(
            f"coarse stage    shift {c.shift_map[0]:.1f}, {c.shift_map[1]:.1f}; rotation "
            f"{c.rotation_deg:.2f} deg; scale {c.scale:.4f}"
        )
    q = result.quality
    if q is not None and result.status is Status.OK:
        lines.append(f"model           {q.model}")
        lines.append(f"fit RMSE        {describe_length(q.fit_rmse_px, q.fit_rmse_map)}")
        lines.append(f"leave-one-out   {describe_length(q.loo_rmse_px, q.loo_rmse_map)}")
        lines.append(f"hold-out        {describe_length(q.holdout_rmse_px, q.holdout_rmse_map)}")
        lines.append(f"CE90            {describe_length(q.ce90_px, q.ce90_map)}")
        lines.append(f"coverage        {100 * q.coverage:.0f} %")
    lines.append(f"time            {sum(result.timings_s.values()):.1f} s")
    if output is not None and result.status is Status.OK:
        lines.append(f"written         {output}")
    return lines
