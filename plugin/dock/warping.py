"""Warping from the dock: what is written, over what, and which layers are warped along."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from qgis.core import Qgis, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QMessageBox

from ...ui.dock import AlignDock
from ...ui.parts.messages import Messages
from ...ui.parts.text import as_text, fill, tr
from ..core.errors import AlignError, FitError, InputError
from ..core.fit.transforms import Transform
from ..core.output.siblings import free_path
from ..core.session.session import Session
from ..core.types import RasterRef, WarpParams
from ..gis.groups import add_to_group, copy_renderer
from ..gis.siblings import Sibling, prepare
from ..reviewing.desk import ReviewDesk
from ..reviewing.files import add_warped, remove_layers_of
from ..work.tasks import WarpTask
from .runner import LOG, DockRunner

_YES, _NO = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No


class WarpController(QObject):
    """Lives as long as the dock's controller."""

    failed = pyqtSignal(object)
    written = pyqtSignal()

    def __init__(
        self, dock: AlignDock, desk: ReviewDesk, messages: Messages, runner: DockRunner
    ) -> None:
        super().__init__()
        self._dock, self._desk, self._messages, self._runner = dock, desk, messages, runner
        self._proposed_output = ""
        dock.warp.warp_requested.connect(self.warp)

    def propose_output(self, sensed: RasterRef) -> None:
        """Propose a new file beside the sensed raster, unless the analyst has chosen one."""
        field = self._dock.warp.output
        source = Path(sensed.path)
        if field.filePath() not in ("", self._proposed_output) or not source.is_file():
            return
        folder = source.parent if os.access(source.parent, os.W_OK) else Path.home()
        self._proposed_output = str(free_path(folder, source.stem))
        field.setFilePath(self._proposed_output)

    def warp(self) -> None:
        """Write the warped raster with the session's fit."""
        if self._runner.task is not None:
            return
        try:
            session, fit = self._desk.session, self._desk.fit()
            if session is None or fit is None or fit.transform is None:
                message = fit.message if fit is not None else "There are no control points."
                raise FitError(message, "Find tie points or add some by hand first.")
            target = self._dock.warp.output.filePath().strip()
            if not target:
                raise InputError("No output file is given.", "Choose one above the Warp button.")
            path = Path(target if Path(target).suffix else f"{target}.tif")
            if path.exists() and session.reference.path and path == Path(session.reference.path):
                raise InputError(
                    "The output is the reference itself.",
                    "Choose another file name: inputs are never overwritten.",
                )
            params = self._dock.warp.warp_params()
        except AlignError as error:
            self.failed.emit(error)
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
        sensed_layer = self._dock.pair()[1]
        if sensed_layer is not None:
            task.setDependentLayers([sensed_layer])
        self._runner.begin(task, lambda: self._warp_ended(task))

    def _siblings(
        self, session: Session, transform: Transform, folder: Path, params: WarpParams
    ) -> list[Sibling] | None:
        """Return the layers to warp along; None where one of them cannot be, which is told."""
        layers = filter(
            None, map(QgsProject.instance().mapLayer, self._dock.warp.siblings.checked_ids())
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
            self.failed.emit(error)
            return None

    def _may_replace(self, path: Path) -> bool:
        answer = QMessageBox.question(
            self._dock,
            LOG,
            as_text(fill(tr("{0} exists. Replace it?"), path.name)),
            _YES | _NO,
            _NO,
        )
        return answer == _YES

    def _warp_ended(self, task: WarpTask) -> None:
        if task.error is not None:
            self.failed.emit(task.error)
        elif not task.written:
            self._dock.set_status(tr("Cancelled; nothing was written."))
        if task.written:
            remove_layers_of(task.output)
            layer = QgsRasterLayer(str(task.output), task.output.stem)
            sensed = self._dock.pair()[1]
            if sensed is not None:
                copy_renderer(sensed, layer)
            add_to_group(layer, QgsProject.instance())
            for sibling, error in task.along:
                if error is not None:
                    self.failed.emit(error)
                else:
                    add_warped(sibling)
            self.written.emit()
            text = fill(
                tr("Written: {0}"),
                ", ".join(
                    [str(task.output), *(s.output.name for s, error in task.along if error is None)]
                ),
            )
            self._dock.set_status(text)
            self._messages.tell(text, Qgis.MessageLevel.Success, 8)
