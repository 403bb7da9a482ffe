"""The client against real worker processes: answers, errors, crashes, cancel, restart, no orphans."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sar_optical_align.plugin import worker_client
from sar_optical_align.plugin.core.errors import NoOverlapError, WorkerError
from sar_optical_align.plugin.core.progress import CallbackProgress, Cancelled, Progress
from sar_optical_align.plugin.core.types import AlignRequest, RasterRef, Status
from sar_optical_align.plugin.worker_client import WorkerClient, clean_environment

FAKE = Path(__file__).resolve().parents[1] / "support" / "fake_worker.py"


def request(kind):
    return AlignRequest(RasterRef(kind), RasterRef("sensed"))


@pytest.fixture
def client(tmp_path):
    c = WorkerClient(sys.executable, tmp_path, "unused")
    c._command = [sys.executable, str(FAKE)]
    yield c
    c.close()


def test_it_answers_and_stays(client):
    points, said = [], []
    progress = CallbackProgress(lambda f, m: said.append((f, m)), points.extend)
    assert client.run(request("fine"), progress).status is Status.OK
    first = client.pid
    assert client.run(request("fine"), progress).status is Status.OK
    assert client.pid == first
    assert len(points) == 2
    assert said[0] == (0.1, "started")


def test_errors_of_the_engine_arrive_as_they_were(client):
    with pytest.raises(NoOverlapError) as error:
        client.run(request("error"), Progress())
    assert error.value.hint == "Check the CRS."
    assert client.is_alive
    with pytest.raises(WorkerError, match="ZeroDivisionError: oops"):
        client.run(request("bug"), Progress())
    assert client.run(request("fine"), Progress()).status is Status.OK


@pytest.mark.parametrize(("kind", "words"), [("segfault", "SIGSEGV"), ("exit", "exit code 7"), ("orphan", "exit code 7"), ("kill", "SIGKILL")])
def test_a_crash_is_told_with_its_last_words_and_the_next_run_works(client, kind, words):
    with pytest.raises(WorkerError, match=words) as error:
        client.run(request(kind), Progress())
    assert error.value.hint
    if kind == "segfault":
        assert "about to crash" in error.value.message
    assert client.run(request("fine"), Progress()).status is Status.OK


def test_cancel_from_another_thread_returns_within_a_second(client):
    client.run(request("fine"), Progress())
    started = time.monotonic()
    threading.Timer(0.5, client.cancel).start()
    with pytest.raises(Cancelled):
        client.run(request("sleep"), Progress())
    assert time.monotonic() - started < 1.5
    assert client.run(request("fine"), Progress()).status is Status.OK


def test_a_progress_that_cancels_kills_the_worker(client):
    client.run(request("fine"), Progress())
    pid, began = client.pid, time.monotonic()
    with pytest.raises(Cancelled):
        client.run(request("sleep"), CallbackProgress(is_cancelled=lambda: time.monotonic() - began > 0.3))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_missing_interpreter_and_a_wrong_one_are_told(tmp_path):
    with pytest.raises(WorkerError, match="cannot be started"):
        WorkerClient(str(tmp_path / "nothing"), tmp_path, "x").run(request("fine"), Progress())
    with pytest.raises(WorkerError) as error:
        WorkerClient(sys.executable, tmp_path, "no_such_package").run(request("fine"), Progress())
    assert "lacks packages" in error.value.hint


def test_the_worker_ends_with_its_parent():
    process = subprocess.Popen([sys.executable, str(FAKE)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process.stdin.close()
    assert process.wait(timeout=20) == 0


def test_the_child_gets_a_clean_environment(monkeypatch, tmp_path):
    for name in ("PYTHONHOME", "GDAL_DATA", "PROJ_LIB", "QT_PLUGIN_PATH", "LD_PRELOAD"):
        monkeypatch.setenv(name, "/nonsense")
    env = clean_environment(tmp_path)
    assert not {"PYTHONHOME", "GDAL_DATA", "PROJ_LIB", "QT_PLUGIN_PATH", "LD_PRELOAD"} & set(env)
    assert env["PYTHONPATH"] == str(tmp_path)
    assert env["PATH"]


@pytest.mark.parametrize("kind", ["garbage", "odd progress", "odd points"])
def test_a_malformed_message_is_told_and_the_next_run_works(client, kind):
    with pytest.raises(WorkerError):
        client.run(request(kind), Progress())
    assert client.run(request("fine"), Progress()).status is Status.OK


@pytest.mark.skipif(sys.platform == "win32", reason="a process is stopped by a signal")
def test_a_stopped_worker_is_told_of_and_cancel_ends_it(client, monkeypatch):
    monkeypatch.setattr(worker_client, "SILENCE_S", 0.3)
    silences, stop = [], threading.Event()

    class Watching(Progress):
        def silent(self, seconds):
            silences.append(seconds)
            if len(silences) == 2:
                stop.set()

        def poll(self):
            if stop.is_set():
                raise Cancelled

    start = time.monotonic()
    with pytest.raises(Cancelled):
        client.run(request("stop"), Watching())
    assert time.monotonic() - start < 10
    assert len(silences) == 2
    assert not client.is_alive
    assert client.run(request("fine"), Progress()).status is Status.OK
