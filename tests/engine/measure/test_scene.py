"""Where cases lie, and what scaling and scene measure."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
from raster_files import write_raster
from sar_optical_align.plugin.engine.cli import main
from sar_optical_align.plugin.engine.measure.cases import make_case, read_index
from sar_optical_align.plugin.engine.measure.trials import align_case, case_error


@pytest.mark.parametrize("protocol", ["affine", "georeferenced"])
def test_a_case_lies_where_its_protocol_says(dataset, tmp_path, protocol):
    """Turned pixels, or GeoTIFFs at the same place that are misplaced by a little; both are
    registered to their truth.
    """
    rows = read_index(dataset, "val", 1)
    cases = [make_case(dataset, rows, 0, protocol, seed) for seed in range(20)]
    turns = [abs(np.degrees(np.arctan2(c.truth[1, 0], c.truth[0, 0]))) for c in cases]
    scales = [np.hypot(c.truth[0, 0], c.truth[1, 0]) for c in cases]
    most_deg, most_scale = (2.0, 0.021) if protocol == "georeferenced" else (10.0, 0.112)
    assert most_deg / 2 < max(turns) <= most_deg
    assert most_scale / 2 < max(abs(s - 1) for s in scales) <= most_scale
    case = cases[3]
    result = align_case(case, "cfog", False, tmp_path)
    assert (
        bool(result.reference_grid.crs_wkt)
        == bool(result.sensed_grid.crs_wkt)
        == (protocol == "georeferenced")
    )
    assert result.evidence["turned"] == (protocol == "affine")
    assert case_error(case, result.transform, False) < 3


def test_scaling_measures_growing_squares(pictures, tmp_path, capsys):
    paths = [tmp_path / "optical.tif", tmp_path / "sar.tif"]
    for path, picture in zip(paths, pictures, strict=True):
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=picture.shape[1],
            height=picture.shape[0],
            count=1,
            dtype="uint8",
        ) as sink:
            sink.write(picture if picture.ndim == 2 else picture[..., 1], 1)
    command = [
        "scaling",
        *map(str, paths),
        "--sizes",
        "400,160",
        "--matchers",
        "cfog",
        "--output",
        str(tmp_path / "s"),
    ]
    assert main(command) == 0
    assert "| cfog | 400 |" in capsys.readouterr().out
    measured = json.loads((tmp_path / "s" / "scaling.json").read_text())
    assert [m["side_px"] for m in measured] == [160, 400]
    assert all(m["seconds"] > 0 and m["points"] > 0 for m in measured)
    assert (tmp_path / "s" / "scaling.png").stat().st_size > 5000
    assert main([*command[:-3], "nothing", "--output", str(tmp_path / "s")]) == 2


def test_scene_judges_by_points_no_fit_has_seen(pictures, tmp_path, capsys):
    """An optical picture against itself: its displaced georeferencing is found to a tenth of a
    pixel.
    """
    paths = [tmp_path / "a.tif", tmp_path / "b.tif"]
    for path in paths:
        write_raster(
            path,
            pictures[0][..., 1],
            gt=(500000.0, 10.0, 0.0, 4000000.0, 0.0, -10.0),
            crs="EPSG:32611",
        )
    places = [(x, y) for x in (80, 250, 420) for y in (90, 260, 430)]
    points = tmp_path / "points.csv"
    points.write_text(
        "opt_x,opt_y,sar_x,sar_y\n" + "".join(f"{x},{y},{x},{y}\n" for x, y in places)
    )
    command = [
        "scene",
        *map(str, paths),
        str(points),
        "--matchers",
        "cfog",
        "--output",
        str(tmp_path / "s"),
    ]
    assert main(command) == 0
    assert "before: 1" in capsys.readouterr().out
    (outcome,) = json.loads((tmp_path / "s" / "scene.json").read_text())
    assert outcome["errors"]["affine"][0] < 0.1
    points.write_text("x,y\n1,2\n")
    assert main(command) == 3
