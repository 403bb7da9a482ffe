"""Adapting to the scene from the dock: kept weights belong to the review, come back with it, can be
discarded; the worker says no where it must.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication
from sar_optical_align.plugin.core.progress import Cancelled
from sar_optical_align.plugin.core.run.adapting import AdaptResult, HeldBack
from sar_optical_align.plugin.core.session.file import load_record
from sar_optical_align.plugin.core.session.record import Adapted
from sar_optical_align.plugin.core.session.session import Session
from sar_optical_align.plugin.store.session_store import adapted_weights, find_earlier, scene_params
from whole_plugin import WholePlugin

SHIPPED = Path(__file__).resolve().parents[2] / "resources" / "weights" / "me_ssm.safetensors"


class Quick:
    """A client of a worker that adapts at once: it writes a copy of the shipped weights, or says
    that they are no better.
    """

    def __init__(self, better=True):
        self.better, self.asked, self.cancelled = better, [], False

    def adapt(self, request, progress):
        self.asked.append(request)
        if self.cancelled:
            raise Cancelled
        progress.update(0.5, "Adapting: step 2")
        if self.better:
            for suffix in (".safetensors", ".json"):
                shutil.copy(SHIPPED.with_suffix(suffix), Path(request.output).with_suffix(suffix))
        message = (
            "At 7 points held back 57 % were found within 1.5 px before and 86 % after, RMSE "
            "2.00 px before and 1.00 px after. "
        )
        message += (
            "The adapted weights are better and are kept."
            if self.better
            else "That is no clear gain: the weights stay as they were."
        )
        return AdaptResult(
            request.output if self.better else "",
            message,
            23,
            7,
            HeldBack(0.57, 2.0),
            HeldBack(0.86, 1.0),
            2,
            0.1,
        )

    def cancel(self):
        self.cancelled = True

    def close(self):
        pass


@pytest.fixture
def whole(qgis_app, tmp_path):
    whole = WholePlugin(tmp_path)
    yield whole
    whole.close()


def adapt(whole, qtbot, client, minutes=1.0):
    controller = whole.plugin.controller
    controller.adapting._worker = lambda: client
    controller.adapting.adapt(minutes)
    assert controller.runner.task is not None
    assert not controller.dock.running_row.isHidden()
    qtbot.waitUntil(lambda: controller.runner.task is None, timeout=20_000)


def files(session):
    return sorted(p.name for p in session.file.path.parent.iterdir() if ".me_ssm-" in p.name)


def test_kept_weights_belong_to_the_review(whole, qtbot):
    session, match, menu = (
        whole.review.desk.session,
        whole.dock.match,
        whole.plugin.controller.adapting.menu,
    )
    assert not menu.discard_action.isEnabled()
    client = Quick()
    adapt(whole, qtbot, client)
    (request,) = client.asked
    used = [p for p in session.points if p.in_fit]
    assert request.reference_px == tuple(p.tie_point.reference_px for p in used)
    assert (request.align.params.matcher, request.align.params.matcher_params["weights"]) == (
        "me_ssm",
        "",
    )
    path = adapted_weights(session)
    assert path == Path(request.output)
    assert path.parent == session.file.path.parent
    assert load_record(session.file.path).adapted == Adapted("me_ssm", path.name)
    assert match.matcher_combo.currentData() == "me_ssm"
    assert match.param_values()["matcher_params"]["weights"] == str(path)
    assert scene_params(session).matcher_params == {"weights": str(path)}
    assert "86 %" in whole.dock.status.text()
    match.choose_matcher("cfog")
    match.choose_matcher("me_ssm")
    assert match.param_values()["matcher_params"]["weights"] == str(path)
    assert menu.discard_action.isEnabled()
    menu.discard_action.trigger()
    assert session.adapted is None
    assert load_record(session.file.path).adapted is None
    assert files(session) == []
    assert match.param_values()["matcher_params"]["weights"] == ""
    assert not menu.discard_action.isEnabled()
    assert SHIPPED.is_file()


def test_they_come_back_and_move_with_the_review(whole, qtbot, tmp_path):
    adapt(whole, qtbot, Quick())
    session = whole.review.desk.session
    found = find_earlier(session.reference, session.sensed)
    assert found.session.adapted == session.adapted
    assert adapted_weights(found.session) == adapted_weights(session)
    profile = session.file.path.parent
    assert QgsProject.instance().write(str(tmp_path / "work.qgz"))
    whole.plugin.controller.review.sessions.relocate()
    assert session.file.path.parent != profile
    assert adapted_weights(session).parent == session.file.path.parent
    assert not [p for p in profile.iterdir() if ".me_ssm-" in p.name]
    json.loads(adapted_weights(session).with_suffix(".json").read_text())
    adapted_weights(session).unlink()
    assert adapted_weights(session) is None  # a file that is gone is not named to the worker
    whole.plugin.controller.adapting.follow()
    assert whole.dock.match.param_values()["matcher_params"]["weights"] == ""


def test_no_gain_and_cancelling_leave_everything(whole, qtbot):
    session, match = whole.review.desk.session, whole.dock.match
    before = match.matcher_combo.currentData()
    adapt(whole, qtbot, Quick(better=False))
    assert "stay as they were" in whole.dock.status.text()
    client = Quick()
    client.cancelled = True
    adapt(whole, qtbot, client)
    assert "Cancelled" in whole.dock.status.text()
    assert session.adapted is None
    assert files(session) == []
    assert match.matcher_combo.currentData() == before


def test_the_menu_asks_how_long_and_a_second_adaptation_takes_the_place_of_the_first(whole, qtbot):
    controller, session = whole.plugin.controller, whole.review.desk.session
    client = Quick()
    controller.adapting._worker = lambda: client

    def answer():
        dialog = QApplication.activeModalWidget()
        assert "26 points" in dialog.layout().itemAt(0).widget().text()
        dialog.minutes.setValue(2.5)
        dialog.accept()

    for _ in range(2):
        QTimer.singleShot(200, answer)
        controller.adapting.menu.adapt_action.trigger()
        qtbot.waitUntil(
            lambda: controller.runner.task is None and bool(client.asked), timeout=20_000
        )
        qtbot.wait(1100)  # names tell the second
    assert [r.minutes for r in client.asked] == [2.5, 2.5]
    assert (
        client.asked[1].align.params.matcher_params["weights"] == ""
    )  # from the shipped ones again
    assert files(session) == sorted(
        Path(client.asked[1].output).with_suffix(s).name for s in (".json", ".safetensors")
    )


def test_too_few_points_are_told_before_anything_is_asked(whole, qtbot):
    session = whole.review.desk.session
    session.reject([p.id for p in session.points[:25]])
    whole.plugin.controller.adapting.menu.adapt_action.trigger()
    assert "at least 12" in whole.dock.status.text()
    assert whole.plugin.controller.runner.task is None


def test_the_real_worker_answers(whole, qtbot, worker_with_torch):
    """Noise against noise: it trains two steps, and finds that nothing was gained or that nothing
    can be learnt.
    """
    QgsSettings().setValue("sar_optical_align/interpreter_mode", "existing")
    QgsSettings().setValue("sar_optical_align/existing_python", worker_with_torch)
    controller, session = whole.plugin.controller, whole.review.desk.session
    controller.adapting.adapt(1.0, steps=1)
    qtbot.waitUntil(lambda: controller.runner.task is None, timeout=240_000)
    assert any(
        words in whole.dock.status.text() for words in ("held back", "too little valid ground")
    ), whole.dock.status.text()
    assert isinstance(session, Session)
    assert (session.adapted is not None) == bool(files(session))
