"""Accuracy: which model, how well covered, does it fold, is it relief; each with its formula."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...plugin.core.fit.range_test import MAYBE, RangeTest
from ...plugin.core.geometry.grid import Grid
from ...plugin.core.session.judgement import Judgement
from ..parts.icons import icon
from ..parts.palette import soften
from ..parts.text import fill, length, number, tr
from ..views.advisor_table import AdvisorTable
from ..views.coverage_map import CoverageMap

Array = NDArray[np.float64]
_GOOD, _DOUBTFUL, _BAD = ("#009E73", "✔"), ("#B87A00", "▲"), ("#D55E00", "✖")
_UNKNOWN = -1.0
_NEAR_DEG = (
    15.0  # the look direction turns by some degrees over a scene, and grid north is not true north
)
_FOLD_TIP = (
    "<b>Fold check</b>: the sign of det J, J = &part;(reference x, y) / &part;(sensed x, "
    "y), over a lattice of the whole sensed raster. "
    "Where it changes the image is inside out.<br><b>Local scale</b> = &radic;(|det J| / "
    "median |det J|)."
)
_RANGE_TIP = (
    "<b>Range test</b>: do the leave-one-out errors lie along one direction more than "
    "chance allows? Their axes are doubled, weighted by the "
    "rank of their length w, and added: R = |&Sigma; w e<sup>2i&phi;</sup>|.<br>p = "
    "exp(&minus;R&sup2; / &Sigma;w&sup2;) for an estimated axis; "
    "p = &frac12; erfc(&Sigma; w cos 2(&phi;&minus;&alpha;) / &radic;&Sigma;w&sup2;) for "
    "the look direction &alpha; (Moore 1980)."
)
_AZIMUTH_TIP = (
    "Direction in which the radar looks, clockwise from the map's north, as its metadata "
    "give it (either way along it). "
    "Unknown: the direction that explains most is taken, and the test is stricter."
)


class AccuracyPanel(QWidget):
    """Emits what the analyst wants; shows a judgement."""

    model_chosen = pyqtSignal(str)
    gap_requested = pyqtSignal()
    fold_requested = pyqtSignal()
    azimuth_changed = pyqtSignal()
    field_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(_heading(tr("Model"), tr("figures in px of the reference")))
        self.table = AdvisorTable()
        self.table.model_chosen.connect(self.model_chosen)
        layout.addWidget(self.table)
        self.why = _words("adviceWhy")
        self.why.setToolTip(tr("Why this model; the link lets the model follow the advisor"))
        self.why.linkActivated.connect(lambda _link: self.model_chosen.emit("auto"))
        layout.addWidget(self.why)
        layout.addWidget(_line())
        layout.addWidget(_heading(tr("Coverage"), tr("of the points in the fit")))
        row = QHBoxLayout()
        self.map = CoverageMap()
        self.map.clicked.connect(self.gap_requested)
        row.addWidget(self.map, 0, Qt.AlignmentFlag.AlignTop)
        self.coverage = _words("coverageText")
        self.coverage.setToolTip(self.map.toolTip())
        self.coverage.linkActivated.connect(lambda _link: self.gap_requested.emit())
        row.addWidget(self.coverage, 1)
        layout.addLayout(row)
        layout.addWidget(_line())
        layout.addWidget(_heading(tr("Folds"), tr("of the fitted transform")))
        self.folds = _words("foldText")
        self.folds.setToolTip(tr(_FOLD_TIP))
        self.folds.linkActivated.connect(lambda _link: self.fold_requested.emit())
        layout.addWidget(self.folds)
        layout.addWidget(_line())
        layout.addWidget(_heading(tr("Range direction"), ""))
        layout.addLayout(self._make_range_row())
        self.range = _words("rangeText")
        self.range.setToolTip(tr(_RANGE_TIP))
        layout.addWidget(self.range)
        layout.addWidget(_line())
        self.field_button = QPushButton(icon("field"), tr("Add displacement field"))
        self.field_button.setObjectName("fieldButton")
        self.field_button.setIconSize(QSize(20, 20))
        self.field_button.setToolTip(
            tr(
                "A vector layer of where the fit moves the sensed raster, as arrows over "
                "a lattice, with the 1-sigma ellipse of the fit at "
                "their tips: &sigma;&sup2; J C J<sup>T</sup>, C the covariance of the "
                "parameters, &sigma;&sup2; the scatter of the residuals."
            )
        )
        self.field_button.clicked.connect(self.field_requested)
        layout.addWidget(self.field_button)
        layout.addStretch(1)
        self.show_judgement(None, np.empty((0, 2)), None, 1.0, "px")

    def _make_range_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(tr("&Look azimuth"))
        self.azimuth = QDoubleSpinBox()
        self.azimuth.setObjectName("lookAzimuth")
        self.azimuth.setRange(_UNKNOWN, 360.0)
        self.azimuth.setSpecialValueText(tr("unknown"))
        self.azimuth.setSuffix("°")
        self.azimuth.setDecimals(1)
        self.azimuth.setValue(_UNKNOWN)
        self.azimuth.setKeyboardTracking(False)
        self.azimuth.valueChanged.connect(lambda _value: self.azimuth_changed.emit())
        label.setBuddy(self.azimuth)
        for widget in (label, self.azimuth):
            widget.setToolTip(tr(_AZIMUTH_TIP))
        row.addWidget(label)
        row.addWidget(self.azimuth)
        row.addStretch(1)
        return row

    def look_azimuth(self) -> float | None:
        """Return the look direction, degrees, None where unknown."""
        return self.azimuth.value() if self.azimuth.value() >= 0 else None

    def set_look_azimuth(self, value: float | None) -> None:
        """Show a look direction without telling of it."""
        blocked = self.azimuth.blockSignals(True)
        self.azimuth.setValue(_UNKNOWN if value is None else value)
        self.azimuth.blockSignals(blocked)

    def set_stale(self, stale: bool) -> None:
        """Grey what is being computed anew."""
        for widget in (self.table, self.why, self.coverage, self.folds, self.range):
            widget.setEnabled(not stale)

    def show_judgement(
        self,
        judgement: Judgement | None,
        points_px: Array,
        grid: Grid | None,
        size: float,
        unit: str,
        automatic: bool = False,
    ) -> None:
        """Show what is said of a fit.

        Args:
            judgement: What is said, None without a session.
            points_px: (N, 2) reference px of the points in the fit.
            grid: Native grid of the reference.
            size: Side of a reference pixel in `unit`.
            unit: Unit of the reference's CRS.
            automatic: Whether the model follows the advice already.
        """
        self.set_stale(False)
        j = judgement
        advice = j.advice if j is not None else None
        self.table.show_advice(
            advice, j.model if j is not None else "", unit, j.checks_px if j is not None else ()
        )
        if j is not None and advice is not None:
            link = (
                tr("Let it follow the advice from now on")
                if j.model == advice.best
                else tr("Follow the advice")
            )
            follow = (
                tr("The model follows the advice.") if automatic else f"<a href='auto'>{link}</a>"
            )
            text = f"★ {tr(advice.why)} {follow}"
        else:
            text = tr(j.problem) if j is not None and j.problem else tr("There are no points yet.")
        self.why.setText(text)
        self.map.show_coverage(
            points_px,
            j.coverage if j is not None else None,
            grid.width if grid else 1.0,
            grid.height if grid else 1.0,
        )
        self.coverage.setText(_coverage_text(j, len(points_px), size, unit))
        self.folds.setText(_fold_text(j))
        self.range.setText(_range_text(j.alignment if j is not None else None, unit))
        self.field_button.setEnabled(j is not None and bool(j.model))


def _coverage_text(j: Judgement | None, count: int, size: float, unit: str) -> str:
    if j is None or not count:
        return "–"
    c = j.coverage
    share = 100 * c.hull_share
    mark = _GOOD if share >= 50 and min(c.quadrants) > 0 else _DOUBTFUL
    radius = c.circle_px[2]
    ground = "" if unit == "px" else f" · {length(radius * size, unit)}"
    empty = sum(q == 0 for q in c.quadrants)
    lines = [
        _marked(mark, fill(tr("Hull <b>{0:.0f} %</b> of the image"), share)),
        fill(tr("Largest gap: radius <b>{0:.0f} px</b>{1}"), radius, ground)
        + f" <a href='gap'>{tr('show')}</a>",
        fill(tr("Quarters: {0}, {1} | {2}, {3}"), *c.quadrants)
        + (f" – <b>{tr('{0} empty').format(empty)}</b>" if empty else ""),
    ]
    return "<br>".join(lines)


def _fold_text(j: Judgement | None) -> str:
    if j is None or j.folds is None:
        return "–"
    f = j.folds
    if f.share > 0:
        text = tr(
            "<b>Folds</b> over {0:.1f} % of the scene: the image lies over itself there. "
            "Choose a simpler model, or reject the points that cross."
        )
        return (
            _marked(_BAD, fill(text, max(100 * f.share, 0.1))) + f" <a href='fold'>{tr('show')}</a>"
        )
    text = fill(
        tr("No fold at places {0:.0f} px apart. Local scale {1:.3f} to {2:.3f}."),
        f.spacing_px,
        f.scale_low,
        f.scale_high,
    )
    strained = f.scale_low < 0.5 or f.scale_high > 2.0
    return _marked(_DOUBTFUL if strained else _GOOD, text) + (
        f" <a href='fold'>{tr('show the most squeezed place')}</a>" if strained else ""
    )


def _range_text(t: RangeTest | None, unit: str) -> str:
    if t is None:
        return tr("Too few points to tell.")
    best = _axis(t.best_deg) + f" ± {t.spread_deg:.0f}°"
    p = f"p &lt; {number(0.001, '.3f')}" if t.p_value < 0.001 else f"p = {number(t.p_value, '.3f')}"
    axis = _axis(t.azimuth_deg) if t.axis_known else best
    figures = fill(
        tr("Leave-one-out RMS {0} along {1}, {2} across ({3})."),
        length(t.along, unit),
        axis,
        length(t.across, unit),
        p,
    )
    if t.lines_up and t.axis_known and t.off_deg > max(_NEAR_DEG, 3 * t.spread_deg):
        text = tr(
            "<b>Errors line up, but {0:.0f}° away from range</b>, along {1}: relief "
            "explains a part at most. Check the look azimuth."
        )
        return _marked(_DOUBTFUL, f"{fill(text, t.off_deg, best)} {figures}")
    if t.lines_up and t.axis_known:
        text = tr(
            "<b>Errors line up with range: this looks like relief.</b> A warp will not "
            "remove it; orthorectify with a terrain model first."
        )
        return _marked(_BAD, f"{text} {figures}")
    if t.lines_up:
        text = tr(
            "<b>Errors line up.</b> If the radar looks along this axis it is relief, and "
            "a warp will not remove it. Enter the look azimuth to know."
        )
        return _marked(_DOUBTFUL, f"{text} {figures}")
    if t.p_value < MAYBE and t.along > t.across:
        return _marked(_DOUBTFUL, tr("Errors may line up; more points would tell.") + f" {figures}")
    return _marked(_GOOD, tr("No sign of relief: errors do not line up.") + f" {figures}")


def _axis(azimuth_deg: float) -> str:
    return f"{azimuth_deg:.0f}°/{azimuth_deg + 180:.0f}°"


def _marked(mark: tuple[str, str], text: str) -> str:
    return f"<span style='color:{mark[0]}'>{mark[1]}</span> {text}"


def _words(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
    return label


def _heading(text: str, aside: str) -> QLabel:
    label = QLabel(f"<b>{text}</b>" + (f" <small>{aside}</small>" if aside else ""))
    soften(label)
    return label


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
