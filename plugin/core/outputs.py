"""The files that a run writes: checked before it begins, delivered together or not at all."""

from __future__ import annotations

import os
import shutil
import stat
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from . import parts
from .errors import OutputError, UsageError

_ROOM_HINT = "Choose a folder you may write to, with enough room."
_SIDECARS = (".aux.xml", ".ovr", ".msk")
_PACKED = 10  # compressed rasters are rarely smaller than this part of their samples
Name = str | os.PathLike[str]


class Outputs:
    """All the files of one run. Write each to `part(path)`, then `deliver()`.

    Until then nothing is changed: on leaving the `with` block without, the parts are removed. A
    symbolic link stays one, its target is written.

    Args:
        paths: Files to write; None are left out.
        inputs: Files, and names of GDAL, that the run reads.
        read_too: Files that those refer to (sources of a VRT, sidecars).
        overwrite: Replace files that exist; else they are refused.
        raster: Which of the files is a raster: what lies beside it (.ovr, .msk, .aux.xml, .tfw) is
            part of it.
        make_folders: Make folders that are missing, on delivery's first step: the request of a
            part.

    Raises:
        UsageError: two outputs are one file.
        OutputError: a file cannot be written here, exists, is no ordinary file, or is an input.
    """

    def __init__(
        self,
        paths: Iterable[Name | None],
        inputs: Iterable[Name] = (),
        read_too: Iterable[Name] = (),
        overwrite: bool = True,
        raster: Name | None = None,
        make_folders: bool = False,
    ) -> None:
        named = [p for p in paths if p is not None]
        self._overwrite, self._make_folders = overwrite, make_folders
        self._targets = {os.fspath(p): resolved(p) for p in named}
        self._raster = None if raster is None else self._targets[os.fspath(raster)]
        self._parts: dict[Path, Path] = {}
        _refuse_twins(named)
        read = {identity: False for f in read_too for identity in _identities(f)} | {
            identity: True for f in inputs for identity in _identities(f)
        }
        for path, target in self._targets.items():
            info = _status(path, target)
            if info is not None and (own := read.get((info.st_dev, info.st_ino))) is not None:
                text = (
                    f"The output {path} is the input itself."
                    if own
                    else f"The output {path} is a file that an input reads from."
                )
                raise OutputError(text, "Choose another file name: inputs are never overwritten.")
            self._refuse_existing(path, info)
            _check_folder(target, make_folders)
            if self._raster == target and info is None:
                _refuse_strangers(target)
        self._replaced = self._raster is not None and self._raster.exists()
        for folder in {t.parent for t in self._targets.values()}:
            parts.collect(folder)

    def __enter__(self) -> Outputs:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for part in self._parts.values():
            parts.remove(part)
        if isinstance(error, OutputError):  # what is said of a temporary name is meant of the file
            for target, part in self._parts.items():
                error.message = error.message.replace(str(part), str(target))
            error.args = (error.message,)

    def part(self, path: Name) -> Path:
        """Return where to write the file that `path` is to become."""
        target = self._targets[os.fspath(path)]
        if target not in self._parts:
            if self._make_folders:
                make_folder(target.parent)
            self._parts[target] = parts.part_of(target)
        return self._parts[target]

    def deliver(self, before: Callable[[], None] | None = None) -> None:
        """Put every part that was written in its place; where one fails, none appears and earlier
        files come back.

        Args:
            before: Called when all parts are on disk, just before they are put in place.

        Raises:
            OutputError: nothing was changed.
        """
        written = {target: part for target, part in self._parts.items() if part.exists()}
        moved: list[tuple[Path, Path | None]] = []
        spare: dict[Path, Path] = {}
        target = Path()
        try:
            for target, part in written.items():
                _flush(part)
                info = _status(str(target), target)
                self._refuse_existing(str(target), info)
                if info is not None and len(written) > 1:
                    spare[target] = _kept(target)
            if before is not None:
                before()
            for target, part in written.items():
                os.replace(part, target)
                moved.append((target, spare.get(target)))
        except BaseException as error:
            if len(moved) < len(written):
                for done, earlier in reversed(moved):
                    _put_back(done, earlier)
            if isinstance(error, OSError):
                raise OutputError(
                    f"Cannot write {target}: {error.strerror or error}.", _ROOM_HINT
                ) from error
            raise
        finally:
            for copy in spare.values():
                parts.remove(copy)
        if (
            self._replaced and self._raster in written
        ):  # those of a file replaced would describe the wrong image
            for file in _beside(self._raster):
                file.unlink(missing_ok=True)

    def _refuse_existing(self, path: str, info: os.stat_result | None) -> None:
        if info is not None and not self._overwrite:
            raise OutputError(
                f"{path} exists already.", "Add --overwrite to replace it, or choose another name."
            )


