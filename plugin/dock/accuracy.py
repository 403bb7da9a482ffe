"""The accuracy page: judges the fit in the background, shows gaps and folds on the map, adds the
displacement field.
"""

from __future__ import annotations

import math

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QColor

from ...ui.dock import ACCURACY, AlignDock
from ...ui.parts.calm import Calm
from ...ui.parts.text import tr
from ...ui.views.coverage_map import GAP_COLOUR
from ..core.errors import FitError, attempt
from ..core.fit.displacement import displacement_field
from ..core.geometry import coords
from ..core.geometry.grid import Grid
from ..core.lengths import METRES_PER_DEGREE
from ..core.session.judgement import Case, Judgement
from ..gis.displacement_layer import field_layer
from ..gis.groups import add_to_group
from ..reviewing.desk import ReviewDesk
from ..store.session_store import pair_key, store_folder
from ..store.settings import PREFIX
from ..work.latest import Job, LatestTask
from ..work.tasks import JudgeTask

_SETTLE_MS = 150
_AZIMUTH = "look_azimuth"
_CIRCLE_SIDES = 72


class AccuracyController(QObject):
    """Lives as long as the dock; works only while its page is shown."""

    failed = pyqtSignal(object)

    def __init__(self, canvas: QgsMapCanvas, dock: AlignDock, desk: ReviewDesk) -> None:
        super().__init__()
        self._canvas, self._dock, self._desk, self.panel = canvas, dock, desk, dock.accuracy
        self.judgement: Judgement | None = None
        self.latest: LatestTask[JudgeTask] = LatestTask()
        self._case: Case | None = None
        self._mark: QgsRubberBand | None = None
        self._outline_px = np.empty((0, 2))
        self.calm = Calm(self, _SETTLE_MS, lambda: self.latest.ask(self._make_task))
        p = self.panel
        for signal, slot in (
            (p.model_chosen, desk.set_model),
            (p.gap_requested, self._show_gap),
            (p.fold_requested, self._show_fold),
            (p.azimuth_changed, self._take_azimuth),
            (p.field_requested, lambda: attempt(self.add_field, self.failed.emit)),
            (desk.refreshed, self._follow),
            (dock.tabs.currentChanged, self._follow),
        ):
            signal.connect(slot)
        QgsProject.instance().readProject.connect(self._recall_azimuth)
        QgsProject.instance().cleared.connect(self._recall_azimuth)
        self._recall_azimuth()

    def close(self) -> None:
        """Take the mark off the map and listen no more."""
        self.calm.stop()
        self._desk.refreshed.disconnect(self._follow)
        self._dock.tabs.currentChanged.disconnect(self._follow)
        QgsProject.instance().readProject.disconnect(self._recall_azimuth)
        QgsProject.instance().cleared.disconnect(self._recall_azimuth)
        self.latest.drop()
        self._unmark()

    # --- judging

    def _follow(self, _tab: int = 0) -> None:
        shown = self._dock.tabs.currentIndex() == ACCURACY
        if not shown:
            self._unmark()
            return
        case = self._make_case()
        if case is None:
            self.calm.stop()
            self._case = self.judgement = None
            self._show()
        elif self._case is None or not _same(case, self._case):
            self.panel.set_stale(True)
            self.calm.start()

    def _make_case(self) -> Case | None:
        session, fit = self._desk.session, self._desk.fit()
        if session is None or fit is None:
            return None
        held = fit.model if session.model == "auto" else ""
        return Case(
            session.points,
            fit,
            session.reference_grid,
            session.sensed_grid,
            session.independent_share,
            _to_metric(session.reference_grid),
            self.panel.look_azimuth(),
            held,
        )

    def _make_task(self) -> Job[JudgeTask] | None:
        case = self._make_case()
        if case is None:
            self._follow()
            return None
        return JudgeTask(case), self._judged

    def _judged(self, task: JudgeTask) -> None:
        if isinstance(task.result, Judgement):
            self.judgement, self._case = task.result, task.case
            self._show()
        elif task.error is not None:
            self.failed.emit(task.error)

    def _show(self) -> None:
        session, points, grid = self._desk.session, np.empty((0, 2)), None
        if session is not None and self.judgement is not None and self._case is not None:
            points, grid = (
                coords.as_points([p.tie_point.reference_px for p in self._case.points if p.in_fit]),
                session.reference_grid,
            )
        automatic = session is not None and session.model == "auto"
        self.panel.show_judgement(self.judgement, points, grid, *self._desk.pixel_size(), automatic)
        if self._desk.session is not None and self.latest.is_waiting:
            self.panel.set_stale(True)

    # --- the look direction, kept in the project

    def _recall_azimuth(self, _document: object = None) -> None:
        value, known = QgsProject.instance().readDoubleEntry(PREFIX, _AZIMUTH, -1.0)
        self.panel.set_look_azimuth(value if known and value >= 0 else None)

    def _take_azimuth(self) -> None:
        value = self.panel.look_azimuth()
        QgsProject.instance().writeEntryDouble(PREFIX, _AZIMUTH, -1.0 if value is None else value)
        self._follow()

    # --- on the map

    def _show_gap(self) -> None:
        if self.judgement is None or self._desk.session is None:
            return
        x, y, radius = self.judgement.coverage.circle_px
        angles = np.linspace(0, 2 * np.pi, _CIRCLE_SIDES, endpoint=False)
        self._draw(np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1))

    def _show_fold(self) -> None:
        if self.judgement is None or self.judgement.folds is None:
            return
        (x, y), side = self.judgement.folds.worst_px, self.judgement.folds.spacing_px
        self._draw(
            np.array(
                [
                    [x - side, y - side],
                    [x + side, y - side],
                    [x + side, y + side],
                    [x - side, y + side],
                ]
            )
        )

    def _draw(self, outline_px: np.ndarray) -> None:
        """Draw an outline on the map and go there; again takes it off."""
        placement, crs = self._desk.placement, self._canvas.mapSettings().destinationCrs()
        if placement is None:
            return
        places = [
            placement.to_canvas((float(x), float(y)), crs)
            for x, y in placement.reference_grid.layer_from_px(outline_px)
        ]
        shape = QgsGeometry.fromPolygonXY([[QgsPointXY(p) for p in places]])
        again = self._mark is not None and np.array_equal(self._outline_px, outline_px)
        self._unmark()
        if again:
            return
        self._outline_px = outline_px
        self._mark = QgsRubberBand(self._canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        colour = QColor(GAP_COLOUR)
        self._mark.setStrokeColor(colour)
        self._mark.setFillColor(QColor(colour.red(), colour.green(), colour.blue(), 30))
        self._mark.setWidth(2)
        self._mark.setToGeometry(shape)
        box = shape.boundingBox()
        box.scale(1.6)
        self._canvas.setExtent(box)
        self._canvas.refresh()

    def _unmark(self) -> None:
        if self._mark is not None:
            self._canvas.scene().removeItem(self._mark)
            self._mark = None

    # --- the displacement field

    def add_field(self) -> QgsVectorLayer:
        """Add the displacement field to the project, in place of the one from before.

        Raises:
            AlignError: there is no fit, or the file cannot be written.
        """
        session, fit, placement = self._desk.session, self._desk.fit(), self._desk.placement
        if session is None or fit is None or fit.details is None or placement is None:
            raise FitError(
                "There is no fit to show the displacements of.",
                "Find tie points or add some by hand first.",
            )
        used = coords.as_points([p.tie_point.sensed_px for p in session.points if p.in_fit])
        path = store_folder() / f"displacement_{pair_key(session.reference, session.sensed)}.gpkg"
        project = QgsProject.instance()
        for identifier, layer in list(project.mapLayers().items()):
            if isinstance(layer, QgsVectorLayer) and layer.source().split("|")[0] == str(path):
                project.removeMapLayer(identifier)
        layer = field_layer(
            displacement_field(fit.details, used, session.sensed_grid),
            placement,
            path,
            tr("Displacement × {0}"),
        )
        add_to_group(layer, aid="displacement")
        return layer


def _same(a: Case, b: Case) -> bool:
    return (
        a.points is b.points
        and a.fit is b.fit
        and a.azimuth_deg == b.azimuth_deg
        and a.to_metric == b.to_metric
    )


def _to_metric(grid: Grid) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return reference px -> east, north: metres where the CRS is geographic, else its own
    unit.
    """
    linear = grid.drawn.linear
    crs = (
        QgsCoordinateReferenceSystem.fromWkt(grid.crs_wkt)
        if grid.crs_wkt
        else QgsCoordinateReferenceSystem()
    )
    if crs.isValid() and crs.isGeographic():
        latitude = grid.layer_from_px(grid.centre_px)[0, 1]
        linear = np.diag([math.cos(math.radians(latitude)), 1.0]) @ linear * METRES_PER_DEGREE
    (a, b), (c, d) = linear.tolist()
    return (a, b), (c, d)
