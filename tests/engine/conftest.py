"""What several tests of the engine work on."""

from __future__ import annotations

import csv

import cv2
import numpy as np
import pytest
import rasterio
from weight_files import untrained


@pytest.fixture(scope="session")
def small_pair(scene_pair, tmp_path_factory):
    """A 420 x 380 part of the scene: quick."""
    folder = tmp_path_factory.mktemp("small")
    window = rasterio.windows.Window(300, 250, 420, 380)
    for path in scene_pair:
        with rasterio.open(path) as source:
            profile = source.profile | {
                "width": 420,
                "height": 380,
                "transform": source.window_transform(window),
            }
            with rasterio.open(folder / path.name, "w", **profile) as sink:
                sink.write(source.read(window=window))
    return folder / "optical.tif", folder / "sar.tif"


@pytest.fixture(scope="session")
def pictures(scene_pair):
    """Optical (512, 512, 3) and, on the same grid, a radar-like picture of it: other tones, bright
    edges, speckle.
    """
    with rasterio.open(scene_pair[0]) as optical:
        colours = np.moveaxis(
            optical.read(window=rasterio.windows.Window(200, 150, 512, 512))[:3], 0, -1
        )
    grey = cv2.GaussianBlur(
        cv2.cvtColor(np.ascontiguousarray(colours), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0,
        (0, 0),
        1.0,
    )
    edges = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    speckle = np.log(np.random.default_rng(1).gamma(4.0, 0.25, grey.shape))
    radar = 0.25 + 0.5 * np.sin(4.0 * grey) ** 2 + 0.8 * edges + 0.1 * speckle
    return colours, (255 * np.clip(radar, 0, 1)).astype(np.uint8)


@pytest.fixture(scope="session")
def dataset(pictures, tmp_path_factory):
    """Four training pairs and two to validate with, 256 px each."""
    folder = tmp_path_factory.mktemp("dataset")
    rows = []
    for number, (y, x) in enumerate(((0, 0), (0, 256), (256, 0), (256, 256), (0, 128), (256, 128))):
        names = [f"{kind}_{number}.png" for kind in ("optical", "sar")]
        for name, picture in zip(names, pictures, strict=True):
            cv2.imwrite(str(folder / name), picture[y : y + 256, x : x + 256])
        rows.append(
            {
                "source": "made",
                "id": f"pair{number}",
                "split": "train" if number < 4 else "val",
                "optical": names[0],
                "sar": names[1],
            }
        )
    with (folder / "index.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory):
    from sar_optical_align.models.me_ssm.config import PRESETS
    from sar_optical_align.models.me_ssm.net import MeSsm

    return untrained(tmp_path_factory.mktemp("weights"), "me_ssm", MeSsm, PRESETS["tiny"])