def resolved(path: Name) -> Path:
    """Return a path in full, links followed.

    Raises:
        OutputError: it is no name of a file, or the working folder is gone.
    """
    text = os.fspath(path)
    try:
        text.encode("utf-8")
        return Path(text).resolve()
    except UnicodeEncodeError as error:
        raise OutputError(
            f"The name {text.encode('utf-8', 'backslashreplace').decode()} is not UTF-8.",
            "Choose another name.",
        ) from error
    except FileNotFoundError as error:
        raise OutputError(
            f"The current folder is gone: {text} cannot be written.",
            "Change to a folder that exists, or give the name in full.",
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise OutputError(f"Cannot write {text!r}: {error}.", "Choose another name.") from error


def check(path: Name, inputs: Iterable[Name] = (), read_too: Iterable[Name] = ()) -> None:
    """Refuse one output as `Outputs` does; a file that exists may be replaced."""
    Outputs([path], inputs, read_too)


def output_folder(
    folder: Path, names: Iterable[str], inputs: Iterable[Name] = (), overwrite: bool = True
) -> Path:
    """Make a folder for files of these names, and check them.

    Raises:
        OutputError: it cannot be made or written, or a file would replace an input.
    """
    full = resolved(folder)
    Outputs([full / name for name in names], inputs, overwrite=overwrite, make_folders=True)
    make_folder(full)
    return folder


def make_folder(folder: Path) -> None:
    """Make a folder and those above it.

    Raises:
        OutputError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise OutputError(
            f"The folder {folder} cannot be made: {getattr(error, 'strerror', None) or error}.",
            "Choose another one.",
        ) from error


def refuse_without_room(folder: Path, count: int, packed: bool) -> None:
    """Refuse to write `count` bytes of samples where there is no room for them.

    Args:
        folder: Of the file.
        count: Bytes before compression.
        packed: They are compressed.

    Raises:
        OutputError: with the room there is.
    """
    need, free = count // _PACKED if packed else count, shutil.disk_usage(folder).free
    if need > free:
        raise OutputError(
            f"The disk of {folder} has room for {free / 1e6:.0f} MB, not for {need / 1e6:.0f} MB.",
            "Make room or choose another folder.",
        )


def _refuse_twins(paths: list[Name]) -> None:
    seen: dict[object, int] = {}
    for number, path in enumerate(paths):
        keys: list[object] = [
            unicodedata.normalize("NFC", str(resolved(path))).casefold(),
            *_identities(path),
        ]
        for key in keys:
            if (other := seen.setdefault(key, number)) != number:
                raise UsageError(
                    f"Two outputs are one file: {paths[other]} and {path}.",
                    "Give each a name of its own.",
                )


def _identities(path: Name) -> list[tuple[int, int]]:
    """Return device and inode of an input; of /vsizip/a.zip/b.tif those of a.zip.

    Empty for what is no file here.
    """
    text = os.fspath(path)
    candidates = [text]
    if text.startswith("/vsi"):
        inner = text
        while inner.startswith("/vsi"):
            inner = inner[1:].partition("/")[2]
        inner = inner.strip("{}")
        candidates = [
            inner,
            *map(str, Path(inner).parents),
            "/" + inner,
            *map(str, Path("/" + inner).parents),
        ]
    for candidate in candidates:
        try:
            info = Path(candidate).stat()
        except (OSError, ValueError):
            continue
        if not stat.S_ISDIR(info.st_mode):
            return [(info.st_dev, info.st_ino)]
    return []


def _status(path: str, target: Path) -> os.stat_result | None:
    """Return what is at the target's place: an ordinary file or None."""
    try:
        info = target.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise OutputError(
            f"Cannot write {path}: {getattr(error, 'strerror', None) or error}.",
            "Choose another name.",
        ) from error
    if stat.S_ISDIR(info.st_mode):
        raise OutputError(f"{path} is a folder.", "Give a file name.")
    if not stat.S_ISREG(info.st_mode):
        raise OutputError(
            f"{path} is no ordinary file but a device, a pipe or a socket.",
            "Give the name of a file.",
        )
    if not os.access(target, os.W_OK):
        raise OutputError(
            f"{path} is protected against writing.", "Choose another name, or allow writing to it."
        )
    return info


def _check_folder(target: Path, may_be_made: bool) -> None:
    folder = target.parent
    while may_be_made and not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise OutputError(
            f"The folder {folder} does not exist.", "Create it first or choose another one."
        )
    trial = parts.part_of(folder / "try")
    try:
        os.close(os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        trial.unlink()
        longest = os.pathconf(folder, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255
    except OSError as error:
        raise OutputError(
            f"The folder {folder} cannot be written: {error.strerror or error}.",
            "Choose a folder you may write to.",
        ) from error
    length = len(os.fsencode(target.name))
    if 0 < longest < length:
        raise OutputError(
            f"The name {target.name[:40]}... is too long: {length} of {longest} bytes.",
            "Choose a shorter name.",
        )


def _beside(raster: Path) -> list[Path]:
    """Return the files beside a raster that GDAL reads as part of it."""
    names = [
        f"{raster.name}{suffix}"
        for lower in _SIDECARS
        for suffix in dict.fromkeys((lower, lower.upper()))
    ]
    if raster.suffix.lower() in (".tif", ".tiff"):
        names += [f"{raster.stem}.tfw", f"{raster.stem}.TFW"]
    return [
        file for file in map(raster.with_name, names) if os.path.exists(file)
    ]  # False, too, for a name that is too long to exist


def _refuse_strangers(raster: Path) -> None:
    if strangers := _beside(raster):
        raise OutputError(
            f"{strangers[0]} lies there already and would become part of the new raster.",
            "Move it away, or choose another name.",
        )


def _flush(part: Path) -> None:
    with part.open("r+b") as stream:
        os.fsync(stream.fileno())


def _kept(target: Path) -> Path:
    """Return a second name of a file that is about to be replaced, or a copy of it where the disk
    knows no second names.
    """
    copy = parts.part_of(target)
    try:
        os.link(target, copy)
    except OSError:
        shutil.copy2(target, copy)
    return copy


def _put_back(target: Path, earlier: Path | None) -> None:
    if earlier is not None:
        os.replace(earlier, target)
    else:
        target.unlink(missing_ok=True)
