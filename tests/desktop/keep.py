"""Runs inside the real QGIS desktop, twice: the first run edits a review and is killed, the second finds it again.

Environment: SOA_REFERENCE, SOA_SENSED rasters; SOA_OUT folder.
"""

import os
import signal
import sys
import time
import traceback
from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface, plugins

OUT = Path(os.environ["SOA_OUT"])
PROJECT = OUT / "project.qgz"


def points_file():
    lines = ["reference_x_px,reference_y_px,sensed_x_px,sensed_y_px"]
    lines += [f"{x + 3},{y + 2},{x},{y}" for x in range(40, 400, 40) for y in range(40, 300, 40)]
    (OUT / "points.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return OUT / "points.csv"


def first():
    layers = [QgsRasterLayer(os.environ[name], name) for name in ("SOA_REFERENCE", "SOA_SENSED")]
    QgsProject.instance().addMapLayers(layers)
    plugins["sar_optical_align"].action.trigger()
    controller = plugins["sar_optical_align"].controller
    controller.dock.match.reference_combo.setLayer(layers[0])
    controller.dock.match.sensed_combo.setLayer(layers[1])
    QTest.qWait(300)
    controller.keeping.import_points(points_file())
    assert QgsProject.instance().write(str(PROJECT))
    session = controller.review.session
    session.reject([5])
    session.move(7, reference_px=(111.25, 222.5))
    session.set_model("similarity")
    print(f"LEFT {len(session.points)}", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def second():
    iface.addProject(str(PROJECT))
    plugins["sar_optical_align"].action.trigger()
    controller = plugins["sar_optical_align"].controller
    end = time.monotonic() + 10
    while controller.review.session is None and time.monotonic() < end:
        QTest.qWait(50)
    session = controller.review.session
    assert session is not None
    assert session.model == "similarity"
    assert not session.point(5).tie_point.enabled
    assert session.point(7).tie_point.reference_px == (111.25, 222.5)
    assert session.fit.transform is not None
    print(f"FOUND {len(session.points)}", flush=True)


def run():
    code = 1
    try:
        (second if PROJECT.exists() else first)()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, QGIS must end with a code
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    QgsProject.instance().clear()
    os._exit(code)


QTimer.singleShot(1500, run)
