"""Whether a raster is still the file it was: size, time and SHA-256, of the whole file or, of large
ones, of three parts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

WHOLE_BYTES = 32 * 2**20
_PART_BYTES = 2**20


@dataclass(frozen=True)
class Fingerprint:
    """What identifies a file's content.

    Attributes:
        path: As given.
        size_bytes: Size, -1 where the path is no file that can be read (a service, a layer inside
            an archive).
        modified_s: Time of the last change, seconds since 1970.
        sha256: Digest, hexadecimal; "" where it is no file.
        whole: Whether the digest is of the whole file; else of its first, middle and last MiB and
            its size.
    """

    path: str
    size_bytes: int = -1
    modified_s: float = 0.0
    sha256: str = ""
    whole: bool = True

    @property
    def known(self) -> bool:
        """Whether it can be told from others."""
        return self.size_bytes >= 0

    def same_content(self, other: Fingerprint) -> bool:
        """Whether two files hold the same, wherever they lie and whenever they were copied."""
        return self.known and (self.size_bytes, self.whole, self.sha256) == (
            other.size_bytes,
            other.whole,
            other.sha256,
        )


def fingerprint(path: str) -> Fingerprint:
    """Read what identifies a file: all of it up to 32 MiB, three parts of one MiB beyond."""
    try:
        file = Path(path)
        if not file.is_file():
            return Fingerprint(path)
        with file.open("rb") as stream:
            state = file.stat()
            size, digest = state.st_size, hashlib.sha256()
            whole = size <= WHOLE_BYTES
            if whole:
                digest.update(stream.read())
            else:
                digest.update(str(size).encode())
                for start in (0, (size - _PART_BYTES) // 2, size - _PART_BYTES):
                    stream.seek(start)
                    digest.update(stream.read(_PART_BYTES))
    except (OSError, ValueError):
        return Fingerprint(path)
    return Fingerprint(path, size, state.st_mtime, digest.hexdigest(), whole)


def change_of(name: str, then: Fingerprint, now: Fingerprint) -> str:
    """Say in words what became of an input since the points were made, and what to do; "" where it
    is the same.

    Args:
        name: "reference" or "sensed".
        then: As it was.
        now: As it is, perhaps at another place.
    """
    if not then.known or then.same_content(now):
        return ""
    if not now.known:
        return (
            f"The {name} raster {then.path} is no longer there. Choose the layer at its new "
            "place; the review is found again by the file's content."
        )
    if then.size_bytes != now.size_bytes:
        what = f"{_size(then.size_bytes)} then, {_size(now.size_bytes)} now"
    else:
        what = "same size, other content"
    return (
        f"The {name} raster {Path(now.path).name} has changed since these points were "
        f"made ({what}). "
        "If its pixels moved the points are wrong: look at some, or find tie points again."
    )


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size = size / 1000  # type: ignore[assignment]
    return f"{size:.4g} GB"
