"""The papers' figures: hand-computed cases, and laws: bounds, monotony, perfect is 1."""

from __future__ import annotations

import csv
import json

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.models.msa_net.patch_metrics import (
    decision_accuracy,
    false_positive_rate,
)
from sar_optical_align.plugin.engine.cli import main
from sar_optical_align.plugin.engine.measure import metrics as m
from sar_optical_align.plugin.engine.measure.paper_cases import motion_case
from sar_optical_align.plugin.engine.measure.papers import PAPERS
from sar_optical_align.plugin.matchers import all_specs
from torch_there import needs_torch

lengths = st.lists(st.one_of(st.floats(0, 40), st.just(float("inf"))), min_size=1, max_size=40).map(
    np.array
)
similarities = st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=60).map(np.array)
TURN = np.array([[0.98, -0.05, 12.0], [0.04, 1.02, -7.0], [1e-5, -2e-5, 1.0]])


def through(matrix, xy):
    there = np.c_[xy, np.ones(len(xy))] @ matrix.T
    return there[:, :2] / there[:, 2:]


def test_false_positives_by_hand():
    """20 true pairs 0.05 … 1.00: 95 % are at least 0.10 alike; of 10 others, those at 0.1 and above
    count.
    """
    matching = np.arange(1, 21) / 20
    other = np.array([0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.5, 0.9, -1.0])
    assert false_positive_rate(matching, other) == pytest.approx(0.4)
    assert false_positive_rate(np.ones(5), np.zeros(5)) == 0.0
    assert false_positive_rate(np.zeros(5), np.ones(5)) == 1.0


@given(similarities, similarities)
def test_patch_figures_keep_their_bounds(matching, other):
    rate = false_positive_rate(matching, other)
    assert 0 <= rate <= 1
    assert rate <= false_positive_rate(matching, other, 1.0)
    assert 0 <= decision_accuracy(matching, other) <= 1
    order = np.exp(2 * matching), np.exp(2 * other)  # only the order counts
    if len(np.unique(np.concatenate(order))) == len(np.unique(np.concatenate((matching, other)))):
        assert false_positive_rate(*order) == pytest.approx(rate)


def test_decisions_by_hand():
    assert decision_accuracy(np.array([0.9, 0.8, 0.7, 0.9]), np.array([0.1, 0.2, 0.3, 0.1])) == 1.0
    same = np.linspace(0, 1, 1000)
    assert decision_accuracy(same, same) == pytest.approx(0.5, abs=0.01)


def test_matches_are_counted_by_hand():
    counts = m.count_matches(np.array([0.0, 3.0, 3.1, 4.0, np.inf]))
    assert (counts.matches, counts.correct, counts.ratio) == (5, 2, 0.4)
    assert counts.rmse_px == pytest.approx(np.sqrt(4.5))
    nothing = m.count_matches(np.empty(0))
    assert (nothing.matches, nothing.correct, nothing.ratio) == (0, 0, 0.0)
    assert np.isnan(nothing.rmse_px)


@given(lengths)
def test_rates_rise_with_the_threshold_and_perfect_is_one(errors):
    thresholds = range(1, 11)
    for rates in (
        m.matching_accuracy(errors, thresholds),
        m.pair_rates(errors, thresholds),
        [m.area_under_curve(errors, t) for t in thresholds],
    ):
        assert rates == sorted(rates)
        assert all(0 <= r <= 1 for r in rates)
    zeros = np.zeros(len(errors))
    assert (
        m.matching_accuracy(zeros, [1])
        == m.pair_rates(zeros, [1])
        == [m.area_under_curve(zeros, 1.0)]
        == [1.0]
    )
    assert m.count_matches(errors).rmse_px <= m.NEAR_PX or not (errors <= m.NEAR_PX).any()


def test_thresholds_are_met_or_not_as_the_papers_say():
    """A match at the threshold counts; a pair whose RMSE is the threshold does not (SOMA:
    below).
    """
    assert m.matching_accuracy(np.array([2.0]), [2]) == [1.0]
    assert m.pair_rates(np.array([2.0]), [2, 3]) == [0.0, 1.0]
    assert m.area_under_curve(np.array([0.0, 2.5, np.inf, 5.0]), 5.0) == pytest.approx(
        (1 + 0.5 + 0 + 0) / 4
    )


