"""A main window of real widgets that offers what the plugin asks of QGIS' interface."""

from __future__ import annotations

from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtWidgets import QApplication, QMainWindow, QMenu, QToolBar, QVBoxLayout, QWidget


class HostWindow:
    """Canvas, message bar, raster toolbar and menu, docks, options pages."""

    def __init__(self) -> None:
        self.window = QMainWindow()
        self.window.resize(1400, 900)
        self.canvas = QgsMapCanvas()
        self.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
        self.bar = QgsMessageBar()
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.addWidget(self.bar)
        layout.addWidget(self.canvas)
        self.window.setCentralWidget(middle)
        self.toolbar = QToolBar()
        self.window.addToolBar(self.toolbar)
        self.raster_menu = QMenu("Raster")
        self.menus: dict[str, QMenu] = {}
        self.factories: list[object] = []
        self.options_asked: list[str] = []
        self.window.show()

    def mainWindow(self) -> QMainWindow:
        return self.window

    def mapCanvas(self) -> QgsMapCanvas:
        return self.canvas

    def messageBar(self) -> QgsMessageBar:
        return self.bar

    def addRasterToolBarIcon(self, action) -> int:
        self.toolbar.addAction(action)
        return 0

    def removeRasterToolBarIcon(self, action) -> None:
        self.toolbar.removeAction(action)

    def addPluginToRasterMenu(self, name, action) -> None:
        self.menus.setdefault(name, self.raster_menu.addMenu(name)).addAction(action)

    def removePluginRasterMenu(self, name, action) -> None:
        menu = self.menus[name]
        menu.removeAction(action)
        if not menu.actions():
            self.raster_menu.removeAction(menu.menuAction())
            del self.menus[name]

    def registerOptionsWidgetFactory(self, factory) -> None:
        self.factories.append(factory)

    def unregisterOptionsWidgetFactory(self, factory) -> None:
        self.factories.remove(factory)

    def showOptionsDialog(self, _parent, page) -> None:
        self.options_asked.append(page)

    def addDockWidget(self, area: Qt.DockWidgetArea, dock) -> None:
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock) -> None:
        self.window.removeDockWidget(dock)

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
