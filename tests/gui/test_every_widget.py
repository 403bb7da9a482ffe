"""What holds for every widget of every room: it explains itself, has a name, is reached by keyboard
and shows that it is.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from qgis.gui import QgsFileWidget, QgsMapLayerComboBox
from qgis.PyQt.QtCore import QPoint, QRect, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QRadioButton,
    QSlider,
    QSplitterHandle,
    QTabBar,
    QWidget,
)
from sar_optical_align.plugin.work.language import Translation
from sar_optical_align.ui.views.chips_view import ChipsView
from sar_optical_align.ui.views.coverage_map import CoverageMap
from sar_optical_align.ui.views.heatmap import HeatmapView
from whole_plugin import ROOMS, TABS, WholePlugin

INPUTS = (
    QAbstractButton,
    QComboBox,
    QAbstractSpinBox,
    QLineEdit,
    QAbstractItemView,
    QSlider,
    QPlainTextEdit,
    QProgressBar,
)
VIEWS = (ChipsView, HeatmapView, CoverageMap)


@pytest.fixture(params=["en", "de"])
def whole(qgis_app, tmp_path, request):
    translation = Translation(request.param)
    whole = WholePlugin(tmp_path)
    yield whole
    whole.close()
    translation.remove()


def inside(widget: QWidget, kinds: tuple[type, ...]) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, kinds):
            return True
        parent = parent.parentWidget()
    return False


def is_interactive(widget: QWidget) -> bool:
    """Whether a user can do something with it; parts of other widgets (the line of a number box, a
    popup list) count with those.
    """
    parts = (QAbstractSpinBox, QComboBox, QHeaderView, QTabBar, QAbstractItemView, QLineEdit)
    if (
        inside(widget, parts)
        or isinstance(widget, QHeaderView)
        or widget.objectName().startswith("qt_")
        or not widget.metaObject().className()
    ):
        return False
    links = isinstance(widget, QLabel) and bool(
        widget.textInteractionFlags() & Qt.TextInteractionFlag.LinksAccessibleByKeyboard
    )
    return isinstance(widget, INPUTS + VIEWS) or links or type(widget).__name__ == "_Bars"


def has_name(widget: QWidget) -> bool:
    said = widget.accessibleName() or (
        isinstance(widget, QAbstractButton | QLabel) and widget.text()
    )
    labelled = any(label.buddy() is widget for label in widget.window().findChildren(QLabel))
    return bool(said) or labelled or inside(widget, (QgsFileWidget,))


def test_every_widget_explains_itself(whole):
    seen, silent, nameless = 0, [], []
    for room, widget in whole.widgets():
        if not is_interactive(widget):
            continue
        seen += 1
        where = (
            f"{room}: {type(widget).__name__} {widget.objectName()!r} in "
            f"{type(widget.parentWidget()).__name__}"
        )
        if not widget.toolTip().strip():
            silent.append(where)
        if not has_name(widget):
            nameless.append(where)
    assert seen > 80
    assert not silent, "no tooltip:\n" + "\n".join(silent)
    assert not nameless, "no name for screen readers:\n" + "\n".join(nameless)


def test_every_action_explains_itself(whole):
    menu = whole.plugin.controller.keeping.menu
    for action in [whole.plugin.action, *menu.actions()]:
        assert action.toolTip().strip() not in ("", action.text()), action.objectName()
    tabs = whole.dock.tabs
    assert all(tabs.tabToolTip(i).strip() for i in range(tabs.count()))


def wanted(window: QWidget, room: QWidget) -> list[QWidget]:
    """Return what the walk must reach: visible, enabled and usable by keys; of radio buttons the
    one that is on.
    """
    out = []
    for widget in room.findChildren(QWidget):
        usable = widget.isVisibleTo(window) and widget.isEnabled() and is_interactive(widget)
        if (
            not usable
            or isinstance(widget, QProgressBar | ChipsView | HeatmapView)
            or type(widget).__name__ == "_Bars"
        ):
            continue
        if isinstance(widget, QRadioButton) and not widget.isChecked():
            continue
        if isinstance(widget, QLabel) and "<a " not in widget.text():
            continue
        if inside(widget, (QgsMapLayerComboBox,)):
            continue
        out.append(widget)
    return out


def walk(window: QWidget, key: Qt.Key, first: QWidget) -> list[QWidget]:
    """Press a key until the focus comes back; return where it was."""
    first.setFocus(Qt.FocusReason.TabFocusReason)
    visited: list[QWidget] = []
    for _ in range(200):
        here = QApplication.focusWidget()
        if here is None or (here in visited and here is not visited[-1]):
            break
        if (
            not visited or here is not visited[-1]
        ):  # a label with links keeps the focus for each of them
            visited.append(here)
        QTest.keyClick(here, key)
    return visited


def owner(widget: QWidget) -> QWidget:
    """Return the widget a part belongs to (the line of a number box has the focus of its box)."""
    parent = widget.parentWidget()
    return parent if isinstance(parent, QAbstractSpinBox | QComboBox) else widget


@pytest.mark.parametrize("room", ROOMS)
def test_the_keyboard_reaches_everything_in_reading_order(whole, room):
    window = whole.show(room)
    window.activateWindow()
    QTest.qWait(20)
    place = whole.dock.tabs.currentWidget() if room in TABS else window
    targets = wanted(window, place)
    visited = [owner(w) for w in walk(window, Qt.Key.Key_Tab, targets[0])]
    missing = [
        f"{type(w).__name__} {w.objectName()!r}"
        for w in targets
        if w not in visited and w.focusProxy() not in visited
    ]
    assert not missing, "not reached:\n" + "\n".join(missing)
    back = [owner(w) for w in walk(window, Qt.Key.Key_Backtab, targets[0])]
    assert set(back) == set(visited)
    steps = [
        w
        for w in visited
        if place.isAncestorOf(w) and not isinstance(w, QAbstractScrollArea | QSplitterHandle)
    ]
    boxes = [(w, QRect(w.mapTo(window, QPoint(0, 0)), w.size())) for w in steps]
    start = min(range(len(boxes)), key=lambda i: (boxes[i][1].top(), boxes[i][1].left()))
    boxes = boxes[start:] + boxes[:start]
    wrong = [
        f"{a.objectName()!r} then {b.objectName()!r}"
        for (a, ra), (b, rb) in pairwise(boxes)
        if not follows(ra, rb)
    ]
    assert not wrong, "not in reading order:\n" + "\n".join(wrong)


def follows(a: QRect, b: QRect) -> bool:
    """Whether b is read after a: further down, or in the same line further right."""
    same_line = min(a.bottom(), b.bottom()) - max(a.top(), b.top()) > 0.5 * min(
        a.height(), b.height()
    )
    return b.left() >= a.left() if same_line else b.top() >= a.top()


@pytest.mark.parametrize("room", ROOMS)
def test_the_focus_can_be_seen(whole, room):
    window = whole.show(room)
    window.activateWindow()
    QTest.qWait(20)
    place = whole.dock.tabs.currentWidget() if room in TABS else window
    unseen = []
    for widget in wanted(window, place):
        if isinstance(widget, QAbstractItemView | QPlainTextEdit | QLabel):
            continue  # the current row, the cursor or the link shows it
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        focused = widget.grab().toImage()
        widget.clearFocus()
        if focused == widget.grab().toImage():
            unseen.append(f"{type(widget).__name__} {widget.objectName()!r}")
    assert not unseen, "the focus is not seen:\n" + "\n".join(unseen)


def test_mnemonics_are_unique_in_a_room(whole):
    for room in ROOMS:
        window = whole.show(room)
        place = whole.dock.tabs.currentWidget() if room in TABS else window
        keys = []
        for widget in place.findChildren(QWidget):
            text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
            if "&" in text and "<" not in text and widget.isVisibleTo(window):
                keys += [text[text.index("&") + 1].lower()]
        assert len(keys) == len(set(keys)), f"{room}: {keys}"
        assert keys or room not in ("match", "warp", "options")


def test_escape_and_enter(whole):
    dialog = whole.show("explain")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    dialog = whole.show("explain")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    table = whole.dock.review.table
    whole.show("review")
    asked = []
    table.point_activated.connect(asked.append)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert asked == [7]
    whole.show("match")
    box = whole.dock.match.advanced_form.editor("max_points")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert whole.dock.isVisible()
