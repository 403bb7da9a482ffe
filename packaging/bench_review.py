"""Measures the review: an edit with refit, table and canvas, one paint of the canvas, chips,
opening a session. `make bench-review`.

Points lie around a known affine with a similarity surface each, all in view on a canvas of 1600 x
1000 pixels, with residual vectors.
"""

import importlib.util
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "sar_optical_align"
REPEATS = 7


def load_package() -> None:
    sys.path[:] = [p for p in sys.path if Path(p).resolve() not in (ROOT, ROOT / "packaging")]
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    spec = importlib.util.spec_from_file_location(
        PACKAGE, ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    if spec is None or spec.loader is None:
        sys.exit("the package cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = module
    spec.loader.exec_module(module)


def median_ms(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median time of an action, ms; the first call, which fills caches, is not
    counted.
    """
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


def measure(count: int, folder: Path, model: str) -> None:
    from qgis.core import QgsCoordinateReferenceSystem, QgsRectangle
    from qgis.gui import QgsMapCanvas
    from qgis.PyQt.QtGui import QImage, QPainter
    from qgis.PyQt.QtWidgets import QApplication
    from review_pairs import REFERENCE_GT, SIZE, result_of, tie_points, write_pair
    from sar_optical_align.plugin.core.session.file import SessionFile
    from sar_optical_align.plugin.core.session.session import Session
    from sar_optical_align.plugin.core.types import RasterRef
    from sar_optical_align.plugin.reviewing.controller import ReviewController
    from sar_optical_align.ui.panels.review_panel import ReviewPanel

    canvas = QgsMapCanvas()
    canvas.resize(1600, 1000)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32633"))
    x, dx, _, y, _, dy = REFERENCE_GT
    canvas.setExtent(QgsRectangle(x, y + dy * SIZE[1], x + dx * SIZE[0], y))
    panel = ReviewPanel()
    panel.resize(430, 900)
    canvas.show()
    panel.show()
    folder.mkdir()
    refs = [RasterRef(path) for path in write_pair(folder)]
    review = ReviewController(canvas, panel)
    session = review.sessions.open(*refs, model)
    session.file = None
    review.sessions.begin_stream()
    review.sessions.end_stream(result_of(tie_points(count), refs))
    review.map.use_tool()
    image = QImage(canvas.width(), canvas.height(), QImage.Format.Format_ARGB32_Premultiplied)

    def paint() -> None:
        painter = QPainter(image)
        review.map.item.paint(painter)
        painter.end()

    def edit() -> None:
        identifier = session.points[len(session.points) // 2].id
        (session.reject if session.point(identifier).in_fit else session.accept)([identifier])
        review.desk.refresh()
        QApplication.processEvents()
        panel.table.grab()
        paint()

    def pan() -> None:
        canvas.setCenter(canvas.center())
        review.map.item._cache.clear()
        paint()

    shown = median_ms(edit)
    painted = median_ms(pan, 30)
    review.desk.select([session.points[count // 2].id])
    chips = median_ms(review.chips._lay_out)
    session.file = SessionFile(folder / "session.gpkg")
    session.save()

    def save() -> None:
        identifier = session.points[len(session.points) // 2].id
        (session.reject if session.point(identifier).in_fit else session.accept)([identifier])

    saved = median_ms(save)

    def reopen() -> None:
        again = Session.load(folder / "session.gpkg")
        review.desk.lay(again)
        paint()

    opened = median_ms(reopen, 3)
    print(
        f"{count:6d} points, {model:6s}: edit, refit, table, canvas {shown:4.0f} ms; "
        f"paint {painted:5.1f} ms, {1e3 / painted:3.0f} frames/s; "
        f"chips {chips:3.0f} ms; save {saved:4.0f} ms; open {opened:4.0f} ms",
        flush=True,
    )
    review.close()
    panel.close()
    canvas.close()


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    load_package()
    from qgis.core import QgsApplication

    app = QgsApplication([], True)
    app.initQgis()
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; median "
        f"of {REPEATS}; saving is not part of the edit"
    )
    print(
        "targets: edit 100 ms for 1000 points, 500 ms for 10000; 30 frames/s; opening "
        "10000 points 2000 ms"
    )
    with tempfile.TemporaryDirectory() as folder:
        from sar_optical_align.plugin.store import session_store

        session_store.session_folder = lambda: Path(folder) / "sessions"
        for count in (1000, 10000):
            for model in ("affine", "auto"):
                measure(count, Path(folder) / f"{count}{model}", model)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
