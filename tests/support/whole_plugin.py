"""The whole plugin, opened on a pair with a review under way, and every room of it: the dock's
tabs, dialogs, the options page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from host_window import HostWindow
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QEvent
from qgis.PyQt.QtGui import QImage, QPainter
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QWidget
from review_pairs import result_of, tie_points, write_pair

TABS = ("match", "review", "accuracy", "warp")
ROOMS = (*TABS, "options", "explain")


class WholePlugin:
    """The plugin in a host window. Close it.

    Args:
        folder: For the rasters.
        points: Tie points of the review.
        size: Of the dock.
    """

    def __init__(self, folder: Path, points: int = 30, size: tuple[int, int] = (420, 860)) -> None:
        from sar_optical_align import classFactory
        from sar_optical_align.plugin.core.session.session import Role

        self.host = HostWindow()
        self.host.window.resize(size[0] + 500, size[1] + 120)
        self.plugin = classFactory(self.host)
        self.plugin.initGui()
        layers = [
            QgsRasterLayer(path, name)
            for path, name in zip(write_pair(folder), ("optical", "sar"), strict=True)
        ]
        QgsProject.instance().addMapLayers([*layers, QgsRasterLayer(layers[1].source(), "sar VH")])
        self.plugin.action.trigger()
        self.dock = self.plugin.dock
        self.dock.setFloating(True)
        self.dock.resize(*size)
        self.dock.match.reference_combo.setLayer(layers[0])
        self.dock.match.sensed_combo.setLayer(layers[1])
        QTest.qWait(50)
        self.review = self.plugin.controller.review
        session = self.plugin.controller.open_session()
        self.review.sessions.begin_stream()
        self.review.sessions.end_stream(
            result_of(tie_points(points), (session.reference, session.sensed))
        )
        session.accept([1, 2])
        session.reject([3, 4])
        session.set_role([5, 6], Role.CHECK)
        self.review.desk.refresh()
        self.review.desk.select([7])
        self.page = self.host.factories[0].createWidget(None)
        self.page.resize(760, 720)
        self.explain = self.plugin.controller.explainer.dialog
        picture = QImage(900, 500, QImage.Format.Format_RGB32)
        picture.fill(0xFFB0C4DE)
        picture.save(str(folder / "explained.png"))
        self._picture = folder / "explained.png"
        QTest.qWait(50)

    def show(self, room: str) -> QWidget:
        """Show a room and return its window."""
        if room in TABS:
            self.dock.tabs.setCurrentIndex(TABS.index(room))
            self.dock.match.matcher_box.setCollapsed(False)
            self.dock.match.advanced_box.setCollapsed(False)
            if room == "accuracy":
                self._until(lambda: self.plugin.controller.accuracy.judgement is not None)
            if room == "review" and not self.dock.compare.details.isVisible():
                self.dock.compare.set_mode("swipe")
                self.dock.review.tools.histogram_button.click()
            QTest.qWait(60)
            return self.dock
        if room == "explain":
            from sar_optical_align.ui.parts.text import tr

            self.explain.show_picture(
                self._picture, tr("Point {0}: what the matcher sees").format(7)
            )
            QTest.qWait(20)
            return self.explain
        self.page.show()
        QTest.qWait(20)
        return self.page

    def _until(self, done: Callable[[], bool], seconds: int = 20) -> None:
        for _ in range(50 * seconds):
            if done():
                return
            QTest.qWait(20)
        raise TimeoutError("the accuracy page was not filled")

    def widgets(self) -> Iterator[tuple[str, QWidget]]:
        """Yield every widget of every room, hidden ones too, with the room's name."""
        for room in ROOMS:
            window = self.show(room)
            inside = self.dock.tabs.currentWidget() if room in TABS else window
            yield from ((room, w) for w in inside.findChildren(QWidget))
        yield from (
            ("dock", w)
            for w in (
                *self.dock.compare.findChildren(QWidget),
                self.dock.status,
                *self.dock.running_row.findChildren(QWidget),
            )
        )

    def close(self) -> None:
        """Take everything down."""
        self.page.close()
        self.page.deleteLater()
        self.plugin.unload()
        QgsProject.instance().clear()
        self.host.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def picture_of(widget: QWidget, ratio: float = 1.0) -> QImage:
    """Paint a widget at a device pixel ratio."""
    image = QImage(
        round(widget.width() * ratio), round(widget.height() * ratio), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(ratio)
    image.fill(widget.palette().window().color())
    painter = QPainter(image)
    widget.render(painter)
    painter.end()
    return image
