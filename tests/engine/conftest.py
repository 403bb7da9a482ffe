"""What several tests of the engine work on."""

from __future__ import annotations

import pytest
import rasterio


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
