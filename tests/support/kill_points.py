"""Dies at every statement and every rename of a save in turn, each time in a process of its own;
prints what is left as JSON.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import conftest  # noqa: F401 - registers the package
from sar_optical_align.plugin.core.session import file as session_file
from sar_optical_align.plugin.core.session.file import SessionFile, load_record
from sar_optical_align.plugin.core.session.session import Session
from sessions import session


class Countdown:
    left = 0

    @classmethod
    def tick(cls):
        cls.left -= 1
        if cls.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Mortal(sqlite3.Connection):
    def execute(self, *args):
        Countdown.tick()
        out = super().execute(*args)
        Countdown.tick()
        return out

    def executemany(self, *args):
        Countdown.tick()
        out = super().executemany(*args)
        Countdown.tick()
        return out


def mortal(steps):
    """Die after so many ticks."""
    Countdown.left = steps
    connect, replace = sqlite3.connect, os.replace
    session_file.sqlite3.connect = lambda *args, **more: connect(*args, factory=Mortal, **more)

    def renamed(*args):
        Countdown.tick()
        replace(*args)
        Countdown.tick()

    os.replace = renamed


def die(steps, work):
    """Whether the process died at that step rather than finished."""
    pid = os.fork()
    if pid == 0:
        mortal(steps)
        work()
        os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def state(path):
    """The x of point 1, or None where there is no file; raises where it is no whole review."""
    if not path.exists():
        return None
    record = load_record(path)
    assert len(record.points) == 60
    return record.points[0].tie_point.reference_px[0]


def main(folder):
    create, edit = [], []
    for steps in range(1, 10_000):
        path = folder / f"create{steps}.gpkg"
        died = die(steps, lambda p=path: session(60, file=p))
        create.append(state(path))
        session(60, file=path).reject([2])  # goes on whatever was left behind
        assert state(path) is not None
        if not died:
            break
    base = folder / "base.gpkg"
    session(60, file=base)
    for steps in range(1, 10_000):
        path = folder / f"edit{steps}.gpkg"
        shutil.copy(base, path)

        def work(p=path):
            record = load_record(p)
            s = Session.from_record(record)
            s.file = SessionFile.going_on(p, record)
            s.move(1, reference_px=(-5.0, 0.0))

        died = die(steps, work)
        edit.append(state(path))
        if not died:
            break
    print(json.dumps({"create": create, "edit": edit, "before": state(base)}))


main(Path(sys.argv[1]))
