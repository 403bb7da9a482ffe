"""Runs inside the real QGIS desktop: one network, chosen in the dock, with its own settings, and
what it tells of a point.

Environment: see `desk`; SOA_MATCHER the network.
"""

import os

from desk import OUT, click, open_pair, play, say, settle, shot, wait
from qgis.core import QgsProject
from qgis.PyQt.QtTest import QTest
from qgis.utils import iface

KEY = os.environ["SOA_MATCHER"]


def choose(plugin):
    match = plugin.dock.match
    match.choose_matcher(KEY)
    match.matcher_box.setCollapsed(False)
    assert match.matcher_form is not None
    assert "weights" in match.matcher_form.values()
    match.set_param("search_radius", 400.0)
    shot("1_settings")


def run(plugin):
    dock, controller = plugin.dock, plugin.controller
    click(dock.match.run_button)
    wait(lambda: controller.runner.task is not None, 10, "task")
    QTest.qWait(1500)
    wait(lambda: controller.runner.task is None or dock.progress.value() >= 40, 600, "progress")
    iface.mainWindow().grab().save(str(OUT / "2_running.png"))
    wait(lambda: controller.runner.task is None, 900, "run")
    session = controller.review.desk.session
    say(dock.status.text())
    assert session is not None, dock.status.text()
    assert len(session.points) >= 20, dock.status.text()
    assert session.fit.transform is not None, session.fit.message
    iface.messageBar().clearWidgets()
    QgsProject.instance().layerTreeRoot().findLayer(dock.pair()[1].id()).setItemVisibilityChecked(
        False
    )
    shot("3_answer")


def look(plugin):
    """Select the surest point near the middle: its chips, its surface and its score are shown."""
    review = plugin.controller.review
    grid, inside = (
        review.desk.session.reference_grid,
        [p for p in review.desk.session.points if p.in_fit],
    )
    middle = [
        p
        for p in inside
        if abs(p.tie_point.reference_px[0] / grid.width - 0.5) < 0.2
        and abs(p.tie_point.reference_px[1] / grid.height - 0.5) < 0.2
    ]
    chosen = max(middle or inside, key=lambda p: p.tie_point.score)
    assert chosen.tie_point.evidence is not None
    assert chosen.tie_point.evidence.surface.size > 8
    review.map.zoom_to(chosen.id)
    review.desk.select([chosen.id])
    settle()
    shot("4_evidence")
    say(
        f"{KEY}: {len(inside)} of {len(review.desk.session.points)} in the fit, {chosen.id} "
        f"scores {chosen.tie_point.score:.2f}"
    )


def main():
    plugin = open_pair()[0]
    choose(plugin)
    run(plugin)
    look(plugin)


play(main)
