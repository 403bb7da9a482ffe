"""Dock signals to tasks, tasks to session, session to canvas and project: the only class that knows all of them."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np
from qgis.core import Qgis, QgsApplication, QgsMessageLog, QgsPointXY, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, Qt, QTimer, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QFileDialog

from ..ui.canvas_points import CanvasPoints
from ..ui.dock import AlignDock
from ..ui.point_tool import PointTool
from ..ui.text import tr
from .core import coords
from .core.errors import AlignError, FitError, InputError
from .core.gcp_io import load_points, save_points
from .core.session import Role, Session
from .core.types import AlignRequest, RasterRef, Status, TiePoint
from .layers import add_to_group, confidence_layer, native_grid, raster_ref, reprojection
from .settings import params_from, save_params, session_folder, worker_python
from .tasks import MatchTask, WarpTask
from .worker_client import WorkerClient

LOG = "SAR-Optical Align"
ROOT = Path(__file__).resolve().parent.parent
_POINT_FILES = "QGIS points (*.points);;CSV (*.csv);;GeoJSON (*.geojson)"


class AlignController(QObject):
    """Lives as long as the dock."""

    def __init__(self, iface: object, dock: AlignDock) -> None:
        super().__init__()
        self.iface, self.dock = iface, dock
        self.canvas = iface.mapCanvas()
        self.session: Session | None = None
        self.task: MatchTask | WarpTask | None = None
        self._client: WorkerClient | None = None
        self._client_python = ""
        self._chips = tempfile.TemporaryDirectory(prefix="sar_optical_align_")
        self._pending_reference: tuple[float, float] | None = None
        self._closing = False
        self._last_error = ""
        self.item = CanvasPoints(self.canvas)
        self.tool = PointTool(self.canvas, self.item)
        self._previous_tool = None
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(30)
        self._refresh_timer.timeout.connect(self.refresh)
        self._connect()
        self._check_environment()

    def _connect(self) -> None:
        d, r, t = self.dock, self.dock.review, self.dock.review.table
        for signal, slot in (
            (d.match_requested, self.match), (d.cancel_requested, self.cancel), (d.settings_requested, self._open_settings),
            (d.help_requested, self._open_help), (d.undo_requested, self.undo), (d.redo_requested, self.redo), (d.model_changed, self._set_model),
            (r.undo_requested, self.undo), (r.redo_requested, self.redo), (r.import_requested, self._import), (r.export_requested, self._export),
            (r.add_toggled, self._toggle_add), (r.confidence_requested, self._confidence), (r.vector_scale_changed, self._set_scale),
            (t.accept_requested, lambda ids: self._edit("accept", ids)), (t.reject_requested, lambda ids: self._edit("reject", ids)),
            (t.undecide_requested, lambda ids: self._edit("undecide", ids)), (t.check_requested, self._toggle_check),
            (t.point_selected, self._select), (t.point_activated, self._zoom_to), (d.warp.warp_requested, self.warp),
            (self.tool.selected, self._select_from_canvas), (self.tool.moved, self._move), (self.tool.placed, self._place),
            (self.tool.cancelled, lambda: r.add_button.setChecked(False)), (self.tool.key_pressed, self._canvas_key),
        ):
            signal.connect(slot)

    def close(self) -> None:
        """End tasks and the worker, take everything off the canvas."""
        self._closing = True
        if self.task is not None:
            self.task.cancel()
        if self._client is not None:
            self._client.close()
        if self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
        self._refresh_timer.stop()
        self.canvas.scene().removeItem(self.item)
        self._chips.cleanup()

    # --- matching

    def match(self) -> None:
        """Start a run on the chosen layers."""
        if self.task is not None:
            return
        try:
            request = self._request()
            client = self._worker()
            session = self._session_for(request)
        except AlignError as error:
            self._fail(error)
            self._check_environment()
            return
        save_params(request.params)
        self.dock.set_notice("")
        self.session = session
        self.session.subscribe(lambda _what: self._refresh_timer.start())
        self.session.begin_stream()
        self.task = MatchTask(client, request, Path(self._chips.name) / "surfaces.npz")
        layers = [self.dock.reference_combo.currentLayer(), self.dock.sensed_combo.currentLayer()]
        self.task.setDependentLayers(layers)
        self.task.said.connect(self.dock.set_status)
        self.task.logged.connect(lambda line: QgsMessageLog.logMessage(line, LOG, Qgis.MessageLevel.Info))
        self.task.points_found.connect(self._stream)
        self.task.progressChanged.connect(lambda value: self.dock.progress.setValue(int(value)))
        self.task.ended.connect(self._match_ended)
        self.dock.set_running(True)
        self.dock.set_status(tr("Starting"))
        QgsApplication.taskManager().addTask(self.task)

    def cancel(self) -> None:
        """Stop what runs; the worker is killed at once."""
        if self.task is not None:
            self.dock.set_status(tr("Cancelling"))
            self.task.cancel()

    def _request(self) -> AlignRequest:
        d = self.dock
        params = params_from(d.param_values())
        return AlignRequest(
            raster_ref(d.reference_combo.currentLayer(), d.reference_band.currentBand()),
            raster_ref(d.sensed_combo.currentLayer(), d.sensed_band.currentBand()),
            params,
        )

    def _worker(self) -> WorkerClient:
        python = worker_python()
        if self._client is None or self._client_python != python:
            if self._client is not None:
                self._client.close()
            self._client, self._client_python = WorkerClient(python, ROOT.parent, ROOT.name), python
        return self._client

    def _session_for(self, request: AlignRequest) -> Session:
        """Return the session of a pair: the open one where it is the same pair, else a new one."""
        current = self.session
        if current is not None and (current.reference.path, current.sensed.path) == (request.reference.path, request.sensed.path):
            return current
        session = self._new_session(request.reference, request.sensed)
        session.set_model(request.params.model)
        return session

    def _new_session(self, reference: RasterRef, sensed: RasterRef) -> Session:
        grid, own = native_grid(reference.path), native_grid(sensed.path)
        folder = session_folder()
        folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(f"{reference.path}|{sensed.path}".encode()).hexdigest()[:16]
        self.item.set_crs(grid.crs_wkt)
        return Session(reference, sensed, grid, own, "auto", folder / f"{name}.json", reprojection(own.crs_wkt, grid.crs_wkt))

    def _stream(self, points: list[TiePoint]) -> None:
        if self.session is not None and self.task is not None:
            self.session.add_predicted(points)

    def _match_ended(self) -> None:
        task, self.task = self.task, None
        if self._closing or not isinstance(task, MatchTask):
            return
        self.dock.set_running(False)
        result = task.align_result
        if result is None:
            if task.error is not None:
                self._fail(task.error)
            else:
                self.dock.set_status(tr("Cancelled. What was found so far is not kept."))
            if self.session is not None:
                self.session.end_stream()
            self.refresh()
            return
        if self.session is not None:
            self.session.end_stream()
            self.session.set_result(result)
        self.refresh()
        self.dock.tabs.setCurrentIndex(1)
        self._use_tool()
        if result.status is Status.OK:
            q = result.quality
            unit = "" if q is None or q.loo_rmse_map is None else tr(" · leave-one-out RMSE {0:.4g} map units").format(q.loo_rmse_map)
            pixels = "" if q is None or np.isnan(q.loo_rmse_px) else f" ({q.loo_rmse_px:.2f} px)"
            text = tr("{0} of {1} tie points kept").format(len(result.enabled_points), len(result.points)) + unit + pixels
            if q is not None:
                text += tr(" · coverage {0:.0f} %").format(100 * q.coverage)
            self.iface.messageBar().pushMessage(LOG, text, Qgis.MessageLevel.Success, 12)
            self.dock.set_status(text)
        else:
            self.iface.messageBar().pushMessage(LOG, f"{result.message} {result.hint}", Qgis.MessageLevel.Warning, 0)
            self.dock.set_status(f"{result.message} {result.hint}")

    # --- reviewing

    def refresh(self) -> None:
        """Show the session as it is."""
        if self.session is None or self._closing:
            return
        session, fit = self.session, self.session.fit
        gt = session.reference_grid.geotransform
        unit = float(np.sqrt(abs(gt[1] * gt[5] - gt[2] * gt[4])))
        self.dock.review.show_session(session, fit, unit)
        self.dock.set_model(session.model)
        places = coords.as_points([self._place_of(p.tie_point) for p in session.points])
        linear = np.array([[gt[1], gt[2]], [gt[4], gt[5]]]) if session.reference_grid.crs_wkt else np.diag([1.0, -1.0])
        nothing = (np.nan, np.nan)
        residuals = coords.as_points([fit.residuals_px.get(p.id, nothing) for p in session.points]) @ linear.T
        self.item.set_points(session.points, places, residuals)
        self.dock.warp.button.setEnabled(fit.transform is not None and self.task is None)

    def _place_of(self, point: TiePoint) -> tuple[float, float]:
        """Return where a point is drawn: its map position, or as QGIS shows images without georeferencing (y up, negative)."""
        if point.reference_map is not None:
            return point.reference_map
        return point.reference_px[0], -point.reference_px[1]

    def _edit(self, what: str, ids: list[int]) -> None:
        if self.session is not None and self.task is None:
            getattr(self.session, what)(ids)

    def _toggle_check(self, ids: list[int]) -> None:
        if self.session is None:
            return
        all_check = all(self.session.point(i).role is Role.CHECK for i in ids)
        self.session.set_role(ids, Role.GCP if all_check else Role.CHECK)

    def undo(self) -> None:
        """Take back the last edit."""
        if self.session is not None:
            self.session.undo()

    def redo(self) -> None:
        """Do the last undone edit again."""
        if self.session is not None:
            self.session.redo()

    def _set_model(self, key: str) -> None:
        if self.session is not None:
            self.session.set_model(key)

    def _set_scale(self, scale: float) -> None:
        self.item.vector_scale = scale
        self.item.update()

    def _select(self, ids: list[int]) -> None:
        self.item.set_selected(ids)
        point = self.session.point(ids[0]).tie_point if self.session is not None and len(ids) >= 1 else None
        self.dock.review.heatmap.set_point(point)

    def _select_from_canvas(self, ids: list[int]) -> None:
        self.dock.review.table.select_ids(ids)
        self._select(ids)

    def _zoom_to(self, identifier: int) -> None:
        if self.session is None:
            return
        place = QgsPointXY(*self._place_of(self.session.point(identifier).tie_point))
        self.canvas.setCenter(self._to_canvas(place))
        self.canvas.refresh()

    def _canvas_key(self, key: int) -> None:
        table = self.dock.review.table
        if key in (int(Qt.Key.Key_N), int(Qt.Key.Key_P)):
            table.step(1 if key == int(Qt.Key.Key_N) else -1)
            return
        ids = table.selected_ids()
        if not ids:
            return
        if key == int(Qt.Key.Key_C):
            self._toggle_check(ids)
        else:
            self._edit({int(Qt.Key.Key_A): "accept", int(Qt.Key.Key_U): "undecide"}.get(key, "reject"), ids)

    def _use_tool(self) -> None:
        if self.canvas.mapTool() is not self.tool:
            self.canvas.setMapTool(self.tool)

    def _to_canvas(self, place: QgsPointXY) -> QgsPointXY:
        forward = reprojection(self.session.reference_grid.crs_wkt, self.canvas.mapSettings().destinationCrs().toWkt()) if self.session else None
        if forward is None:
            return place
        x, y = forward(np.array([[place.x(), place.y()]]))[0]
        return QgsPointXY(x, y)

    def _reference_px(self, canvas_place: QgsPointXY) -> tuple[float, float]:
        """Canvas coordinates -> reference px."""
        if self.session is None:
            raise InputError("There is no session.")
        grid = self.session.reference_grid
        if not grid.crs_wkt:
            return canvas_place.x(), -canvas_place.y()
        backward = reprojection(self.canvas.mapSettings().destinationCrs().toWkt(), grid.crs_wkt)
        place = np.array([[canvas_place.x(), canvas_place.y()]])
        x, y = coords.px_from_map(grid.geotransform, place if backward is None else backward(place))[0]
        return float(x), float(y)

    def _move(self, identifier: int, place: QgsPointXY) -> None:
        if self.session is not None and self.task is None:
            self.session.move(identifier, reference_px=self._reference_px(place))

    def _toggle_add(self, adding: bool) -> None:
        if adding and self.session is None:
            try:
                d = self.dock
                self.session = self._new_session(raster_ref(d.reference_combo.currentLayer()), raster_ref(d.sensed_combo.currentLayer()))
                self.session.subscribe(lambda _what: self._refresh_timer.start())
            except AlignError as error:
                self._fail(error)
                self.dock.review.add_button.setChecked(False)
                return
        self.tool.adding, self._pending_reference = adding, None
        self.item.set_pending(None)
        if adding:
            self._use_tool()
            self.dock.set_status(tr("Click the place in the reference. Escape ends adding."))

    def _place(self, place: QgsPointXY) -> None:
        if self.session is None:
            return
        at = self._reference_px(place)
        if self._pending_reference is None:
            self._pending_reference = at
            self.item.set_pending(place)
            self.dock.set_status(tr("Now click the same place in the sensed image (where it lies now on the canvas)."))
            return
        sensed = self._sensed_px(place)
        identifier = self.session.add(self._pending_reference, sensed)
        self._pending_reference = None
        self.item.set_pending(None)
        self.dock.set_status(tr("Point {0} added. Click the next place in the reference.").format(identifier))

    def _sensed_px(self, canvas_place: QgsPointXY) -> tuple[float, float]:
        """Canvas coordinates -> px of the sensed raster as it is georeferenced."""
        grid = self.session.sensed_grid if self.session is not None else None
        if grid is None or not grid.crs_wkt:
            return canvas_place.x(), -canvas_place.y()
        backward = reprojection(self.canvas.mapSettings().destinationCrs().toWkt(), grid.crs_wkt)
        place = np.array([[canvas_place.x(), canvas_place.y()]])
        x, y = coords.px_from_map(grid.geotransform, place if backward is None else backward(place))[0]
        return float(x), float(y)

    # --- files

    def _import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self.dock, tr("Import control points"), "", _POINT_FILES)
        if path:
            self.import_points(Path(path))

    def import_points(self, path: Path) -> None:
        """Read a control-point file into the session."""
        try:
            if self.session is None:
                d = self.dock
                self.session = self._new_session(raster_ref(d.reference_combo.currentLayer()), raster_ref(d.sensed_combo.currentLayer()))
                self.session.subscribe(lambda _what: self._refresh_timer.start())
            s = self.session
            points = load_points(path, s.reference_grid, s.sensed_grid, lambda wkt: reprojection(wkt, s.reference_grid.crs_wkt))
            s.replace_all(points)
            self._use_tool()
        except AlignError as error:
            self._fail(error)

    def _export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self.dock, tr("Export control points"), "", _POINT_FILES)
        if path:
            self.export_points(Path(path))

    def export_points(self, path: Path) -> None:
        """Write the points as reviewed."""
        try:
            if self.session is None or not self.session.points:
                raise InputError("There are no points to export.", "Find tie points first.")
            s = self.session
            save_points(path, s.to_tie_points(), s.reference_grid, s.sensed_grid, s.fit.residuals_px)
            self.dock.set_status(tr("Written: {0}").format(path))
        except AlignError as error:
            self._fail(error)

    def _confidence(self) -> None:
        try:
            if self.session is None or not self.session.points:
                raise InputError("There are no points yet.", "Find tie points first.")
            path = session_folder() / f"confidence_{len(self.session.points)}_{id(self.session) & 0xFFFF:x}.tif"
            add_to_group(confidence_layer(self.session.to_tie_points(), self.session.reference_grid, path))
        except AlignError as error:
            self._fail(error)

    # --- warping

    def warp(self) -> None:
        """Write the warped raster with the session's fit."""
        if self.task is not None:
            return
        try:
            if self.session is None or self.session.fit.transform is None:
                message = self.session.fit.message if self.session is not None else "There are no control points."
                raise FitError(message, "Find tie points or add some by hand first.")
            target = self.dock.warp.output.filePath()
            if not target:
                raise InputError("No output file is given.", "Choose one above the Warp button.")
            path = Path(target if Path(target).suffix else f"{target}.tif")
            s = self.session
            self.task = WarpTask(s.sensed.path, s.reference_grid, s.fit.transform, path, self.dock.warp.warp_params(), s.sensed.nodata)
        except AlignError as error:
            self._fail(error)
            return
        self.task.said.connect(self.dock.set_status)
        self.task.progressChanged.connect(lambda value: self.dock.progress.setValue(int(value)))
        self.task.ended.connect(self._warp_ended)
        self.dock.set_running(True)
        QgsApplication.taskManager().addTask(self.task)

    def _warp_ended(self) -> None:
        task, self.task = self.task, None
        if self._closing or not isinstance(task, WarpTask):
            return
        self.dock.set_running(False)
        self.refresh()
        if task.error is not None:
            self._fail(task.error)
        elif task.result is None:
            self.dock.set_status(tr("Cancelled; nothing was written."))
        else:
            layer = QgsRasterLayer(str(task.output), task.output.stem)
            add_to_group(layer, QgsProject.instance())
            self.dock.set_status(tr("Written: {0}").format(task.output))
            self.iface.messageBar().pushMessage(LOG, tr("Written: {0}").format(task.output), Qgis.MessageLevel.Success, 8)

    # --- the rest

    def _fail(self, error: AlignError) -> None:
        self._last_error = str(error)
        self.dock.set_status(str(error))
        self.iface.messageBar().pushMessage(LOG, str(error), Qgis.MessageLevel.Critical, 0)
        QgsMessageLog.logMessage(str(error), LOG, Qgis.MessageLevel.Critical)

    def _check_environment(self) -> None:
        try:
            worker_python()
            self.dock.set_notice("")
        except AlignError as error:
            self.dock.set_notice(str(error))

    def _open_settings(self) -> None:
        self.iface.showOptionsDialog(self.iface.mainWindow(), "sarOpticalAlignOptions")
        self._check_environment()

    def _open_help(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(ROOT / "resources" / "help" / "index.html")))
