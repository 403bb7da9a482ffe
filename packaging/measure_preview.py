"""Measures how far the live preview is behind an edit, and the comparison's frames:
`QT_QPA_PLATFORM=offscreen .venv-qgis/bin/python packaging/measure_preview.py`.

Optional arguments: reference and sensed raster (else a synthetic pair of 3072 x 4096 px), and
--points N (1000). Every edit moves or rejects a point of a review with table, canvas and autosave;
*shown* is the time until the preview layer is the new one, *processor* the time of all threads
until then (what it takes on an idle machine at most), *drawn* until the map on the canvas (1400 x
900) shows it.
"""

import argparse
import importlib.util
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from osgeo import gdal, osr
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtGui import QImage, QPainter

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "sar_optical_align"
MODELS = ("affine", "projective", "polynomial2", "polynomial3", "tps", "field", "auto")
EDITS = 12


def load_package() -> None:
    spec = importlib.util.spec_from_file_location(
        PACKAGE, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


def make_raster(path: Path, seed: int) -> str:
    """Write 3072 x 4096 noise in blocks, without overviews."""
    data = np.kron(
        np.random.default_rng(seed).integers(0, 255, (512, 384)), np.ones((8, 8))
    ).astype(np.uint8)
    dataset = gdal.GetDriverByName("GTiff").Create(
        str(path), data.shape[1], data.shape[0], 1, gdal.GDT_Byte, ["TILED=YES", "COMPRESS=DEFLATE"]
    )
    dataset.SetGeoTransform((500000.0, 10.0, 0.0, 5400000.0, 0.0, -10.0))
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(32633)
    dataset.SetProjection(srs.ExportToWkt())
    dataset.GetRasterBand(1).WriteArray(data)
    dataset.FlushCache()
    return str(path)


def wait(condition: object, seconds: float = 20.0) -> None:
    end = time.perf_counter() + seconds
    while not condition():
        QgsApplication.processEvents()
        time.sleep(0.001)
        if time.perf_counter() > end:
            sys.exit("timed out")


def measure_comparison(
    canvas: QgsMapCanvas, reference: QgsRasterLayer, moved: QgsRasterLayer
) -> None:
    """Paint the comparison in each mode, as for every step of a dragged divider."""
    from sar_optical_align.ui.views.compare_view import MODES, SWIPE, CompareView

    view = CompareView(canvas)
    view.set_layers(reference, moved)
    image = QImage(canvas.viewport().size(), QImage.Format.Format_ARGB32_Premultiplied)
    print("comparison: milliseconds to paint a frame, median (worst) of 60")
    for mode in MODES:
        view.set_mode(mode)
        wait(lambda: all(view.renderer.pictures) and not view.renderer.is_busy)
        took = []
        for frame in range(60):
            view.amounts[SWIPE] = 10 + frame
            start, painter = time.perf_counter(), QPainter(image)
            view.paint(painter)
            painter.end()
            took.append(1000 * (time.perf_counter() - start))
        print(f"{mode:12} {statistics.median(took):5.1f} ({max(took):5.1f})", flush=True)
    view.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rasters", nargs="*", help="reference and sensed raster")
    parser.add_argument("--points", type=int, default=1000)
    arguments = parser.parse_args()
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], True)
    application.initQgis()
    load_package()
    from sar_optical_align.plugin.core.types import RasterRef, TiePoint, WarpParams
    from sar_optical_align.plugin.dock.live_preview import LivePreview
    from sar_optical_align.plugin.reviewing import controller as review_controller
    from sar_optical_align.plugin.store import session_store
    from sar_optical_align.ui.panels.review_panel import ReviewPanel

    folder = Path(tempfile.mkdtemp())
    session_store.session_folder = lambda: folder / "sessions"
    paths = arguments.rasters or [
        make_raster(folder / f"{name}.tif", i) for i, name in enumerate(("reference", "sensed"))
    ]
    layers = [
        QgsRasterLayer(path, name)
        for path, name in zip(paths, ("reference", "sensed"), strict=True)
    ]
    QgsProject.instance().addMapLayers(layers)
    canvas, panel = QgsMapCanvas(), ReviewPanel()
    canvas.resize(1400, 900)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(layers[0].crs()))
    canvas.setExtent(layers[0].extent())
    canvas.show()
    panel.show()
    review = review_controller.ReviewController(canvas, panel)
    session = review.sessions.open(RasterRef(paths[0]), RasterRef(paths[1]), "affine")
    grid = session.sensed_grid
    rng = np.random.default_rng(1)
    sensed = rng.uniform(0, 1, (arguments.points, 2)) * [grid.width, grid.height]
    x, y = sensed.T
    reference = (
        sensed
        + np.stack(
            [5 * np.sin(x / 600) + 3 * np.cos(y / 500), 4 * np.sin(y / 570 + x / 900)], axis=1
        )
        + rng.normal(0, 0.7, sensed.shape)
    )
    on_map = session.reference_grid.map_from_px(reference)
    own = session.sensed_grid.map_from_px(sensed)
    session.replace_all(
        [
            TiePoint(i, *map(tuple, (r.tolist(), s.tolist(), m.tolist(), o.tolist())))
            for i, (r, s, m, o) in enumerate(zip(reference, sensed, on_map, own, strict=True), 1)
        ]
    )
    preview = LivePreview("preview of {0}", WarpParams)
    review.desk.fitted.connect(lambda: preview.follow(session, review.desk.fit(), layers[1]))
    drawn = [0]
    canvas.mapCanvasRefreshed.connect(lambda: drawn.__setitem__(0, drawn[0] + 1))
    preview.set_on(True)
    review.desk.refresh()
    wait(lambda: preview.layer is not None)
    canvas.setLayers([preview.layer, *layers[::-1]])
    print(
        f"{arguments.points} points, {grid.width} x {grid.height} px; milliseconds, "
        f"median (worst) of {EDITS} edits"
    )
    for model in MODELS:
        session.set_model(model)
        wait(
            lambda: (
                preview._shown is not None
                and preview._shown[0] is session.fit.transform
                and preview.latest.task is None
            )
        )
        wait(lambda: not canvas.isDrawing())
        shown, painted, busy = [], [], []
        for edit in range(EDITS):
            source, before, start, cpu = (
                preview.layer.source(),
                drawn[0],
                time.perf_counter(),
                time.process_time(),
            )
            if edit % 2:
                session.reject([edit + 1])
            else:
                px = session.point(edit + 1).tie_point.reference_px
                session.move(edit + 1, (px[0] + 1.5, px[1]))
            wait(lambda s=source: preview.layer.source() != s)
            shown.append(1000 * (time.perf_counter() - start))
            busy.append(1000 * (time.process_time() - cpu))
            wait(lambda b=before: drawn[0] > b and not canvas.isDrawing())
            painted.append(1000 * (time.perf_counter() - start))
        figures = (
            f"{name} {statistics.median(v):4.0f} ({max(v):4.0f})"
            for name, v in (("shown", shown), ("processor", busy), ("drawn", painted))
        )
        print(f"{model:12}", "   ".join(figures), flush=True)
        for _ in range(EDITS):  # each model is measured on the same points
            session.undo()
    measure_comparison(canvas, layers[0], preview.layer)
    preview.close()
    review.close()
    QgsProject.instance().clear()
    sys.stdout.flush()
    os._exit(0)  # outside QGIS its libraries are not taken down in order


if __name__ == "__main__":
    main()
