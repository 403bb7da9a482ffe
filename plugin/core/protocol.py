"""The messages between QGIS and the worker: one JSON object a line, and the public JSON of a result.

Requests: hello · match {request, chips_path, report_path} · place {request, transform, reference_px, sensed_px} ·
explain {request, transform, reference_px, sensed_px, path} · adapt {request} · diagnose · shutdown.
Replies: hello {version, protocol, packages} · progress {fraction, message} · points {points} · log {message} ·
done {result} · placed {reference_px, seen, surface} · explained {path} · adapted {result} ·
error {kind, message, hint} · diagnosis {report}. Every message carries the id of its request.
Similarity surfaces travel beside the messages, in an .npz with a key "s<id>" per point.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from . import errors
from .adapting import AdaptResult
from .errors import AlignError, WorkerError
from .jsonable import from_jsonable, to_jsonable
from .session_point import Seen
from .types import AlignResult, Point, TiePoint

PROTOCOL_VERSION = 2
_MAX_LINE = 64 * 2**20


def encode(kind: str, identifier: int, /, **fields: Any) -> str:
    """Return one message as a line without its newline."""
    return json.dumps({"type": kind, "id": identifier, **to_jsonable(fields)}, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def decode(line: str) -> dict[str, Any]:
    """Parse one line.

    Raises:
        WorkerError: when it is not a message of this protocol.
    """
    if len(line) > _MAX_LINE:
        raise WorkerError("The worker sent a line that is too long.")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WorkerError(f"The worker sent something that is not JSON: {line[:80]!r}.") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str) or not isinstance(message.get("id"), int):
        raise WorkerError(f"The worker sent something that is not a message: {line[:80]!r}.")
    return message


def error_fields(error: AlignError) -> dict[str, str]:
    """Return the fields of an error message."""
    return {"kind": type(error).__name__, "message": error.message, "hint": error.hint}


def error_from_fields(message: dict[str, Any]) -> AlignError:
    """Rebuild the error a worker reported; unknown kinds become WorkerError."""
    cls = getattr(errors, str(message.get("kind")), None)
    if not (isinstance(cls, type) and issubclass(cls, AlignError)):
        cls = WorkerError
    return cls(str(message.get("message", "The worker failed.")), str(message.get("hint", "")))


def save_surfaces(points: tuple[TiePoint, ...], path: Path) -> None:
    """Write the similarity surfaces of points to an .npz (float16).

    Raises:
        OutputError: there is no room for it.
    """
    surfaces = {
        f"s{p.id}": np.nan_to_num(p.evidence.surface, neginf=-1.0).astype(np.float16)
        for p in points
        if p.evidence is not None and p.evidence.surface is not None
    }
    try:
        with path.open("wb") as stream:
            np.savez_compressed(stream, **surfaces)
    except OSError as error:
        raise errors.OutputError(f"Cannot write {path}: {error.strerror or error}.", "Make room on the disk.") from error


def attach_surfaces(points: tuple[TiePoint, ...], path: Path) -> tuple[TiePoint, ...]:
    """Return the points with the surfaces of an .npz put back into their evidence.

    Raises:
        WorkerError: when the file cannot be read.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            surfaces = {key: stored[key].astype(np.float32) for key in stored.files}
    except (OSError, ValueError, EOFError) as error:
        raise WorkerError(f"The similarity surfaces cannot be read: {error}.") from error
    return tuple(
        dataclasses.replace(p, evidence=dataclasses.replace(p.evidence, surface=surfaces[f"s{p.id}"]))
        if p.evidence is not None and f"s{p.id}" in surfaces
        else p
        for p in points
    )


def placed_fields(place: Point, seen: Seen) -> dict[str, Any]:
    """Return the fields of a "placed" message; the surface is small and travels with it."""
    surface = seen.evidence.surface
    rows = None if surface is None else np.nan_to_num(surface, neginf=-1.0).round(4).tolist()
    return {"reference_px": place, "seen": seen, "surface": rows}


def placed_from_message(message: dict[str, Any]) -> tuple[Point, Seen]:
    """Rebuild the place in the reference and what was seen there.

    Raises:
        WorkerError: when the message is malformed.
    """
    try:
        x, y = message["reference_px"]
        seen = from_jsonable(Seen, message["seen"])
        surface = None if message["surface"] is None else np.array(message["surface"], dtype=np.float32)
    except (AlignError, KeyError, TypeError, ValueError) as error:
        raise WorkerError(f"The worker sent a malformed place: {error}.") from error
    return (float(x), float(y)), dataclasses.replace(seen, evidence=dataclasses.replace(seen.evidence, surface=surface))


def adapted_from_message(message: dict[str, Any]) -> AdaptResult:
    """Rebuild the answer to "adapt".

    Raises:
        WorkerError: when it is malformed.
    """
    try:
        return from_jsonable(AdaptResult, message["result"])
    except (AlignError, KeyError) as error:
        raise WorkerError(f"The worker sent a malformed result: {error}.") from error


def result_from_message(message: dict[str, Any]) -> AlignResult:
    """Rebuild a result from a "done" message.

    Raises:
        WorkerError: when it is malformed.
    """
    try:
        return from_jsonable(AlignResult, message["result"])
    except (AlignError, KeyError) as error:
        raise WorkerError(f"The worker sent a malformed result: {error}.") from error


def result_to_json(result: AlignResult) -> dict[str, Any]:
    """Return the public JSON of a result, as the command line writes it; undefined numbers are null."""
    points = [
        {
            "id": p.id,
            "reference_px": list(p.reference_px),
            "sensed_px": list(p.sensed_px),
            **({"reference_map": list(p.reference_map)} if p.reference_map is not None else {}),
            **({"sensed_map": list(p.sensed_map)} if p.sensed_map is not None else {}),
            "score": p.score,
            "covariance_px": [list(row) for row in p.covariance_px],
            "enabled": p.enabled,
            "reason": p.reason,
        }
        for p in result.points
    ]
    out = {
        "reference": result.request.reference.path,
        "sensed": result.request.sensed.path,
        "status": result.status,
        "message": result.message,
        "hint": result.hint,
        "matcher": result.matcher,
        "model": result.model,
        "points": points,
        "transform": result.transform,
        "quality": result.quality,
        "advice": result.advice,
        "coarse": result.coarse,
        "evidence": result.evidence,
        "parameters": result.request.params,
        "timings_s": result.timings_s,
        "versions": result.versions,
    }
    cleaned = to_jsonable(out, special=False)
    return dict(cleaned)


def error_to_json(reference: str, sensed: str, error: AlignError) -> dict[str, Any]:
    """Return the public JSON of a pair that failed."""
    return {
        "reference": reference, "sensed": sensed, "status": "error", "message": error.message, "hint": error.hint, "matcher": "",
        "model": "", "points": [], "transform": None, "quality": None, "timings_s": {}, "versions": {},
    }
