"""The yardstick: bounds, cases, the null row, matchers by themselves, closure, impostors."""

from __future__ import annotations

import csv
import os

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import InputError, OutputError
from sar_optical_align.plugin.core.image import Image
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.run.locking import Lock
from sar_optical_align.plugin.core.types import Modality
from sar_optical_align.plugin.engine.measure.bench import run_bench
from sar_optical_align.plugin.engine.measure.bounds import resampled, share_bounds, wilson
from sar_optical_align.plugin.engine.measure.cases import (
    farthest_px,
    impostors,
    make_case,
    place_of,
    read_index,
)
from sar_optical_align.plugin.engine.measure.closure import closure_error, closure_windows
from sar_optical_align.plugin.engine.measure.direct import direct_motion, error_of, robust_motion
from sar_optical_align.plugin.engine.measure.null_matcher import NULL
from sar_optical_align.plugin.matchers import all_specs, create


def smooth_noise(rng, side, sigma=1.5):
    image = cv2.GaussianBlur(rng.normal(size=(side, side)), (0, 0), sigma)
    return np.clip(128 + 60 * image / image.std(), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Return a dataset of places at two dates, of which the "SAR" is the inverted optical image,
    the later date 1.5 px to the right in both sensors.
    """
    folder, rng, rows = tmp_path_factory.mktemp("dataset"), np.random.default_rng(3), []
    for place in range(3):
        ground = smooth_noise(rng, 700)
        for date, shift in (("before", 0.0), ("after", 1.5)):
            moved = cv2.warpAffine(
                ground, np.array([[1, 0, shift], [0, 1, 0.0]]), (512, 512), flags=cv2.INTER_CUBIC
            )
            name = f"train_{date}_{place:04d}"
            cv2.imwrite(str(folder / f"{name}_o.png"), moved)
            cv2.imwrite(str(folder / f"{name}_s.png"), 255 - moved)
            rows.append(
                {
                    "source": "made",
                    "id": name,
                    "split": "val",
                    "sar_sensor": "X",
                    "note": "field",
                    "optical": f"{name}_o.png",
                    "sar": f"{name}_s.png",
                }
            )
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return folder


@given(st.integers(1, 400), st.floats(0, 1))
def test_wilsons_bounds_hold_the_share_and_narrow_with_the_count(count, share):
    hits = round(share * count)
    low, high = wilson(hits, count)
    assert 0 <= low <= hits / count <= high <= 1
    wide, narrow = high - low, np.subtract(*wilson(4 * hits, 4 * count)[::-1])
    assert narrow < wide


def test_draws_of_one_pair_do_not_pass_for_more_pairs():
    hits = [True] * 5 + [False] * 5
    once = share_bounds(hits, list(range(10)))
    often = share_bounds(hits * 8, list(range(10)) * 8)
    assert abs((once[1] - once[0]) - (often[1] - often[0])) < 0.1
    assert share_bounds([True] * 80, list(range(10)) * 8) == wilson(10, 10)


def test_the_median_of_failures_is_at_infinity():
    low, high = resampled([1.0, 2.0, np.inf, np.inf, np.inf], list(range(5)), "median")
    assert low >= 1.0
    assert high == np.inf


@pytest.mark.parametrize("protocol", ["shift", "affine", "bent", "georeferenced"])
def test_the_sensed_image_shows_the_ground_where_the_truth_says(dataset, protocol):
    rows = read_index(dataset, "val", None)
    for draw in range(3):
        case = make_case(dataset, rows, 0, protocol, 5, draw)
        size, width = case.sensed.shape[0], case.reference.shape[0]
        x, y = np.meshgrid(np.arange(20, size - 20, 7) + 0.5, np.arange(20, size - 20, 7) + 0.5)
        places = np.column_stack([x.ravel(), y.ravel()])
        at = case.to_reference(places)
        inside = ((at > 3) & (at < width - 3)).all(axis=1)
        mapped = (at[inside] - 0.5).astype(np.float32)
        seen = cv2.remap(case.reference, mapped[:, :1], mapped[:, 1:], cv2.INTER_CUBIC)[
            :, 0
        ].astype(float)
        shown = 255.0 - case.sensed[tuple((places[inside] - 0.5).astype(int).T[::-1])]
        assert np.median(np.abs(seen - shown)) < 4
        assert np.abs(at - places - (width - size) / 2).max() <= farthest_px(protocol, width) + 1e-6


def test_further_draws_lie_beside_each_other_and_the_first_stays_what_it_was(dataset):
    rows = read_index(dataset, "val", None)
    cases = [make_case(dataset, rows, 0, "shift", 1, draw) for draw in range(4)]
    again = make_case(dataset, rows, 0, "shift", 1)
    assert (again.reference == cases[0].reference).all()
    assert (again.sensed == cases[0].sensed).all()
    assert len({case.truth.tobytes() for case in cases}) == 4
    with pytest.raises(InputError):
        read_index(dataset, "nothing", None)


def test_an_impostor_is_like_the_pair_and_never_its_own_place(dataset, tmp_path):
    rows = read_index(dataset, "val", None)
    for number, row in enumerate(rows):
        assert {place_of(o) for o in impostors(dataset, rows, number)} == {
            place_of(o) for o in rows
        } - {place_of(row)}
    strange = [*rows, {**rows[2], "source": "other", "id": "x"}]
    assert all(o["source"] == "made" for o in impostors(dataset, strange, 0)), (
        "where the source has other places they are taken"
    )
    same_ground = [rows[0], {**rows[0], "id": "another_name"}]
    with pytest.raises(InputError):
        impostors(dataset, same_ground, 0)
    only_other = [rows[0], {**rows[0], "id": "another_name"}, {**rows[2], "source": "other"}]
    assert [o["source"] for o in impostors(dataset, only_other, 0)] == ["other"]


@pytest.mark.parametrize(
    ("protocol", "limit_px"), [("direct_shift", 0.1), ("direct_affine", 3.0), ("direct_bent", 2.0)]
)
def test_cfog_by_itself_finds_each_kind_of_motion_and_the_null_none(dataset, protocol, limit_px):
    rows = read_index(dataset, "val", None)
    case = make_case(dataset, rows, 0, protocol.removeprefix("direct_"), 0)
    errors = {}
    for key in ("cfog", NULL):
        motion = direct_motion(create(key), case, protocol)
        assert motion is not None
        errors[key], miss = error_of(case, motion, protocol)
        assert np.isfinite(miss).all()
    assert errors["cfog"] < limit_px
    probes = case.probes(protocol == "direct_shift")
    offset = (case.reference.shape[0] - case.sensed.shape[0]) / 2
    assert errors[NULL] == pytest.approx(
        np.hypot(*(case.to_reference(probes) - probes - offset).T).mean(), abs=1e-6
    )


def test_one_image_matched_with_itself_is_closed_to_a_hundredth(dataset):
    windows = list(closure_windows(dataset, read_index(dataset, "val", None), 2))
    assert len(windows) == 6
    for window in windows:
        assert closure_error(create("cfog"), window) < 0.1
    assert np.median([closure_error(create(NULL), window) for window in windows]) > 2.0, (
        "always the same answer is not precise"
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from(["shift", "affine", "polynomial2"]))
def test_the_robust_fit_ignores_matches_that_are_wrong(seed, kind):
    rng = np.random.default_rng(seed)
    sensed = rng.uniform(0, 300, (60, 2))
    reference = sensed + [7.0, -3.0] + (0.02 * (sensed - 150) if kind != "shift" else 0.0)
    wrong = np.arange(60) < 20
    reference[wrong] += rng.uniform(40, 90, (20, 2))
    motion = robust_motion(sensed, reference, kind)
    assert motion is not None
    assert np.abs(motion.apply(sensed[~wrong]) - reference[~wrong]).max() < 0.01


def test_too_few_matches_are_no_answer():
    assert robust_motion(np.empty((0, 2)), np.empty((0, 2)), "shift") is None
    assert robust_motion(np.zeros((4, 2)), np.zeros((4, 2)), "affine") is None


def test_a_bench_has_a_null_row_bounds_and_keeps_what_was_refused(dataset, tmp_path):
    protocols = ["shift", "direct_shift", "closure", "unrelated_shift"]
    text = run_bench(dataset, ["val"], protocols, ["cfog"], tmp_path, 4, 0, Progress(), draws=2)
    tables = text.split("### ")[1:]
    assert [t.split(",")[0] for t in tables] == protocols
    for table in tables:
        assert f"| {NULL} |" in table
        assert "| cfog |" in table
    assert "unrefused @3" in tables[0]
    assert "right accepted" in tables[0]
    assert "| cfog | 100 (" in tables[1]
    stored = next(tmp_path.glob("*.jsonl")).read_text(encoding="utf-8")
    assert (
        run_bench(dataset, ["val"], protocols, ["cfog"], tmp_path, 4, 0, Progress(), draws=2).split(
            "s/pair"
        )[0]
        == text.split("s/pair")[0]
    )
    assert next(tmp_path.glob("*.jsonl")).read_text(encoding="utf-8") == stored, (
        "a second run measures nothing again"
    )


def test_a_second_bench_on_the_same_results_is_refused_and_writes_nothing(dataset, tmp_path):
    held = Lock(tmp_path / "bench-val-seed0.jsonl")
    with held, pytest.raises(OutputError, match=f"written by process {os.getpid()}"):
        run_bench(dataset, ["val"], ["shift"], ["cfog"], tmp_path, 1, 0, Progress())
    assert not list(tmp_path.glob("bench*"))


def test_no_user_is_offered_the_null():
    assert NULL not in all_specs()
    assert (
        len(
            create(NULL)
            .match(
                *[
                    Image(np.zeros((64, 96), np.float32), np.ones((64, 96), bool), m)
                    for m in (Modality.OPTICAL, Modality.SAR)
                ],
                5.0,
            )
            .sensed
        )
        == 6
    )
