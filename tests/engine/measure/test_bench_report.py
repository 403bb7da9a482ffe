"""The tables of a bench."""

from __future__ import annotations

import numpy as np
from sar_optical_align.plugin.engine.measure.bench_report import markdown
from sar_optical_align.plugin.engine.measure.protocols import Outcome


def outcomes(matchers, truth_off_px, matcher_off_px, pairs=40):
    rng = np.random.default_rng(0)
    for number in range(pairs):
        wrong = rng.normal(0, truth_off_px, 2)
        for key in matchers:
            x, y = wrong + rng.normal(0, matcher_off_px, 2)
            yield Outcome(
                "shift",
                key,
                "made",
                str(number),
                "ok",
                float(np.hypot(x, y)),
                1.0,
                "",
                (float(x), float(y)),
            )


def near_others(table, key):
    """Return the share within 1 px of the truth and of the other matchers, %."""
    cells = (
        table.split("from the others")[1]
        .split(f"| {key} | ")[1]
        .split("\n")[0]
        .strip(" |")
        .split(" | ")
    )
    return int(cells[3]), int(cells[5])


def test_answers_that_agree_with_each_other_and_not_with_the_truth_are_told_apart():
    keys = ["a", "b", "c", "d"]
    truth_wrong = markdown(list(outcomes(keys, 3.0, 0.1)), ["shift"], keys, {})
    matchers_wrong = markdown(list(outcomes(keys, 0.0, 3.0)), ["shift"], keys, {})
    truth, others = near_others(truth_wrong, "a")
    assert truth < 20
    assert others == 100
    truth, others = near_others(matchers_wrong, "a")
    assert max(truth, others) < 20


def test_without_three_others_there_is_no_median_to_compare_with():
    keys = ["a", "b", "c"]
    assert "from the others" not in markdown(list(outcomes(keys, 1.0, 1.0)), ["shift"], keys, {})
    unrelated = [
        Outcome("unrelated", k, "made", "1", "ok", 9.0, 1.0, "", (9.0, 0.0)) for k in "abcd"
    ]
    assert "from the others" not in markdown(unrelated, ["unrelated"], list("abcd"), {})
