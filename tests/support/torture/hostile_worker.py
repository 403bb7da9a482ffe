"""A worker that misbehaves once, as its first argument says, and answers well ever after:
`hostile_worker.py FAULT MARKER RESULT.json`.

Standard library only, so that it starts at once. MARKER is where it notes its process, and that it
has misbehaved.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

MEGABYTE = 2**20
RESULT = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8")) if __name__ == "__main__" else {}


def raw(data: str | bytes) -> None:
    """Write bytes as they are."""
    data = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    while data:
        data = data[os.write(1, data) :]


def say(kind: object, identifier: object, /, **fields: object) -> None:
    """Write one message."""
    raw(json.dumps({"type": kind, "id": identifier, **fields}) + "\n")


def done(identifier: object, /, **changes: object) -> None:
    """Send the result, some of it changed."""
    say("done", identifier, result={**RESULT, **changes})


def endless(_identifier: int) -> None:
    for _ in range(600):
        raw(b"x" * MEGABYTE)
    time.sleep(600)


def long_line(identifier: int) -> None:
    raw(b'{"type":"log","id":%d,"message":"' % identifier + b"x" * (80 * MEGABYTE) + b'"}\n')
    done(identifier)


def die(number: int) -> Callable[[int], None]:
    def work(_identifier: int) -> None:
        if number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS):
            import resource

            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(number, signal.SIG_DFL) if number not in (
            signal.SIGKILL,
            signal.SIGSTOP,
        ) else None
        os.kill(os.getpid(), number)

    return work


def orphan(_identifier: int) -> None:
    """Die, and leave a child that keeps the pipe open."""
    if os.fork() == 0:
        time.sleep(120)
    os._exit(3)


def close_and_stay(_identifier: int) -> None:
    os.close(1)
    time.sleep(120)


def flood_stderr(identifier: int) -> None:
    for _ in range(3000):
        sys.stderr.write("w" * 999 + "\n")
    sys.stderr.write("e" * (3 * MEGABYTE))
    done(identifier)


def flood_progress(identifier: int) -> None:
    for i in range(5000):
        say("progress", identifier, fraction=i / 5000, message="m" * 40)
    done(identifier)


def missing_module(_identifier: int) -> None:
    import no_such_module_anywhere  # type: ignore[import-not-found]  # noqa: F401


def after(act: Callable[[int], object]) -> Callable[[int], None]:
    """Misbehave, then send the result all the same."""

    def work(identifier: int) -> None:
        act(identifier)
        done(identifier)

    return work


def message(kind: object, /, **fields: object) -> Callable[[int], None]:
    """Send a message of wrong fields, then the result."""
    return after(lambda identifier: say(kind, identifier, **fields))


def answer(kind: object, /, **fields: object) -> Callable[[int], None]:
    """Send an answer of wrong fields, and no other."""
    return lambda identifier: say(kind, identifier, **fields)


POINT = {"id": 1, "reference_px": [1.0, 2.0], "sensed_px": [3.0, 4.0]}
LINES = {
    "text": "Segmentation fault (core dumped)",
    "binary": b"\x89PNG\r\x1a\xff\xfe",
    "null": "null",
    "list": "[]",
    "object": "{}",
    "number": "17",
    "no id": '{"type":"progress"}',
    "nested": "[" * 100_000,
    "type a number": '{"type":1,"id":1}',
    "not UTF-8": b'{"type":"log","id":1,"message":"\xff\xfe"}',
    "zeros": b"\0" * 300,
    "cut": '{"type":"done","id":1,"resu',
    "digits": "9" * 20_000,
    "empty": "",
    "surrogate": '{"type":"log","id":1,"message":"\\udce9"}',
}
FAULTS: dict[str, Callable[[int], object]] = {
    **{
        f"dies: {signal.Signals(n).name}": die(n)
        for n in (
            signal.SIGSEGV,
            signal.SIGKILL,
            signal.SIGABRT,
            signal.SIGBUS,
            signal.SIGTERM,
            signal.SIGPIPE,
        )
    },
    **{f"dies: exit code {n}": lambda _i, n=n: os._exit(n) for n in (0, 1, 7, 255)},
    "dies: half a message": lambda i: (raw('{"type":"done","id":'), os._exit(1)),
    "dies: import error": missing_module,
    "dies: a child keeps the pipe": orphan,
    "stops: SIGSTOP": die(signal.SIGSTOP),
    "stops: pipe closed": close_and_stay,
    "stops: silence": lambda _i: time.sleep(120),
    "killed: from outside": lambda i: (time.sleep(120), done(i)),
    **{
        f"line: {name}": after(
            lambda _i, t=text: raw(t if isinstance(t, bytes) else t.encode()) or raw(b"\n")
        )
        for name, text in LINES.items()
    },
    "line: without end": endless,
    "line: of 80 MB": long_line,
    **{
        f"progress: {f!r}"[:24]: message("progress", fraction=f, message="m")
        for f in ("abc", None, [], {}, True, float("nan"), float("inf"), -5, 10**400)
    },
    "progress: message of no text": message("progress", fraction=0.5, message={"a": [1]}),
    "progress: flood": flood_progress,
    "stderr: flood": flood_stderr,
    **{
        f"points: {p!r}"[:40]: message("points", points=p)
        for p in (
            None,
            5,
            "abc",
            [1],
            [{}],
            {"a": 1},
            [{**POINT, "reference_px": [1]}],
            [{**POINT, "id": "x"}],
            [{**POINT, "more": 1}],
            [{**POINT, "score": "high"}],
        )
    },
    "log: of no text": message("log", message=[1, {"a": None}]),
    "unknown: type": message("surprise", a=1),
    "unknown: another's id": after(lambda i: done(i + 7)),
    "unknown: the result twice": after(done),
    **{
        f"done: {name}": (lambda i, c=changes: done(i, **c))
        for name, changes in {
            "status of no kind": {"status": "wat"},
            "points of no list": {"points": 7},
            "points of rubbish": {"points": [{"id": []}]},
            "a missing grid": {"reference_grid": None},
            "an unknown field": {"surprise": 1},
            "a transform of rubbish": {"transform": {"kind": "shift"}},
            "a quality of rubbish": {"quality": [1, 2]},
            "a message of no text": {"message": {"a": 1}},
        }.items()
    },
    **{f"done: result {r!r}": answer("done", result=r) for r in (None, [], {}, "ok", 5)},
    "done: no result": answer("done"),
    **{
        f"error: {k!r}": answer("error", kind=k, message="m", hint="h")
        for k in ("Exception", "os", "AlignError", "Callable", None, [], "NoOverlapError")
    },
    "error: no fields": answer("error"),
    "error: message of no text": answer("error", kind="InputError", message={"a": 1}, hint=[2]),
}
HELLOS: dict[str, dict[str, object]] = {
    "hello: old protocol": {"protocol": 1},
    "hello: protocol of text": {"protocol": "2"},
    "hello: no protocol": {},
    "hello: protocol null": {"protocol": None},
    "hello: protocol list": {"protocol": [2]},
}


def main(fault: str, marker: Path) -> None:
    """Answer requests from stdin."""
    fresh = not marker.exists()
    with marker.open("a", encoding="utf-8") as stream:
        stream.write(f"{os.getpid()}\n")
    if fresh and fault == "hello: rubbish before it":
        raw("Loading ...\n\n")
    if fresh and fault == "hello: exit before it":
        sys.exit(5)
    for line in sys.stdin:
        request = json.loads(line)
        if request["type"] == "hello":
            protocol = (
                json.loads(os.environ.get("TORTURE_PROTOCOL", "2"))
                if not fresh or fault not in HELLOS
                else HELLOS[fault].get("protocol")
            )
            say(
                "hello",
                request["id"],
                **({} if fresh and fault == "hello: no protocol" else {"protocol": protocol}),
            )
            if fresh and fault == "stops: deaf":
                os.close(0)
                time.sleep(120)
        elif request["type"] == "shutdown":
            return
        elif fresh and fault in FAULTS:
            fresh = False
            FAULTS[fault](request["id"])
        else:
            done(request["id"])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
