"""Where an output may be aimed at: inputs, other outputs, folders, devices, odd names, full disks.

Each sets its scene and says what is right.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

REFUSED, DONE, EITHER = frozenset({2, 3}), frozenset({0}), frozenset({0, 2, 3})


@dataclass
class Aim:
    """One output aimed at something.

    Args:
        path: What the command line is told.
        right: Exit codes that are right.
        args: Further arguments.
        may: Names, beside the output itself, that may change.
        file_limit: Bytes that no file may exceed in the first of two calls; the second is free.
        kill: Whether the first of two calls is killed.
        as_nobody: Without the rights of root.
        disk: Whether `out` is a disk of some kilobytes in the first of two calls (where that cannot
            be made, files are limited).
        sensed: Another sensed raster.
    """

    path: str
    right: frozenset[int] = REFUSED
    args: tuple[str, ...] = ("--overwrite",)
    may: frozenset[str] = field(default_factory=frozenset)
    file_limit: int | None = None
    kill: bool = False
    as_nobody: bool = False
    disk: bool = False
    sensed: str = "in/sensed.tif"


Set = Callable[[Path, str, np.random.Generator], Aim]


def _link(target: str, right: frozenset[int] = REFUSED, may: tuple[str, ...] = ()) -> Set:
    def place(folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
        (folder / f"out/link{suffix}").symlink_to(target.format(suffix=suffix))
        (folder / f"other{suffix}").write_bytes(b"mine")
        return Aim(f"out/link{suffix}", right, may=frozenset(m.format(suffix=suffix) for m in may))

    return place


def _link_to_link(folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
    (folder / f"out/first{suffix}").symlink_to("../in/sensed.tif")
    (folder / f"out/second{suffix}").symlink_to(f"first{suffix}")
    return Aim(f"out/second{suffix}")


def _hard_link(folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
    os.link(folder / "in/sensed.tif", folder / f"out/hard{suffix}")
    return Aim(f"out/hard{suffix}", EITHER)


def _vrt_source(folder: Path, _suffix: str, _rng: np.random.Generator) -> Aim:
    shutil.copy(folder / "in/sensed.tif", folder / "in/source.tif")
    (folder / "in/view.vrt").write_text(
        '<VRTDataset rasterXSize="200" rasterYSize="170"><SRS>EPSG:32633</SRS>'
        "<GeoTransform>499000,10,0,5200850,0,-10</GeoTransform>"
        '<VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
        '<SourceFilename relativeToVRT="1">source.tif</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    return Aim("in/source.tif", sensed="in/view.vrt")


def _folder(folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
    (folder / f"out/folder{suffix}").mkdir()
    (folder / f"out/folder{suffix}/kept.txt").write_text("mine")
    return Aim(f"out/folder{suffix}")


def _fifo(folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
    os.mkfifo(folder / f"out/pipe{suffix}")
    return Aim(f"out/pipe{suffix}")


def _device(folder: Path, suffix: str, rng: np.random.Generator) -> Aim:
    """A device of its own, so that no device of the system is at stake; a FIFO where nobody may
    make one.
    """
    try:
        os.mknod(folder / f"out/device{suffix}", 0o20666, os.makedev(1, int(rng.choice([3, 5, 7]))))
    except PermissionError:
        return _fifo(folder, suffix, rng)
    return Aim(f"out/device{suffix}")


def _read_only(folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
    (folder / "locked").mkdir()
    (folder / "locked").chmod(0o555)
    return Aim(f"locked/new{suffix}", as_nobody=True)


def _read_only_file(folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
    (folder / "locked").mkdir()
    (folder / f"locked/old{suffix}").write_bytes(b"mine")
    (folder / f"locked/old{suffix}").chmod(0o444)
    (folder / "locked").chmod(0o555)
    return Aim(f"locked/old{suffix}", as_nobody=True)


def _named(name: str, right: frozenset[int], args: tuple[str, ...] = ("--overwrite",)) -> Set:
    return lambda _folder, suffix, _rng: Aim(name.format(suffix=suffix), right, args)


def _sidecars(folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
    """Files of others beside a name that does not exist."""
    for more in (
        f"{suffix}.msk",
        f"{suffix}.ovr",
        f"{suffix}.aux.xml",
        ".tfw",
        ".prj",
        f"{suffix}-journal",
        f"{suffix}-wal",
        ".qmd",
    ):
        (folder / f"out/new{more}").write_bytes(b"mine")
    return Aim(f"out/new{suffix}", EITHER, args=())


def _existing(overwrite: bool) -> Set:
    def place(folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
        (folder / f"out/old{suffix}").write_bytes(b"mine")
        return Aim(
            f"out/old{suffix}",
            DONE if overwrite else REFUSED,
            ("--overwrite",) if overwrite else (),
        )

    return place


def _limited(_folder: Path, suffix: str, rng: np.random.Generator) -> Aim:
    return Aim(f"out/new{suffix}", DONE, args=(), file_limit=int(rng.choice([5000, 12000, 30000])))


def _small_disk(_folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
    return Aim(f"out/new{suffix}", DONE, args=(), disk=True)


def _killed(_folder: Path, suffix: str, _rng: np.random.Generator) -> Aim:
    return Aim(f"out/new{suffix}", DONE, kill=True)


AIMS: dict[str, Set] = {
    "the reference": _named("in/reference.tif", REFUSED),
    "the sensed raster": _named("in/sensed.tif", REFUSED),
    "the sensed raster by another way": _named("out/../in/./sensed.tif", REFUSED),
    "a link to an input": _link("../in/sensed.tif"),
    "a link to a link to an input": _link_to_link,
    "a hard link to an input": _hard_link,
    "what a VRT input reads": _vrt_source,
    "a folder": _folder,
    "a FIFO": _fifo,
    "a device": _device,
    "a link to nothing": _link("nothing{suffix}", EITHER, ("out/nothing{suffix}",)),
    "a link to another file": _link("../other{suffix}", EITHER, ("other{suffix}",)),
    "a link to itself": _link("link{suffix}"),
    "a read-only folder": _read_only,
    "a read-only file in one": _read_only_file,
    "a missing folder": _named("out/missing/deeper/new{suffix}", EITHER),
    "a file as a folder": _named("in/sensed.tif/new{suffix}", REFUSED),
    "/proc": _named("/proc/new{suffix}", REFUSED),
    "a name of 300 letters": _named("out/" + "n" * 300 + "{suffix}", REFUSED),
    "a name of 250 letters": _named("out/" + "n" * (250) + "{suffix}", EITHER),
    "a name that is no UTF-8": _named("out/latin\udce9{suffix}", EITHER),
    "a name with a line break": _named("out/two\nlines{suffix}", EITHER),
    "a name with a dash before it": _named("-dash{suffix}", EITHER),
    "an empty name": _named("", REFUSED),
    "the folder itself": _named(".", REFUSED),
    "a name that ends in a slash": _named("out/new{suffix}/", EITHER),
    "a name in Cyrillic": _named("out/карта 1{suffix}", DONE),
    "a name of many dots": _named("out/a.b..c{suffix}", DONE),
    "files of others beside it": _sidecars,
    "an old file": _existing(False),
    "an old file, to be replaced": _existing(True),
    "a full disk": _small_disk,
    "a limit on the size of files": _limited,
    "a killed writer": _killed,
}
