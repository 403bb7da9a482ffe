"""Background tasks: `run` never raises and touches no QObject but the task's own signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qgis.core import QgsTask
from qgis.PyQt.QtCore import pyqtSignal

from ..core.errors import AlignError, WorkerError
from ..core.fit.result import AlignResult
from ..core.fit.transforms import Transform
from ..core.geometry.grid import Grid
from ..core.progress import Cancelled, Progress
from ..core.run.adapting import AdaptRequest, AdaptResult
from ..core.session.judgement import Case, judge
from ..core.session.point import Seen
from ..core.types import AlignRequest, Point, TiePoint, WarpParams
from ..core.wording import fill, tr
from ..gis.siblings import Sibling, warp_all
from ..gis.warping import warp_with_gdal
from .environment import create_managed
from .worker_client import WorkerClient


class _TaskProgress(Progress):
    def __init__(self, task: BackgroundTask) -> None:
        self._task = task

    def poll(self) -> None:
        if self._task.isCanceled():
            raise Cancelled

    def update(self, fraction: float, message: str = "") -> None:
        self.poll()
        self._task.setProgress(100.0 * fraction)
        if message:
            self._task.said.emit(tr(message))

    def points(self, points: list[TiePoint]) -> None:
        self._task.points_found.emit(points)

    def silent(self, seconds: int) -> None:
        self._task.said.emit(
            fill(tr("The worker has not answered for {0} s. Cancel stops it."), seconds)
        )

    def log(self, message: str) -> None:
        self._task.logged.emit(message)


class BackgroundTask(QgsTask):
    """Runs `work(progress)`; afterwards `result` or `error` is set (both None when cancelled)."""

    said = pyqtSignal(str)
    logged = pyqtSignal(str)
    points_found = pyqtSignal(object)
    ended = pyqtSignal()

    def __init__(self, description: str, work: Callable[[Progress], object]) -> None:
        super().__init__(description, QgsTask.Flag.CanCancel | QgsTask.Flag.Silent)
        self._work = work
        self.result: object = None
        self.error: AlignError | None = None

    def run(self) -> bool:
        """Do the work; False when it failed or was cancelled."""
        try:
            self.result = self._work(_TaskProgress(self))
        except Cancelled:
            return False
        except AlignError as error:
            self.error = error
            return False
        except Exception as error:  # noqa: BLE001 - an exception leaving run() aborts QGIS
            self.error = WorkerError(
                f"{type(error).__name__}: {error}",
                "This is a defect; please report it with the diagnostics report.",
            )
            return False
        return True

    def finished(self, _ok: bool) -> None:
        """Tell the end, in the main thread."""
        self.ended.emit()


class WorkerTask(BackgroundTask):
    """Long work of the worker; cancelling kills it at once."""

    def __init__(
        self, title: str, client: WorkerClient, action: Callable[[Progress], object]
    ) -> None:
        super().__init__(title, action)
        self._client = client

    def cancel(self) -> None:
        """Cancel and kill the worker."""
        super().cancel()
        self._client.cancel()


class MatchTask(WorkerTask):
    """Finds tie points."""

    def __init__(self, client: WorkerClient, request: AlignRequest, chips_path: Path) -> None:
        super().__init__(
            tr("SAR-Optical Align: finding tie points"),
            client,
            lambda progress: client.run(request, progress, chips_path),
        )

    @property
    def align_result(self) -> AlignResult | None:
        """The engine's answer, or None."""
        return self.result if isinstance(self.result, AlignResult) else None


class AdaptTask(WorkerTask):
    """Has a network adapted to a scene."""

    def __init__(self, client: WorkerClient, request: AdaptRequest) -> None:
        super().__init__(
            tr("SAR-Optical Align: adapting to the scene"),
            client,
            lambda progress: client.adapt(request, progress),
        )

    @property
    def adapt_result(self) -> AdaptResult | None:
        """The engine's answer, or None."""
        return self.result if isinstance(self.result, AdaptResult) else None


class PlaceTask(BackgroundTask):
    """Asks the worker what it sees at one place."""

    def __init__(
        self,
        client: WorkerClient,
        request: AlignRequest,
        transform: Transform | None,
        reference_px: Point,
        sensed_px: Point,
    ) -> None:
        super().__init__(
            tr("SAR-Optical Align: measuring a point"),
            lambda progress: client.measure_place(
                request, transform, reference_px, sensed_px, progress
            ),
        )

    @property
    def placed(self) -> tuple[Point, Seen] | None:
        """The place in the reference and what was seen there, or None."""
        return self.result if isinstance(self.result, tuple) else None


class ExplainTask(BackgroundTask):
    """Has a picture of what the matcher sees at one point drawn by the worker; `result` is its
    path.
    """

    def __init__(
        self,
        client: WorkerClient,
        request: AlignRequest,
        transform: Transform | None,
        reference_px: Point,
        sensed_px: Point,
        path: Path,
    ) -> None:
        super().__init__(
            tr("SAR-Optical Align: explaining a point"),
            lambda progress: client.explain_point(
                request, transform, reference_px, sensed_px, path, progress
            ),
        )


class WarpTask(BackgroundTask):
    """Warps with GDAL, and then the layers to be warped along; `written` and `along` tell what
    became of them, also after a cancel.
    """

    def __init__(
        self,
        sensed_path: str,
        reference_grid: Grid,
        transform: Transform,
        output: Path,
        params: WarpParams,
        nodata: float | None,
        siblings: Sequence[Sibling] = (),
    ) -> None:
        self.output, self.written = output, False
        self.along: list[tuple[Sibling, AlignError | None]] = []

        def work(progress: Progress) -> object:
            share = 1.0 / (1 + len(siblings))
            warp_with_gdal(
                sensed_path,
                reference_grid,
                transform,
                output,
                params,
                progress.part(0.0, share),
                nodata,
            )
            self.written = True
            warp_all(siblings, progress.part(share, 1.0), self.along)
            return output

        super().__init__(fill(tr("SAR-Optical Align: writing {0}"), output.name), work)


class EnvironmentTask(BackgroundTask):
    """Makes the managed environment."""

    def __init__(self, folder: Path, wheels: Path | None, proxy: str, torch: str) -> None:
        super().__init__(
            tr("SAR-Optical Align: making the environment"),
            lambda progress: create_managed(folder, progress, wheels, proxy, torch),
        )


class JudgeTask(BackgroundTask):
    """Judges a fit."""

    def __init__(self, case: Case) -> None:
        super().__init__(tr("SAR-Optical Align: accuracy"), lambda _progress: judge(case))
        self.case = case
