"""Dock signals to tasks, tasks to session, session to canvas and project: the only class that knows
all of them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qgis.core import Qgis, QgsApplication, QgsMessageLog, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QMessageBox

from ...ui.dock import MATCH, REVIEW, AlignDock
from ...ui.parts.answer import first_answer
from ...ui.parts.messages import Messages
from ...ui.parts.text import as_text, explained, fill, tr
from ...ui.settings_page import PAGE
from ..core.errors import AlignError, FitError, InputError, attempt
from ..core.fit.transforms import Transform
from ..core.session.session import Session
from ..core.types import MODEL_LABELS, AlignRequest, RasterRef, Status, WarpParams
from ..gis.rasters import AID, add_to_group, copy_renderer, raster_ref
from ..gis.siblings import Sibling, candidates, prepare
from ..reviewing.controller import ReviewController
from ..reviewing.files import add_confidence, add_warped, remove_layers_of
from ..store.network_consent import may_fetch
from ..store.session_store import remember_pair
from ..store.settings import load_params, machine, params_from, save_params, worker_python
from ..work.tasks import AdaptTask, MatchTask, WarpTask
from ..work.worker_client import WorkerClient
from .accuracy import AccuracyController
from .adapting import AdaptingController
from .compare import CompareController
from .explainer import Explainer
from .interpreter import InterpreterService
from .keeping import KeepingController
from .preflight import PreflightController

LOG = "SAR-Optical Align"
_YES, _NO = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No


class AlignController(QObject):
    """Lives as long as the dock."""

    def __init__(self, iface: object, dock: AlignDock, interpreter: InterpreterService) -> None:
        super().__init__()
        self.iface, self.dock, self.interpreter = iface, dock, interpreter
        self.task: MatchTask | WarpTask | AdaptTask | None = None
        self._client: WorkerClient | None = None
        self._client_python = ""
        self._chips = tempfile.TemporaryDirectory(prefix="sar_optical_align_")
        self._closing = False
        self._defaults = load_params()
        self._proposed_output = ""
        self.messages = Messages(iface.messageBar(), LOG)
        self.review = ReviewController(iface.mapCanvas(), dock.review)
        self.desk = self.review.desk
        self.compare = CompareController(iface.mapCanvas(), dock, self.desk, self.review.map.tool)
        self.accuracy = AccuracyController(iface.mapCanvas(), dock, self.desk)
        self.keeping = KeepingController(
            self.desk,
            self.review.sessions,
            self.review.map,
            self.messages,
            dock,
            self.open_session,
        )
        self.adapting = AdaptingController(
            dock, self.desk, self.messages, self._worker, self._begin
        )
        self.preflight = PreflightController(dock.match, self._refs)
        self._pair_timer = QTimer(self)
        self._pair_timer.setSingleShot(True)
        self._pair_timer.setInterval(0)
        self._pair_timer.timeout.connect(self._follow_pair)
        self.review.snapper.worker = self._worker
        self.explainer = Explainer(self.desk, dock.review, self._worker)
        self._connect()
        interpreter.stored = self._follow_settings
        self._check_environment()
        self.keeping.recall()
        self._follow_pair()

    def _connect(self) -> None:
        d, r = self.dock, self.dock.review
        for signal, slot in (
            (d.match.match_requested, self.match),
            (d.match.model_changed, self.desk.set_model),
            (d.match.pair_changed, self._pair_timer.start),
            (d.cancel_requested, self.cancel),
            (d.settings_requested, self._open_settings),
            (d.undo_requested, self.desk.undo),
            (d.redo_requested, self.desk.redo),
            (
                d.visibilityChanged,
                lambda _shown: self._closing or self.review.map.set_visible(not d.isHidden()),
            ),
            (d.warp.warp_requested, self.warp),
            (r.import_requested, self.keeping.ask_import),
            (self.keeping.failed, self._fail),
            (self.keeping.said, d.set_status),
            (self.preflight.said, d.set_status),
            (self.adapting.failed, self._fail),
            (self.adapting.said, d.set_status),
            (self.keeping.restored, lambda: d.tabs.setCurrentIndex(REVIEW)),
            (self.keeping.pair_recalled, self._choose),
            (r.explain_requested, lambda: self.explainer.explain()),
            (
                r.confidence_requested,
                lambda: attempt(lambda: add_confidence(self.desk.session), self._fail),
            ),
            (self.desk.failed, self._fail),
            (self.desk.said, d.set_status),
            (self.desk.refreshed, self._follow_fit),
            (self.accuracy.failed, self._fail),
        ):
            signal.connect(slot)
        QgsProject.instance().layersRemoved.connect(self._follow_removal)
        QgsProject.instance().layersAdded.connect(self._list_siblings)
        self._list_siblings()

    def close(self) -> None:
        """End tasks and the worker, take everything off the canvas and the message bar."""
        self._closing = True
        self.interpreter.stored = None
        QgsProject.instance().layersRemoved.disconnect(self._follow_removal)
        QgsProject.instance().layersAdded.disconnect(self._list_siblings)
        self.keeping.close()
        self.preflight.close()
        self._pair_timer.stop()
        if self.task is not None:
            self.task.cancel()
        if self._client is not None:
            self._client.close()
        self.explainer.close()
        self.compare.close()
        self.accuracy.close()
        self.review.close()
        self.messages.close()
        self._chips.cleanup()

    # --- the pair

    def _refs(self) -> tuple[RasterRef, RasterRef]:
        m = self.dock.match
        return (
            raster_ref(m.reference_combo.currentLayer(), m.reference_band.currentBand()),
            raster_ref(m.sensed_combo.currentLayer(), m.sensed_band.currentBand()),
        )

    def _choose(self, reference: QgsRasterLayer, sensed: QgsRasterLayer) -> None:
        self.dock.match.reference_combo.setLayer(reference)
        self.dock.match.sensed_combo.setLayer(sensed)

    def _follow_removal(self, _ids: list[str]) -> None:
        self.dock.match.follow_removal()
        self._list_siblings()

    def _list_siblings(self, _layers: object = None) -> None:
        self.dock.match.leave_out(
            [
                layer
                for layer in QgsProject.instance().mapLayers().values()
                if layer.customProperty(AID)
            ]
        )
        self.dock.warp.siblings.set_layers(candidates(QgsProject.instance(), self.dock.pair()))

    def _follow_pair(self) -> None:
        """Show the review of the pair chosen, offer an earlier one, propose an output file."""
        if self._closing or self.task is not None:
            return
        self._list_siblings()
        self.preflight.look()
        try:
            reference, sensed = self._refs()
        except AlignError:
            self.review.sessions.show_pair(None, None)
            return
        if self.review.sessions.show_pair(reference, sensed) or reference.path == sensed.path:
            return
        self._propose_output(sensed)
        self.keeping.look_for(reference, sensed)

    def open_session(self) -> Session:
        """Return the session of the pair chosen, made where there is none.

        Raises:
            AlignError: no pair, or a raster cannot be read.
        """
        reference, sensed = self._refs()
        self.keeping.take_back_offer()
        remember_pair(self.dock.pair())
        return self.review.sessions.open(
            reference, sensed, self.dock.match.model_combo.currentData()
        )

    # --- matching

    def match(self) -> None:
        """Start a run on the chosen layers."""
        if self.task is not None:
            return
        layers = list(self.dock.pair())
        try:
            params = params_from({**self.dock.match.param_values(), **machine()})
            reference, sensed = self._refs()
            request = AlignRequest(
                reference, sensed, params, may_fetch(reference, sensed, parent=self.dock)
            )
            client = self._worker()
            self.open_session()
        except AlignError as error:
            self._fail(error)
            self._check_environment()
            return
        save_params(params)
        self._defaults = load_params()
        self.review.sessions.begin_stream()
        self.task = MatchTask(client, request, Path(self._chips.name) / "surfaces.npz")
        self.task.setDependentLayers(layers)
        self.task.points_found.connect(self.review.sessions.stream)
        self._start(self.task, self._match_ended)

    def cancel(self) -> None:
        """Stop what runs; the worker is killed at once."""
        if self.task is not None:
            self.dock.set_status(tr("Cancelling"))
            self.task.cancel()

    def _begin(self, task: WarpTask | AdaptTask, ended: Callable[[], None]) -> bool:
        """Start a task, unless something runs; whether it was started.

        `ended` is called where the dock is still there then.
        """
        if self.task is not None:
            self.dock.set_status(tr("Something runs already: wait for its end, or cancel it."))
            return False
        self.task = task
        self._start(task, lambda: self._task_ended(ended))
        return True

    def _task_ended(self, ended: Callable[[], None]) -> None:
        self.task = None
        if self._closing:
            return
        self.dock.set_running(False)
        self._follow_fit()
        self._follow_pair()
        ended()

    def _start(self, task: MatchTask | WarpTask | AdaptTask, ended: Callable[[], None]) -> None:
        task.said.connect(self.dock.set_status)
        task.logged.connect(self._log)
        task.progressChanged.connect(self._show_progress)
        task.ended.connect(ended)
        self.keeping.take_back_offer()
        self.dock.set_running(True)
        self.dock.set_status(tr("Starting"))
        self._follow_fit()
        QgsApplication.taskManager().addTask(task)

    def _worker(self) -> WorkerClient:
        python = worker_python()
        if self._client is None or self._client_python != python:
            if self._client is not None:
                self._client.close()
            self._client, self._client_python = WorkerClient(python), python
        return self._client

    def _match_ended(self) -> None:
        task, self.task = self.task, None
        if self._closing or not isinstance(task, MatchTask):
            return
        self.dock.set_running(False)
        result = task.align_result
        self.review.sessions.end_stream(result)
        if result is None:
            if task.error is not None:
                self._fail(task.error)
            else:
                self.dock.set_status(tr("Cancelled. The candidates found so far are not kept."))
            self._follow_pair()
            return
        answer = first_answer(result)
        good = result.status is Status.OK
        self.messages.tell(
            answer,
            Qgis.MessageLevel.Success if good else Qgis.MessageLevel.Warning,
            15 if good else 0,
            title="",
        )
        self.dock.set_status(answer)
        self.dock.tabs.setCurrentIndex(REVIEW)
        self.review.map.use_tool()
        self._follow_pair()

    # --- following the review

    def _follow_fit(self) -> None:
        """Keep the other tabs in step with the review."""
        session, fit = self.desk.session, self.desk.fit()
        if session is not None:
            self.dock.match.set_model(session.model)
            self.dock.warp.set_unit(self.desk.pixel_size()[1])
        usable = fit is not None and fit.transform is not None
        self.dock.warp.button.setEnabled(usable and self.task is None)
        text = ""
        if usable:
            text = fill(
                tr("<b>{0}</b>, points in the fit: {1}"),
                tr(MODEL_LABELS.get(fit.model, fit.model)),
                fit.quality.n_points,
            )
            if session.run is not None and session.run.status is not Status.OK:
                text = (
                    fill(
                        tr(
                            "<b>The last run found no reliable alignment</b>: {0} Check "
                            "the points before you warp.<br>"
                        ),
                        as_text(tr(session.run.message)),
                    )
                    + text
                )
        self.dock.warp.set_fit(text)

    # --- warping

    def _propose_output(self, sensed: RasterRef) -> None:
        """Propose a new file beside the sensed raster, unless the analyst has chosen one."""
        field = self.dock.warp.output
        source = Path(sensed.path)
        if field.filePath() not in ("", self._proposed_output) or not source.is_file():
            return
        folder = source.parent if os.access(source.parent, os.W_OK) else Path.home()
        number, path = 1, folder / f"{source.stem}_aligned.tif"
        while path.exists():
            number += 1
            path = folder / f"{source.stem}_aligned_{number}.tif"
        self._proposed_output = str(path)
        field.setFilePath(str(path))

    def warp(self) -> None:
        """Write the warped raster with the session's fit."""
        if self.task is not None:
            return
        try:
            session, fit = self.desk.session, self.desk.fit()
            if session is None or fit is None or fit.transform is None:
                message = fit.message if fit is not None else "There are no control points."
                raise FitError(message, "Find tie points or add some by hand first.")
            target = self.dock.warp.output.filePath().strip()
            if not target:
                raise InputError("No output file is given.", "Choose one above the Warp button.")
            path = Path(target if Path(target).suffix else f"{target}.tif")
            if path.exists() and session.reference.path and path == Path(session.reference.path):
                raise InputError(
                    "The output is the reference itself.",
                    "Choose another file name: inputs are never overwritten.",
                )
            params = self.dock.warp.warp_params()
        except AlignError as error:
            self._fail(error)
            return
        if path.exists() and path != Path(session.sensed.path) and not self._may_replace(path):
            return
        if sys.platform == "win32" and path != Path(session.sensed.path):
            remove_layers_of(path)  # Windows replaces no file that is open
        siblings = self._siblings(session, fit.transform, path.parent, params)
        if siblings is None:
            return
        task = WarpTask(
            session.sensed.path,
            session.reference_grid,
            fit.transform,
            path,
            params,
            session.sensed.nodata,
            siblings,
        )
        sensed_layer = self.dock.pair()[1]
        if sensed_layer is not None:
            task.setDependentLayers([sensed_layer])
        self._begin(task, lambda: self._warp_ended(task))

    def _siblings(
        self, session: Session, transform: Transform, folder: Path, params: WarpParams
    ) -> list[Sibling] | None:
        """Return the layers to warp along; None where one of them cannot be, which is told."""
        layers = filter(
            None, map(QgsProject.instance().mapLayer, self.dock.warp.siblings.checked_ids())
        )
        try:
            return [
                prepare(
                    layer,
                    folder,
                    session.sensed.path,
                    session.sensed_grid,
                    session.reference_grid,
                    transform,
                    params,
                )
                for layer in layers
            ]
        except AlignError as error:
            self._fail(error)
            return None

    def _may_replace(self, path: Path) -> bool:
        answer = QMessageBox.question(
            self.dock, LOG, as_text(fill(tr("{0} exists. Replace it?"), path.name)), _YES | _NO, _NO
        )
        return answer == _YES

    def _warp_ended(self, task: WarpTask) -> None:
        if task.error is not None:
            self._fail(task.error)
        elif not task.written:
            self.dock.set_status(tr("Cancelled; nothing was written."))
        if task.written:
            remove_layers_of(task.output)
            layer = QgsRasterLayer(str(task.output), task.output.stem)
            sensed = self.dock.pair()[1]
            if sensed is not None:
                copy_renderer(sensed, layer)
            add_to_group(layer, QgsProject.instance())
            for sibling, error in task.along:
                if error is not None:
                    self._fail(error)
                else:
                    add_warped(sibling)
            self._list_siblings()
            text = fill(
                tr("Written: {0}"),
                ", ".join(
                    [str(task.output), *(s.output.name for s, error in task.along if error is None)]
                ),
            )
            self.dock.set_status(text)
            self.messages.tell(text, Qgis.MessageLevel.Success, 8)

    # --- telling

    def _fail(self, error: AlignError) -> None:
        self.interpreter.last_error = str(error)
        self.dock.set_status(explained(error))
        self.messages.tell(explained(error), Qgis.MessageLevel.Critical, 0)
        QgsMessageLog.logMessage(str(error), LOG, Qgis.MessageLevel.Critical)

    def _log(self, line: str) -> None:
        QgsMessageLog.logMessage(line, LOG, Qgis.MessageLevel.Info)

    def _show_progress(self, value: float) -> None:
        self.dock.progress.setValue(int(value))

    # --- the interpreter

    def _check_environment(self) -> None:
        ready, text = self.interpreter.state()
        self.dock.match.set_notice("" if ready else text)

    def _follow_settings(self) -> None:
        """Show what was stored on the settings page, where it has changed; the model of an open
        review stays.
        """
        before, self._defaults = self._defaults, load_params()
        if before != self._defaults:
            session = self.desk.session
            self.dock.match.show_params(
                self._defaults if session is None else replace(self._defaults, model=session.model)
            )
        self._check_environment()

    def _open_settings(self) -> None:
        self.iface.showOptionsDialog(self.iface.mainWindow(), PAGE)
        self._check_environment()
        self.dock.tabs.setCurrentIndex(MATCH)
