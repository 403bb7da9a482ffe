"""A debounce does its work once, after the last asking."""

from qgis.PyQt.QtCore import QElapsedTimer, QObject
from sar_optical_align.ui.parts.calm import Calm


def test_many_askings_are_one_answer_after_the_last(qgis_app, qtbot):
    parent, done, clock = QObject(), [], QElapsedTimer()
    calm = Calm(parent, 60, lambda: done.append(clock.elapsed()))
    clock.start()
    for _ in range(4):
        calm.start()
        qtbot.wait(30)
    assert not done
    qtbot.waitUntil(lambda: bool(done), timeout=2000)
    qtbot.wait(150)
    assert len(done) == 1
    assert done[0] >= 140
    calm.start()
    qtbot.waitUntil(lambda: len(done) == 2, timeout=2000)


def test_an_asking_taken_back_is_not_answered(qgis_app, qtbot):
    parent, done = QObject(), []
    calm = Calm(parent, 0, lambda: done.append(1))
    calm.start()
    calm.stop()
    qtbot.wait(50)
    assert not done
