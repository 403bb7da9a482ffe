"""The client against real worker processes: answers, errors, crashes, cancel, restart, no
orphans.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sar_optical_align.plugin.core.errors import NoOverlapError, UnreadableRasterError, WorkerError
from sar_optical_align.plugin.core.progress import CallbackProgress, Cancelled, Progress
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, RasterRef, Status
from sar_optical_align.plugin.work import worker_client
from sar_optical_align.plugin.work.processes import clean_environment, isolated
from sar_optical_align.plugin.work.worker_client import WorkerClient

FAKE = Path(__file__).resolve().parents[2] / "support" / "fake_worker.py"


def request(kind):
    return AlignRequest(RasterRef(kind), RasterRef("sensed"))


@pytest.fixture
def client():
    c = WorkerClient(sys.executable, str(FAKE))
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


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("segfault", "SIGSEGV"),
        ("exit", "exit code 7"),
        ("orphan", "exit code 7"),
        ("kill", "SIGKILL"),
    ],
)
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
        client.run(
            request("sleep"), CallbackProgress(is_cancelled=lambda: time.monotonic() - began > 0.3)
        )
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_missing_interpreter_and_a_wrong_one_are_told(tmp_path):
    with pytest.raises(WorkerError, match="cannot be started"):
        WorkerClient(str(tmp_path / "nothing")).run(request("fine"), Progress())
    with pytest.raises(WorkerError) as error:
        WorkerClient(sys.executable, "-c", "import no_such_package").run(
            request("fine"), Progress()
        )
    assert "lacks packages" in error.value.hint


def test_the_worker_ends_with_its_parent():
    process = subprocess.Popen(
        [sys.executable, str(FAKE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    process.stdin.close()
    assert process.wait(timeout=20) == 0


@pytest.fixture
def plugins(root, tmp_path):
    """A folder of plugins with a copy of the package, in a folder with an odd name."""
    package = tmp_path / "plugins" / "sar-optical align.2"
    (package / "plugin").mkdir(parents=True)
    for file in ("__init__.py", "metadata.txt", "plugin/__init__.py"):
        shutil.copy(root / file, package / file)
    for folder in ("models", "resources", "plugin/core", "plugin/matchers", "plugin/engine"):
        shutil.copytree(
            root / folder,
            package / folder,
            ignore=shutil.ignore_patterns("__pycache__", "*.safetensors"),
        )
    (package / "plugin" / "work").mkdir()
    shutil.copy(root / "plugin/work/start_worker.py", package / "plugin" / "work")
    return package


def test_no_file_beside_the_package_or_in_the_working_folder_runs_in_the_worker(
    plugins, tmp_path, monkeypatch
):
    marker, here = tmp_path / "ran", tmp_path / "here"
    here.mkdir()
    script = plugins / "plugin" / "work" / "start_worker.py"
    for folder in (plugins.parent, plugins, here, script.parent):
        for name in ("uuid", "numpy", "rasterio", "sitecustomize"):
            (folder / f"{name}.py").write_text(f"open({str(marker)!r}, 'a').write(__file__)\n")
    monkeypatch.chdir(here)
    monkeypatch.setenv("PYTHONPATH", str(here))
    client = WorkerClient(sys.executable, str(script))
    try:
        with pytest.raises(UnreadableRasterError, match="no_such_raster"):
            client.run(
                replace(request("no_such_raster.tif"), params=AlignParams(matcher="cfog")),
                Progress(),
            )
    finally:
        client.close()
    assert not marker.exists()


def test_a_process_that_the_worker_spawns_finds_the_package(plugins):
    (plugins / "plugin" / "engine" / "worker.py").write_text(
        "import multiprocessing\n\n\ndef double(x):\n    return 2 * x\n\n\ndef main():\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n        "
        "print(pool.apply(double, (21,)))\n"
    )
    command = isolated(sys.executable, str(plugins / "plugin" / "work" / "start_worker.py"))
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=clean_environment(),
        cwd=plugins,
    )
    assert (done.stdout.strip(), done.returncode) == ("42", 0), done.stderr


def test_the_child_gets_a_clean_environment(monkeypatch):
    for name in (
        "PYTHONHOME",
        "PYTHONPATH",
        "GDAL_DATA",
        "PROJ_LIB",
        "QT_PLUGIN_PATH",
        "LD_PRELOAD",
    ):
        monkeypatch.setenv(name, "/nonsense")
    env = clean_environment()
    assert not {
        "PYTHONHOME",
        "PYTHONPATH",
        "GDAL_DATA",
        "PROJ_LIB",
        "QT_PLUGIN_PATH",
        "LD_PRELOAD",
    } & set(env)
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
