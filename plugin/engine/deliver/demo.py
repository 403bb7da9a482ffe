"""The demo: make a synthetic pair, register it, compare with the truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...core.outputs import output_folder
from ...core.progress import Progress
from ...core.types import AlignParams, AlignRequest, Modality, RasterRef, Status
from .deliver import deliver
from .demo_scene import HEIGHT, SCENE_FILES, WIDTH, write_demo_pair
from .summary import summary_lines


def run_demo(
    folder: Path, matcher: str, progress: Progress, overwrite: bool = False
) -> tuple[list[str], int]:
    """Make the pair in `folder`, register it and measure the true error.

    Returns:
        Lines to print and the exit code.

    Raises:
        AlignError: the folder cannot be written.
    """
    names = (
        "sar_aligned.tif",
        "tie_points.points",
        "tie_points.gpkg",
        "report.html",
        "result.json",
    )
    output_folder(folder, (*SCENE_FILES, *names), overwrite=overwrite)
    progress.update(0.0, "Making the scene")
    reference, sensed, truth = write_demo_pair(folder, overwrite=overwrite)
    request = AlignRequest(
        RasterRef(str(reference), modality=Modality.OPTICAL),
        RasterRef(str(sensed), modality=Modality.SAR),
        AlignParams(matcher=matcher),
    )
    files = {name: folder / name for name in names}
    result, code = deliver(
        request,
        progress.part(0.1, 1.0),
        files["sar_aligned.tif"],
        None,
        files["tie_points.points"],
        files["tie_points.gpkg"],
        files["report.html"],
        files["result.json"],
        overwrite,
    )
    lines = summary_lines(result, None)
    if result.status is Status.OK and result.transform is not None:
        x, y = np.meshgrid(np.linspace(60, WIDTH - 60, 25), np.linspace(60, HEIGHT - 60, 20))
        place = np.stack([x.ravel(), y.ravel()], axis=1)
        sensed_px = truth.apply(place)
        before = float(np.sqrt(((sensed_px - place) ** 2).sum(axis=1).mean()))
        miss = result.transform.apply(sensed_px) - place
        true_rmse = float(np.sqrt((miss**2).sum(axis=1).mean()))
        estimate = result.quality.holdout_rmse_px if result.quality is not None else float("nan")
        lines += [
            "",
            f"true RMSE before {before:.2f} px",
            (
                f"true RMSE after  {true_rmse:.2f} px, on a lattice of {len(place)} places "
                "that no tie point knows"
            ),
            (
                f"estimated       {estimate:.2f} px (hold-out RMSE of single tie points; the "
                "fit averages over many)"
            ),
            "",
        ]
    lines += ["files:"] + [f"  {p}" for p in (reference, sensed, *files.values()) if p.exists()]
    return lines, code
