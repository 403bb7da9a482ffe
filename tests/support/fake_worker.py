"""A worker whose engine is slow, prints, dies or answers, as the name of the reference says."""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import conftest  # noqa: F401 - registers the package
from sar_optical_align.plugin.core.errors import NoOverlapError
from sar_optical_align.plugin.core.fit.result import AlignResult
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.types import Status, TiePoint
from sar_optical_align.plugin.engine import worker


def engine(request, progress):
    kind = request.reference.path
    print("a library prints this")
    progress.update(0.1, "started")
    progress.points([TiePoint(1, (1.0, 2.0), (3.0, 4.0))])
    if kind == "sleep":
        time.sleep(60)
    elif kind == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif kind == "garbage":
        os.write(answers.fileno(), b"garbage\n")
    elif kind == "odd progress":
        os.write(answers.fileno(), b'{"type":"progress","id":2,"fraction":"x"}\n')
    elif kind == "odd points":
        os.write(answers.fileno(), b'{"type":"points","id":2,"points":5}\n')
    elif kind == "segfault":
        sys.stderr.write("about to crash\n")
        sys.stderr.flush()
        ctypes.string_at(0)
    elif kind == "orphan":  # a child keeps the pipe open
        if os.fork() == 0:
            time.sleep(60)
        os._exit(7)
    elif kind == "exit":
        os._exit(7)
    elif kind == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "error":
        raise NoOverlapError("They lie apart.", "Check the CRS.")
    elif kind == "bug":
        raise ZeroDivisionError("oops")
    grid = Grid.bare(5, 5)
    return AlignResult(
        request, Status.OK, "fine", "cfog", "shift", (), None, None, (), None, grid, grid
    )


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker.Server(sys.stdin, answers, engine).serve()
