"""A synthetic scene pair with known truth, for the demo and the tests.

Terrain from filtered noise; fields, roads, a river, lakes and buildings on it. Optical: colours,
hill shading, cast shadows of buildings. SAR, seen from the west and terrain-corrected: backscatter
by land cover, brightness by the slope towards the sensor, layover, double bounce and radar shadow
of the buildings by the incidence angle, then speckle of several looks. The SAR is written through a
known smooth misregistration: a similarity plus a gentle bend.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray

from ...core.errors import OutputError
from ...core.geometry import coords
from ...core.outputs import Outputs
from ..align.coarse_search import similarity_matrix
from ..read.gdal_errors import GDAL_ERRORS

Array = NDArray[np.float32]
WIDTH, HEIGHT, GSD_M = 1180, 960, 10.0
SCENE_FILES = ("optical.tif", "sar.tif", "truth.json")
_EPSG, _ORIGIN = 32633, (412_340.0, 5_284_710.0)


@dataclass(frozen=True)
class Misregistration:
    """Reference px -> sensed px: a similarity about the centre, then a bend of `bend_px` along sine
    waves.
    """

    rotation_deg: float = 1.2
    scale: float = 1.008
    shift_px: tuple[float, float] = (9.3, -6.7)
    bend_px: float = 1.6

    def apply(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map (N, 2) reference px to sensed px."""
        matrix = similarity_matrix(
            self.rotation_deg, self.scale, self.shift_px, (WIDTH / 2, HEIGHT / 2)
        )
        p = coords.apply_matrix(matrix, xy)
        wave_x, wave_y = (
            np.sin(2 * np.pi * xy[:, 1] / 1400.0),
            np.sin(2 * np.pi * xy[:, 0] / 1700.0 + 0.8),
        )
        return np.asarray(p + self.bend_px * np.stack([wave_x, wave_y], axis=1))


def _noise(rng: np.random.Generator, shape: tuple[int, int], exponent: float) -> Array:
    """Fractal noise, zero mean, unit variance."""
    fy, fx = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None]
    amplitude = 1.0 / np.maximum(np.hypot(fx, fy), 1.0 / max(shape)) ** exponent
    spectrum = np.fft.rfft2(rng.standard_normal(shape)) * amplitude
    field = np.fft.irfft2(spectrum, shape)
    return ((field - field.mean()) / field.std()).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Scene:
    height_m: Array
    colour: Array  # (H, W, 3) reflectance 0..1
    backscatter_db: Array
    building_m: Array


