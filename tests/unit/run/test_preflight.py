"""The pre-flight rules: what is green, what deserves a look, what blocks; and each fix mends what
it says.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.run.preflight import Level, PairFacts, RasterFacts, check_pair
from sar_optical_align.plugin.core.types import AlignParams

OPTICAL = RasterFacts("opt.tif", 1000, 800, georeferencing="geotransform", crs="EPSG:32611")
SAR = RasterFacts(
    "sar.tif",
    1000,
    800,
    georeferencing="geotransform",
    crs="EPSG:32611",
    modality="sar",
    sar_scale="db",
)
PAIR = PairFacts(OPTICAL, SAR, (10.0, 10.0), "m", 0.9, 0.0, 8000.0)


def levels(facts, **params):
    return {f.short: f.level for f in check_pair(facts, AlignParams(**params))}


def worst(facts, **params):
    return [f for f in check_pair(facts, AlignParams(**params)) if f.level is not Level.GREEN]


def test_a_good_pair_is_all_green():
    found = levels(PAIR)
    assert set(found.values()) == {Level.GREEN}
    assert set(found) == {"EPSG:32611", "overlap 90 %", "± 400 m", "10 / 10 m", "SAR: decibel"}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(PAIR, sensed=replace(SAR, is_complex=True)), "complex"),
        (replace(PAIR, sensed=replace(SAR, constant=True)), "alike"),
        (replace(PAIR, reference=replace(OPTICAL, problem="Cannot open opt.tif.")), "Cannot open"),
        (replace(PAIR, sensed=replace(SAR, georeferencing="none", crs="")), "no georeferencing"),
        (replace(PAIR, sensed=replace(SAR, crs="")), "no CRS"),
        (replace(PAIR, overlap=0.0, gap=5000.0), "5000 m apart"),
    ],
)
def test_what_would_fail_is_red(facts, words):
    red = [f for f in worst(facts) if f.level is Level.RED]
    assert len(red) == 1
    assert words in red[0].text


@pytest.mark.parametrize(
    ("facts", "params"),
    [
        (replace(PAIR, overlap=0.0, gap=100.0), {}),
        (replace(PAIR, overlap=0.0, gap=5000.0), {}),
        (replace(PAIR, overlap=0.1), {}),
        (PAIR, {"search_radius": 10.0}),
        (PAIR, {"search_radius": 7000.0}),
        (PAIR, {"working_gsd": 2.0}),
        (replace(PAIR, gsd=(0.5, 10.0)), {}),
        (PAIR, {"sar_scale": "power"}),
        (replace(PAIR, sensed=replace(SAR, eight_bit=True)), {}),
    ],
)
def test_every_amber_is_mended_by_its_fix(facts, params):
    """What one click does takes the finding away, but where the scenes do not overlap nothing can:
    there it widens the search.
    """
    first = worst(facts, **params)
    assert len(first) == 1
    assert first[0].fix is not None
    mended = {**params, first[0].fix.name: first[0].fix.value}
    after = worst(facts, **mended)
    if facts.gap or facts.overlap < 0.25:
        assert all(f.level is Level.AMBER for f in after)
    else:
        assert not after


def test_what_the_engine_does_by_itself_is_said():
    gcps = replace(
        PAIR,
        sensed=replace(SAR, georeferencing="gcps", gcp_count=210, fill=(0.0, 0.12)),
        reference=replace(OPTICAL, crs="EPSG:4326"),
    )
    texts = " ".join(f.text for f in check_pair(gcps, AlignParams()))
    assert "210 GCPs" in texts
    assert "12 % of the sensed raster are zeros" in texts
    assert "on the fly" in texts
    assert "decibel" in texts


@given(
    st.floats(0.01, 1e6),
    st.floats(0.1, 1e3),
    st.floats(0.1, 1e3),
    st.floats(0, 1),
    st.floats(10, 1e6),
)
def test_rules_never_fail(gap, a, b, overlap, extent):
    for facts in (
        replace(PAIR, gsd=(a, b), overlap=overlap, extent=extent),
        replace(PAIR, gsd=(a, b), overlap=0.0, gap=gap, extent=extent),
    ):
        for finding in check_pair(facts, AlignParams()):
            assert finding.text.endswith(".")
            assert finding.level is not Level.AMBER or finding.fix is not None
