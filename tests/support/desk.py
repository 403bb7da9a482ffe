"""What all scripts share that drive the plugin from inside the real QGIS desktop (started by
`desktop_session`).

Environment: SOA_REFERENCE, SOA_SENSED rasters; SOA_OUT folder for screenshots and files; SOA_PYTHON
worker interpreter.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from qgis.core import (
    QgsContrastEnhancement,
    QgsProject,
    QgsRasterLayer,
    QgsRasterMinMaxOrigin,
    QgsSettings,
)
from qgis.PyQt.QtCore import QEvent, QPoint, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QWidget
from qgis.utils import iface, plugins, unloadPlugin

OUT = Path(os.environ["SOA_OUT"])
NAME = "sar_optical_align"
LEFT, PLAIN, CTRL = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
)
DOCK_WIDTH = 430


def wait(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Let QGIS work until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"timed out: {what}")
        QTest.qWait(20)


def settle() -> None:
    """Let QGIS draw all there is to draw."""
    iface.mapCanvas().refresh()
    QTest.qWait(500)
    plugin = plugins.get(NAME)
    view = (
        plugin.controller.compare.view
        if plugin is not None and plugin.controller is not None
        else None
    )
    wait(
        lambda: not iface.mapCanvas().isDrawing() and (view is None or not view.renderer.is_busy),
        30,
        "drawing",
    )
    QTest.qWait(200)


def shot(name: str) -> None:
    """Keep a picture of the whole window."""
    settle()
    iface.mainWindow().grab().save(str(OUT / f"{name}.png"))


def say(text: str) -> None:
    """Tell a step."""
    print(f"STEP {text}", flush=True)


def click(widget: QWidget, place: QPoint | None = None) -> None:
    """Click a widget."""
    QTest.mouseClick(widget, LEFT, PLAIN, place if place is not None else widget.rect().center())


def press(
    widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN, times: int = 1
) -> None:
    """Type a key."""
    for _ in range(times):
        QTest.keyClick(widget, key, modifiers)


def pull(
    start: QPoint,
    end: QPoint,
    modifiers: Qt.KeyboardModifier = PLAIN,
    between: Callable[[], None] = lambda: None,
) -> None:
    """Drag on the map; `between` is done before the button is let go."""
    view = iface.mapCanvas().viewport()
    QTest.mouseMove(view, start)
    QTest.mousePress(view, LEFT, PLAIN, start)
    for step in range(1, 9):
        QTest.mouseMove(view, start + (end - start) * step / 8)
        QTest.qWait(20)
    between()
    QTest.mouseRelease(view, LEFT, modifiers, end)


def prepare_window() -> None:
    """Give QGIS the whole screen, the layers all of the left side, and the plugin its interpreter;
    download nothing.
    """
    settings = QgsSettings()
    settings.setValue(f"{NAME}/interpreter_mode", "existing")
    settings.setValue(f"{NAME}/existing_python", os.environ["SOA_PYTHON"])
    settings.setValue("fonts/downloadMissingFonts", False)
    window = iface.mainWindow()
    window.showNormal()
    window.setGeometry(0, 0, 1600, 1000)
    browser = window.findChild(QDockWidget, "Browser")
    if browser is not None:
        browser.close()


def open_layers() -> tuple[QgsRasterLayer, QgsRasterLayer]:
    """Add reference and sensed raster to the project and show them."""
    reference, sensed = (
        QgsRasterLayer(os.environ[f"SOA_{role}"], name)
        for role, name in (("REFERENCE", "optical"), ("SENSED", "sar"))
    )
    assert reference.isValid()
    assert sensed.isValid()
    sensed.setContrastEnhancement(
        QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum,
        QgsRasterMinMaxOrigin.Limits.CumulativeCut,
    )
    QgsProject.instance().addMapLayers([sensed, reference])
    QgsProject.instance().setCrs(reference.crs())
    iface.mapCanvas().setExtent(reference.extent())
    return reference, sensed


def open_dock() -> object:
    """Open the dock by its action; returns the plugin."""
    plugin = plugins[NAME]
    plugin.action.trigger()
    wait(lambda: plugin.dock is not None and plugin.dock.isVisible(), 10, "dock")
    iface.mainWindow().resizeDocks([plugin.dock], [DOCK_WIDTH], Qt.Orientation.Horizontal)
    QTest.qWait(500)
    return plugin


def open_pair() -> tuple[object, QgsRasterLayer, QgsRasterLayer]:
    """Open both rasters and the dock, and choose them there; returns plugin, reference, sensed."""
    prepare_window()
    reference, sensed = open_layers()
    plugin = open_dock()
    plugin.dock.match.reference_combo.setLayer(reference)
    plugin.dock.match.sensed_combo.setLayer(sensed)
    QTest.qWait(800)
    iface.messageBar().clearWidgets()
    return plugin, reference, sensed


def unload() -> None:
    """Unload the plugin and let Qt delete what is to be deleted."""
    assert unloadPlugin(NAME)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QTest.qWait(300)


def play(main: Callable[[], None]) -> None:
    """Run a script once QGIS is up; then QGIS ends, with a code."""

    def run() -> None:
        code = 1
        try:
            main()
            print("PASSED", flush=True)
            code = 0
        except BaseException:  # noqa: BLE001 - whatever it was, QGIS must end with a code
            traceback.print_exc()
            iface.mainWindow().grab().save(str(OUT / "failed.png"))
        sys.stdout.flush()
        sys.stderr.flush()
        QgsProject.instance().clear()
        os._exit(code)

    QTimer.singleShot(1500, run)
