"""The contract every matcher keeps."""

from __future__ import annotations

import numpy as np
import pytest
from sar_optical_align.plugin.core.errors import UsageError
from sar_optical_align.plugin.core.fields import param_infos
from sar_optical_align.plugin.core.image import Image
from sar_optical_align.plugin.core.types import Modality
from sar_optical_align.plugin.matchers import (
    PairMatcher,
    TemplateMatcher,
    all_specs,
    create,
    get_spec,
)
from sar_optical_align.plugin.matchers.parts.similarity import find_peak
from scipy import ndimage
from torch_there import matchers

KEYS = list(all_specs())
TEMPLATE_KEYS = [k for k in KEYS if all_specs()[k].kind == "template"]


def picture(seed=0, shape=(150, 170)):
    rng = np.random.default_rng(seed)
    data = ndimage.gaussian_filter(rng.standard_normal(shape), 3.0)
    data = (
        (data > 0.05).astype(np.float32) * 0.6
        + 0.2
        + 0.03 * rng.standard_normal(shape).astype(np.float32)
    )
    return np.clip(data, 0, 1).astype(np.float32)


def image(data, mask=None):
    return Image(data, np.ones(data.shape, bool) if mask is None else mask, Modality.OPTICAL)


def test_the_five_handcrafted_matchers_are_there():
    assert {"gradient_ncc", "cfog", "phase_congruency", "mutual_information", "sift"} <= set(KEYS)


@pytest.mark.parametrize("key", matchers(KEYS))
def test_it_says_what_it_is_and_can_run(key):
    spec = all_specs()[key]
    assert spec.missing() == []
    assert spec.summary.endswith(".")
    assert spec.reference
    for info in param_infos(spec.params):
        assert info.help.endswith(".")
    assert isinstance(create(key), TemplateMatcher if spec.kind == "template" else PairMatcher)


@pytest.mark.parametrize("key", matchers(TEMPLATE_KEYS))
def test_features_lie_on_the_pixel_grid_and_find_a_shift(key):
    data = picture()
    matcher = create(key)
    features = matcher.features(image(data), Modality.OPTICAL)
    assert features.dtype == np.float32
    assert features.shape[1:] == data.shape
    other = 1.0 - 0.7 * data  # an inverted contrast, as water and roads have in SAR
    target = matcher.features(image(other), Modality.SAR)
    surface = matcher.correlate(
        features[:, 40:104, 50:114],
        np.ones((64, 64), bool),
        target[:, 32:112, 40:122],
        np.ones((80, 82), bool),
    ).values
    peak = find_peak(surface)
    assert peak.x == pytest.approx(10, abs=0.5)
    assert peak.y == pytest.approx(8, abs=0.5)


@pytest.mark.parametrize("key", matchers(TEMPLATE_KEYS))
def test_features_do_not_depend_on_the_tile_away_from_its_margin(key):
    data, matcher = picture(2, (300, 320)), create(key)
    m = matcher.margin_px
    whole = matcher.features(image(data), Modality.OPTICAL)
    part = matcher.features(image(data[60:260, 50:270]), Modality.OPTICAL)
    inner = part[:, m:-m, m:-m]
    difference = np.abs(inner - whole[:, 60 + m : 260 - m, 50 + m : 270 - m])
    assert (
        np.percentile(difference, 99) < 0.1 * whole.std() + 1e-3
    )  # phase congruency estimates its noise per tile


@pytest.mark.parametrize("key", matchers(TEMPLATE_KEYS))
def test_invalid_pixels_are_zero_and_make_no_edge(key):
    data, mask = picture(5), np.ones((150, 170), bool)
    mask[:, 100:] = False
    features = create(key).features(
        image(np.where(mask, data, 0).astype(np.float32), mask), Modality.SAR
    )
    assert (features[:, ~mask] == 0).all()
    assert np.isfinite(features).all()


def test_sift_matches_an_optical_pair_without_bias():
    data = picture(7, (256, 280))
    moved = ndimage.shift(data, (3.0, -5.0), order=1, mode="reflect").astype(np.float32)
    found = create("sift").match(image(data), image(moved), 32.0)
    assert len(found.score) >= 20
    shift = np.median(found.reference - found.sensed, axis=0)
    assert shift == pytest.approx((5.0, -3.0), abs=0.1)


def test_unknown_keys_and_parameters_are_refused():
    with pytest.raises(UsageError, match="Unknown matcher"):
        get_spec("nonsense")
    with pytest.raises(UsageError, match="Unknown parameter"):
        create("cfog", {"nonsense": 1})
    with pytest.raises(UsageError, match="out of range"):
        create("cfog", {"orientations": 1})
