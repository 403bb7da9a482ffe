"""RegNetMamba-2 as a matcher: masks and search radius hold, nothing found is no crash, weights that
do not fit are told.
"""

from __future__ import annotations

import numpy as np
import pytest
from sar_optical_align.models.regnet_mamba2.net import RegNetMamba2, RegNetMamba2Config
from sar_optical_align.plugin.core.image import Image
from sar_optical_align.plugin.core.types import Modality
from sar_optical_align.plugin.matchers import create
from sar_optical_align.plugin.matchers.network import NetworkError
from weight_files import DAMAGES, damaged, untrained

SMALL = RegNetMamba2Config(widths=(8, 8, 8), state=2, coarse_depth=1, channels=8, fine_side=9)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return untrained(
        tmp_path_factory.mktemp("weights"), "regnet_mamba2", RegNetMamba2, SMALL, half=True
    )


def test_matches_lie_on_valid_ground_within_the_radius(weights):
    picture = np.random.default_rng(0).random((200, 180)).astype(np.float32)
    reference, sensed = (
        Image(picture, np.ones(picture.shape, bool), Modality.OPTICAL) for _ in range(2)
    )
    sensed.mask[:, :64] = False
    found = create("regnet_mamba2", {"weights": str(weights), "threshold": 0.0}).match(
        reference, sensed, 16.0
    )
    assert (found.sensed[:, 0] >= 64).all()
    assert (np.hypot(*(found.reference - found.sensed).T) <= 16.0).all()
    sensed.mask[:] = False
    assert (
        len(
            create("regnet_mamba2", {"weights": str(weights)}).match(reference, sensed, 16.0).sensed
        )
        == 0
    )


def test_nothing_probable_enough_is_no_crash(weights):
    picture = np.random.default_rng(0).random((100, 90)).astype(np.float32)
    image = Image(picture, np.ones(picture.shape, bool), Modality.OPTICAL)
    assert (
        len(
            create("regnet_mamba2", {"weights": str(weights), "threshold": 1.0})
            .match(image, image, 16.0)
            .sensed
        )
        == 0
    )


@pytest.mark.parametrize("damage", DAMAGES)
def test_bad_weights_are_told(weights, tmp_path, damage):
    path = damaged(weights, tmp_path, damage)
    with pytest.raises(NetworkError) as caught:
        create("regnet_mamba2", {"weights": str(path)})
    assert caught.value.hint


def test_a_match_does_not_depend_on_the_tile(weights):
    """A tile that begins at another multiple of the grid gives the same matches away from its
    margin.
    """
    matcher = create("regnet_mamba2", {"weights": str(weights), "threshold": 0.0})
    picture = np.random.default_rng(0).random((832, 256)).astype(np.float32)
    found = []
    for y in (0, 256):
        image = Image(picture[y:], np.ones(picture[y:].shape, bool), Modality.OPTICAL)
        matches = matcher.match(image, image, 32.0)
        rows = matches.sensed[:, 1] + y
        inner = (rows >= 512) & (rows < 768)
        found.append(
            np.column_stack([matches.sensed[inner] + (0, y), matches.reference[inner] + (0, y)])
        )
    assert len(found[0]) > 20
    assert found[0] == pytest.approx(found[1], abs=0.01)
