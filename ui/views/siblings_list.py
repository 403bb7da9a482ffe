"""Layers of the project to be warped along with the sensed raster."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.core import QgsIconUtils, QgsMapLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ..parts.text import as_text, tr

_ROWS = 5


class SiblingsList(QWidget):
    """A list with a check box a layer; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        caption = QLabel(tr("Warp along, with the same points"))
        self.list = QListWidget()
        self.list.setObjectName("siblings")
        self.list.setAccessibleName(caption.text())
        tip = tr(
            "Other bands, polarisations and masks of the sensed scene, and vector layers "
            "that lie on it.<br>"
            "Rasters may have other pixels than the sensed raster; those drawn with "
            "classes are resampled by nearest neighbour. Every vertex of a "
            "vector layer goes through the fit itself.<br>Written beside the output as "
            "<i>name</i>_aligned.tif or .gpkg; nothing is replaced."
        )
        caption.setToolTip(tip)
        self.list.setToolTip(tip)
        caption.setBuddy(self.list)
        layout.addWidget(caption)
        layout.addWidget(self.list)
        self.set_layers(())

    def set_layers(self, layers: Iterable[QgsMapLayer]) -> None:
        """Show layers; those checked before stay so."""
        checked = set(self.checked_ids())
        self.list.clear()
        for layer in layers:
            item = QListWidgetItem(QgsIconUtils.iconForLayer(layer), layer.name())
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
            )
            item.setCheckState(
                Qt.CheckState.Checked if layer.id() in checked else Qt.CheckState.Unchecked
            )
            item.setData(Qt.ItemDataRole.UserRole, layer.id())
            item.setToolTip(as_text(layer.source()))
            self.list.addItem(item)
        rows = min(max(self.list.count(), 1), _ROWS)
        self.list.setFixedHeight(
            rows * max(self.list.sizeHintForRow(0), 18) + 2 * self.list.frameWidth() + 2
        )
        self.setVisible(self.list.count() > 0)

    def checked_ids(self) -> list[str]:
        """Return the ids of the layers chosen."""
        items = (self.list.item(i) for i in range(self.list.count()))
        return [
            i.data(Qt.ItemDataRole.UserRole)
            for i in items
            if i.checkState() == Qt.CheckState.Checked
        ]
