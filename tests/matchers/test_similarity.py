"""Correlation equals a naive loop, and its peak is where the image was moved to."""

from __future__ import annotations

import numpy as np
import pytest
from sar_optical_align.plugin.matchers.parts.similarity import correlate, find_peak
from scipy import ndimage


def naive(template, template_mask, window, window_mask):
    rows, cols = window.shape[1] - template.shape[1] + 1, window.shape[2] - template.shape[2] + 1
    out = np.full((rows, cols), -np.inf)
    for r in range(rows):
        for c in range(cols):
            part = window[:, r : r + template.shape[1], c : c + template.shape[2]]
            both = template_mask & window_mask[r : r + template.shape[1], c : c + template.shape[2]]
            if both.sum() < max(0.5 * template_mask.sum(), 16):
                continue
            a = template[:, both] - template[:, both].mean(axis=1, keepdims=True)
            b = part[:, both] - part[:, both].mean(axis=1, keepdims=True)
            out[r, c] = (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())
    return out


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("masked", [False, True])
def test_equals_a_naive_loop(channels, masked):
    rng = np.random.default_rng(channels)
    template, window = (
        rng.random((channels, 14, 17)).astype(np.float32),
        rng.random((channels, 25, 29)).astype(np.float32),
    )
    template_mask, window_mask = np.ones((14, 17), bool), np.ones((25, 29), bool)
    if masked:
        template_mask[:4, 5:] = False
        window_mask[:, 20:] = False
    values = correlate(
        template * template_mask, template_mask, window * window_mask, window_mask
    ).values
    expected = naive(template, template_mask, window, window_mask)
    assert np.array_equal(np.isfinite(values), np.isfinite(expected))
    good = np.isfinite(expected)
    assert np.abs(values[good] - expected[good]).max() < 1e-4


@pytest.mark.parametrize("shift", [(0.0, 0.0), (2.3, -1.6), (-3.4, 4.2)])
def test_the_peak_is_where_the_image_was_moved_to(shift):
    rng = np.random.default_rng(3)
    image = ndimage.gaussian_filter(rng.standard_normal((120, 130)), 2.0).astype(np.float32)
    moved = ndimage.shift(image, (shift[1], shift[0]), order=3, mode="reflect").astype(np.float32)
    surface = correlate(
        image[None, 40:80, 40:80],
        np.ones((40, 40), bool),
        moved[None, 30:90, 30:90],
        np.ones((60, 60), bool),
    ).values
    peak = find_peak(surface)
    assert (peak.x - 10, peak.y - 10) == pytest.approx(shift, abs=0.06)
    assert not peak.at_edge
    assert np.linalg.eigvalsh(peak.covariance).min() > 0


def test_contrast_and_sign_of_the_gain_do_not_matter_only_as_they_should():
    rng = np.random.default_rng(4)
    image = rng.random((1, 40, 40)).astype(np.float32)
    mask = np.ones((40, 40), bool)
    template, template_mask = image[:, 10:30, 10:30], np.ones((20, 20), bool)
    brighter = correlate(3 * template + 7, template_mask, image, mask).values
    assert brighter[10, 10] == pytest.approx(1.0, abs=1e-5)
    assert correlate(-template, template_mask, image, mask).values[10, 10] == pytest.approx(
        -1.0, abs=1e-5
    )


def test_no_valid_pixel_gives_no_peak():
    surface = correlate(
        np.zeros((1, 8, 8), np.float32),
        np.ones((8, 8), bool),
        np.zeros((1, 20, 20), np.float32),
        np.ones((20, 20), bool),
    ).values
    assert find_peak(surface) is None
