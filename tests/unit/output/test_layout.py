"""Laws of what a warped file looks like, whatever the sensed one is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.plugin.core.errors import ComplexDataError, OutputError
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.output.layout import Bands, layout_of
from sar_optical_align.plugin.core.output.publish import Writing, publish, refuse_other
from sar_optical_align.plugin.core.progress import Progress
from sar_optical_align.plugin.core.types import WarpParams

TYPES = ("uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
COLOURS = ("gray", "red", "green", "blue", "palette", "alpha", "undefined")
TARGET = Grid.bare(31, 17)


@st.composite
def bands(draw):
    count = draw(st.integers(1, 5))
    return Bands(
        "a raster",
        tuple(draw(st.lists(st.sampled_from(TYPES), min_size=count, max_size=count))),
        tuple(
            draw(
                st.lists(st.sampled_from((None, 0.0, 7.0, -9999.0)), min_size=count, max_size=count)
            )
        ),
        tuple(draw(st.lists(st.sampled_from(COLOURS), min_size=count, max_size=count))),
        draw(st.booleans()),
    )


PARAMS = st.builds(
    WarpParams,
    resampling=st.sampled_from(("nearest", "cubic")),
    compression=st.sampled_from(("none", "deflate")),
)
OVERRIDES = st.sampled_from((None, 7.0, -9999.0))


@given(bands(), PARAMS, OVERRIDES, st.booleans())
def test_the_outside_is_marked_in_one_way_and_the_type_holds_every_band(
    given, params, over, classes
):
    layout = layout_of(given, params, over, classes)
    assert (layout.nodata is not None) + layout.mask_band + layout.has_alpha >= 1
    assert not (layout.mask_band and layout.nodata is not None)
    assert not (layout.mask_band and layout.has_alpha)
    assert all(np.can_cast(own, layout.dtype) for own in given.dtypes)
    if layout.nodata is not None:
        assert np.array_equal(
            np.asarray(layout.nodata).astype(layout.dtype), layout.nodata, equal_nan=True
        )
    if layout.classes:
        assert layout.resampling == "nearest"
    assert ("PREDICTOR" in layout.creation) == (params.compression != "none")
    assert layout.byte_count(TARGET) == layout.empty(31, 17).nbytes


@given(bands(), PARAMS, OVERRIDES)
def test_valid_samples_never_equal_nodata_and_the_outside_is_left_alone(given, params, over):
    layout = layout_of(given, params, over)
    values = layout.empty(6, 5)
    valid = np.zeros(values.shape, bool)
    valid[:, ::2] = True
    before = values.copy()
    layout.finish(values, valid)
    assert np.array_equal(values[~valid], before[~valid], equal_nan=True)
    if layout.nodata is not None and not np.isnan(layout.nodata) and not layout.classes:
        assert (values[valid] != np.asarray(layout.nodata).astype(layout.dtype)).all()


def test_validity_is_that_of_file_user_and_number():
    layout = layout_of(
        Bands("x", ("float32", "float32"), (None, None), ("gray", "alpha"), False),
        WarpParams(),
        override=7.0,
    )
    samples = np.array([[[7.0, np.nan, 3.0, 4.0]], [[7.0, np.nan, 0.0, 255.0]]], np.float32)
    masks = np.array([[[True, True, True, False]], [[False, False, False, False]]])
    assert layout.valid(samples, masks).tolist() == [
        [[False, False, True, False]],
        [[True, True, True, True]],
    ]


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ComplexDataError, match="x holds complex"):
        layout_of(Bands("x", ("complex64",), (None,), ("gray",), False), WarpParams())
    with pytest.raises(OutputError, match="does not fit"):
        layout_of(Bands("x", ("uint8",), (None,), ("gray",), False), WarpParams(nodata=256.0))


def test_a_part_appears_when_it_is_whole_and_alone(tmp_path):
    output = tmp_path / "o.tif"

    def write(part):
        with Writing(part):
            part.write_bytes(b"raster")
            part.with_name(f"{part.name}.aux.xml").write_bytes(b"notes")

    assert publish(output, [], [], write, Progress()) == output
    assert [file.name for file in tmp_path.iterdir()] == ["o.tif"]

    def fail(part):
        with Writing(part, KeyError):
            part.write_bytes(b"half")
            raise KeyError("no")

    with pytest.raises(OutputError, match=r"o\.tif") as caught:
        publish(output, [], [], fail, Progress())
    assert ".part" not in caught.value.message
    assert output.read_bytes() == b"raster"
    assert [file.name for file in tmp_path.iterdir()] == ["o.tif"]


def test_what_was_written_is_compared_with_what_was_to_be():
    layout = layout_of(Bands("x", ("uint8",), (None,), ("gray",), False), WarpParams())
    refuse_other((31, 17), ["uint8"], layout, TARGET)
    for size, types in (((17, 31), ["uint8"]), ((31, 17), ["int16"]), ((31, 17), ["uint8"] * 2)):
        with pytest.raises(OSError, match="not what was to be"):
            refuse_other(size, types, layout, TARGET)
