"""Keeping: reviews that come back with their project, control-point files in and out."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from qgis.core import Qgis, QgsMapLayer, QgsProject
from qgis.gui import QgsMessageBarItem
from qgis.PyQt.QtCore import QObject, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QApplication, QFileDialog, QToolButton

from ...ui.dock import AlignDock
from ...ui.parts.export_menu import ExportMenu
from ...ui.parts.messages import Messages
from ...ui.parts.text import fill, tr
from ..core.errors import AlignError, InputError, attempt
from ..core.session.queue import is_reviewed
from ..core.session.session import Session
from ..core.types import RasterRef
from ..reviewing.desk import ReviewDesk
from ..reviewing.files import (
    add_points_layer,
    export_points,
    export_script,
    import_points,
    repaint_points,
    run_line,
)
from ..reviewing.report import ReviewReport
from ..reviewing.review_map import ReviewMap
from ..reviewing.sessions import ReviewSessions
from ..store.session_store import Earlier, find_earlier, recall_pair, unavailable
from ..work.latest import LatestTask
from ..work.tasks import BackgroundTask

_IMPORTS = (("Control points", "*.points *.csv *.txt *.geojson *.json"), ("All files", "*"))
_EXPORTS = (("QGIS points", "*.points"), ("CSV", "*.csv"), ("GeoJSON", "*.geojson"))
_REPORTS = (("PDF", "*.pdf"), ("HTML", "*.html"))
_SCRIPTS = (("Shell script", "*.sh"), ("Windows batch file", "*.bat"))


def _filters(kinds: tuple[tuple[str, str], ...]) -> str:
    """Return what file dialogs offer."""
    return ";;".join(f"{tr(name)} ({pattern})" for name, pattern in kinds)


class KeepingController(QObject):
    """Lives as long as the dock's controller."""

    failed = pyqtSignal(object)
    said = pyqtSignal(str)
    restored = pyqtSignal()
    pair_recalled = pyqtSignal(QgsMapLayer, QgsMapLayer)

    def __init__(
        self,
        desk: ReviewDesk,
        sessions: ReviewSessions,
        review_map: ReviewMap,
        messages: Messages,
        dock: AlignDock,
        open_session: Callable[[], Session],
    ) -> None:
        super().__init__()
        self._desk, self._sessions, self._map = desk, sessions, review_map
        self.messages, self._dock, self._open_session = messages, dock, open_session
        self.menu = ExportMenu(dock.review.findChild(QToolButton, "exportButton"))
        for signal, slot in (
            (self.menu.points_requested, self.ask_export),
            (self.menu.layer_requested, self.add_layer),
            (self.menu.script_requested, self.ask_script),
            (self.menu.command_requested, self.copy_command),
            (self.menu.report_requested, self.ask_report),
        ):
            signal.connect(slot)
        self.report: LatestTask[BackgroundTask] = LatestTask()
        self.offer: QgsMessageBarItem | None = None
        self._offered: tuple[str, str] | None = None
        self._recalled = False
        self._connections = tuple(
            (signal, slot)
            for signal, slot in (
                (QgsProject.instance().readProject, self.recall),
                (QgsProject.instance().cleared, self.forget),
                (QgsProject.instance().projectSaved, sessions.relocate),
                (desk.refreshed, self._repaint_points),
            )
        )
        for signal, slot in self._connections:
            signal.connect(slot)

    def close(self) -> None:
        """Stop following the project, and the report that is being written."""
        self.report.drop()
        for signal, slot in self._connections:
            signal.disconnect(slot)

    # --- earlier reviews

    def forget(self) -> None:
        """Let go of the project that was closed: of its reviews and of what was offered."""
        self._offered, self._recalled = None, False
        self.take_back_offer()
        self._sessions.forget()

    def recall(self, _document: object = None) -> None:
        """Choose the layers that were matched last in this project; their review comes back without
        asking.
        """
        for text in unavailable():
            self.messages.tell(tr(text), Qgis.MessageLevel.Warning, 0)
        reference, sensed = recall_pair()
        if reference is not None and sensed is not None:
            self._recalled, self._offered = True, None
            self.pair_recalled.emit(reference, sensed)

    def look_for(self, reference: RasterRef, sensed: RasterRef) -> None:
        """Offer an earlier review of a pair, once; restore it where the project asks for it."""
        if self._offered == (reference.path, sensed.path):
            return
        self._offered = reference.path, sensed.path
        self.take_back_offer()
        recalled, self._recalled = self._recalled, False
        found = find_earlier(reference, sensed)
        if found is None:
            return
        if recalled:
            self.restore(found)
            return
        text = fill(
            tr("There is a review of these two rasters from {0} (points: {1})."),
            f"{found.time:%Y-%m-%d, %H:%M}",
            len(found.session.points),
        )
        self.offer = self.messages.tell(
            text, Qgis.MessageLevel.Info, 0, tr("Restore"), lambda: self.restore(found)
        )

    def take_back_offer(self) -> None:
        """Offer no earlier review any more."""
        self.messages.take_back(self.offer)
        self.offer = None

    def restore(self, found: Earlier) -> None:
        """Go on with an earlier review; say what became of its rasters since."""
        self.take_back_offer()
        if self._desk.locked:
            return
        self._sessions.restore(found.session)
        self._map.use_tool()
        self.restored.emit()
        points = found.session.points
        reviewed = sum(map(is_reviewed, points))
        when = f"{found.time:%Y-%m-%d, %H:%M}"
        self.said.emit(
            fill(
                tr("Points restored: {0}, reviewed: {1} (last change {2})."),
                len(points),
                reviewed,
                when,
            )
        )
        for warning in found.warnings:
            self.messages.tell(tr(warning), Qgis.MessageLevel.Warning, 0)

    # --- files

    def ask_import(self) -> None:
        """Ask for a control-point file and read it."""
        path, _ = QFileDialog.getOpenFileName(
            self._dock, tr("Import control points"), "", _filters(_IMPORTS)
        )
        if path:
            self.import_points(Path(path))

    def import_points(self, path: Path) -> None:
        """Read a control-point file into the session of the pair chosen."""

        def read() -> None:
            session = self._open_session()
            import_points(session, path)
            self._desk.refresh()
            self._map.use_tool()
            self.said.emit(fill(tr("Points read from {1}: {0}"), len(session.points), path.name))

        attempt(read, self.failed.emit)

    def ask_export(self) -> None:
        """Ask for a file and write the points."""
        path, _ = QFileDialog.getSaveFileName(
            self._dock, tr("Export control points"), "", _filters(_EXPORTS)
        )
        if path:
            self.export_points(Path(path))

    def export_points(self, path: Path) -> None:
        """Write the points as reviewed."""
        if attempt(lambda: export_points(self._desk.session, path), self.failed.emit):
            self.said.emit(fill(tr("Written: {0}"), path))

    def add_layer(self) -> None:
        """Add the review's own points to the project, as a layer that follows the edits."""
        attempt(lambda: add_points_layer(self._desk.session), self.failed.emit)

    def _repaint_points(self) -> None:
        if self._desk.session is not None and self._desk.session.file is not None:
            repaint_points(self._desk.session.file.path)

    def ask_script(self) -> None:
        """Ask for a file and write the warp as a script of GDAL's programs."""
        path, kind = QFileDialog.getSaveFileName(
            self._dock, tr("GDAL script"), "", _filters(_SCRIPTS[:: -1 if os.name == "nt" else 1])
        )
        if path:
            suffix = ".bat" if "*.bat" in kind else ".sh"
            self.export_script(
                Path(path)
                if Path(path).suffix.lower() in (".sh", ".bat", ".cmd")
                else Path(path + suffix)
            )

    def export_script(self, path: Path) -> None:
        """Write the warp of the Warp tab as a script."""
        target = self._dock.warp.output.filePath().strip() or str(path.with_suffix(".tif"))
        if attempt(
            lambda: export_script(self._desk.session, path, target, self._dock.warp.warp_params()),
            self.failed.emit,
        ):
            self.said.emit(fill(tr("Written: {0} and its control points"), path))

    def copy_command(self) -> None:
        """Put the run as a line of qgis_process on the clipboard."""

        def copy() -> None:
            target = self._dock.warp.output.filePath().strip() or "aligned.tif"
            line = run_line(self._desk.session, target, self._dock.warp.warp_params())
            QApplication.clipboard().setText(line)
            self.said.emit(tr("The line of qgis_process is on the clipboard."))

        attempt(copy, self.failed.emit)

    def ask_report(self) -> None:
        """Ask for a file and write the report."""
        path, kind = QFileDialog.getSaveFileName(self._dock, tr("Report"), "", _filters(_REPORTS))
        if path:
            suffix = ".html" if "*.html" in kind else ".pdf"
            self.write_report(
                Path(path)
                if Path(path).suffix.lower() in (".pdf", ".html", ".htm")
                else Path(path + suffix)
            )

    def write_report(self, path: Path) -> None:
        """Write the report of the review in the background."""
        session = self._desk.session
        if self.report.task is not None:
            return
        if session is None or self._desk.locked:
            self.failed.emit(
                InputError(
                    "There is no review to report.", "Find tie points, or add some by hand, first."
                )
            )
            return
        try:
            report = ReviewReport(session.record(), session.fit)
        except AlignError as error:
            self.failed.emit(error)
            return
        task = BackgroundTask(
            f"SAR-Optical Align: {path.name}", lambda progress: report.write(path, progress)
        )
        task.said.connect(self.said)
        self.report.ask(lambda: (task, partial(self._report_ended, path)))

    def _report_ended(self, path: Path, task: BackgroundTask) -> None:
        if task.error is not None:
            self.failed.emit(task.error)
        elif task.result is None:
            self.said.emit(tr("Cancelled; nothing was written."))
        else:
            self.said.emit(fill(tr("Written: {0}"), path))
            self.messages.tell(
                fill(tr("Report written: {0}"), path.name),
                Qgis.MessageLevel.Success,
                15,
                tr("Open"),
                lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))),
            )
