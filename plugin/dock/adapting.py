"""Adapting a network to the scene under review: asks how long, has the worker do it, keeps or
discards the weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from qgis.core import Qgis
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog

from ...ui.dock import MATCH, AlignDock
from ...ui.parts.adapt_menu import AdaptDialog, AdaptMenu
from ...ui.parts.messages import Messages
from ...ui.parts.text import tr
from ..core.errors import AlignError, UsageError
from ..core.run.adapting import AdaptRequest, adapt_points
from ..core.session.record import Adapted
from ..core.session.session import Session
from ..matchers import all_specs
from ..reviewing.desk import ReviewDesk
from ..store.network_consent import request_for
from ..store.session_store import adapted_weights, carry_weights, discard_weights
from ..store.settings import load_params, machine
from ..work.tasks import AdaptTask
from ..work.worker_client import WorkerClient

NETWORK = "me_ssm"


class AdaptingController(QObject):
    """Lives as long as the dock's controller.

    Args:
        dock: Shows the menu, and the weights in the form of the matcher.
        desk: With the review whose points are learnt from.
        messages: Tells what came of it.
        worker: Gives the client of the worker.
        begin: Starts a task with its end slot where nothing else runs; whether it did.
    """

    failed = pyqtSignal(object)
    said = pyqtSignal(str)

    def __init__(
        self,
        dock: AlignDock,
        desk: ReviewDesk,
        messages: Messages,
        worker: Callable[[], WorkerClient],
        begin: Callable[[AdaptTask, Callable[[], None]], bool],
    ) -> None:
        super().__init__()
        self._dock, self._desk, self._messages, self._worker, self._begin = (
            dock,
            desk,
            messages,
            worker,
            begin,
        )
        self.menu = AdaptMenu(dock.match.adapt_button)
        self.menu.adapt_requested.connect(self.ask)
        self.menu.discard_requested.connect(self.discard)
        desk.refreshed.connect(self.follow)

    def ask(self) -> None:
        """Ask how long, and begin."""
        session = self._desk.session
        points = (
            len(adapt_points(session.points)[0])
            if session is not None and not self._desk.locked
            else 0
        )
        dialog = AdaptDialog(tr(all_specs()[NETWORK].label), points, self._dock)
        if self._request(0.0) is not None and dialog.exec() == QDialog.DialogCode.Accepted:
            self.adapt(dialog.minutes.value())
        dialog.deleteLater()

    def adapt(self, minutes: float, steps: int = 0) -> None:
        """Begin to adapt the network to the scene."""
        request, session = self._request(minutes, steps), self._desk.session
        if request is None or session is None:
            return
        try:
            task = AdaptTask(self._worker(), request)
        except AlignError as error:
            self.failed.emit(error)
            return
        self._begin(task, lambda: self._ended(task, session))

    def discard(self) -> None:
        """Go back to the weights that came with the plugin."""
        session = self._desk.session
        if session is None or session.adapted is None:
            return
        try:
            discard_weights(session)
        except AlignError as error:
            self.failed.emit(error)
            return
        self.follow()
        self.said.emit(
            tr("The adapted weights are gone; matching uses those that came with the plugin.")
        )

    def follow(self) -> None:
        """Show the weights of the review that is current in the form of their matcher."""
        session = self._desk.session
        path = adapted_weights(session)
        self.menu.discard_action.setEnabled(session is not None and session.adapted is not None)
        network = (
            session.adapted.network
            if path is not None and session is not None and session.adapted is not None
            else ""
        )
        self._dock.match.set_adapted(network, "" if path is None else str(path))

    def _request(self, minutes: float, steps: int = 0) -> AdaptRequest | None:
        """Return what the worker is to be asked; None where it cannot be, which is told."""
        session = self._desk.session
        try:
            if session is None or self._desk.locked or session.file is None:
                raise UsageError(
                    "There is no review to adapt to.",
                    "Find tie points, or add some by hand, first.",
                )
            params = session.run.params if session.run is not None else load_params()
            options = params.matcher_params if params.matcher == NETWORK else {}
            weights = options.get("weights", "")
            if session.adapted is not None and str(weights).endswith(session.adapted.file):
                weights = ""  # from those of the plugin again, with the points of now
            params = replace(
                params, matcher=NETWORK, matcher_params={**options, "weights": weights}, **machine()
            )
            output = session.file.path.with_name(
                f"{session.file.path.stem}.{NETWORK}-{datetime.now():%Y%m%d-%H%M%S}.safetensors"
            )
            request = request_for(session.reference, session.sensed, params)
            return AdaptRequest(
                request, *adapt_points(session.points), str(output), minutes or 1.0, steps
            )
        except AlignError as error:
            self.failed.emit(error)
            return None

    def _ended(self, task: AdaptTask, session: Session) -> None:
        result = task.adapt_result
        if result is None:
            if task.error is not None:
                self.failed.emit(task.error)
            else:
                self.said.emit(tr("Cancelled; the weights stay as they were."))
            return
        if result.weights:
            try:
                discard_weights(session)
                session.set_adapted(Adapted(NETWORK, Path(result.weights).name))
                carry_weights(
                    session, Path(result.weights).parent
                )  # the review may have moved since
            except AlignError as error:
                self.failed.emit(error)
                return
            self.follow()
            if session is self._desk.session:
                self._dock.match.choose_matcher(NETWORK)
                self._dock.tabs.setCurrentIndex(MATCH)
        text = tr(result.message)
        if result.weights:
            text += " " + tr("Press Find tie points to match with them.")
        self.said.emit(text)
        self._messages.tell(
            text,
            Qgis.MessageLevel.Success if result.weights else Qgis.MessageLevel.Info,
            0,
            title="",
        )
