"""SOMA as a matcher: the result knows no tile, weights that do not fit are told, a motion is
found.
"""

from __future__ import annotations

import numpy as np
import pytest
from sar_optical_align.models.regnet_mamba2.net import RegNetMamba2, RegNetMamba2Config
from sar_optical_align.models.soma.net import Soma, SomaConfig
from sar_optical_align.plugin.core.image import Image
from sar_optical_align.plugin.core.types import Modality
from sar_optical_align.plugin.matchers import create
from sar_optical_align.plugin.matchers.network import NetworkError
from sar_optical_align.plugin.matchers.soma import SHIPPED
from scipy import ndimage
from weight_files import DAMAGES, damaged, untrained

SMALL = SomaConfig(more=(8, 8, 8), channels=(8, 8, 8), regress_width=8)
REGNET = RegNetMamba2Config(widths=(8, 8, 8), channels=8)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return untrained(tmp_path_factory.mktemp("weights"), "soma", Soma, SMALL)


def pictures(shape, shift=(0, 0), seed=0):
    """Return an optical and a sensed image of the same random ground; the sensed one lies `shift`
    (x, y) px to the right and down.
    """
    rng = np.random.default_rng(seed)
    ground = ndimage.gaussian_filter(rng.standard_normal((shape[0] + 64, shape[1] + 64)), 3.0)
    ground = np.clip(
        (ground > 0.05) * 0.6 + 0.2 + 0.02 * rng.standard_normal(ground.shape), 0, 1
    ).astype(np.float32)
    x, y = 32 - shift[0], 32 - shift[1]
    parts = (
        ground[32 : 32 + shape[0], 32 : 32 + shape[1]],
        ground[y : y + shape[0], x : x + shape[1]],
    )
    return [Image(part, np.ones(shape, bool), Modality.OPTICAL) for part in parts]


def cut(image, y, x, height, width):
    return Image(
        image.data[y : y + height, x : x + width],
        image.mask[y : y + height, x : x + width],
        image.modality,
    )


def test_a_point_does_not_depend_on_the_tile(weights):
    """A tile that begins at another multiple of the grid gives the same points away from its
    margin.
    """
    matcher = create("soma", {"weights": str(weights)})
    reference, sensed = pictures((1024, 800))
    whole = matcher.match(reference, sensed, 32.0)
    part = matcher.match(cut(reference, 256, 0, 768, 800), cut(sensed, 256, 0, 768, 800), 32.0)
    inner = [
        (found.sensed[:, 1] + y >= 512) & (found.sensed[:, 1] + y < 768)
        for found, y in ((whole, 0), (part, 256))
    ]
    for name in ("sensed", "reference"):
        a, b = getattr(whole, name)[inner[0]], getattr(part, name)[inner[1]] + (0, 256)
        assert a.shape == b.shape
        assert len(a) > 20
        assert np.abs(a - b).max() < 0.01


@pytest.mark.parametrize("key", ["soma", "regnet_mamba2"])
def test_of_a_wanted_part_the_same_points_come_with_less_work(tmp_path, monkeypatch, key):
    """Windows that do not touch what is wanted are not looked at, and the others give what they
    give anyhow.
    """
    network, config = {"soma": (Soma, SMALL), "regnet_mamba2": (RegNetMamba2, REGNET)}[key]
    params = {
        "weights": str(untrained(tmp_path, key, network, config)),
        **({"threshold": 0.0} if key == "regnet_mamba2" else {}),
    }
    matcher, looked = create(key, params), []
    to_input = matcher.to_input
    monkeypatch.setattr(matcher, "to_input", lambda data: looked.append(1) or to_input(data))
    reference, sensed = pictures((600, 600))
    whole, every = matcher.match(reference, sensed, 32.0), len(looked)
    part = matcher.match(reference, sensed, 32.0, (200, 250, 240, 200))
    assert len(looked) - every <= every * 5 // 9

    def inside(found):
        return ((found.sensed >= (200, 250)) & (found.sensed < (440, 450))).all(axis=1)

    assert len(part.sensed) > 0
    assert np.array_equal(whole.sensed[inside(whole)], part.sensed[inside(part)])
    assert np.array_equal(whole.reference[inside(whole)], part.reference[inside(part)])


def test_every_match_tells_what_it_is_judged_by(weights):
    matcher = create("soma", {"weights": str(weights), "spacing_px": 64})
    reference, sensed = pictures((300, 280))
    sensed.mask[:, :100] = False
    found = matcher.match(reference, sensed, 32.0)
    n = len(found.sensed)
    assert n > 3
    assert found.sensed[:, 0].min() >= 100
    assert found.features.shape == (n, 5)
    assert (found.features[:, 0] == 1).all()
    assert found.surfaces.shape == (n, 7, 7)
    assert (np.linalg.eigvalsh(found.covariance) > 0.2).all()
    assert ((found.score > 0) & (found.score < 1)).all()
    assert (found.peak >= found.second).all()
    assert np.hypot(*(found.reference - found.sensed).T).max() <= 32.0
    sensed.mask[:] = False
    assert len(matcher.match(reference, sensed, 32.0).sensed) == 0


@pytest.mark.parametrize("damage", DAMAGES)
def test_bad_weights_are_told(weights, tmp_path, damage):
    path = damaged(weights, tmp_path, damage)
    with pytest.raises(NetworkError) as caught:
        create("soma", {"weights": str(path)})
    assert caught.value.hint


@pytest.mark.skipif(not SHIPPED.exists(), reason="no weights are shipped")
def test_a_shift_is_found_and_found_back():
    reference, sensed = pictures((320, 300), (5, -3))
    found = create("soma").match(reference, sensed, 32.0)
    back = create("soma").match(sensed, reference, 32.0)
    assert np.median(found.reference - found.sensed, axis=0) == pytest.approx((-5.0, 3.0), abs=0.5)
    assert np.median(back.reference - back.sensed, axis=0) == pytest.approx((5.0, -3.0), abs=0.5)
