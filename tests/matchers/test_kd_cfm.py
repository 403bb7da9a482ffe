"""KD+CFM as a matcher: a pair is matched where it lies, the result knows no tile, weights that do
not fit are told.
"""

from __future__ import annotations

import numpy as np
import pytest
from radar_pictures import cut_rows, radar_pair
from sar_optical_align.models.kd_cfm.net import KdCfm, KdCfmConfig
from sar_optical_align.plugin.core.errors import AlignError
from sar_optical_align.plugin.matchers import create
from sar_optical_align.plugin.matchers.kd_cfm import SHIPPED
from sar_optical_align.plugin.matchers.network import NetworkError
from weight_files import DAMAGES, damaged, untrained

SMALL = KdCfmConfig(
    detector_widths=(4, 8, 8),
    encoder_widths=(8, 8, 16),
    channels=10,
    token_width=16,
    width=32,
    layers=2,
    keypoints=48,
)
shipped = pytest.mark.skipif(not SHIPPED.exists(), reason="no weights are shipped")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return untrained(tmp_path_factory.mktemp("weights"), "kd_cfm", KdCfm, SMALL)


@shipped
def test_a_shift_is_found():
    reference, sensed = radar_pair((288, 288), (5, -3))
    found = create("kd_cfm").match(reference, sensed, 32.0)
    assert len(found.sensed) >= 20
    shifts = found.reference - found.sensed
    near = np.hypot(*(shifts - (-5.0, 3.0)).T) < 3.0
    assert near.mean() > 0.5, near.mean()
    assert np.median(shifts[near], axis=0) == pytest.approx((-5.0, 3.0), abs=0.5)
    assert found.score[near].mean() > found.score[~near].mean() if (~near).any() else True


@shipped
def test_a_match_does_not_depend_on_the_tile():
    """A tile that begins at another multiple of the grid gives the same matches away from its
    margin.
    """
    matcher = create("kd_cfm")
    assert 192 % matcher.grid_px == 0
    reference, sensed = radar_pair((816, 144), (4, 2))
    whole, part = (
        matcher.match(reference, sensed, 32.0),
        matcher.match(cut_rows(reference, 192, 624), cut_rows(sensed, 192, 624), 32.0),
    )
    low, high = 192 + matcher.margin_px, 816 - matcher.margin_px
    known = []
    for found, y in ((whole, 0), (part, 192)):
        at, there = found.sensed + (0, y), found.reference + (0, y)
        inner = (at[:, 1] >= low) & (at[:, 1] < high)
        known.append({tuple(a): b for a, b in zip(at[inner].tolist(), there[inner], strict=True)})
    common = known[0].keys() & known[1].keys()
    assert len(common) >= 10
    assert len(common) >= 0.97 * max(map(len, known))
    assert max(np.abs(known[0][a] - known[1][a]).max() for a in common) < 0.01


@shipped
def test_every_match_tells_what_it_is_judged_by():
    matcher = create("kd_cfm", {"matches": 4})
    reference, sensed = radar_pair((250, 270))
    sensed.mask[:, :100] = False
    found = matcher.match(reference, sensed, 32.0)
    n = len(found.sensed)
    assert n > 3
    assert found.sensed[:, 0].min() >= 100
    squares = np.unique(found.sensed // matcher.grid_px, axis=0, return_counts=True)[1]
    assert squares.max() <= 4
    assert found.features.shape == (n, 6)
    assert np.isfinite(found.features).all()
    assert found.surfaces.shape == (n, 9, 9)
    assert (np.linalg.eigvalsh(found.covariance) > 0).all()
    assert ((found.score > 0) & (found.score <= 1)).all()
    assert (found.peak >= found.second).all()
    assert np.hypot(*(found.reference - found.sensed).T).max() <= 32.0


def test_nothing_to_see_gives_no_matches(weights):
    matcher = create("kd_cfm", {"weights": str(weights)})
    for gone in ((0,), (1,), (0, 1)):
        pair = radar_pair((150, 130))
        for number in gone:
            pair[number].mask[:] = False
        assert len(matcher.match(*pair, 32.0).sensed) == 0
    apart = radar_pair((150, 130))  # no ground in common
    apart[0].mask[:, 60:] = False
    apart[1].mask[:, :110] = False
    assert len(matcher.match(*apart, 32.0).sensed) == 0
    assert len(matcher.match(*radar_pair((1, 3)), 32.0).sensed) <= 1
    with pytest.raises(AlignError, match="same size"):
        matcher.match(radar_pair((64, 64))[0], radar_pair((64, 72))[1], 32.0)


@pytest.mark.parametrize("damage", DAMAGES)
def test_bad_weights_are_told(weights, tmp_path, damage):
    path = damaged(weights, tmp_path, damage)
    with pytest.raises(NetworkError) as caught:
        create("kd_cfm", {"weights": str(path)})
    assert caught.value.hint


@pytest.mark.parametrize("values", [{"width": 30}, {"layers": 0}])
def test_a_card_that_no_network_can_be_built_from_is_told(weights, tmp_path, values):
    path = damaged(weights, tmp_path, "values", **values)
    with pytest.raises(NetworkError):
        create("kd_cfm", {"weights": str(path)})
