"""Preview and comparison: the strip in the dock, the picture on the map, the layers they are of."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QShortcut, QWidget

from ...ui.dock import AlignDock
from ...ui.parts.text import explained, fill, tr
from ...ui.views.compare_view import FLICKER, OFF, SWIPE, CompareView
from ..core.errors import AlignError
from ..reviewing.desk import ReviewDesk
from .live_preview import LivePreview


class CompareController(QObject):
    """Lives as long as the dock.

    B (before / after) and Space (flicker) work on the map and in the table of points.
    """

    def __init__(
        self, canvas: QgsMapCanvas, dock: AlignDock, desk: ReviewDesk, tool: QgsMapTool
    ) -> None:
        super().__init__()
        self.dock, self.strip, self._canvas = dock, dock.compare, canvas
        self._desk, self._tool = desk, tool
        self._pair = dock.pair
        self.view = CompareView(canvas)
        self.preview = LivePreview(tr("PREVIEW of {0}"), dock.warp.warp_params)
        strip = self.strip
        self._after_id = ""
        for signal, slot in (
            (strip.preview_toggled, self._toggle_preview),
            (strip.mode_changed, self._set_mode),
            (strip.amount_changed, self.view.set_amount),
            (strip.swap_changed, self.view.set_swapped),
            (strip.before_after_requested, self.before_after),
            (strip.layer_changed, self._choose),
            (self.view.grip.moved, lambda share: strip.show_amount(SWIPE, share)),
            (self.preview.changed, self._follow_preview),
            (self.preview.failed, self._tell_failure),
            (self.preview.said, dock.set_status),
            (desk.fitted, self._follow_fit),
            (desk.refreshed, self.follow),
            (dock.warp.form.changed, self.follow),
            (dock.visibilityChanged, self._follow_dock),
        ):
            signal.connect(slot)
        self._shortcuts = [
            self._shortcut(w, key, slot)
            for w in (canvas, dock.review.table)
            for key, slot in (("B", self.before_after), ("Space", self.flicker))
        ]
        for mode, value in self.view.amounts.items():
            strip.show_amount(mode, value)
        self._set_mode(OFF)
        canvas.mapToolSet.connect(self._follow_keys)
        self._follow_keys()

    def _follow_keys(self, *_tools: object) -> None:
        """Leave Space on the map to QGIS, which moves the map with it, but where the review's tool
        is used or layers are compared.
        """
        shown = not self.dock.isHidden()
        for shortcut in self._shortcuts:
            if shortcut.parent() is self._canvas:
                ours = self._canvas.mapTool() is self._tool or self.strip.mode != OFF
                shortcut.setEnabled(shown and (ours or shortcut.key() == QKeySequence("B")))

    def _shortcut(self, widget: QWidget, key: str, slot: Callable[[], None]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), widget)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(slot)
        return shortcut

    def close(self) -> None:
        """Take everything off the map and out of the project."""
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._canvas.mapToolSet.disconnect(self._follow_keys)
        self._desk.fitted.disconnect(self._follow_fit)
        self._desk.refreshed.disconnect(self.follow)
        self.dock.visibilityChanged.disconnect(self._follow_dock)
        self.view.dispose()
        self.preview.changed.disconnect(self._follow_preview)
        self.preview.close()

    def _follow_dock(self, _shown: bool) -> None:
        """Go off the map with the dock; the preview layer stays as it is."""
        if self.dock.isHidden():
            self.strip.set_mode(OFF)
        self._follow_keys()

    def follow(self) -> None:
        """Follow the session and its fit as they are."""
        session, fit = self._desk.session, self._desk.fit()
        self.strip.preview_button.setEnabled(
            session is not None and (fit is None or fit.transform is not None or self.preview.is_on)
        )
        self._follow_fit()
        self._list_layers()

    def _follow_fit(self) -> None:
        """Let the preview begin while table and map are still being filled."""
        self.preview.follow(self._desk.session, self._desk.fit(), self._pair()[1])

    # --- the preview

    def _toggle_preview(self, on: bool) -> None:
        self.preview.set_on(on)
        if not on:
            self.dock.set_status(tr("The preview is off."))

    def _follow_preview(self) -> None:
        button = self.strip.preview_button
        blocked = button.blockSignals(True)
        button.setChecked(self.preview.is_on)
        button.blockSignals(blocked)
        layer = self.preview.layer
        self._list_layers()
        if layer is not None and self._after_id != layer.id():
            self._after_id = layer.id()
            self.strip.layer_combo.setLayer(layer)
            self.dock.set_status(fill(tr("{0}: a virtual layer, nothing is written"), layer.name()))
        elif layer is None:
            self._after_id = ""
        self._choose()

    def _tell_failure(self, error: AlignError | None) -> None:
        if error is not None:
            self.dock.set_status(fill(tr("No preview: {0}"), explained(error)))

    # --- comparing

    def _list_layers(self) -> None:
        """Offer every raster but the reference; the sensed raster where nothing else was chosen."""
        reference, sensed = self._pair()
        combo = self.strip.layer_combo
        before = combo.currentLayer()
        combo.setExceptedLayerList([reference] if reference is not None else [])
        if (before is None or before is reference) and sensed is not None:
            combo.setLayer(self.preview.layer or sensed)
        self._choose()

    def _moved(self) -> QgsMapLayer | None:
        return self.strip.layer_combo.currentLayer()

    def _choose(self) -> None:
        if self.view.mode != OFF:
            self.view.set_layers(self._pair()[0], self._moved())

    def _set_mode(self, mode: str) -> None:
        if mode != OFF:
            self._list_layers()
            self.view.set_layers(self._pair()[0], self._moved())
        self.view.set_mode(mode)
        self._follow_keys()

    def flicker(self) -> None:
        """Let the two layers on the map take turns, or end it; while nothing is compared, the two
        chips of the review.
        """
        if self.strip.mode == OFF:
            self.dock.review.chips.toggle_flicker()
        else:
            self.strip.set_mode(OFF if self.strip.mode == FLICKER else FLICKER)

    def before_after(self) -> None:
        """Compare with the sensed raster as it lies, or as it will lie; without comparison hide or
        show the preview.
        """
        sensed, combo = self._pair()[1], self.strip.layer_combo
        if self.strip.mode == OFF:
            shown = self.preview.toggle_visible()
            if shown is None:
                self.dock.set_status(
                    tr("Turn on the preview first: before and after are the same.")
                )
            else:
                self.dock.set_status(
                    tr("After: the preview")
                    if shown
                    else tr("Before: the sensed raster as it lies")
                )
            return
        current = combo.currentLayer()
        after = QgsProject.instance().mapLayer(self._after_id) if self._after_id else None
        if current is not None and current is not sensed:
            self._after_id = current.id()
            combo.setLayer(sensed)
            self.dock.set_status(tr("Before: the sensed raster as it lies"))
        elif after is not None:
            combo.setLayer(after)
            self.dock.set_status(fill(tr("After: {0}"), after.name()))
        else:
            self.dock.set_status(tr("Turn on the preview first: before and after are the same."))