def test_precision_by_hand():
    """Falling scores right, wrong, right; four could be right: (1 + 2/3) / 4."""
    scores, correct = np.array([0.2, 0.9, 0.5]), np.array([True, True, False])
    assert m.average_precision(scores, correct, 4) == pytest.approx((1 + 2 / 3) / 4)
    assert m.average_precision(scores, np.ones(3, bool), 3) == 1.0
    assert m.average_precision(scores, np.zeros(3, bool), 3) == 0.0
    assert m.average_precision(np.empty(0), np.empty(0, bool), 5) == 0.0
    assert m.average_precision(scores, np.zeros(3, bool), 0) == 0.0
    with pytest.raises(ValueError, match="only 1 could be"):
        m.average_precision(scores, correct, 1)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40), st.integers(0, 60)
)
def test_precision_keeps_its_bounds_and_better_order_is_no_worse(pairs, more):
    scores, correct = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    positives = int(correct.sum()) + more
    value = m.average_precision(scores, correct, positives)
    assert 0 <= value <= 1
    assert value <= m.average_precision(correct.astype(float), correct, positives) + 1e-12


def test_repeated_keypoints_by_hand():
    reference = np.array([[0.0, 0.0], [10.0, 0.0]])
    assert (
        m.repeatability(np.array([[0.0, 3.0], [0.0, 3.5], [11.0, 0.0], [50.0, 50.0]]), reference)
        == 0.5
    )
    assert m.repeatability(reference, reference) == 1.0
    assert (
        m.repeatability(np.empty((0, 2)), reference)
        == m.repeatability(reference, np.empty((0, 2)))
        == 0.0
    )
    assert m.matching_score(3, 4) == 0.75
    assert m.matching_score(0, 0) == 0.0


def test_motion_is_found_among_wrong_matches_and_its_corners_judged():
    rng = np.random.default_rng(2)
    sensed = rng.uniform(0, 400, (80, 2))
    reference = through(TURN, sensed) + rng.normal(0, 0.2, (80, 2))
    reference[:30] += rng.uniform(20, 60, (30, 2))
    matrix, inliers = m.fitted_motion(sensed, reference, 3.0, 0)
    assert inliers[30:].all()
    assert not inliers[:30].any()
    assert m.corner_error(matrix, TURN, 400, 300) < 0.5
    assert m.corner_error(TURN, TURN, 400, 300) == 0.0
    assert m.corner_error(None, TURN, 400, 300) == np.inf
    moved = TURN.copy()
    moved[:2] += np.outer([3.0, 4.0], TURN[2])  # 5 px further for every place
    assert m.corner_error(moved, TURN, 400, 300) == pytest.approx(5.0)
    half_turn = np.array([[-1.0, 0, 400], [0, -1, 300], [0, 0, 1]])
    assert m.corner_error(half_turn, np.eye(3), 400, 300) == pytest.approx(
        500.0
    )  # corners are not sorted: a turn is seen
    assert m.fitted_motion(sensed[:3], reference[:3], 3.0, 0)[0] is None
    assert m.fitted_motion(np.zeros((6, 2)), np.zeros((6, 2)), 3.0, 0)[0] is None


