"""The plugin object: what `initGui` puts up, `unload` takes down."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from ..resources import FOLDER
from .core.types import AlignParams
from .core.wording import tr
from .work.language import Translation

ICONS = FOLDER / "icons"


class SarOpticalAlignPlugin:
    """Toolbar action, Raster-menu entry, dock, options page and Processing provider."""

    def __init__(self, iface: Any) -> None:
        self.iface = iface
        self.provider: Any = None
        self.action: Any = None
        self.dock: Any = None
        self.controller: Any = None
        self.options_factory: Any = None
        self.interpreter: Any = None
        self.translation: Any = None

    def initProcessing(self) -> None:  # noqa: N802 - the name QGIS asks for
        """Register the Processing provider (all that `qgis_process` needs)."""
        from .provider.provider import AlignProvider

        if self.translation is None:
            self.translation = Translation()
        self.provider = AlignProvider()
        if not QgsApplication.processingRegistry().addProvider(self.provider):
            self.provider = None  # the registry refuses a second one of this name, and deletes it

    def initGui(self) -> None:  # noqa: N802
        """Put up everything."""
        self.initProcessing()
        self.action = QAction(
            QIcon(str(ICONS / "align.svg")), tr("SAR-Optical Align"), self.iface.mainWindow()
        )
        self.action.setObjectName("sarOpticalAlignAction")
        self.action.setCheckable(True)
        self.action.setToolTip(tr("Align a SAR raster with an optical one"))
        self.action.toggled.connect(self._show_dock)
        self.iface.addRasterToolBarIcon(self.action)
        self.iface.addPluginToRasterMenu(tr("SAR-Optical Align"), self.action)
        from ..ui.settings_page import AlignOptionsFactory
        from .dock.interpreter import InterpreterService

        self.interpreter = InterpreterService()
        self.options_factory = AlignOptionsFactory(self.interpreter)
        self.iface.registerOptionsWidgetFactory(self.options_factory)

    def unload(self) -> None:
        """Take down everything, in the opposite order."""
        if self.options_factory is not None:
            self.iface.unregisterOptionsWidgetFactory(self.options_factory)
            self.options_factory = self.interpreter = None
        if self.controller is not None:
            self.controller.close()
            self.controller = None
        if self.dock is not None:
            self.iface.removeDockWidget(self.dock)
            self.dock.setParent(None)
            self.dock.deleteLater()
            self.dock = None
        if self.action is not None:
            self.iface.removePluginRasterMenu(tr("SAR-Optical Align"), self.action)
            self.iface.removeRasterToolBarIcon(self.action)
            self.action.deleteLater()
            self.action = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        if self.translation is not None:
            self.translation.remove()
            self.translation = None

    def _show_dock(self, shown: bool) -> None:
        if self.dock is None:
            if not shown:
                return
            from ..ui.dock import AlignDock
            from .dock.controller import AlignController
            from .store.settings import load_params

            self.dock = AlignDock(load_params() or AlignParams(), self.iface.mainWindow())
            self.dock.visibilityChanged.connect(self._follow_visibility)
            self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
            self.controller = AlignController(self.iface, self.dock, self.interpreter)
        self.dock.setUserVisible(shown)

    def _follow_visibility(self, visible: bool) -> None:
        if self.action is not None and self.dock is not None:
            self.action.setChecked(visible or not self.dock.isHidden())
