"""Mutations of real files, put to the parsers: whatever a file holds, a parser answers, or raises
an `AlignError` that says something.
"""

from __future__ import annotations

import io
import json
import re
import signal
import tempfile
import threading
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import seeds
from sar_optical_align.plugin.core.errors import AlignError

LIMIT_S = 3.0
Feed = Callable[[bytes], object]
_ODD_WORDS = (
    b"",
    b"nan",
    b"inf",
    b"-inf",
    b"1e400",
    b"-1e308",
    b"1e-320",
    b"0",
    b"-1",
    b"99999999999999999999",
    b"0x10",
    b"1_000",
    b"true",
    b"null",
    b"None",
    b"\xff\xfe",
    b"\0",
    b'"',
    b"'",
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    "½".encode(),
    "\u0661".encode(),
    b"\xed\xa0\x80",
    b"[",
    b"{",
    b"#CRS: EPSG:0",
    b"#CRS: nonsense",
    b"=1+1",
    b"../../x",
    b"9" * 400,
    b" ",
    b"\xef\xbb\xbf",
)
_ODD_VALUES = (
    None,
    True,
    -1,
    0,
    4096,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    "NaN",
    "\udce9",
    "\0",
    [],
    [[]],
    {},
    {"a": 1},
    [None],
    [1, "x"],
    [1e308] * 3,
    "9" * 300,
)
_ODD_ARRAYS = (
    lambda: np.zeros(0),
    lambda: np.zeros((3,)),
    lambda: np.zeros((2, 2, 2, 2)),
    lambda: np.array("text"),
    lambda: np.full((5, 5), np.nan),
    lambda: np.zeros((0, 9)),
    lambda: np.zeros((4, 4), complex),
    lambda: np.zeros((3, 3), "datetime64[s]"),
    lambda: np.zeros((2, 2), [("a", "f4")]),
    lambda: np.array([["a", "b"]]),
)


@dataclass(frozen=True)
class Failure:
    """A mutation that a parser did not bear."""

    parser: str
    seed: int
    number: int
    what: str
    data: bytes

    def __str__(self) -> str:
        return f"{self.parser}, mutation {self.number} of seed {self.seed}: {self.what}"


@dataclass(frozen=True)
class Parser:
    """One parser: files it is made for, and what puts bytes to it."""

    make: Callable[[Path], list[bytes]]
    feed: Callable[[Path], Feed]


PARSERS: dict[str, Parser] = {name: Parser(*both) for name, both in seeds.PARSERS.items()}


def run(parser: str, count: int, seed: int) -> list[Failure]:
    """Put so many mutations to a parser.

    Returns:
        Those it did not bear: any exception but an `AlignError` with a message, or no answer within
        `LIMIT_S`.
    """
    failures = []
    with tempfile.TemporaryDirectory(prefix="fuzz_") as room:
        files, feed = PARSERS[parser].make(Path(room)), PARSERS[parser].feed(Path(room))
        for data in files:
            feed(data)  # as they are, they are read
        for number in range(count):
            data = mutated(files, np.random.default_rng([seed, number]))
            what = _tried(feed, data)
            if what:
                failures.append(Failure(parser, seed, number, what, data))
    return failures


class _TooLongError(BaseException):
    """Raised out of a parser that does not come to an end."""


def _late(_number: int, _frame: FrameType | None) -> None:
    raise _TooLongError


def _tried(feed: Feed, data: bytes) -> str:
    timed = threading.current_thread() is threading.main_thread()
    if timed:
        signal.signal(signal.SIGALRM, _late)
        signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    try:
        feed(data)
    except AlignError as error:
        return (
            ""
            if isinstance(error.message, str) and error.message.strip()
            else f"{type(error).__name__} without a message"
        )
    except _TooLongError:
        return f"no answer within {LIMIT_S:g} s"
    except Exception as error:  # noqa: BLE001 - what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        return (
            f"{type(error).__name__}: {str(error)[:120]} "
            f"({Path(where.filename).name}:{where.lineno})"
        )
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return ""


