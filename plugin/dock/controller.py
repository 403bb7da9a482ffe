"""Dock signals to tasks, tasks to session, session to canvas and project: the only class that knows
all of them.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from qgis.core import Qgis, QgsMessageLog, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject

from ...ui.dock import MATCH, REVIEW, AlignDock
from ...ui.parts.answer import first_answer
from ...ui.parts.calm import Calm
from ...ui.parts.messages import Messages
from ...ui.parts.text import as_text, explained, fill, tr
from ...ui.settings_page import PAGE
from ..core.errors import AlignError, attempt
from ..core.session.session import Session
from ..core.types import MODEL_LABELS, RasterRef, Status
from ..gis.groups import AID
from ..gis.rasters import raster_ref
from ..gis.siblings import candidates
from ..reviewing.controller import ReviewController
from ..reviewing.files import add_confidence
from ..store.network_consent import request_for
from ..store.session_store import remember_pair
from ..store.settings import load_params, machine, params_from, save_params, worker_python
from ..work.tasks import MatchTask
from ..work.worker_client import WorkerClient
from .accuracy import AccuracyController
from .adapting import AdaptingController
from .compare import CompareController
from .explainer import Explainer
from .interpreter import InterpreterService
from .keeping import KeepingController
from .preflight import PreflightController
from .runner import LOG, DockRunner
from .warping import WarpController


class AlignController(QObject):
    """Lives as long as the dock."""

    def __init__(self, iface: Any, dock: AlignDock, interpreter: InterpreterService) -> None:
        super().__init__()
        self.iface, self.dock, self.interpreter = iface, dock, interpreter
        self._client: WorkerClient | None = None
        self._client_python = ""
        self._chips = tempfile.TemporaryDirectory(prefix="sar_optical_align_")
        self._closing = False
        self._defaults = load_params()
        self.messages, self.runner = Messages(iface.messageBar(), LOG), DockRunner(dock)
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
            dock, self.desk, self.messages, self._worker, self.runner.begin
        )
        self.warping = WarpController(dock, self.desk, self.messages, self.runner)
        self.preflight = PreflightController(dock.match, self._refs)
        self._pair_calm = Calm(self, 0, self._follow_pair)
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
            (d.match.pair_changed, self._pair_calm.start),
            (d.cancel_requested, self.runner.cancel),
            (d.settings_requested, self._open_settings),
            (d.undo_requested, self.desk.undo),
            (d.redo_requested, self.desk.redo),
            (
                d.visibilityChanged,
                self._follow_visibility,
            ),
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
            (self.warping.failed, self._fail),
            (self.warping.written, self._list_siblings),
            (self.runner.began, self.keeping.take_back_offer),
            (self.runner.began, self._follow_fit),
            (self.runner.ended, self._follow_fit),
            (self.runner.ended, self._follow_pair),
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
        self._pair_calm.stop()
        self.runner.close()
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
        if self._closing or self.runner.task is not None:
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
        self.warping.propose_output(sensed)
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
        if self.runner.task is not None:
            return
        layers = list(self.dock.pair())
        try:
            params = params_from({**self.dock.match.param_values(), **machine()})
            reference, sensed = self._refs()
            request = request_for(reference, sensed, params)
            client = self._worker()
            self.open_session()
        except AlignError as error:
            self._fail(error)
            self._check_environment()
            return
        save_params(params)
        self._defaults = load_params()
        self.review.sessions.begin_stream()
        task = MatchTask(client, request, Path(self._chips.name) / "surfaces.npz")
        task.setDependentLayers(layers)
        task.points_found.connect(self.review.sessions.stream)
        self.runner.begin(task, lambda: self._match_ended(task))

    def _match_ended(self, task: MatchTask) -> None:
        result = task.align_result
        self.review.sessions.end_stream(result)
        if result is None:
            if task.error is not None:
                self._fail(task.error)
            else:
                self.dock.set_status(tr("Cancelled. The candidates found so far are not kept."))
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

    def _worker(self) -> WorkerClient:
        python = worker_python()
        if self._client is None or self._client_python != python:
            if self._client is not None:
                self._client.close()
            self._client, self._client_python = WorkerClient(python), python
        return self._client

    # --- following the review

    def _follow_visibility(self, _shown: bool) -> None:
        """Show the review on the map while the dock is there."""
        if not self._closing:
            self.review.map.set_visible(not self.dock.isHidden())

    def _follow_fit(self) -> None:
        """Keep the other tabs in step with the review."""
        session, fit = self.desk.session, self.desk.fit()
        if session is not None:
            self.dock.match.set_model(session.model)
            self.dock.warp.set_unit(self.desk.pixel_size()[1])
        text = ""
        if session is not None and fit is not None and fit.quality is not None:
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
        self.dock.warp.button.setEnabled(bool(text) and self.runner.task is None)
        self.dock.warp.set_fit(text)

    # --- telling

    def _fail(self, error: AlignError) -> None:
        self.interpreter.last_error = str(error)
        self.dock.set_status(explained(error))
        self.messages.tell(explained(error), Qgis.MessageLevel.Critical, 0)
        QgsMessageLog.logMessage(str(error), LOG, Qgis.MessageLevel.Critical)

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
