"""Every tab, dialog and page at 100, 150 and 200 %, in English and German: no text is cut."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from clipped_texts import clipped
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QGroupBox,
    QLabel,
    QPushButton,
    QTableWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from whole_plugin import ROOMS


@pytest.mark.parametrize("scale", ["1", "1.5", "2"])
def test_no_text_is_clipped(root, tmp_path, scale):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    command = [
        sys.executable,
        str(root / "packaging" / "render_rooms.py"),
        str(tmp_path),
        "--scale",
        scale,
        "--theme",
        "light",
    ]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, (
        "\n".join(line for line in done.stdout.splitlines() if f" {scale} " in line)
        or done.stderr[-2000:]
    )
    assert len(list(tmp_path.glob("*.png"))) == 2 * len(ROOMS)


@pytest.mark.parametrize(
    "kind",
    ["label", "wrapped", "button", "check", "group", "tabs", "header", "number"],
)
def test_a_clipped_text_is_seen(qgis_app, kind):
    """The check itself: each kind of widget, squeezed."""
    window = QWidget()
    layout = QVBoxLayout(window)
    text = "Unverhältnismäßigkeiten"
    widget: QWidget
    if kind == "tabs":
        widget = QTabWidget()
        for _ in range(5):
            widget.addTab(QWidget(), text)
    elif kind == "header":
        widget = QTableWidget(1, 1)
        widget.setHorizontalHeaderLabels([text])
        widget.setColumnWidth(0, 30)
    elif kind == "number":
        widget = QDoubleSpinBox()
        widget.setRange(0, 1e9)
        widget.setValue(123456789.0)
    elif kind == "wrapped":
        widget = QLabel(f"{text} und noch viel mehr, über mehrere Zeilen hinweg")
        widget.setWordWrap(True)
        widget.setFixedHeight(12)
    elif kind == "group":
        widget = QGroupBox(text)
    else:
        widget = {"label": QLabel, "button": QPushButton, "check": QCheckBox}[kind](text)
    layout.addWidget(widget)
    widget.setFixedWidth(60)
    window.show()
    assert clipped(window), kind
    window.close()
