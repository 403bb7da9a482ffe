"""Networks in the engine: the matcher with its weights, and what its score is taught."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from raster_files import write_raster
from sar_optical_align.plugin.core.image import Image
from sar_optical_align.plugin.core.types import (
    AlignParams,
    AlignRequest,
    Modality,
    RasterRef,
    Status,
)
from sar_optical_align.plugin.engine.align import attempts as attempts_module
from sar_optical_align.plugin.engine.align.align import align
from sar_optical_align.plugin.engine.cli import main
from sar_optical_align.plugin.engine.learn.logistic import logistic
from sar_optical_align.plugin.matchers import create
from sar_optical_align.plugin.matchers.network import NetworkError
from sar_optical_align.plugin.matchers.parts.similarity import correlate, find_peak
from torch_there import needs_torch
from weight_files import DAMAGES, damaged


def image(data, modality=Modality.SAR, mask=None):
    mask = np.ones(data.shape, bool) if mask is None else mask
    return Image(np.where(mask, data, 0).astype(np.float32), mask, modality)


def test_features_keep_grid_and_mask(random_weights, pictures):
    matcher = create("me_ssm", {"weights": str(random_weights)})
    mask = np.ones((90, 130), bool)
    mask[:, :20] = False
    features = matcher.features(image(pictures[1][:90, :130] / 255.0, mask=mask), Modality.SAR)
    assert features.shape == (matcher.net.channels, 90, 130)
    assert features.dtype == np.float32
    assert not features[:, :, :20].any()
    lengths = np.linalg.norm(features[:, mask], axis=0)
    assert 0 < lengths.max() <= 1.0 + 1e-6
    flat = matcher.features(image(np.zeros((64, 64)), mask=np.zeros((64, 64), bool)), Modality.SAR)
    assert np.isfinite(flat).all()
    assert not flat.any()


@pytest.mark.parametrize("damage", [*DAMAGES, "card"])
def test_bad_weights_are_told(random_weights, tmp_path, damage, capsys, scene_pair):
    path = damaged(random_weights, tmp_path, damage)
    with pytest.raises(NetworkError) as caught:
        create("me_ssm", {"weights": str(path)})
    assert caught.value.hint
    command = [
        "match",
        *map(str, scene_pair),
        "--matcher",
        "me_ssm",
        "--matcher-param",
        f"weights={path}",
    ]
    assert main(command) == 3
    assert "hint:" in capsys.readouterr().err


@needs_torch
def test_the_result_does_not_depend_on_the_tile(pictures):
    """Features cut from a large tile place a template where features of a small tile do, to 0.05
    px.
    """
    matcher = create("me_ssm")
    grey = cv2.cvtColor(np.ascontiguousarray(pictures[0]), cv2.COLOR_RGB2GRAY) / 255.0
    radar, margin = pictures[1] / 255.0, matcher.margin_px
    whole = [
        matcher.features(image(a, m), m)
        for a, m in ((grey, Modality.OPTICAL), (radar, Modality.SAR))
    ]
    for y, x in ((130, 140), (250, 180), (200, 260)):
        found = []
        for offset in (0, 8, 24):
            low = (np.array([y, x]) - 16 - margin) // matcher.grid_px * matcher.grid_px - offset
            side = 96 + 32 + 2 * margin + 2 * offset
            part = (slice(low[0], low[0] + side), slice(low[1], low[1] + side))
            tile = [
                matcher.features(image(a[part], m), m)
                for a, m in ((grey, Modality.OPTICAL), (radar, Modality.SAR))
            ]
            found.append((tile, np.array([y, x]) - low))
        found.append((whole, np.array([y, x])))
        peaks = []
        for (reference, sensed), (r, c) in found:
            template, window = (
                sensed[:, r : r + 96, c : c + 96],
                reference[:, r - 16 : r + 112, c - 16 : c + 112],
            )
            peak = find_peak(
                correlate(
                    template, np.ones((96, 96), bool), window, np.ones((128, 128), bool)
                ).values
            )
            peaks.append((peak.x, peak.y))
        assert np.abs(np.array(peaks) - peaks[-1]).max() < 0.05, peaks


@needs_torch
def test_the_network_aligns_turned_images(pictures, tmp_path, monkeypatch):
    """Rotation of 6 degrees and a scale of 1.06 are found by the learnt features alone."""
    turn = cv2.getRotationMatrix2D((255.5, 255.5), 6.0, 1.06)
    turned = cv2.warpAffine(pictures[1], turn, (512, 512), flags=cv2.INTER_CUBIC)
    paths = [tmp_path / "optical.tif", tmp_path / "sar.tif"]
    write_raster(paths[0], np.moveaxis(pictures[0], -1, 0))
    write_raster(paths[1], turned[None])
    request = AlignRequest(
        RasterRef(str(paths[0]), (), Modality.OPTICAL),
        RasterRef(str(paths[1]), (), Modality.SAR),
        AlignParams(matcher="me_ssm", model="similarity"),
    )
    monkeypatch.setattr(attempts_module, "coarse_guides", lambda matcher: [matcher])
    result = align(request)
    assert result.matcher == "me_ssm"
    assert result.status is Status.OK, result.message
    corners = np.array([[20.0, 20.0], [480.0, 30.0], [250.0, 490.0]])
    moved = cv2.transform(corners[None] - 0.5, turn)[0] + 0.5
    assert np.hypot(*(result.transform.apply(moved) - corners).T).max() < 3.0


def test_logistic_finds_the_weights_that_made_the_labels():
    rng = np.random.default_rng(0)
    features = np.column_stack([np.ones(20000), rng.normal(0, 1, 20000), rng.normal(0, 10, 20000)])
    true = np.array([-0.5, 1.5, 0.1])
    labels = rng.random(20000) < 1 / (1 + np.exp(-features @ true))
    assert logistic(features, labels, 1e-6) == pytest.approx(true, abs=0.08)


def test_calibrate_measures_and_writes_into_the_card(dataset, random_weights, tmp_path, capsys):
    card = tmp_path / "card.json"
    card.write_text(random_weights.with_suffix(".json").read_text())
    command = [
        "calibrate",
        "cfog",
        str(dataset),
        "--output",
        str(tmp_path / "c"),
        "--limit",
        "1",
        "--card",
        str(card),
    ]
    assert main(command) == 0
    assert "expected_calibration_error" in capsys.readouterr().out
    written = json.loads((tmp_path / "c" / "calibration.json").read_text())
    assert json.loads(card.read_text())["calibration"] == written
    assert len(written["score"]) == 5
    assert written["covariance"] > 0
    assert (
        written["validation"]["tie_points"]
        == sum(n for *_, n in written["validation"]["reliability"])
        > 20
    )
    assert (tmp_path / "c" / "reliability.png").stat().st_size > 1000
    assert (
        main(["calibrate", "sift", str(dataset), "--limit", "1", "--output", str(tmp_path / "c")])
        == 2
    )
    assert main([*command[:-1], str(tmp_path / "none.json")]) == 3
