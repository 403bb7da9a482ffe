"""How time and memory grow with the scene: one real pair cut or mirrored to growing sizes, through
the same `align` as `register`.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from ...core.atomic import write_atomically
from ...core.errors import AlignError, UsageError
from ...core.image import Image
from ...core.outputs import output_folder
from ...core.progress import Progress
from ...core.types import AlignParams, AlignRequest, Modality, RasterRef
from ...matchers import TemplateMatcher, create, get_spec
from ..align.align import align
from ..read.opening import open_dataset
from .figures import save_figure
from .memory import peak_mb, reset_peak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

_NETWORK_PX = 512


@dataclass(frozen=True)
class Cost:
    """What one registration took.

    Attributes:
        matcher: Key.
        side_px: Side of both rasters.
        seconds: Wall clock of `align`, packages imported before.
        peak_mb: Highest resident memory of the process that did nothing else; 0 where the system
            does not tell.
        points: Tie points found.
        status: Of the result.
    """

    matcher: str
    side_px: int
    seconds: float
    peak_mb: float
    points: int
    status: str


def measure_scaling(
    reference: Path,
    sensed: Path,
    sizes: Sequence[int],
    matchers: Sequence[str],
    threads: int,
    output: Path,
    progress: Progress,
) -> str:
    """Register squares of growing size and return the table as Markdown; scaling.json and
    scaling.png go to `output`.

    Args:
        reference: Reference raster, aligned with `sensed` to a few px and on the same grid.
        sensed: Sensed raster.
        sizes: Sides in px; beyond the rasters they are mirrored.
        matchers: Keys.
        threads: Processor threads.
        output: Folder.
        progress: Told of each registration.

    Raises:
        UsageError: no sizes or matchers, or an unknown one.
        AlignError: a raster cannot be read.
    """
    if not sizes or not matchers or min(sizes) < 128:
        raise UsageError("Give sizes of 128 px or more and at least one matcher.")
    for key in matchers:
        get_spec(key)
    output_folder(output, ("scaling.json", "scaling.png"), [reference, sensed])
    costs: list[Cost] = []
    runs = [(side, key) for side in sorted(sizes) for key in matchers]
    with tempfile.TemporaryDirectory() as folder:
        for number, (side, key) in enumerate(runs):
            progress.update(number / len(runs), f"{key}, {side} px")
            pair = [
                _square(path, side, Path(folder) / f"{name}-{side}.tif")
                for path, name in ((reference, "reference"), (sensed, "sensed"))
            ]
            request = AlignRequest(
                RasterRef(str(pair[0]), modality=Modality.OPTICAL),
                RasterRef(str(pair[1]), modality=Modality.SAR),
                AlignParams(matcher=key, threads=threads),
            )
            costs.append(_in_own_process(request, key, side, progress))
            write_atomically(
                output / "scaling.json", json.dumps([asdict(c) for c in costs], indent=1)
            )
    draw_scaling(costs, output / "scaling.png")
    lines = [
        "| matcher | side, px | seconds | s per megapixel | peak MB | tie points | status |",
        "|---" * 7 + "|",
    ]
    lines += [
        (
            f"| {c.matcher} | {c.side_px} | {c.seconds:.1f} | "
            f"{1e6 * c.seconds / c.side_px**2:.2f} | {c.peak_mb:.0f} | {c.points} | {c.status} |"
        )
        for c in costs
    ]
    return "\n".join([*lines, "", *(network_rate(key, threads) for key in matchers)]).rstrip()


def _in_own_process(request: AlignRequest, key: str, side: int, progress: Progress) -> Cost:
    """Measure one registration in a process of its own, whose memory holds nothing of the others;
    it ends with this one's waiting.

    Raises:
        AlignError: the registration failed, or its process ended by itself.
    """
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context: Any = multiprocessing.get_context(method)
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_measure, args=(sender, request, key, side), daemon=True)
    child.start()
    sender.close()
    try:
        while not receiver.poll(0.2):
            progress.poll()
        answer = receiver.recv()
    except EOFError as error:
        raise AlignError(
            f"The process that registered {side} px with {key} ended by itself.",
            "It may have run out of memory: leave the largest sizes out.",
        ) from error
    finally:
        child.kill()
        child.join()
    if isinstance(answer, AlignError):
        raise answer
    cost: Cost = answer
    return cost


def _measure(sender: Connection, request: AlignRequest, key: str, side: int) -> None:
    try:
        create(key)
        reset_peak()
        start = time.perf_counter()
        result = align(request)
        sender.send(
            Cost(
                key,
                side,
                round(time.perf_counter() - start, 2),
                round(peak_mb(), 1),
                len(result.points),
                result.status.value,
            )
        )
    except AlignError as error:
        sender.send(error)


def _square(path: Path, side: int, target: Path) -> Path:
    """Write the top-left square of a raster, mirrored beyond its edges, on the raster's own
    grid.
    """
    if target.exists():
        return target
    with open_dataset(str(path)) as source:
        data = source.read()
        profile = {
            **source.profile,
            "width": side,
            "height": side,
            "driver": "GTiff",
            "tiled": True,
            "blockxsize": 256,
            "blockysize": 256,
        }
    rows, columns = (_mirrored(n, side) for n in data.shape[1:])
    with rasterio.open(target, "w", **profile) as sink:
        for top in range(0, side, 1024):
            part = data[:, rows[top : top + 1024]][:, :, columns]
            sink.write(part, window=rasterio.windows.Window(0, top, side, part.shape[1]))
    return target


def _mirrored(length: int, side: int) -> NDArray[np.intp]:
    there_and_back = np.concatenate([np.arange(length), np.arange(length)[::-1]])
    return np.resize(there_and_back, side)


def network_rate(key: str, threads: int) -> str:
    """Return a sentence: how long a network describes 512 x 512 px, and which share of the
    matrix-product rate it reaches; "" for others.
    """
    matcher = create(key)
    net = getattr(matcher, "net", None)
    if net is None or not isinstance(matcher, TemplateMatcher):
        return ""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    matcher.use_threads(threads)
    image = Image(
        np.random.default_rng(0).random((_NETWORK_PX, _NETWORK_PX)).astype(np.float32),
        np.ones((_NETWORK_PX, _NETWORK_PX), bool),
        Modality.SAR,
    )
    with FlopCounterMode(display=False) as counter:
        matcher.features(image, Modality.SAR)
    seconds = min(_timed(lambda: matcher.features(image, Modality.SAR)) for _ in range(5))
    a = torch.rand(1536, 1536)
    rate = 2 * 1536**3 / min(_timed(lambda: a @ a) for _ in range(5))
    flops = counter.get_total_flops()
    return (
        f"{key}: {flops / 1e9:.1f} GFLOP in {seconds:.2f} s for {_NETWORK_PX} x "
        f"{_NETWORK_PX} px on {threads} threads = {flops / seconds / 1e9:.0f} GFLOP/s, "
        f"{100 * flops / seconds / rate:.0f} % of this machine's float32 matrix product "
        f"({rate / 1e9:.0f} GFLOP/s)."
    )


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def draw_scaling(costs: Sequence[Cost], path: Path) -> None:
    """Draw seconds and memory over the area."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for key, marker in zip(dict.fromkeys(c.matcher for c in costs), "os^Dvx", strict=False):
        mine = [c for c in costs if c.matcher == key]
        area = [c.side_px**2 / 1e6 for c in mine]
        left.plot(area, [c.seconds for c in mine], marker=marker, label=key)
        right.plot(area, [c.peak_mb for c in mine], marker=marker, label=key)
    left.set(xscale="log", yscale="log", xlabel="megapixels", ylabel="seconds")
    right.set(xscale="log", xlabel="megapixels", ylabel="peak memory, MB", ylim=(0, None))
    for axes in (left, right):
        axes.grid(alpha=0.3)
    left.legend()
    save_figure(figure, path)
