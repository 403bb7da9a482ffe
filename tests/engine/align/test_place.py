"""One place measured on its own: the truth within a fraction of a pixel, as `align` finds it,
through the worker as well.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from sar_optical_align.plugin.core.errors import UsageError
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.session.peaks import surface_index
from sar_optical_align.plugin.core.types import AlignParams, AlignRequest, RasterRef
from sar_optical_align.plugin.engine.align.align import align
from sar_optical_align.plugin.engine.align.place import measure_place
from sar_optical_align.plugin.work.worker_client import WorkerClient

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def request_(scene_pair):
    return AlignRequest(RasterRef(str(scene_pair[0])), RasterRef(str(scene_pair[1])), AlignParams())


@pytest.fixture(scope="module")
def result(request_):
    return align(request_)


def sure_points(result, count=8):
    inner = [
        p
        for p in result.enabled_points
        if 120 < p.reference_px[0] < 500 and 120 < p.reference_px[1] < 380
    ]
    return sorted(inner or result.enabled_points, key=lambda p: -p.score)[:count]


@pytest.mark.parametrize("offset", [(0.0, 0.0), (2.3, -1.4), (-3.1, 3.6)])
def test_a_rough_place_leads_to_the_point_that_was_found(request_, result, offset):
    transform = result.transform
    misses = []
    for point in sure_points(result):
        rough = (point.reference_px[0] + offset[0], point.reference_px[1] + offset[1])
        place, seen = measure_place(request_, transform, rough, point.sensed_px)
        misses.append(np.hypot(place[0] - point.reference_px[0], place[1] - point.reference_px[1]))
        at = surface_index(seen.evidence, place)
        assert np.unravel_index(
            np.argmax(seen.evidence.surface), seen.evidence.surface.shape
        ) == pytest.approx((at[1], at[0]), abs=0.76)
        assert 0.0 < seen.score < 1.0
        assert np.linalg.eigvalsh(np.array(seen.covariance_px)).min() > 0
    assert np.median(misses) < 0.5
    assert np.max(misses) < 1.5


def test_a_place_outside_is_refused_in_words(request_, result):
    with pytest.raises(UsageError, match="outside"):
        measure_place(request_, result.transform, (-500.0, 40.0), (10.0, 10.0))


def test_the_worker_answers_the_same(request_, result):
    client = WorkerClient(sys.executable)
    point = sure_points(result)[0]
    rough = (point.reference_px[0] + 1.0, point.reference_px[1] + 1.0)
    try:
        place, seen = client.measure_place(
            request_, result.transform, rough, point.sensed_px, Progress()
        )
        with pytest.raises(UsageError):
            client.measure_place(
                request_, result.transform, (-500.0, 40.0), (10.0, 10.0), Progress()
            )
    finally:
        client.close()
    here, seen_here = measure_place(request_, result.transform, rough, point.sensed_px)
    assert place == pytest.approx(here)
    assert seen.score == pytest.approx(seen_here.score)
    assert seen.evidence.surface == pytest.approx(seen_here.evidence.surface, abs=1e-4)
