"""The messages between QGIS and the worker: one JSON object a line, and the public JSON of a
result.

Requests: hello · match {request, chips_path, report_path} · place {request, transform,
reference_px, sensed_px} · explain {request, transform, reference_px, sensed_px, path} · adapt
{request} · diagnose · shutdown. Replies: hello {version, protocol, packages} · progress {fraction,
message} · points {points} · log {message} · done {result} · placed {reference_px, seen, surface} ·
explained {path} · adapted {result} · error {kind, message, hint} · alive {} every two seconds of a
run · diagnosis {report}. Every message carries the id of its request; -1 answers what is no
request. Similarity surfaces travel beside the messages, in an .npz with a key "s<id>" per point.
"""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import errors
from ..borders import reading
from ..errors import AlignError, WorkerError
from ..fit.result import AlignResult
from ..jsonable import from_jsonable, to_jsonable
from ..session.point import Seen
from ..types import Point, TiePoint
from .adapting import AdaptResult

PROTOCOL_VERSION = 2
MAX_LINE = 64 * 2**20
NO_ID = -1  # of an answer to what could not be read
HEARTBEAT_S = 2.0
_MAX_SURFACES = 2**30


def encode(kind: str, identifier: int, /, **fields: Any) -> str:
    """Return one message as a line without its newline."""
    return json.dumps(
        {"type": kind, "id": identifier, **to_jsonable(fields)},
        ensure_ascii=True,
        allow_nan=False,
        separators=(",", ":"),
    )


def decode(line: str) -> dict[str, Any]:
    """Parse one line.

    Raises:
        WorkerError: when it is not a message of this protocol.
    """
    if len(line) > MAX_LINE:
        raise WorkerError("A message is too long.")
    with reading("a message", ascii(line[:80]), error=WorkerError):
        message = json.loads(line)
    if (
        not isinstance(message, dict)
        or not isinstance(message.get("type"), str)
        or type(message.get("id")) is not int
    ):
        raise WorkerError(f"The worker sent something that is not a message: {line[:80]!a}.")
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
    packed = io.BytesIO()  # an archive that meets a full disk complains again when it is collected
    np.savez_compressed(packed, **surfaces)
    try:
        path.write_bytes(packed.getbuffer())
    except OSError as error:
        raise errors.OutputError(
            f"Cannot write {path}: {error.strerror or error}.", "Make room on the disk."
        ) from error


def attach_surfaces(points: tuple[TiePoint, ...], path: Path) -> tuple[TiePoint, ...]:
    """Return the points with the surfaces of an .npz put back into their evidence.

    Raises:
        WorkerError: when the file cannot be read.
    """
    with reading("the similarity surfaces", path, error=WorkerError):
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MAX_SURFACES:
                raise ValueError("they are too large")
        with np.load(path, allow_pickle=False) as stored:
            surfaces = {key: _surface(stored[key]) for key in stored.files}
    return tuple(
        dataclasses.replace(
            p, evidence=dataclasses.replace(p.evidence, surface=surfaces[f"s{p.id}"])
        )
        if p.evidence is not None and f"s{p.id}" in surfaces
        else p
        for p in points
    )


def _surface(values: Any) -> NDArray[np.float32]:
    """Return a similarity surface, or refuse what is none."""
    values = np.asarray(values)
    if values.ndim != 2 or not values.size or values.dtype.kind not in "fiu":
        raise ValueError(f"an array of {values.shape} {values.dtype} is no surface")
    surface: NDArray[np.float32] = values.astype(np.float32)
    return surface


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
    with reading("the worker's answer", error=WorkerError):
        x, y = (float(v) for v in message["reference_px"])
        seen = from_jsonable(Seen, message["seen"])
        surface = None if message["surface"] is None else _surface(message["surface"])
    return (x, y), dataclasses.replace(
        seen, evidence=dataclasses.replace(seen.evidence, surface=surface)
    )


def adapted_from_message(message: dict[str, Any]) -> AdaptResult:
    """Rebuild the answer to "adapt".

    Raises:
        WorkerError: when it is malformed.
    """
    with reading("the worker's answer", error=WorkerError):
        return from_jsonable(AdaptResult, message["result"])


def result_from_message(message: dict[str, Any]) -> AlignResult:
    """Rebuild a result from a "done" message.

    Raises:
        WorkerError: when it is malformed.
    """
    with reading("the worker's answer", error=WorkerError):
        return from_jsonable(AlignResult, message["result"])


def result_to_json(result: AlignResult) -> dict[str, Any]:
    """Return the public JSON of a result, as the command line writes it; undefined numbers are
    null.
    """
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
        "reference": reference,
        "sensed": sensed,
        "status": "error",
        "message": error.message,
        "hint": error.hint,
        "matcher": "",
        "model": "",
        "points": [],
        "transform": None,
        "quality": None,
        "timings_s": {},
        "versions": {},
    }
