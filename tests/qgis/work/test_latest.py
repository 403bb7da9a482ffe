"""Of what is asked for while a task runs the newest is done; what was dropped reaches nobody."""

import threading

import pytest
from qgis.PyQt.QtCore import QThread
from sar_optical_align.plugin.core.errors import InputError
from sar_optical_align.plugin.work.latest import LatestTask
from sar_optical_align.plugin.work.tasks import BackgroundTask


class Desk:
    """Asks for tasks by name that run until their gate is opened; notes what became of them."""

    def __init__(self):
        self.latest, self.gates, self.made, self.taken = LatestTask(), {}, [], []
        self.begun, self.then = [], lambda: None

    def ask(self, name):
        gate = self.gates.setdefault(name, threading.Event())

        def work(progress):
            self.begun.append(name)
            while not gate.wait(0.01):
                progress.poll()
            if name == "bad":
                raise InputError("It is bad.", "Take another.")
            return name

        def make():
            self.made.append(name)
            return BackgroundTask(name, work), self.take

        self.latest.ask(make)

    def take(self, task):
        assert self.latest.task is None
        assert QThread.currentThread() is task.thread()
        self.taken.append(task.error or task.result)
        self.then()

    def open(self, *names):
        for name in names:
            self.gates[name].set()


@pytest.fixture
def desk(qgis_app, qtbot):
    desk = Desk()
    desk.until = lambda condition: qtbot.waitUntil(condition, timeout=10_000)
    yield desk
    desk.latest.drop()
    desk.until(lambda: desk.latest.task is None)


def test_the_newest_of_what_is_asked_meanwhile_comes_next(desk):
    for name in "abcd":
        desk.ask(name)
    assert desk.made == ["a"]
    assert desk.latest.is_waiting
    desk.open("a", "d")
    desk.until(lambda: len(desk.taken) == 2)
    assert desk.made == desk.taken == ["a", "d"]
    assert desk.latest.task is None
    assert not desk.latest.is_waiting


def test_what_the_taker_asks_for_is_newer_than_what_waits(desk):
    desk.ask("a")
    desk.ask("b")
    desk.then = lambda: desk.made == ["a"] and desk.ask("c")
    desk.open("a")
    desk.until(lambda: desk.made == ["a", "c"])
    assert not desk.latest.is_waiting


def test_a_failed_and_a_cancelled_task_are_taken_too(desk):
    desk.ask("bad")
    desk.open("bad")
    desk.until(lambda: len(desk.taken) == 1)
    assert str(desk.taken[0]).startswith("It is bad.")
    desk.ask("a")
    desk.latest.task.cancel()
    desk.until(lambda: len(desk.taken) == 2)
    assert desk.taken[1] is None


def test_a_dropped_task_reaches_nobody_and_the_next_waits_for_its_end(desk):
    desk.ask("a")
    desk.ask("b")
    desk.until(lambda: desk.begun == ["a"])
    desk.latest.drop()
    assert not desk.latest.is_waiting
    desk.ask("c")
    assert desk.made == ["a"]  # two never run at once
    desk.open("c")
    desk.until(lambda: bool(desk.taken))
    assert desk.begun == desk.made == ["a", "c"]
    assert desk.taken == ["c"]


def test_dropping_without_a_task_and_a_maker_without_one_leave_nothing(desk):
    desk.latest.drop()
    desk.latest.ask(lambda: None)
    assert desk.latest.task is None
    desk.ask("a")
    desk.open("a")
    desk.until(lambda: desk.taken == ["a"])
