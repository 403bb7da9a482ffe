"""Foreign exceptions become sentences, at the borders and at the last barrier."""

from __future__ import annotations

import io
import json
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sar_optical_align.plugin.core.borders import plain, reading
from sar_optical_align.plugin.core.errors import InputError, UsageError, WorkerError
from sar_optical_align.plugin.core.progress import Cancelled
from sar_optical_align.plugin.core.run import protocol


class _Foreign(Exception):  # noqa: N818
    """As a library may raise it."""


@pytest.mark.parametrize(
    "cause",
    [
        _Foreign("odd \udce9"),
        _Foreign(),
        KeyError("name"),
        OverflowError("big"),
        RecursionError("deep"),
        OSError(36, "File name too long"),
    ],
)
def test_any_exception_becomes_one_printable_sentence(cause: Exception) -> None:
    with pytest.raises(InputError) as caught, reading("the table", "a\udce9\0.csv", "Try another."):
        raise cause
    assert caught.value.__cause__ is cause
    assert caught.value.hint == "Try another."
    assert caught.value.message.startswith("Cannot read the table (a")
    assert caught.value.message.encode("utf-8").isascii()
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("kind", [UsageError, Cancelled, MemoryError, KeyboardInterrupt])
def test_what_is_ours_passes(kind: type[BaseException]) -> None:
    with pytest.raises(kind), reading("the table"):
        raise kind("as it is")


def test_plain_texts_stay() -> None:
    assert plain("Größe 5 µm") == "Größe 5 µm"


def test_an_archive_that_unpacks_to_too_much_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "s.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("s1.npy", "w", force_zip64=True) as part,
    ):
        for _ in range(1100):
            part.write(bytes(2**20))
    start = time.monotonic()
    with pytest.raises(WorkerError, match="too large"):
        protocol.attach_surfaces((), path)
    assert time.monotonic() - start < 1.0


def _answers(*lines: str) -> list[dict[str, object]]:
    from sar_optical_align.plugin.engine.worker import Server

    out = io.StringIO()
    Server(io.StringIO("".join(lines)), out).serve()
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    "line",
    [
        "garbage",
        "{}",
        "[]",
        "null",
        "1" * 5000,
        "[" * 100000,
        '{"type":"hello"}',
        '{"type":"hello","id":true}',
        '{"type":5,"id":1}',
        '{"type":"\\udce9","id":1}',
        '{"type":"match","id":1}',
        '{"type":"match","id":1,"request":5}',
        '{"type":"place","id":1}',
        '{"type":"explain","id":1,"path":7}',
        '{"type":"adapt","id":1,"request":[]}',
        '{"type":"place","id":1,"reference_px":[1,1e999],"sensed_px":[1,2]}',
        '{"type":"\\u0000","id":1}',
    ],
)
def test_a_garbage_request_is_answered_and_the_worker_lives_on(line: str) -> None:
    error, hello = _answers(line + "\n", '{"type":"hello","id":2}\n')
    assert error["type"] == "error"
    assert error["message"]
    assert error["kind"] in ("WorkerError", "UsageError")
    assert hello["type"] == "hello"


def test_a_line_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from sar_optical_align.plugin.engine import worker

    monkeypatch.setattr(worker, "MAX_LINE", 1000)
    error, hello = _answers("x" * 10000 + "\n", '{"type":"hello","id":2}\n')
    assert "too long" in str(error["message"])
    assert hello["id"] == 2


def test_the_worker_says_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    from sar_optical_align.plugin.engine import worker

    monkeypatch.setattr(worker, "HEARTBEAT_S", 0.02)
    out = io.StringIO()
    server = worker.Server(io.StringIO(), out)
    with server._heartbeat(7):
        time.sleep(0.2)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert {(m["type"], m["id"]) for m in told} == {("alive", 7)}
    assert len(told) > 2
    assert threading.active_count() < 20


@pytest.mark.parametrize(
    "config",
    [
        {"depths": [0, 4096, 2]},
        {"depths": 3},
        {"state": 10**9},
        {"heads": 1.5},
        {"widths": [-1, 2, 3]},
        5,
        {"mfa": "yes"},
    ],
)
def test_a_card_describes_no_network_that_cannot_be(config: object) -> None:
    pytest.importorskip("torch")
    from sar_optical_align.models.me_ssm.config import MeSsmConfig

    with pytest.raises(ValueError, match=r"depths|state|heads|widths|mfa|object"):
        MeSsmConfig.from_dict(config)


def test_a_defect_is_told_in_a_sentence_with_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from sar_optical_align.plugin.engine import cli
    from sar_optical_align.plugin.engine.commands import measuring

    def broken(args: object, progress: object) -> tuple[list[str], int]:
        raise _Foreign("something odd")

    monkeypatch.setattr(measuring, "list_matchers", broken)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert cli.main(["matchers"]) == 70
    told = capsys.readouterr().err
    assert "something odd" in told
    assert "Traceback" not in told
    (report,) = tmp_path.iterdir()
    text = report.read_text(encoding="utf-8")
    assert str(report) in told
    assert "Traceback" in text
    assert "matchers" in text
    assert cli.main(["--debug", "matchers"]) == 70
    assert "Traceback" in capsys.readouterr().err
    assert np.size(list(tmp_path.iterdir())) == 1
