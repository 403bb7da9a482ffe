"""MSA-Net as a matcher: keypoints and matches know no tile, a shift is found, peaks are read right,
weights that do not fit are told.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from radar_pictures import cut_rows, radar_pair
from sar_optical_align.models.msa_net.net import MsaNet, MsaNetConfig
from sar_optical_align.plugin.core.errors import AlignError
from sar_optical_align.plugin.core.session.peaks import quadratic_peak
from sar_optical_align.plugin.matchers import create
from sar_optical_align.plugin.matchers.msa_net import SHIPPED, _beside
from sar_optical_align.plugin.matchers.network import NetworkError
from sar_optical_align.plugin.matchers.parts.descriptors import NOTHING, read_peaks, surfaces_around
from sar_optical_align.plugin.matchers.parts.keypoints import corners, maximum_moment, spread
from weight_files import DAMAGES, attentive, damaged, untrained

SMALL = MsaNetConfig(widths=(4, 8, 8), channels=32)
JOINED = replace(SMALL, joined=24)
shipped = pytest.mark.skipif(not SHIPPED.exists(), reason="no weights are shipped")


@pytest.fixture(scope="module", params=[SMALL, JOINED], ids=["one_scale", "two_scales"])
def weights(tmp_path_factory, request):
    return untrained(
        tmp_path_factory.mktemp("weights"),
        "msa_net",
        lambda config: attentive(MsaNet(config)),
        request.param,
    )


@shipped
@pytest.mark.parametrize("candidates", ["places", "keypoints"])
def test_a_shift_is_found(candidates):
    reference, sensed = radar_pair((288, 272), (5, -3))
    found = create("msa_net", {"candidates": candidates}).match(reference, sensed, 32.0)
    assert len(found.sensed) >= 8
    shifts = found.reference - found.sensed
    near = np.hypot(*(shifts - (-5.0, 3.0)).T) < 3.0
    assert near.mean() > 0.5, near.mean()
    assert np.median(shifts[near], axis=0) == pytest.approx((-5.0, 3.0), abs=1.0)


def test_a_match_does_not_depend_on_the_tile(weights):
    """A tile that begins at another multiple of the grid gives nearly the same matches away from
    its margin.
    """
    matcher = create("msa_net", {"weights": str(weights)})
    reference, sensed = radar_pair((816, 208), (4, 2))
    whole, part = (
        matcher.match(reference, sensed, 32.0),
        matcher.match(cut_rows(reference, 192, 624), cut_rows(sensed, 192, 624), 32.0),
    )
    assert 192 % matcher.grid_px == 0
    low, high = 192 + matcher.margin_px, 816 - matcher.margin_px
    known = []
    for found, y in ((whole, 0), (part, 192)):
        at, there = found.sensed + (0, y), found.reference + (0, y)
        inner = (at[:, 1] >= low) & (at[:, 1] < high)
        known.append({tuple(a): b for a, b in zip(at[inner].tolist(), there[inner], strict=True)})
    common = known[0].keys() & known[1].keys()
    assert len(common) >= 20
    assert len(common) >= 0.9 * max(
        map(len, known)
    )  # phase congruency estimates its noise per tile
    apart = np.array([np.abs(known[0][a] - known[1][a]).max() for a in common])
    assert np.median(apart) < 0.02
    assert (apart < 0.2).mean() > 0.95


def test_a_strip_does_not_show(weights, monkeypatch):
    from sar_optical_align.plugin.matchers import msa_net

    matcher = create("msa_net", {"weights": str(weights)})
    image = radar_pair((520, 96))[0]
    whole = matcher.describe(image)
    monkeypatch.setattr(msa_net, "_STRIP_PX", 128)
    strips = matcher.describe(image)
    assert (
        whole.shape
        == strips.shape
        == (117, 9, matcher.net.config.channels * (2 if matcher.net.config.joined else 1))
    )
    assert float((whole * strips).sum(-1).min()) > 0.999


def test_every_match_tells_what_it_is_judged_by(weights):
    matcher = create("msa_net", {"weights": str(weights), "spacing_px": 6})
    reference, sensed = radar_pair((250, 270))
    sensed.mask[:, :100] = False
    found = matcher.match(reference, sensed, 32.0)
    n = len(found.sensed)
    assert n > 3
    assert found.sensed[:, 0].min() >= 100
    assert found.features.shape == (n, 6)
    assert (found.features[:, 0] == 1).all()
    assert np.isfinite(found.features).all()
    assert found.surfaces.shape == (n, 9, 9)
    assert (np.linalg.eigvalsh(found.covariance) >= 0.25 - 1e-9).all()
    assert ((found.score > 0) & (found.score <= 1)).all()
    assert (found.peak >= found.second).all()
    assert np.hypot(*(found.reference - found.sensed).T).max() <= 32.0
    middle = np.array([s[4, 4] for s in found.surfaces])
    assert (found.peak >= middle).all()
    place = (found.reference - found.surface_origin) / found.surface_step_px
    assert ((place >= 0) & (place <= 8)).all()
    highest = np.stack(
        np.unravel_index(found.surfaces.reshape(n, -1).argmax(axis=1), (9, 9))[::-1], axis=1
    )
    assert np.abs(place - highest).max() <= 0.76  # its vertex, wherever the match lies


def test_the_near_scale_says_where_exactly_a_match_lies(tmp_path, monkeypatch):
    """Joined descriptors that are a node off draw the similarity of both scales to one side, the
    matches not.
    """
    matcher = create("msa_net", {"weights": str(untrained(tmp_path, "msa_net", MsaNet, JOINED))})
    image = radar_pair((250, 270))[0]
    describe, count = matcher.describe, []

    def beside(given):
        found = describe(given)
        count.append(0)
        return np.concatenate(
            (found[..., :32], np.roll(found[..., 32:], len(count) % 2, axis=1)), axis=-1
        )

    monkeypatch.setattr(matcher, "describe", beside)
    found = matcher.match(image, image, 16.0)
    highest = np.array([np.unravel_index(s.argmax(), s.shape) for s in found.surfaces])[:, 1] - 4
    assert len(highest) > 10
    assert (highest == 1).mean() > 0.25
    moved = np.abs(found.reference - found.sensed)[highest == 1]
    assert np.median(moved) < 0.5
    assert moved.max() < 3.0  # not 4, a node


def test_no_match_lies_beyond_reach(weights):
    matcher = create("msa_net", {"weights": str(weights), "reach_px": 8, "spacing_px": 4})
    reference, sensed = radar_pair((250, 270), (3, -3))
    for radius in (32.0, 5.0):
        found = matcher.match(reference, sensed, radius)
        shift = found.reference - found.sensed
        assert len(shift) > 3
        assert np.abs(shift).max() <= 8.0
        assert np.hypot(*shift.T).max() <= radius


def test_a_peak_of_the_near_scale_is_one():
    """The highest node of the middle that no neighbour exceeds; on a slope there is none."""
    surfaces = np.zeros((3, 5, 5), np.float32)
    surfaces[0, 2, 3] = 0.5
    surfaces[1] = np.linspace(0, 1, 5)
    surfaces[2, 2, 1], surfaces[2, 2, 4] = 0.5, 0.9
    peaks = _beside(surfaces, 10.0)
    assert peaks.free.tolist() == [True, False, True]
    assert peaks.node[[0, 2]].tolist() == [[1, 0], [-1, 0]]


def test_nothing_to_see_gives_no_matches(weights):
    matcher = create("msa_net", {"weights": str(weights)})
    for gone in ((0,), (1,), (0, 1)):
        pair = radar_pair((150, 130))
        for number in gone:
            pair[number].mask[:] = False
        assert len(matcher.match(*pair, 32.0).sensed) == 0
    apart = radar_pair((150, 230))  # no ground in common
    apart[0].mask[:, 100:] = False
    apart[1].mask[:, :130] = False
    assert len(matcher.match(*apart, 16.0).sensed) == 0
    assert len(matcher.match(*radar_pair((1, 3)), 32.0).sensed) <= 1
    flat = radar_pair((150, 130))
    flat[1].data[:] = 0.5
    assert len(matcher.match(*flat, 32.0).sensed) == 0
    with pytest.raises(AlignError, match="same size"):
        matcher.match(radar_pair((64, 64))[0], radar_pair((64, 72))[1], 32.0)


def test_the_moment_is_high_along_edges_of_any_contrast():
    rng = np.random.default_rng(0)
    image = np.zeros((120, 140), np.float32)
    image[40:80, 50:100] = 1.0
    noisy = image + 0.05 * rng.standard_normal(image.shape).astype(np.float32)
    for contrast in (1.0, -0.4):
        moment = maximum_moment((0.5 + contrast * (noisy - 0.5)).astype(np.float32))
        assert moment.shape == image.shape
        assert moment[45:75, 49:51].mean() > 4 * moment[5:25, 5:35].mean()


def test_keypoints_are_apart_and_leave_no_gap():
    """None lies within the spacing of another; each corner left out has one kept, or a stronger
    one, within it.
    """
    reference, _ = radar_pair((200, 220))
    at, strength = corners(maximum_moment(reference.data), 0.05)
    kept = spread(at, strength, 12.0)
    assert len(kept) > 10
    gaps = np.hypot(*(at[kept][:, None] - at[kept][None]).T) + 100 * np.eye(len(kept))
    assert gaps.min() > 12.0
    apart = np.hypot(*(at[:, None] - at[None]).T)
    for i in set(range(len(at))) - set(kept.tolist()):
        near = np.flatnonzero(apart[i] <= 12.0)
        assert strength[near].max() > strength[i] or set(near) & set(kept.tolist())
    assert len(spread(at[:0], strength[:0], 12.0)) == 0


def test_peaks_of_surfaces_are_read_as_of_one():
    """The paraboloid equals the one for single surfaces; what cannot be compared with is no peak
    and no neighbour.
    """
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:9, :9]
    surfaces = np.stack(
        [
            0.8 - 0.05 * ((x - a) ** 2 + (y - b) ** 2 + 0.3 * (x - a) * (y - b))
            for a, b in rng.uniform(2, 6, (20, 2))
        ]
    ).astype(np.float32)
    surfaces = np.clip(surfaces, -0.9, 1)
    peaks = read_peaks(surfaces, 10.0)
    for surface, offset, node in zip(surfaces, peaks.offset, peaks.node, strict=True):
        c, r = node + 4
        dx, dy, _ = quadratic_peak(surface[r - 1 : r + 2, c - 1 : c + 2].astype(float), 0.1)
        assert surface[r, c] == surface.max()
        assert offset == pytest.approx(node + (dx, dy), abs=1e-5)
    assert peaks.free.all()
    assert ((peaks.mass > 0) & (peaks.mass <= 1)).all()
    assert (np.linalg.eigvalsh(peaks.covariance) > 0).all()
    broken = surfaces.copy()
    broken[:, :, :4] = NOTHING
    read = read_peaks(broken, 10.0)
    assert (read.node[:, 0] >= 0).all()
    assert not read.free[read.node[:, 0] == 0].any()
    nothing = read_peaks(np.full((2, 9, 9), NOTHING, np.float32), 10.0)
    assert not nothing.free.any()
    allowed = np.zeros((20, 9, 9), bool)
    allowed[:, 2, 7] = True
    assert (read_peaks(surfaces, 10.0, allowed).node == (3, -2)).all()


def test_similarity_around_a_node_is_that_of_the_descriptors_there():
    rng = np.random.default_rng(2)
    field = rng.standard_normal((7, 6, 5)).astype(np.float32)
    field /= np.linalg.norm(field, axis=2, keepdims=True)
    valid = rng.random((7, 6)) > 0.2
    nodes = np.array([[0, 0], [5, 6], [3, 2]])
    descriptors = field[[1, 2, 3], [3, 3, 3]]
    surfaces = surfaces_around(descriptors, field, valid, nodes, 2)
    for n, (c, r) in enumerate(nodes):
        for i in range(-2, 3):
            for j in range(-2, 3):
                inside = 0 <= r + i < 7 and 0 <= c + j < 6 and valid[r + i, c + j]
                assert surfaces[n, i + 2, j + 2] == pytest.approx(
                    float(field[r + i, c + j] @ descriptors[n]) if inside else NOTHING, abs=1e-5
                )


@pytest.mark.parametrize("damage", [*DAMAGES, "sharing"])
def test_bad_weights_are_told(weights, tmp_path, damage):
    path = damaged(
        weights, tmp_path, damage, **({"sharing": "none"} if damage == "sharing" else {})
    )
    with pytest.raises(NetworkError) as caught:
        create("msa_net", {"weights": str(path)})
    assert caught.value.hint