def _fields(
    rng: np.random.Generator, shape: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return colour (H, W, 3) and backscatter (H, W), dB, of fields: cells of scattered seeds, each
    with a crop; their edges are hedges and tracks.
    """
    rows, cols = shape
    seeds = np.stack([rng.uniform(0, cols, 420), rng.uniform(0, rows, 420)], axis=1)
    canvas = cv2.Subdiv2D((0, 0, cols, rows))
    for seed in seeds:
        canvas.insert((float(seed[0]), float(seed[1])))
    cells, _ = canvas.getVoronoiFacetList([])
    colour = np.zeros((rows, cols, 3), np.float32)
    sigma = np.full(shape, -13.0, np.float32)
    crops = np.array(
        [
            [0.24, 0.33, 0.14],
            [0.46, 0.42, 0.24],
            [0.34, 0.27, 0.19],
            [0.16, 0.27, 0.11],
            [0.55, 0.51, 0.34],
        ],
        np.float32,
    )
    for cell in cells:
        kind = int(rng.integers(len(crops)))
        polygon = np.round(cell).astype(np.int32)
        cv2.fillPoly(
            colour, [polygon], tuple(float(v) for v in crops[kind] * rng.uniform(0.85, 1.15))
        )
        cv2.fillPoly(
            sigma, [polygon], float(rng.normal((-14.0, -11.5, -16.5, -12.0, -10.0)[kind], 1.0))
        )
    for cell in cells:
        cv2.polylines(sigma, [np.round(cell).astype(np.int32)], True, -8.5, 1)
        cv2.polylines(colour, [np.round(cell).astype(np.int32)], True, (0.13, 0.21, 0.10), 1)
    return colour, sigma


def _landscape(rng: np.random.Generator, shape: tuple[int, int]) -> _Scene:
    rows, cols = shape
    relief = 55.0 * _noise(rng, shape, 1.9)
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    colour, sigma = _fields(rng, shape)
    forest = _noise(rng, shape, 1.6) > 1.1
    colour[forest] = (0.08, 0.16, 0.07)
    sigma[forest] = -7.5
    # A river follows a winding line; lakes fill the lowest ground.
    middle = cols * (0.42 + 0.08 * np.sin(y[:, 0] / 130.0) + 0.05 * np.sin(y[:, 0] / 47.0 + 1.0))
    water = (np.abs(x - middle[:, None]) < 6 + 3 * np.sin(y / 90.0)) | (
        relief + 6 * _noise(rng, shape, 1.2) < -110
    )
    colour[water] = (0.05, 0.10, 0.14)
    sigma[water] = -23.0
    for _ in range(9):
        p, angle = rng.uniform((0, 0), (cols, rows)), rng.uniform(0, np.pi)
        d = np.array([np.cos(angle), np.sin(angle)]) * 3000
        a, b = (p - d).astype(int).tolist(), (p + d).astype(int).tolist()
        cv2.line(colour, a, b, (0.50, 0.49, 0.47), 2)
        cv2.line(sigma, a, b, -19.0, 2)
    building = np.zeros(shape, np.float32)
    for _ in range(7):
        town = rng.uniform((80, 80), (cols - 80, rows - 80))
        turn = rng.uniform(0, 90)
        for _ in range(70):
            at, size = town + rng.normal(0, 38, 2), tuple(rng.uniform(3, 9, 2))
            box = cv2.boxPoints((tuple(at), size, turn)).astype(np.int32)
            cv2.fillPoly(building, [box], float(rng.uniform(8, 28)))
            cv2.fillPoly(colour, [box], tuple(rng.uniform(0.35, 0.75) * np.array([1.0, 0.95, 0.9])))
    building[water] = 0.0
    sigma[building > 0] = -4.0
    return _Scene(relief - relief.min(), colour, sigma, building)


def _optical(scene: _Scene, rng: np.random.Generator) -> NDArray[np.uint8]:
    gy, gx = np.gradient(scene.height_m, GSD_M)
    shade = np.clip(1.0 - 1.2 * (0.7 * gx - 0.7 * gy), 0.5, 1.4)
    roof = scene.building_m
    reach = (
        roof / GSD_M * 1.2
    )  # sun 40 degrees high in the north-west: shadows fall to the south-east
    shadow = np.zeros_like(roof, bool)
    for step in (1, 2, 3):
        moved = np.roll(reach, (step, step), (0, 1))
        shadow |= (moved >= step) & (roof < 1)
    light = shade * np.where(shadow, 0.45, 1.0)
    texture = 1.0 + 0.05 * rng.standard_normal(roof.shape).astype(np.float32)
    picture = cv2.GaussianBlur(scene.colour * (light * texture)[..., None], (0, 0), 0.6)
    return np.clip(np.round(picture / 0.75 * 255), 1, 255).astype(np.uint8)


def _radar(scene: _Scene, rng: np.random.Generator, incidence_deg: float, looks: int) -> Array:
    """Amplitude in ground geometry, seen from the west."""
    top = scene.height_m * 0.25 + scene.building_m
    incidence = np.deg2rad(incidence_deg)
    slope = np.gradient(top, GSD_M, axis=1)
    facing = np.clip(np.cos(incidence - np.arctan(slope)) / np.cos(incidence), 0.2, 3.0)
    power = 10 ** (scene.backscatter_db / 10.0) * facing**2
    # Layover of what the terrain correction does not know: a building h high lies h /
    # tan(incidence) nearer the sensor.
    shift = np.round(scene.building_m / np.tan(incidence) / GSD_M).astype(int)
    rows, cols = np.indices(power.shape)
    laid = np.zeros(power.size)
    np.add.at(
        laid,
        (rows * power.shape[1] + np.clip(cols - shift, 0, power.shape[1] - 1)).ravel(),
        power.ravel(),
    )
    power = laid.reshape(power.shape)
    # Radar shadow: behind, where the line of sight passes above.
    reach = scene.building_m * np.tan(incidence) / GSD_M
    for step in (1, 2):
        power[(np.roll(reach, step, 1) >= step) & (scene.building_m < 1)] *= 0.12
    walls = (scene.building_m > 1) & (np.roll(scene.building_m, 1, 1) < 1)
    power[walls] *= 6.0  # double bounce at the walls that face the sensor
    power = cv2.GaussianBlur(np.maximum(power, 10**-2.6).astype(np.float32), (0, 0), 0.7)
    return np.sqrt(power * rng.gamma(looks, 1.0 / looks, power.shape)).astype(np.float32)


def write_demo_pair(
    folder: Path, seed: int = 7, looks: int = 4, incidence_deg: float = 38.0, overwrite: bool = True
) -> tuple[Path, Path, Misregistration]:
    """Write optical.tif, sar.tif and truth.json.

    Args:
        folder: Existing folder.
        seed: Of the landscape and the speckle.
        looks: Looks of the speckle.
        incidence_deg: Incidence angle of the radar.
        overwrite: Replace files of these names.

    Returns:
        Paths of the optical and the SAR raster, and the true misregistration.

    Raises:
        OutputError: the folder cannot be written, or a file exists that is not to be replaced.
    """
    rng = np.random.default_rng(seed)
    scene = _landscape(rng, (HEIGHT, WIDTH))
    optical = _optical(scene, rng)
    radar = _radar(scene, rng, incidence_deg, looks)
    truth = Misregistration()
    moved = _misplace(radar, truth)
    transform = Affine(GSD_M, 0.0, _ORIGIN[0], 0.0, -GSD_M, _ORIGIN[1])
    profile = {
        "driver": "GTiff",
        "width": WIDTH,
        "height": HEIGHT,
        "crs": f"EPSG:{_EPSG}",
        "transform": transform,
        "compress": "deflate",
        "tiled": True,
    }
    optical_path, radar_path, truth_path = paths = [folder / name for name in SCENE_FILES]
    with Outputs(paths, overwrite=overwrite) as outputs:
        try:
            with rasterio.open(
                outputs.part(optical_path), "w", count=3, dtype="uint8", **profile
            ) as sink:
                sink.write(np.moveaxis(optical, 2, 0))
            with rasterio.open(
                outputs.part(radar_path), "w", count=1, dtype="float32", nodata=0.0, **profile
            ) as sink:
                sink.write(moved, 1)
                sink.set_band_description(1, "VV amplitude")
            outputs.part(truth_path).write_text(
                json.dumps({"reference_px -> sensed_px": asdict(truth), "seed": seed}, indent=1),
                encoding="utf-8",
            )
        except (OSError, *GDAL_ERRORS) as error:
            raise OutputError(
                f"Cannot write into {folder}: {error}.",
                "Choose a folder you may write to, with enough room.",
            ) from error
        outputs.deliver()
    return optical_path, radar_path, truth


def _misplace(image: Array, truth: Misregistration) -> Array:
    """Resample so that what lay at reference px p lies at sensed px truth(p)."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    target = np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=1)
    source = target.copy()
    for _ in range(8):  # the motion is nearly a shift: a fixed-point iteration inverts it
        source = source - (truth.apply(source) - target)
    at = coords.idx_from_px(source).astype(np.float32).reshape(HEIGHT, WIDTH, 2)
    return cv2.remap(
        image,
        at[..., 0],
        at[..., 1],
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0.0,
    ).clip(0.0)
