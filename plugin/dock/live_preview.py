"""The live preview layer: follows points, undo and model while it is on. Main thread only."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from qgis.core import QgsLayerTreeLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtXml import QDomDocument

from ...ui.parts.text import tr
from ..core.errors import AlignError, UsageError
from ..core.fit.transforms import Transform
from ..core.progress import Progress
from ..core.session.session import FitState, Session
from ..core.types import WarpParams
from ..gis.groups import add_to_group, copy_renderer
from ..work.latest import Job, LatestTask
from ..work.preview import PreviewWarp
from ..work.tasks import BackgroundTask


class LivePreview(QObject):
    """One layer, made by a task and replaced as the fit changes; the newest fit wins.

    It is never part of a saved project: it is taken out while the project is written, and comes
    back after.

    Signals:
        changed: The layer came, was refreshed, or went.
        failed: Why there is no preview (an AlignError), or None once there is one again.
    """

    changed = pyqtSignal()
    failed = pyqtSignal(object)
    said = pyqtSignal(str)

    def __init__(self, label: str, params: Callable[[], WarpParams]) -> None:
        """Only remember.

        Args:
            label: Name of the layer, with {0} for that of the sensed one.
            params: Gives how the raster would be written.
        """
        super().__init__()
        self._label, self._params = label, params
        self.is_on = False
        self.layer_id = ""
        self._folder = tempfile.TemporaryDirectory(
            prefix="sar_optical_align_preview_", ignore_cleanup_errors=True
        )
        self._session: Session | None = None
        self._source: QgsRasterLayer | None = None
        self._warps: dict[str, PreviewWarp] = {}
        self._wanted: tuple[Transform, WarpParams] | None = None
        self._shown: tuple[Transform, WarpParams] | None = None
        self.latest: LatestTask[BackgroundTask] = LatestTask()
        self._aside = False  # while the project is being written
        project = QgsProject.instance()
        project.layersWillBeRemoved.connect(self._follow_removal)
        project.writeProject.connect(self._step_aside)
        project.projectSaved.connect(self._step_back)

    @property
    def layer(self) -> QgsRasterLayer | None:
        """The layer, None while there is none."""
        return QgsProject.instance().mapLayer(self.layer_id) if self.layer_id else None

    def close(self) -> None:
        """Take the layer out and delete its files."""
        project = QgsProject.instance()
        project.layersWillBeRemoved.disconnect(self._follow_removal)
        project.writeProject.disconnect(self._step_aside)
        project.projectSaved.disconnect(self._step_back)
        self.set_on(False)
        self._folder.cleanup()

    def set_on(self, on: bool) -> None:
        """Show the preview from now on, or take it away."""
        self.is_on = on
        if on:
            self._request()
            return
        self._shown = None
        self.latest.drop()
        self._remove()

    def follow(
        self, session: Session | None, fit: FitState | None, sensed: QgsRasterLayer | None
    ) -> None:
        """Be told of the fit as it is; None while a run streams (the preview stays as it was)."""
        if session is not self._session:
            self._session, self._shown, self._wanted = session, None, None
            self._remove()
        self._source = sensed
        if session is None or fit is None:
            return
        if fit.transform is None:
            self._wanted = self._shown = None
            self._remove()
            return
        try:
            self._wanted = (fit.transform, self._params())
        except (
            UsageError
        ):  # a number half typed in the form of the warp; it is told when the raster is written
            return
        self._request()

    def _request(self) -> None:
        self.latest.ask(self._make)

    def _make(self) -> Job[BackgroundTask] | None:
        """Return the task of what is wanted and who takes it, None where that is shown."""
        if not self.is_on or self._aside or self._session is None:
            return None
        if self._wanted is None or _same(self._wanted, self._shown):
            return None
        session, wanted = self._session, self._wanted
        ref, grid = session.sensed, session.reference_grid
        key = f"{ref.path}|{ref.nodata}"
        if key not in self._warps:
            self._warps[key] = PreviewWarp(
                ref.path, Path(self._folder.name) / str(len(self._warps)), ref.nodata
            )
        warp = self._warps[key]

        def work(progress: Progress) -> Path:
            return warp.write(grid, *wanted, progress)

        task = BackgroundTask(tr("SAR-Optical Align: preview"), work)
        task.said.connect(self.said)
        return task, partial(self._take, session, wanted)

    def _take(
        self, session: Session, wanted: tuple[Transform, WarpParams], task: BackgroundTask
    ) -> None:
        if not self.is_on or session is not self._session or self._wanted is None:
            return
        if task.error is None and task.result is None:  # cancelled in QGIS' list of tasks
            self.set_on(False)
            self.changed.emit()
            return
        if task.error is not None:
            self._shown = wanted
            self._remove()
            self.failed.emit(task.error)
        elif isinstance(task.result, Path):
            self._shown = wanted
            try:
                self._show(task.result)
                self.failed.emit(None)
            except AlignError as error:
                self.failed.emit(error)

    def _show(self, path: Path) -> None:
        layer = self.layer
        if layer is not None:
            renderer = layer.renderer().clone()
            layer.setDataSource(str(path), layer.name(), "gdal")
            layer.setRenderer(renderer)
            layer.triggerRepaint()
        else:
            name = (
                self._source.name()
                if self._source is not None
                else Path(self._session.sensed.path).stem
                if self._session is not None
                else path.stem
            )
            layer = QgsRasterLayer(str(path), self._label.format(name))
            if self._source is not None:
                copy_renderer(self._source, layer)
            self.layer_id = layer.id()
            add_to_group(layer, aid="preview")
        self.changed.emit()

    def _remove(self) -> None:
        identifier, self.layer_id = self.layer_id, ""
        if identifier and QgsProject.instance().mapLayer(identifier) is not None:
            QgsProject.instance().removeMapLayer(identifier)
        if identifier:
            self.changed.emit()

    def _follow_removal(self, ids: list[str]) -> None:
        if self.layer_id in ids and self.layer_id:
            self.layer_id, self._shown = "", None
            if not self._aside:
                self.is_on = False
            self.changed.emit()

    def _step_aside(self, document: QDomDocument) -> None:
        """Leave the project while it is written: its file would be gone at the next start."""
        if self.layer is None:
            return
        self._aside = True
        for tag, upwards in (("layer-tree-layer", 0), ("item", 0), ("legendlayerfile", 2)):
            nodes = document.elementsByTagName(tag)
            for node in [nodes.at(i) for i in range(nodes.count())]:
                element = node.toElement()
                if self.layer_id in (
                    element.attribute("id"),
                    element.attribute("layerid"),
                    element.text(),
                ):
                    for _ in range(upwards):
                        node = node.parentNode()
                    node.parentNode().removeChild(node)
        QgsProject.instance().removeMapLayer(self.layer_id)

    def _step_back(self) -> None:
        if self._aside:
            self._aside = False
            self._request()

    def toggle_visible(self) -> bool | None:
        """Hide or show the layer on the map; returns whether it is shown, None where there is
        none.
        """
        node: QgsLayerTreeLayer | None = (
            QgsProject.instance().layerTreeRoot().findLayer(self.layer_id)
            if self.layer_id
            else None
        )
        if node is None:
            return None
        node.setItemVisibilityChecked(not node.itemVisibilityChecked())
        return node.itemVisibilityChecked()


def _same(a: tuple[Transform, WarpParams], b: tuple[Transform, WarpParams] | None) -> bool:
    return b is not None and a[0] is b[0] and a[1] == b[1]