def mutated(files: list[bytes], rng: np.random.Generator) -> bytes:
    """Return one of the files, changed: by its structure where it has one, by words or by bytes."""
    data = files[int(rng.integers(len(files)))]
    structured = (
        _zip
        if data[:2] == b"PK"
        else _json
        if data[:1] in b"{["
        else _words
        if b"\0" not in data[:200]
        else _bytes
    )
    for _ in range(int(rng.integers(1, 4))):
        data = (structured if rng.random() < 0.75 else _bytes)(data, rng)
    return data


def _bytes(data: bytes, rng: np.random.Generator) -> bytes:
    if not data:
        return bytes(rng.integers(0, 256, 5).tolist())
    a, b = sorted(int(v) for v in rng.integers(0, len(data), 2))
    b = min(b, a + 300)
    odd = _ODD_WORDS[int(rng.integers(len(_ODD_WORDS)))]
    flipped = bytearray(data)
    for at in rng.integers(0, len(data), int(rng.integers(1, 9))):
        flipped[at] = int(rng.integers(256))
    choices = (
        lambda: bytes(flipped),
        lambda: data[:a],
        lambda: data[a:],
        lambda: data[:a] + data[b:],
        lambda: data[:b] + data[a:],
        lambda: data[:a] + odd + data[a:],
        lambda: data[:a] + odd + data[b:],
    )
    return choices[int(rng.integers(len(choices)))]()


def _words(data: bytes, rng: np.random.Generator) -> bytes:
    """Change a word, a line or the encoding of a text."""
    spots = [m.span() for m in re.finditer(rb"[^\s,;]+", data)]
    lines = data.split(b"\n")
    i, j = int(rng.integers(len(lines))), int(rng.integers(len(lines)))
    odd = _ODD_WORDS[int(rng.integers(len(_ODD_WORDS)))]
    kind = int(rng.integers(8))
    if kind < 4 and spots:
        a, b = spots[int(rng.integers(len(spots)))]
        return data[:a] + odd + data[b:]
    if kind == 4:
        lines[i], lines[j] = lines[j], lines[i]
    elif kind == 5:
        lines[i : i + 1] = [lines[i]] * int(rng.integers(0, 4))
    elif kind == 6:
        return data.replace(b",", (b";", b"\t", b" ", b",,")[int(rng.integers(4))])
    else:
        return data.decode("utf-8", "replace").encode(
            ("utf-16", "utf-8-sig", "latin-1", "utf-32", "cp1252")[int(rng.integers(5))], "replace"
        )
    return b"\n".join(lines)


def _json(data: bytes, rng: np.random.Generator) -> bytes:
    """Put an odd value in a place of a JSON text, take a place away or add one."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return _bytes(data, rng)
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key in (
            node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        ):
            places.append((node, key))
            walk(node[key])

    walk(value)
    odd = _ODD_VALUES[int(rng.integers(len(_ODD_VALUES)))]
    if not places:
        return json.dumps(odd).encode()
    node, key = places[int(rng.integers(len(places)))]
    kind = int(rng.integers(8))
    if kind == 0:
        del node[key]
    elif kind == 1 and isinstance(node, dict):
        node["surprise"] = odd
    elif kind == 2 and isinstance(node, list):
        node.append(odd)
    elif kind == 3:
        node[key] = [node[key]]
    else:
        node[key] = odd
    return json.dumps(value).encode()


def _zip(data: bytes, rng: np.random.Generator) -> bytes:
    """Change an array of an .npz, its name, its bytes or the archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # noqa: BLE001 - it is broken already
        return _bytes(data, rng)
    if not parts:
        return _bytes(data, rng)
    name = sorted(parts)[int(rng.integers(len(parts)))]
    kind = int(rng.integers(5))
    if kind == 0:
        stream = io.BytesIO()
        np.save(stream, _ODD_ARRAYS[int(rng.integers(len(_ODD_ARRAYS)))]())
        parts[name] = stream.getvalue()
    elif kind == 1:
        parts[name] = _bytes(parts[name], rng)
    elif kind == 2:
        parts[("s", "s1", "../x.npy", "s99999.npy", name + "x")[int(rng.integers(5))]] = parts.pop(
            name
        )
    elif kind == 3:
        del parts[name]
    else:
        return _bytes(data, rng)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for key, content in parts.items():
            archive.writestr(key, content)
    return out.getvalue()
