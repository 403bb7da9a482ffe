"""A scene that can be sampled on any grid, so that where each pixel of a hostile raster truly lies
is known.
"""

from __future__ import annotations

import functools
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.warp
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning
from scipy import ndimage

HOME = "EPSG:32633"
FINE_M, SIDE = 5.0, 760
LEFT, TOP = 498_100.0, 5_201_900.0  # the middle of the scene: 500 000, 5 200 000
TOLERATED_PX = 3.0
SURE = 0.9


@functools.lru_cache(maxsize=8)
def fine_picture(seed: int) -> np.ndarray:
    """Return (SIDE, SIDE) brightness 20 to 230 of pixels of 5 m: fields with crops, tracks and
    fractal ground.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    seeds = rng.uniform(0, SIDE, (260, 2)).astype(np.float32)
    nearest, cell = np.full((SIDE, SIDE), np.inf, np.float32), np.zeros((SIDE, SIDE), np.int32)
    for i, (sx, sy) in enumerate(seeds):
        d = (x - sx) ** 2 + (y - sy) ** 2
        cell[d < nearest], nearest = i, np.minimum(d, nearest)
    out = rng.uniform(40, 210, len(seeds)).astype(np.float32)[cell]
    for sigma, strength in ((2, 14.0), (6, 16.0), (20, 20.0)):
        noise = ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)).astype(np.float32), sigma)
        out += strength * noise / noise.std()
    return np.clip(ndimage.gaussian_filter(out, 1.0), 20, 230)


@dataclass(frozen=True)
class Frame:
    """Where the pixels of a raster are said to lie.

    Args:
        geotransform: GDAL's six numbers.
        width: Columns.
        height: Rows.
        crs: What is written into the file; "" = none.
        lies_in: CRS that the numbers are truly in; None = `crs`.
        home: CRS of the scene's metres.
    """

    geotransform: tuple[float, ...]
    width: int
    height: int
    crs: str = HOME
    lies_in: str | None = None
    home: str = HOME

    def home_xy(self, px: np.ndarray) -> np.ndarray:
        """Return (N, 2) metres of the scene for (N, 2) pixels, corners counted."""
        x0, a, b, y0, d, e = self.geotransform
        x, y = x0 + a * px[:, 0] + b * px[:, 1], y0 + d * px[:, 0] + e * px[:, 1]
        return transformed(
            np.stack([x, y], axis=1), self.lies_in or self.crs or self.home, self.home
        )

    @property
    def gsd_m(self) -> float:
        """Metres that a pixel in the middle is wide or high, the larger of the two."""
        at = np.array([[self.width / 2, self.height / 2]])
        right, down = (
            self.home_xy(at + step) - self.home_xy(at)
            for step in (np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))
        )
        return float(max(np.linalg.norm(right), np.linalg.norm(down)))

    def centres(self, part: int = 1) -> np.ndarray:
        """Return (H*part*W*part, 2) px: the centres of all pixels, or of their parts."""
        x, y = (np.arange(n * part) / part + 0.5 / part for n in (self.width, self.height))
        return np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)


def transformed(xy: np.ndarray, source: str, target: str) -> np.ndarray:
    """Bring (N, 2) coordinates from one CRS to another."""
    if source == target:
        return xy
    return np.stack(rasterio.warp.transform(source, target, xy[:, 0], xy[:, 1]), axis=1)


def frame_in(
    crs: str,
    gsd_m: float | tuple[float, float] = 10.0,
    width: int = 200,
    height: int = 170,
    angle_deg: float = 0.0,
    home: str = HOME,
    **more: Any,
) -> Frame:
    """Return a frame round the scene's middle in a CRS, its pixels so many metres wide and high."""
    gx, gy = gsd_m if isinstance(gsd_m, tuple) else (gsd_m, gsd_m)
    cx, cy = LEFT + SIDE * FINE_M / 2, TOP - SIDE * FINE_M / 2
    at = transformed(
        np.array([[cx, cy], [cx + 100, cy], [cx, cy - 100]]), home, more.get("lies_in") or crs
    )
    right, down = (float(np.linalg.norm(at[i] - at[0])) / 100 for i in (1, 2))
    turn = (
        Affine.translation(at[0, 0], at[0, 1])
        @ Affine.rotation(angle_deg)
        @ Affine.scale(gx * right, -gy * down)
        @ Affine.translation(-width / 2, -height / 2)
    )
    return Frame(tuple(turn.to_gdal()), width, height, crs, home=home, **more)


def moved(frame: Frame, dx: float, dy: float) -> Frame:
    """Return the frame moved by so many of its own map units."""
    x0, a, b, y0, d, e = frame.geotransform
    return Frame(
        (x0 + dx, a, b, y0 + dy, d, e),
        frame.width,
        frame.height,
        frame.crs,
        frame.lies_in,
        frame.home,
    )


@dataclass
class Truth:
    """Where the sensed raster's pixels truly lie: its frame, moved by `shift_m`; `kind` "known",
    "none" (no ok is right) or "unknown".
    """

    kind: str = "unknown"
    reference: Frame | None = None
    sensed: Frame | None = None
    shift_m: tuple[float, float] = (0.0, 0.0)

    def miss_px(self, apply: Callable[[np.ndarray], np.ndarray]) -> float:
        """Return how far a transform (sensed px to reference px) is off at most, in pixels of the
        coarser raster, over the common ground.
        """
        if self.reference is None or self.sensed is None:
            raise ValueError("no truth is known")
        x, y = (np.linspace(0, n, 15) for n in (self.sensed.width, self.sensed.height))
        place = np.stack(np.meshgrid(x, y), axis=2).reshape(-1, 2)
        true = self.sensed.home_xy(place) + np.array(self.shift_m)
        said_px = np.asarray(apply(place))
        said = self.reference.home_xy(said_px)
        corners = self.reference.home_xy(self.reference.centres(1))
        inside = np.all((true >= corners.min(axis=0)) & (true <= corners.max(axis=0)), axis=1)
        if not inside.any():
            inside[:] = True
        gsd = max(self.reference.gsd_m, self.sensed.gsd_m)
        off = np.linalg.norm(said - true, axis=1)[inside] / gsd
        return float(np.quantile(np.nan_to_num(off, nan=np.inf, posinf=1e9), 0.9))


