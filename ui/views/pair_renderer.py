"""Renders two layers in the canvas' CRS, extent and rotation, each when it is needed, in the
background.
"""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import QgsMapLayer, QgsMapRendererParallelJob, QgsMapSettings, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QImage

from ..parts.calm import Calm

_SETTLE_MS = 15


@dataclass(frozen=True, eq=False)
class Picture:
    """A rendered layer, and where it lies."""

    image: QImage
    settings: QgsMapSettings


class PairRenderer(QObject):
    """Keeps one picture a side, of layers of the project; a picture stays until its successor is
    ready.
    """

    ready = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        self._layers: list[QgsMapLayer | None] = [None, None]
        self.pictures: list[Picture | None] = [None, None]
        self._jobs: list[QgsMapRendererParallelJob | None] = [None, None]
        self._stale = [True, True]
        self._active = False
        self._calm = Calm(self, _SETTLE_MS, self._render)
        for signal in (
            canvas.extentsChanged,
            canvas.rotationChanged,
            canvas.destinationCrsChanged,
            canvas.mapCanvasRefreshed,
        ):
            signal.connect(self._look)
        QgsProject.instance().layersWillBeRemoved.connect(self._follow_removal)

    def close(self) -> None:
        """Stop, and let go of the canvas."""
        self.set_active(False)
        self.set_layers(None, None)
        QgsProject.instance().layersWillBeRemoved.disconnect(self._follow_removal)
        canvas = self._canvas
        for signal in (
            canvas.extentsChanged,
            canvas.rotationChanged,
            canvas.destinationCrsChanged,
            canvas.mapCanvasRefreshed,
        ):
            signal.disconnect(self._look)

    def set_active(self, active: bool) -> None:
        """Render from now on, or stop."""
        self._active = active
        if active:
            self._look()
            return
        self._calm.stop()
        for side in (0, 1):
            self._cancel(side)

    def set_layers(self, first: QgsMapLayer | None, second: QgsMapLayer | None) -> None:
        """Choose the layers; None shows nothing on that side."""
        for side, layer in enumerate((first, second)):
            old = self._layers[side]
            if layer is old:
                continue
            if old is not None:
                old.repaintRequested.disconnect(self._repaint_0 if side == 0 else self._repaint_1)
            self._layers[side] = layer
            self._cancel(side)
            self.pictures[side], self._stale[side] = None, True
            if layer is not None:
                layer.repaintRequested.connect(self._repaint_0 if side == 0 else self._repaint_1)
        self._look()

    @property
    def is_busy(self) -> bool:
        """Whether a picture is being rendered or about to be."""
        return self._calm.isActive() or any(self._jobs)

    def _repaint_0(self) -> None:
        self._repaint(0)

    def _repaint_1(self) -> None:
        self._repaint(1)

    def _repaint(self, side: int) -> None:
        self._stale[side] = True
        self._look()

    def _follow_removal(self, ids: list[str]) -> None:
        self.set_layers(
            *(None if layer is not None and layer.id() in ids else layer for layer in self._layers)
        )

    def _look(self) -> None:
        if self._active:
            self._calm.start()

    def _render(self) -> None:
        if not self._active:
            return
        base = self._canvas.mapSettings()
        for side, layer in enumerate(self._layers):
            picture = self.pictures[side]
            if (
                layer is None
                or not layer.isValid()
                or (
                    picture is not None
                    and not self._stale[side]
                    and _same_view(picture.settings, base)
                )
            ):
                continue
            running = self._jobs[side]
            if (
                running is not None
                and not self._stale[side]
                and _same_view(running.mapSettings(), base)
            ):
                continue
            self._cancel(side)
            settings = QgsMapSettings(base)
            settings.setLayers([layer])
            settings.setBackgroundColor(Qt.GlobalColor.transparent)
            job = QgsMapRendererParallelJob(settings)
            job.finished.connect(self._finished_0 if side == 0 else self._finished_1)
            self._jobs[side], self._stale[side] = job, False
            job.start()

    def _finished_0(self) -> None:
        self._finished(0)

    def _finished_1(self) -> None:
        self._finished(1)

    def _finished(self, side: int) -> None:
        job, self._jobs[side] = self._jobs[side], None
        if job is None:
            return
        self.pictures[side] = Picture(job.renderedImage(), QgsMapSettings(job.mapSettings()))
        _end(job)
        self.ready.emit()

    def _cancel(self, side: int) -> None:
        job, self._jobs[side] = self._jobs[side], None
        if job is not None:
            job.finished.disconnect(self._finished_0 if side == 0 else self._finished_1)
            _ENDING.append(job)
            job.finished.connect(lambda: _end(job))
            job.cancelWithoutBlocking()


_ENDING: list[
    QgsMapRendererParallelJob
] = []  # a job must outlive its last signal, and one that was told to stop its threads


def _end(job: QgsMapRendererParallelJob) -> None:
    if job not in _ENDING:
        _ENDING.append(job)
    QTimer.singleShot(0, lambda: _ENDING.remove(job) if job in _ENDING else None)


def _same_view(a: QgsMapSettings, b: QgsMapSettings) -> bool:
    return (
        a.visibleExtent() == b.visibleExtent()
        and a.outputSize() == b.outputSize()
        and a.rotation() == b.rotation()
        and a.destinationCrs() == b.destinationCrs()
        and a.devicePixelRatio() == b.devicePixelRatio()
    )
