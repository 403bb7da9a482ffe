"""What is learnt of when a registration is right."""

from __future__ import annotations

import json

import pytest
from sar_optical_align.plugin.core.errors import InputError
from sar_optical_align.plugin.engine.cli import main
from sar_optical_align.plugin.engine.learn.judging import Judged, learn, tell, total


def registrations(alike, right, source="a"):
    return [Judged(source, "cfog", right, value) for value in alike]


def test_what_lies_between_the_two_kinds_is_the_limit():
    weights = learn(registrations([9, 10, 11], True) + registrations([1, 2, 3, 2, 1, 2], False))
    assert weights.alike > 0
    assert weights.belief(3.0, 0.0) < 0.5 < weights.belief(9.0, 0.0)


def test_how_many_there_are_of_a_kind_does_not_move_the_limit():
    few = registrations([4, 9, 12], True) + registrations([1, 2, 6], False)
    many = registrations([4, 9, 12], True) * 20 + registrations([1, 2, 6], False)
    limits = [-w.constant / w.alike for w in (learn(few), learn(many))]
    assert limits[0] == pytest.approx(limits[1], rel=0.15)


@pytest.mark.parametrize(
    "judged",
    [
        [],
        registrations([1, 2], True),
        registrations([None, None], True) + registrations([1, 2], False),
        registrations([1, 2], True) + registrations([8, 9], False),
    ],
)
def test_what_teaches_nothing_is_told(judged):
    with pytest.raises(InputError, match="teach nothing"):
        learn(judged)


def test_registrations_with_too_few_points_count_as_refused():
    judged = registrations([9, 10, None], True) + registrations([1, 2], False)
    weights = learn(judged)
    row = tell("a", judged, weights)
    assert (row["right"], row["right_accepted"]) == (3, 2)
    assert (row["others"], row["others_accepted"]) == (2, 0)
    assert row["right_bounds"][0] < 2 / 3 < row["right_bounds"][1]
    both = total([row, row])
    assert (both["right"], both["right_accepted"], both["others"]) == (6, 4, 4)


def test_the_command_learns_measures_and_writes(dataset, tmp_path, capsys):
    out = tmp_path / "judgement.json"
    command = ["judgement", str(dataset), "--matchers", "cfog", "--output", str(out)]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "source left out" in told
    written = json.loads(out.read_text())
    assert written["weights"]["alike"] > 0 > written["weights"]["constant"]
    assert written["learnt_on"]["registrations"] > 10
    assert written["left_out"] == [written["left_out"][-1]]  # one source: nothing to leave out
    assert written["val"][-1]["right_accepted"] == written["val"][-1]["right"] > 0
    assert written["val"][-1]["others_accepted"] == 0
    assert main(command) == 3  # it exists
    assert main([*command, "--overwrite", "--matchers", "nothing"]) == 2