@dataclass
class Case:
    """A pair of rasters for the command line, with further arguments and what is true of them."""

    reference: str
    sensed: str
    truth: Truth = field(default_factory=Truth)
    args: tuple[str, ...] = ()


class Maker:
    """Makes the rasters of one case in a folder.

    Args:
        folder: Where they are written.
        seed: Of everything random.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.rng = folder, np.random.default_rng(seed)
        self._seed = seed
        self.shift_m = tuple(
            float(v) for v in self.rng.choice([-1, 1], 2) * self.rng.uniform(15, 45, 2)
        )

    def picture(
        self, frame: Frame, shift_m: tuple[float, float] = (0.0, 0.0), radar: bool = False
    ) -> np.ndarray:
        """Return (H, W) float32 of the scene as a frame sees it whose pixels truly lie `shift_m`
        farther.
        """
        part = int(np.clip(np.ceil(frame.gsd_m / FINE_M), 1, 12))
        xy = frame.home_xy(frame.centres(part)) + np.array(shift_m)
        rows, cols = (TOP - xy[:, 1]) / FINE_M - 0.5, (xy[:, 0] - LEFT) / FINE_M - 0.5
        fine = ndimage.map_coordinates(
            fine_picture(self._seed % 5), [rows, cols], order=1, mode="mirror"
        )
        out = fine.reshape(frame.height, part, frame.width, part).mean(axis=(1, 3))
        if radar:
            out = 255.0 * (out / 255.0) ** 0.8 * np.sqrt(self.rng.gamma(9, 1 / 9, out.shape))
        return np.nan_to_num(out, posinf=0, neginf=0).astype(np.float32)

    def write(self, name: str, data: np.ndarray, frame: Frame | None, **profile: Any) -> str:
        """Write (H, W) or (B, H, W) as a GeoTIFF (or `driver`) and return its path; `mask` and
        `gcps` are set where given.
        """
        bands = data if data.ndim == 3 else data[None]
        mask, gcps = profile.pop("mask", None), profile.pop("gcps", None)
        if frame is not None and gcps is None:
            profile["transform"] = Affine.from_gdal(*frame.geotransform)
            if frame.crs:
                profile["crs"] = rasterio.CRS.from_user_input(frame.crs)
        profile = {
            "driver": "GTiff",
            "count": len(bands),
            "height": bands.shape[1],
            "width": bands.shape[2],
            "dtype": bands.dtype,
            **profile,
        }
        path = self.folder / name
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path, "w", **profile) as sink:
                sink.write(
                    bands.astype(profile["dtype"])
                    if not str(profile["dtype"]).startswith("complex_")
                    else bands
                )
                if mask is not None:
                    sink.write_mask(mask)
                if gcps is not None:
                    sink.gcps = (gcps, rasterio.CRS.from_user_input(frame.crs if frame else HOME))
        return str(path)

    def good(self, name: str = "reference.tif", frame: Frame | None = None) -> str:
        """Write an ordinary reference."""
        frame = frame or frame_in(HOME)
        return self.write(name, self.picture(frame).round().astype(np.uint8), frame)

    def pair(
        self,
        sensed: Frame | None = None,
        reference: Frame | None = None,
        change: Callable[[np.ndarray], np.ndarray] | None = None,
        truth: str = "known",
        args: tuple[str, ...] = (),
        **profile: Any,
    ) -> Case:
        """Write a pair whose sensed raster is displaced, its samples changed by `change`; the
        reference is an ordinary one.
        """
        reference, sensed = reference or frame_in(HOME), sensed or frame_in(HOME)
        data = self.picture(sensed, self.shift_m, radar=True)
        if change is not None:
            data = change(data)
        paths = (
            self.good("reference.tif", reference),
            self.write("sensed.tif", data, sensed, **profile),
        )
        return Case(*paths, Truth(truth, reference, sensed, self.shift_m), args)


def judged(case: Case, json_path: Path) -> tuple[str, str, str]:
    """Return the status of a result, the column of the table and what is wrong with it ("" where
    nothing is).
    """
    from sar_optical_align.plugin.core.fit.transforms import Transform

    try:
        result = json.loads(json_path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return "unreadable", "wrong ok", f"the JSON cannot be read: {error}"
    status = result["status"]
    if status != "ok" or case.truth.kind == "unknown":
        return status, "", ""
    if case.truth.kind == "none":
        sure = (result["evidence"] or {}).get("probability", 1.0) >= SURE
        return (
            status,
            "wrong ok" if sure else "doubted ok",
            f"ok where nothing agrees: {result['message'][:90]}",
        )
    miss = case.truth.miss_px(Transform.from_dict(result["transform"]).apply)
    return (
        status,
        "wrong ok",
        ""
        if miss <= TOLERATED_PX
        else f"ok, {miss:.1f} px off ({result['model']}, {len(result['points'])} points)",
    )
