"""Rasters that are hostile as files: cut, empty, of another kind, of other parts, with stale
companions, of odd names.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling

from .scene import HOME, Case, Frame, Maker, Truth, frame_in

Make = Callable[[Maker], Case]


def _broken(change: Callable[[Path, np.random.Generator], None], **profile: object) -> Make:
    """A file that was a raster."""

    def make(maker: Maker) -> Case:
        case = maker.pair(truth="unknown", **profile)
        change(Path(case.sensed), maker.rng)
        return case

    return make


def _cut(path: Path, rng: np.random.Generator) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * rng.uniform(0.01, 0.99))])


def _flipped(path: Path, rng: np.random.Generator) -> None:
    data = bytearray(path.read_bytes())
    for at in rng.integers(0, len(data), 40):
        data[at] = int(rng.integers(256))
    path.write_bytes(data)


def _head_flipped(path: Path, rng: np.random.Generator) -> None:
    data = bytearray(path.read_bytes())
    for at in rng.integers(2, 500, 6):
        data[at] = int(rng.integers(256))
    path.write_bytes(data)


def _text(content: bytes) -> Make:
    return _broken(lambda path, _rng: path.write_bytes(content) and None)


def _named(name: str, content: bytes | None = None) -> Make:
    """A path that is no raster, or none at all."""

    def make(maker: Maker) -> Case:
        if content is not None:
            (maker.folder / name).write_bytes(content)
        return Case(maker.good(), str(maker.folder / name) if not name.startswith("/") else name)

    return make


def _words(text: str) -> Make:
    return lambda maker: Case(maker.good(), text)


def _vrt(body: str) -> Make:
    """A virtual raster; {} is its own path."""

    def make(maker: Maker) -> Case:
        path = maker.folder / "sensed.vrt"
        band = f'<VRTRasterBand dataType="Byte" band="1">{body.format(path)}</VRTRasterBand>'  # noqa: F841
        path.write_text(
            '<VRTDataset rasterXSize="200" rasterYSize="170"><SRS>EPSG:32633</SRS>'
            "<GeoTransform>499000,10,0,5200850,0,-10</GeoTransform>"
            '<VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
            '<SourceFilename relativeToVRT="1">sensed.tif</SourceFilename>'
            "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
        )
        return Case(maker.good(), str(path))

    return make


def _vrt_of_sensed(maker: Maker) -> Case:
    """A virtual raster of a good one."""
    case = maker.pair()
    path = maker.folder / "view.vrt"
    path.write_text(
        '<VRTDataset rasterXSize="200" '
        'rasterYSize="170"><SRS>EPSG:32633</SRS><GeoTransform>499000,10,0,5200850,0,-10</GeoTransform><VRTRasterBand '  # noqa: E501
        ""
        'dataType="Float32" band="1">'
        "<SimpleSource><SourceFilename "
        'relativeToVRT="1">sensed.tif</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>'
    )
    case.sensed = str(path)
    return case


def _zipped(maker: Maker) -> Case:
    case = maker.pair()
    path = maker.folder / "sensed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(case.sensed, "inside/sensed.tif")
    return Case(
        case.reference, str(path), Truth("unknown", case.truth.reference, case.truth.sensed)
    )


def _driver(driver: str, suffix: str, truth: str = "known") -> Make:
    def make(maker: Maker) -> Case:
        frame = frame_in(HOME)
        data = np.clip(maker.picture(frame, maker.shift_m, radar=True), 1, 255).astype(np.uint8)
        path = maker.write(f"sensed{suffix}", data, frame, driver=driver)
        return Case(maker.good(), path, Truth(truth, frame, frame, maker.shift_m))

    return make


def _overviews(method: str, spoil: bool = False) -> Make:
    """Overviews that are no averages; `spoil`: those of another raster."""

    def make(maker: Maker) -> Case:
        reference = frame_in(HOME, 5.0, 256, 256)
        sensed = frame_in(HOME, 20.0, 64, 64)
        case = maker.pair(sensed, reference)
        with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(case.reference, "r+") as target:
            target.build_overviews([2, 4], Resampling[method])
        overview = Path(f"{case.reference}.ovr")
        if spoil and overview.exists():
            other = maker.write(
                "other.tif",
                np.roll(maker.picture(reference), (40, 60), (0, 1)).astype(np.uint8),
                reference,
            )
            with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(other, "r+") as target:
                target.build_overviews([2, 4], Resampling.average)
            os.replace(f"{other}.ovr", overview)
        return case

    return make


def _companion(suffix: str, content: bytes) -> Make:
    """A file beside the sensed raster that has nothing to do with it."""

    def make(maker: Maker) -> Case:
        case = maker.pair(truth="unknown")
        Path(
            f"{case.sensed}{suffix}"
            if suffix.startswith(".")
            else Path(case.sensed).with_suffix("." + suffix)
        ).write_bytes(content)
        return case

    return make


def _renamed(name: bytes) -> Make:
    """A good raster of an odd name."""

    def make(maker: Maker) -> Case:
        case = maker.pair()
        target = os.path.join(os.fsencode(maker.folder), name)  # noqa: PTH118 - names that are not text
        shutil.move(os.fsencode(case.sensed), target)
        case.sensed = os.fsdecode(target)
        return case

    return make


def _world_file(maker: Maker) -> Case:
    """A plain picture beside a world file that cannot be read."""
    case = maker.pair()
    path = maker.folder / "plain.tif"
    maker.write("plain.tif", maker.picture(frame_in(HOME)), None)
    path.with_suffix(".tfw").write_text(
        str(
            maker.rng.choice(
                [
                    "",
                    "10\n0\n0\n-10\n5\n",
                    "a\nb\nc\nd\ne\nf\n",
                    "nan\n0\n0\nnan\nnan\nnan\n",
                    "0\n0\n0\n0\n0\n0\n",
                ]
            )
        )
    )
    return Case(case.reference, str(path))


def _unreadable(maker: Maker) -> Case:
    case = maker.pair(truth="unknown")
    Path(case.sensed).chmod(0)
    return case


def _reference_is_hostile(make: Make) -> Make:
    """The other way round."""

    def swapped(maker: Maker) -> Case:
        case = make(maker)
        return Case(
            case.sensed,
            case.reference,
            Truth("none" if case.truth.kind == "none" else "unknown"),
            (),
        )

    return swapped


def _wide(maker: Maker) -> Case:
    """One that says it is far larger than its file."""
    path = maker.folder / "sensed.vrt"
    band = '<VRTRasterBand dataType="Float32" band="1"></VRTRasterBand>'
    path.write_text(
        '<VRTDataset rasterXSize="200000" '
        f'rasterYSize="170000"><SRS>EPSG:32633</SRS><GeoTransform>499000,0.01,0,5200850,0,-0.01</GeoTransform>{band}</VRTDataset>'
    )
    return Case(maker.good(), str(path))


def kinds() -> Iterator[tuple[str, Make]]:
    """Yield each kind of hostile file with what makes a case of it."""
    yield "file: cut", _broken(_cut)
    yield (
        "file: cut, tiled and packed",
        _broken(_cut, tiled=True, blockxsize=64, blockysize=64, compress="deflate"),
    )
    yield "file: bytes changed", _broken(_flipped)
    yield "file: packed bytes changed", _broken(_flipped, compress="deflate")
    yield "file: head changed", _broken(_head_flipped)
    yield (
        "file: head and packed bytes changed",
        _broken(_head_flipped, compress="lzw", tiled=True, blockxsize=64, blockysize=64),
    )
    yield "file: empty", _text(b"")
    yield "file: text", _text(b"this is not a raster\n" * 40)
    yield "file: only a head", _text(b"II*\x00\x08\x00\x00\x00")
    yield "file: a loop of directories", _text(b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00")
    yield "file: zeros", _text(b"\0" * 5000)
    yield "file: HTML", _text(b"<!DOCTYPE html><html><body>404 Not Found</body></html>")
    yield "path: missing", _named("nowhere.tif")
    yield "path: a folder", _named(".")
    yield "path: /dev/null", _named("/dev/null")
    yield from (
        (f"path: {w[:20]!r}", _words(w))
        for w in (
            "",
            " ",
            "-",
            "NETCDF:",
            "GTIFF_DIR:9:x.tif",
            "/vsizip/nowhere.zip/a.tif",
            "/vsimem/nothing.tif",
            "PG:dbname=none",
            "a" * 300,
            "a/" * 3000 + "b",
            "x\udcff.tif",
        )
    )
    yield "file: unreadable", _unreadable
    source = (
        "<SimpleSource><SourceFilename "
        'relativeToVRT="0">{}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>'
    )
    yield "VRT: of nothing", _vrt(source.replace("{}", "/nowhere/at/all.tif"))
    yield "VRT: of itself", _vrt(source)
    yield "VRT: broken XML", _vrt("<SimpleSource><SourceFilename>")
    yield "VRT: of no source", _vrt("")
    yield "VRT: of a good raster", _vrt_of_sensed
    yield "VRT: far larger than its file", _wide
    yield "archive: zip", _zipped
    yield "archive: broken zip", _named("sensed.zip", b"PK\x03\x04" + b"x" * 300)
    yield "format: PNG", _driver("PNG", ".png")
    yield "format: JPEG", _driver("JPEG", ".jpg")
    yield "format: HFA", _driver("HFA", ".img")
    yield "format: ENVI", _driver("ENVI", ".dat")
    yield (
        "format: AAIGrid named tif",
        _named(
            "sensed.tif", b"ncols 3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 10\n1 2 3\n4 5 6\n"
        ),
    )
    yield from ((f"overviews: {m}", _overviews(m)) for m in ("nearest", "mode", "gauss"))
    yield "overviews: of another raster", _overviews("average", spoil=True)
    for suffix, content in (
        (".ovr", b"rubbish"),
        (".msk", b"rubbish"),
        (".aux.xml", b"<PAMDataset><SRS>rubbish"),
        (".aux.xml", b"<PAMDataset><GeoTransform>1,2</GeoTransform></PAMDataset>"),
        ("tfw", b"rubbish"),
        ("aux.xml", b"\0\0"),
        (".ovr", b""),
        (".msk", b"II*\0"),
    ):
        yield f"beside: {suffix} of {content[:12]!r}", _companion(suffix, content)
    yield "beside: a wrong world file", _world_file
    for name in (
        b"a space.tif",
        "Übersicht 雷达.tif".encode(),
        b"latin\xe9.tif",
        b"-o.tif",
        b"new\nline.tif",
        b"'quote\".tif",
        b"<b>bold</b>.tif".replace(b"/", b"&"),
        b"x" * 250 + b".tif",
        b"%s{0}$HOME.tif",
        b"no_suffix",
    ):
        yield f"name: {name[:24]!r}", _renamed(name)
    yield "reference: cut", _reference_is_hostile(_broken(_cut))
    yield "reference: bytes changed", _reference_is_hostile(_broken(_flipped))
    yield (
        "reference: constant",
        _reference_is_hostile(lambda m: m.pair(change=lambda d: np.full_like(d, 5), truth="none")),
    )
    yield (
        "reference: all NaN",
        _reference_is_hostile(
            lambda m: m.pair(change=lambda d: np.full_like(d, np.nan), truth="none")
        ),
    )
    yield (
        "reference: single NaN",
        _reference_is_hostile(
            lambda m: m.pair(
                change=lambda d: np.where(m.rng.random(d.shape) < 0.02, np.float32(np.nan), d)
            )
        ),
    )
    yield (
        "reference: 3 x 3",
        _reference_is_hostile(lambda m: m.pair(frame_in(HOME, 10.0, 3, 3), truth="unknown")),
    )
    yield (
        "reference: singular",
        _reference_is_hostile(
            lambda m: Case(
                m.good("reference.tif"),
                m.write(
                    "sensed.tif",
                    m.picture(frame_in(HOME)),
                    Frame((5e5, 0.0, 0.0, 5.2e6, 0.0, 0.0), 200, 170),
                ),
            )
        ),
    )
