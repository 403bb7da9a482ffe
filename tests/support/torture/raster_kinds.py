"""Rasters that are hostile by their samples: types, shapes, contents, nodata."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from .scene import HOME, Case, Frame, Maker, Truth, frame_in

Make = Callable[[Maker], Case]
TYPES = (
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "complex_int16",
)
SHAPES = ((1, 1), (1, 200), (200, 1), (3, 3), (7, 9), (16, 16), (33, 31), (64, 200), (255, 129))


def _typed(dtype: str) -> Make:
    def make(maker: Maker) -> Case:
        def change(data: np.ndarray) -> np.ndarray:
            if dtype.startswith("complex"):
                return (data * np.exp(1j * maker.rng.uniform(0, 6, data.shape))).astype(
                    "complex64" if dtype == "complex_int16" else dtype
                )
            return np.clip(
                data / 2 if dtype == "int8" else data, 0, 127 if dtype == "int8" else 255
            ).astype(dtype)

        more = {"dtype": "complex_int16"} if dtype == "complex_int16" else {}
        return maker.pair(
            change=change, truth="unknown" if dtype.startswith("complex") else "known", **more
        )

    return make


def _bits(maker: Maker) -> Case:
    return maker.pair(change=lambda d: (d > np.median(d)).astype(np.uint8), nbits=1)


def _shaped(rows: int, cols: int, gsd: float) -> Make:
    def make(maker: Maker) -> Case:
        return maker.pair(
            frame_in(HOME, gsd, cols, rows), truth="known" if min(rows, cols) > 2 else "unknown"
        )

    return make


def _constant(value: float) -> Make:
    return lambda maker: maker.pair(change=lambda d: np.full_like(d, value), truth="none")


def _sprinkled(value: float, share: float, nodata: float | None = None) -> Make:
    """Single pixels of a value, declared as nodata or not."""

    def make(maker: Maker) -> Case:
        def change(data: np.ndarray) -> np.ndarray:
            data[maker.rng.random(data.shape) < share] = value
            return data

        return maker.pair(change=change, **({} if nodata is None else {"nodata": nodata}))

    return make


def _half(value: float, side: str, nodata: float | None = None) -> Make:
    """A half, a frame or all but a corner is a value."""

    def make(maker: Maker) -> Case:
        def change(data: np.ndarray) -> np.ndarray:
            h, w = data.shape
            keep = np.zeros(data.shape, bool)
            part = {
                "left": np.s_[:, : w // 2],
                "top": np.s_[: h // 2],
                "middle": np.s_[h // 5 : -h // 5, w // 5 : -w // 5],
                "corner": np.s_[:40, :40],
                "stripe": np.s_[:, 90:110],
            }[side]
            keep[part] = True
            return np.where(keep, data, np.float32(value))

        return maker.pair(change=change, **({} if nodata is None else {"nodata": nodata}))

    return make


def _scaled(factor: float, offset: float = 0.0, dtype: str = "float32") -> Make:
    def make(maker: Maker) -> Case:
        with np.errstate(over="ignore"):
            return maker.pair(
                change=lambda d: (d.astype(np.float64) * factor + offset).astype(dtype)
            )

    return make


def _pattern(kind: str) -> Make:
    """What has nothing to do with the reference, or looks the same everywhere."""

    def make(maker: Maker) -> Case:
        def change(data: np.ndarray) -> np.ndarray:
            y, x = np.indices(data.shape)
            return {
                "checkerboard": lambda: ((x // 8 + y // 8) % 2 * 200.0 + 20).astype(np.float32),
                "finest checkerboard": lambda: ((x + y) % 2 * 200.0 + 20).astype(np.float32),
                "noise": lambda: maker.rng.uniform(1, 255, data.shape).astype(np.float32),
                "ramp": lambda: (x + 1.0).astype(np.float32),
                "one bright pixel": lambda: np.where((x == 77) & (y == 60), 255, 3).astype(
                    np.float32
                ),
                "mirrored": lambda: np.ascontiguousarray(data[:, ::-1]),
                "upside down": lambda: np.ascontiguousarray(data[::-1]),
                "transposed blocks": lambda: np.concatenate([data[85:], data[:85]]),
                "stripes": lambda: (np.sin(x / 3.0) * 100 + 120).astype(np.float32),
            }[kind]()

        return maker.pair(change=change, truth="none")

    return make


def _banded(count: int, good: int) -> Make:
    """Many bands, one of them with something in it."""

    def make(maker: Maker) -> Case:
        case = maker.pair()
        frame = frame_in(HOME)
        bands = np.zeros((count, frame.height, frame.width), np.float32)
        bands[good] = maker.picture(frame, maker.shift_m, radar=True)
        maker.write("sensed.tif", bands, frame)
        return case

    return make


def _masked(kind: str) -> Make:
    def make(maker: Maker) -> Case:
        frame = frame_in(HOME)
        mask = {
            "all": lambda s: np.zeros(s, bool),
            "holes": lambda s: maker.rng.random(s) > 0.03,
            "blocks": lambda s: (
                np.kron(maker.rng.random((s[0] // 10, s[1] // 10)) > 0.3, np.ones((10, 10))) > 0
            ),
        }[kind]((frame.height, frame.width))
        return maker.pair(frame, mask=mask, truth="none" if kind == "all" else "known")

    return make


def _nodata_of_another_type(maker: Maker) -> Case:
    case = maker.pair(change=lambda d: np.clip(d, 1, 255).astype(np.uint8))
    case.args = (
        "--sensed-nodata",
        str(maker.rng.choice(["-9999", "300.5", "nan", "inf", "1e300"])),
    )
    return case


def _bands_asked(words: str) -> Make:
    def make(maker: Maker) -> Case:
        case = maker.pair(truth="unknown")
        case.args = (f"--sensed-bands={words}",)
        return case

    return make


def _two_wrong_frames(maker: Maker) -> Case:
    frame = Frame((0.0, 0.0, 0.0, 0.0, 0.0, 0.0), 120, 120)
    path = maker.write("sensed.tif", maker.picture(frame_in(HOME, width=120, height=120)), frame)
    return Case(maker.good(), path, Truth())


def kinds() -> Iterator[tuple[str, Make]]:
    """Yield each kind of hostile samples with what makes a case of it."""
    yield from ((f"type: {name}", _typed(name)) for name in TYPES)
    yield "type: one bit", _bits
    yield from ((f"shape: {h} x {w}", _shaped(h, w, 10.0)) for h, w in SHAPES)
    yield from (
        (f"content: all {v}", _constant(v))
        for v in (0.0, 7.0, np.nan, np.inf, -np.inf, 3e38, 1e-42, -1.0)
    )
    yield from (
        (f"content: {100 * s:g} % single {v}", _sprinkled(v, s))
        for v, s in (
            (0.0, 0.01),
            (np.nan, 0.01),
            (np.inf, 0.005),
            (3e38, 0.001),
            (-3e38, 0.001),
            (1e-42, 0.1),
            (np.nan, 0.3),
        )
    )
    yield from (
        (f"nodata: {100 * s:g} % single {v}", _sprinkled(v, s, v))
        for v, s in ((0.0, 0.01), (0.0, 0.02), (0.0, 0.1), (-9999.0, 0.03), (0.0, 0.5), (0.0, 0.97))
    )
    yield from (
        (f"nodata: {side}, {v}", _half(v, side, n))
        for v, side, n in (
            (0.0, "left", 0.0),
            (np.nan, "top", None),
            (np.nan, "left", np.nan),
            (0.0, "middle", 0.0),
            (0.0, "corner", 0.0),
            (np.nan, "corner", None),
            (0.0, "stripe", 0.0),
            (-9999.0, "left", None),
            (-32768.0, "middle", None),
            (255.0, "top", None),
            (3.4e38, "middle", 3.4e38),
        )
    )
    yield from (
        (f"values: times {f:g}", _scaled(f, o, t))
        for f, o, t in (
            (1e36, 0, "float32"),
            (1e-42, 0, "float32"),
            (1e-20, 0, "float32"),
            (1e300, 0, "float64"),
            (-1.0, 0, "float32"),
            (1e-3, 1e6, "float64"),
            (-30.0, 0, "int16"),
            (1e-6, 1.0, "float32"),
        )
    )
    names = (
        "checkerboard",
        "finest checkerboard",
        "noise",
        "ramp",
        "one bright pixel",
        "mirrored",
        "upside down",
        "transposed blocks",
        "stripes",
    )
    yield from ((f"unlike: {name}", _pattern(name)) for name in names)
    yield from (
        (f"bands: {n}, only {g + 1} filled", _banded(n, g)) for n, g in ((2, 1), (13, 0), (60, 59))
    )
    yield from ((f"mask: {name}", _masked(name)) for name in ("all", "holes", "blocks"))
    yield "nodata: of another type", _nodata_of_another_type
    yield from (
        (f"bands: asked {words}", _bands_asked(words))
        for words in ("0", "-1", "2", "1,1,1,1", "99999999999999999999")
    )
    yield "georeference: all zero", _two_wrong_frames