def test_flow_by_hand():
    truth = np.zeros((2, 2, 2))
    flow = truth.copy()
    flow[:, 0, 0] = 3.0, 4.0
    flow[:, 1, 1] = np.nan
    counts = np.array([[True, True], [False, False]])
    assert m.flow_rmse(flow, truth, counts) == pytest.approx(np.sqrt(12.5))
    assert m.flow_rmse(flow, truth, np.zeros((2, 2), bool)) == np.inf
    assert m.flow_rmse(truth, truth, counts) == 0.0


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Two pairs to validate with: a picture, and its edges for a radar."""
    folder, rng = tmp_path_factory.mktemp("papers"), np.random.default_rng(4)
    rows = []
    for number in range(2):
        field = sum(
            cv2.resize(
                rng.random((n, n)).astype(np.float32), (208, 224), interpolation=cv2.INTER_NEAREST
            )
            for n in (7, 19, 40)
        )
        field = cv2.GaussianBlur(field / field.max(), (0, 0), 1.0)
        radar = np.hypot(
            cv2.Sobel(field, cv2.CV_32F, 1, 0), cv2.Sobel(field, cv2.CV_32F, 0, 1)
        ) + 0.1 * rng.random(field.shape)
        names = [f"{kind}{number}.png" for kind in ("optical", "sar")]
        cv2.imwrite(str(folder / names[0]), (255 * field).astype(np.uint8))
        cv2.imwrite(str(folder / names[1]), (255 * np.clip(2 * radar, 0, 1)).astype(np.uint8))
        rows.append(
            {
                "source": "made",
                "id": f"pair{number}",
                "split": "val",
                "optical": names[0],
                "sar": names[1],
            }
        )
    with (folder / "index.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder, rows


@needs_torch
def test_a_case_is_the_pair_under_its_motion(dataset):
    """The sensed picture shows at q what the SAR of the aligned pair shows where the truth puts q;
    the draw is the pair's own.
    """
    folder, rows = dataset
    reference, sensed, truth = motion_case(folder, rows[0], 3)
    assert reference.data.shape == sensed.data.shape == (208, 208)
    again = motion_case(folder, rows[0], 3)[2]
    assert (truth == again).all()
    assert np.abs(truth - motion_case(folder, rows[1], 3)[2]).max() > 0.1
    sar = cv2.imread(str(folder / rows[0]["sar"]), cv2.IMREAD_GRAYSCALE)[8:216] / 255.0
    places = np.random.default_rng(0).uniform(40, 168, (200, 2))
    there = through(truth, places)
    read = [
        cv2.remap(
            np.float32(a),
            np.float32(xy[:, :1] - 0.5),
            np.float32(xy[:, 1:] - 0.5),
            cv2.INTER_LINEAR,
        )[:, 0]
        for a, xy in ((sensed.data, places), (sar, there))
    ]
    assert np.corrcoef(*read)[0, 1] > 0.9
    assert np.abs(read[0] - read[1]).mean() < 0.05


FIGURES = {
    "kd_cfm": {
        "MMA@10",
        "corner AUC@3",
        "repeatability",
        "repeatability, SIFT",
        "NN mAP",
        "M.S.",
        "GFLOP per megapixel",
    },
    "soma": {"main CMR@1", "robust CMR@5"},
    "msa_net": {"accuracy", "FPR95", "structured accuracy", "NCM", "RCM"},
}


@needs_torch
@pytest.mark.parametrize(("key", "figures"), list(FIGURES.items()))
def test_the_command_puts_the_paper_beside_ours(dataset, tmp_path, capsys, key, figures):
    assert main(["metrics", key, str(dataset[0]), "--output", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    stored = json.loads((tmp_path / f"metrics-{key}-val.json").read_text())
    assert figures <= set(stored["figures"])
    assert all(f"| {name} |" in out for name in figures)
    assert PAPERS[key].data in out
    assert set(PAPERS[key].published) <= set(stored["figures"])  # what was published is measured
    for name, value in stored["figures"].items():
        if any(
            word in name for word in ("MMA", "AUC", "CMR", "mAP", "M.S.", "RCM", "repeatability")
        ):
            assert 0 <= value <= 1, name
    assert all(len(records) == 2 for records in stored["records"].values())
    for record in stored["records"].get("keypoints", []):
        assert record["M.S."] <= record["with a partner"] + 1e-9, (
            "no keypoint without a partner is matched correctly"
        )


def test_a_matcher_without_a_paper_is_refused(dataset, tmp_path, capsys):
    assert main(["metrics", "cfog", str(dataset[0]), "--output", str(tmp_path / "x")]) == 2
    assert "kd_cfm" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    assert {"kd_cfm", "soma"} <= set(PAPERS) & set(all_specs())
