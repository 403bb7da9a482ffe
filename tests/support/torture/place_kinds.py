"""Rasters that are hostile by where they are said to lie: georeferencing, and the relation of a
pair.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rasterio.control import GroundControlPoint

from .scene import HOME, SIDE, Case, Frame, Maker, Truth, frame_in, moved

Make = Callable[[Maker], Case]
ENGINEERING = (
    'LOCAL_CS["Site '
    'grid",LOCAL_DATUM["Site",0],UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
)
NO_DATUM = (
    'PROJCS["home made",GEOGCS["unknown",DATUM["unknown",SPHEROID["WGS '
    '84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",15],PARAMETER["scale_factor",0.9996],'
    'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1]]'
)


def _south_up(frame: Frame) -> Frame:
    x0, a, b, y0, d, e = frame.geotransform
    return Frame(
        (x0, a, -b, y0 + e * frame.height, d, -e),
        frame.width,
        frame.height,
        frame.crs,
        frame.lies_in,
        frame.home,
    )


def _east_left(frame: Frame) -> Frame:
    x0, a, b, y0, d, e = frame.geotransform
    return Frame(
        (x0 + a * frame.width, -a, b, y0, d, e),
        frame.width,
        frame.height,
        frame.crs,
        frame.lies_in,
        frame.home,
    )


def _on_site() -> Frame:
    return Frame(frame_in(HOME).geotransform, 200, 170, ENGINEERING, HOME)


def _placed(
    sensed: Callable[[], Frame],
    reference: Callable[[], Frame] | None = None,
    truth: str = "known",
    args: tuple[str, ...] = (),
) -> Make:
    return lambda maker: maker.pair(
        sensed(), reference() if reference else None, truth=truth, args=args
    )


def _numbers(numbers: tuple[float, ...]) -> Make:
    """A geotransform no ground has."""

    def make(maker: Maker) -> Case:
        path = maker.write(
            "sensed.tif", maker.picture(frame_in(HOME), radar=True), Frame(numbers, 200, 170)
        )
        return Case(maker.good(), path, Truth())

    return make


def _unreferenced(both: bool) -> Make:
    def make(maker: Maker) -> Case:
        plain = Frame((0.0, 10.0, 0.0, 0.0, 0.0, -10.0), 200, 170, "")
        frame = frame_in(HOME)
        sensed = maker.write("sensed.tif", maker.picture(frame, maker.shift_m, radar=True), None)
        if not both:
            return Case(maker.good(), sensed, Truth())
        reference = maker.write("reference.tif", maker.picture(frame).astype(np.uint8), None)
        x, y = maker.shift_m
        return Case(reference, sensed, Truth("known", plain, plain, (x, y)))

    return make


def _gcps(kind: str) -> Make:
    def make(maker: Maker) -> Case:
        frame = frame_in(HOME)
        points = {
            "three": [(0, 0), (200, 0), (0, 170)],
            "two": [(0, 0), (200, 170)],
            "one": [(50, 50)],
            "collinear": [(0, 0), (50, 50), (100, 100), (150, 150)],
            "grid": [(x, y) for x in (0, 100, 200) for y in (0, 85, 170)],
            "twice": [(0, 0)] * 5,
        }.get(kind, [(x, y) for x in (0, 100, 200) for y in (0, 85, 170)])
        gcps = []
        for x, y in points:
            ((mx, my),) = frame.home_xy(np.array([[float(x), float(y)]]))
            if kind == "not finite":
                mx = np.nan
            if kind == "nonsense":
                mx, my = maker.rng.uniform(-1e7, 1e7, 2)
            gcps.append(
                GroundControlPoint(row=float(y), col=float(x), x=float(mx), y=float(my), z=0.0)
            )
        return maker.pair(
            frame, truth="known" if kind in ("three", "grid") else "unknown", gcps=gcps
        )

    return make


def _mirrored_gcps(maker: Maker) -> Case:
    """As a descending pass seen in its own geometry."""
    frame = _east_left(frame_in(HOME))
    gcps = []
    for x in (0.0, 100.0, 200.0):
        for y in (0.0, 85.0, 170.0):
            ((mx, my),) = frame.home_xy(np.array([[x, y]]))
            gcps.append(GroundControlPoint(row=y, col=x, x=float(mx), y=float(my), z=0.0))
    return maker.pair(frame, gcps=gcps)


def _rpcs(maker: Maker) -> Case:
    case = maker.pair(truth="unknown")
    names = (
        "LINE_OFF",
        "SAMP_OFF",
        "LAT_OFF",
        "LONG_OFF",
        "HEIGHT_OFF",
        "LINE_SCALE",
        "SAMP_SCALE",
        "LAT_SCALE",
        "LONG_SCALE",
        "HEIGHT_SCALE",
    )
    text = "".join(f"{n}: {maker.rng.choice(['0', '1e308', 'nan', '-5', 'x'])}\n" for n in names)
    rows = (
        f"{n}_{i}: {maker.rng.normal():.3g}\n"
        for n in ("LINE_NUM_COEFF", "LINE_DEN_COEFF", "SAMP_NUM_COEFF", "SAMP_DEN_COEFF")
        for i in range(1, 21)
    )
    Path(case.sensed).with_name("sensed_RPC.TXT").write_text(text + "".join(rows))
    return case


def _antimeridian(maker: Maker, **more: Any) -> Case:
    """Both sides of 180 degrees: the reference counts on beyond 180, the sensed raster begins at
    -180.
    """
    home = "+proj=tmerc +lon_0=180 +lat_0=0 +k=1 +x_0=500000 +y_0=0 +datum=WGS84 +units=m +no_defs"
    metres = frame_in(home, home=home)
    degrees = 10.0 / 76000
    lat = 46.95
    reference = Frame(
        (180 - 100 * degrees * 1.0, degrees, 0.0, lat + 85 * 9e-5, 0.0, -9e-5),
        200,
        170,
        "EPSG:4326",
        home=home,
    )
    sensed = moved(reference, -360.0 if more.get("other") else 0.0, 0.0)
    return maker.pair(sensed, metres if more.get("metres") else reference)


def _two_sizes(
    sensed_gsd: Any,
    reference_gsd: Any,
    size: tuple[int, int] = (100, 85),
    args: tuple[str, ...] = (),
) -> Make:
    return lambda maker: maker.pair(
        frame_in(HOME, sensed_gsd, *size), frame_in(HOME, reference_gsd, 200, 170), args=args
    )


def _apart(dx: float, dy: float, truth: str = "none", args: tuple[str, ...] = ()) -> Make:
    """Tiles so many metres apart."""
    return lambda maker: maker.pair(
        moved(frame_in(HOME, width=128, height=128), dx, dy),
        frame_in(HOME, width=128, height=128),
        truth=truth,
        args=args,
    )


def _same_twice(kind: str) -> Make:
    def make(maker: Maker) -> Case:
        path, frame = maker.good(), frame_in(HOME)
        truth = Truth("known", frame, frame)
        other = Path(path).with_name("sensed.tif")
        if kind == "file":
            return Case(path, path, truth)
        if kind == "copy":
            shutil.copy(path, other)
        elif kind == "link":
            other.symlink_to(path)
        else:
            other.hardlink_to(path)
        return Case(path, str(other), truth)

    return make


def _asked(*args: str, truth: str = "known") -> Make:
    return lambda maker: maker.pair(truth=truth, args=args)


def kinds() -> Iterator[tuple[str, Make]]:
    """Yield each kind of hostile place with what makes a case of it."""
    yield "georeference: none", _unreferenced(True)
    yield "georeference: none of one", _unreferenced(False)
    yield "georeference: south-up", _placed(lambda: _south_up(frame_in(HOME)))
    yield (
        "georeference: both south-up",
        _placed(lambda: _south_up(frame_in(HOME)), lambda: _south_up(frame_in(HOME))),
    )
    yield "georeference: mirrored", _placed(lambda: _east_left(frame_in(HOME)))
    yield from (
        (f"georeference: turned {a:g} deg", _placed(lambda a=a: frame_in(HOME, angle_deg=a)))
        for a in (2.0, 30.0, 90.0, 180.0)
    )
    yield "georeference: 10 x 20 m", _placed(lambda: frame_in(HOME, (10.0, 20.0), 200, 85))
    yield (
        "georeference: 20 x 10 m, turned",
        _placed(lambda: frame_in(HOME, (20.0, 10.0), 100, 170, 15.0)),
    )
    for numbers in (
        (5e5, 0, 0, 5.2e6, 0, 0),
        (5e5, 10, 10, 5.2e6, 10, 10),
        (5e5, 1e-12, 0, 5.2e6, 0, -1e-12),
        (5e5, 1e12, 0, 5.2e6, 0, -1e12),
        (1e300, 10, 0, 1e300, 0, -10),
    ):
        yield (
            f"georeference: numbers {numbers[1]:g}, {numbers[2]:g}",
            _numbers(tuple(float(v) for v in numbers)),
        )
    for words in (
        (np.nan, 10, 0, 5.2e6, 0, -10),
        (np.inf, 10, 0, 5.2e6, 0, -10),
        (5e5, np.nan, 0, 5.2e6, 0, np.nan),
    ):
        yield "georeference: not finite", _numbers(tuple(float(v) for v in words))
    yield "CRS: degrees", _placed(lambda: frame_in("EPSG:4326"))
    yield (
        "CRS: both in degrees",
        _placed(lambda: frame_in("EPSG:4326"), lambda: frame_in("EPSG:4326")),
    )
    yield "CRS: Web Mercator", _placed(lambda: frame_in("EPSG:3857"))
    yield (
        "CRS: the next UTM zone",
        _placed(
            lambda: frame_in("EPSG:32632", width=224, height=224),
            lambda: frame_in(HOME, width=224, height=224),
        ),
    )
    yield "CRS: equal area of Europe", _placed(lambda: frame_in("EPSG:3035"))
    yield (
        "CRS: feet",
        _placed(lambda: frame_in("+proj=utm +zone=33 +datum=WGS84 +units=us-ft +no_defs")),
    )
    yield "CRS: NAD27", _placed(lambda: frame_in("EPSG:4267"), truth="unknown")
    yield "CRS: polar", _placed(lambda: frame_in("EPSG:3413"))
    yield "CRS: the south's polar", _numbers_in("EPSG:3031")
    yield "CRS: engineering, both", _placed(_on_site, _on_site)
    yield "CRS: engineering of one", _placed(_on_site, truth="unknown")
    yield (
        "CRS: without datum",
        _placed(lambda: Frame(frame_in(HOME).geotransform, 200, 170, NO_DATUM, HOME)),
    )
    yield (
        "CRS: geocentric",
        _placed(
            lambda: Frame(frame_in(HOME).geotransform, 200, 170, "EPSG:4978", HOME), truth="unknown"
        ),
    )
    yield (
        "CRS: numbers of another",
        _placed(
            lambda: Frame(frame_in("EPSG:4326").geotransform, 200, 170, HOME, "EPSG:4326"),
            truth="unknown",
        ),
    )
    yield "CRS: latitude beyond the pole", _numbers((13.0, 0.0001, 0.0, 95.0, 0.0, -0.0001))
    yield "antimeridian: both beyond 180", lambda m: _antimeridian(m)
    yield "antimeridian: 181 beside -179", lambda m: _antimeridian(m, other=True)
    yield "antimeridian: beside metres", lambda m: _antimeridian(m, metres=True)
    yield from (
        (f"GCPs: {name}", _gcps(name))
        for name in ("three", "two", "one", "collinear", "grid", "twice", "not finite", "nonsense")
    )
    yield "GCPs: mirrored", _mirrored_gcps
    yield "RPC: nonsense", _rpcs
    yield from (
        (f"sizes: {s} beside {r}", _two_sizes(s, r))
        for s, r in ((20.0, 10.0), ((10.0, 20.0), 10.0), (10.0, 20.0), (40.0, 10.0), (6.0, 10.0))
    )
    yield from (
        (f"sizes: 20 m beside 10 m, {m}", _two_sizes(20.0, 10.0, args=("--model", m)))
        for m in ("shift", "similarity", "affine", "projective", "tps", "field", "polynomial3")
    )
    yield (
        "sizes: 1000 m beside 10 m",
        lambda m: m.pair(frame_in(HOME, 1000.0, 30, 30), truth="unknown"),
    )
    yield (
        "sizes: 0.1 m beside 10 m",
        lambda m: m.pair(frame_in(HOME, 0.1, 200, 170), truth="unknown"),
    )
    far = SIDE * 5.0
    yield from (
        (f"relation: {n}", _apart(x, y))
        for n, x, y in (
            ("far away", 1e5, 0),
            ("neighbours", 1280, 0),
            ("1 px in common", 1270, 0),
            ("corner to corner", 1280, -1280),
            ("just apart", far / 2, 0),
        )
    )
    yield "relation: a strip in common", _apart(1100, 0, "known")
    yield (
        "relation: neighbours, looked for far",
        _apart(1280, 0, "none", ("--search-radius", "3000")),
    )
    yield from (
        (f"relation: the same {n}", _same_twice(n)) for n in ("file", "copy", "link", "hard link")
    )
    for option, value in (
        ("--search-radius", "0"),
        ("--search-radius", "-5"),
        ("--search-radius", "nan"),
        ("--search-radius", "1e12"),
        ("--working-gsd", "1e-9"),
        ("--working-gsd", "1e9"),
        ("--max-points", "0"),
        ("--max-points", "1"),
        ("--max-points", "3"),
        ("--template-px", "1"),
        ("--template-px", "4096"),
        ("--tile-px", "1"),
        ("--tile-px", "40"),
        ("--memory-mb", "1"),
        ("--min-score", "1"),
        ("--output-gsd", "1e-9"),
        ("--output-gsd", "1e9"),
        ("--output-gsd", "nan"),
        ("--nodata", "nan"),
        ("--nodata", "1e300"),
        ("--keep-pixels", "true"),
        ("--match-reference-grid", "true"),
        ("--format", "COG"),
    ):
        yield f"option: {option} {value}", _asked(option, value)


def _numbers_in(crs: str) -> Make:
    """The same numbers in a CRS of the other side of the world."""

    def make(maker: Maker) -> Case:
        path = maker.write(
            "sensed.tif",
            maker.picture(frame_in(HOME), radar=True),
            Frame(frame_in(HOME).geotransform, 200, 170, crs),
        )
        return Case(maker.good(), path, Truth("none"))

    return make
