"""Tables of other tools, GDAL scripts, command lines."""

from __future__ import annotations

import shlex
import subprocess
import sys

import numpy as np
import pytest
from sar_optical_align.plugin.core.errors import InputError, PointsFileError
from sar_optical_align.plugin.core.geometry import coords
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.output.gdal_script import write_gdal_script
from sar_optical_align.plugin.core.points.files import load_reviewed
from sar_optical_align.plugin.core.run.processing_command import command, run_command
from sar_optical_align.plugin.core.session.session import Role
from sar_optical_align.plugin.core.types import (
    AlignParams,
    AlignRequest,
    Modality,
    RasterRef,
    WarpParams,
)
from sessions import session

WKT = 'PROJCS["WGS 84 / UTM zone 33N",AUTHORITY["EPSG","32633"]]'
REFERENCE = Grid(WKT, (500000.0, 10.0, 0.0, 5400000.0, 0.0, -12.0), 160, 120)
SENSED = Grid(WKT, (500030.0, 9.0, 1.0, 5399950.0, -0.8, -11.0), 160, 120)
BARE = Grid.bare(160, 120)
AROSICS = """geometry,POINT_ID,X_IM,Y_IM,X_MAP,Y_MAP,X_SHIFT_PX,Y_SHIFT_PX,X_SHIFT_M,Y_SHIFT_M,ABS_SHIFT,RELIABILITY,\
LAST_ERR,OUTLIER
POINT (500100 5399900),4,1,2,500100,5399900,1,1,12.5,-7.25,14,80.5,-9999,False
POINT (500200 5399800),5,3,4,500200,5399800,-9999,-9999,-9999,-9999,-9999,-9999,some error,-9999
POINT (500300 5399700),6,5,6,500300,5399700,1,1,99.0,50.0,14,20,-9999,True
"""  # noqa: E501


def test_arosics_points_lead_from_the_sensed_place_to_the_reference(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(AROSICS)
    points = [p.tie_point for p in load_reviewed(path, REFERENCE, SENSED)]
    assert len(points) == 2  # where no match was found there is no point
    assert coords.map_from_px(SENSED.geotransform, [points[0].sensed_px])[0] == pytest.approx(
        [500100, 5399900]
    )
    assert coords.map_from_px(REFERENCE.geotransform, [points[0].reference_px])[0] == pytest.approx(
        [500112.5, 5399892.75]
    )
    assert points[0].reference_map == pytest.approx((500112.5, 5399892.75))
    assert points[0].score == pytest.approx(0.805)
    assert (points[1].enabled, points[1].reason) == (False, "outlier in AROSICS")
    with pytest.raises(PointsFileError) as error:
        load_reviewed(path, REFERENCE, BARE)
    assert error.value.hint


def test_arosics_coordinates_are_reprojected_to_the_reference(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(AROSICS)
    points = load_reviewed(
        path, REFERENCE, SENSED, lambda wkt: (lambda xy: xy + [1000.0, 0.0]) if wkt == WKT else None
    )
    assert points[0].tie_point.reference_map == pytest.approx((501112.5, 5399892.75))


@pytest.mark.parametrize("separator", [",", ";"])
def test_karios_positions_are_pixel_centres(tmp_path, separator):
    path = tmp_path / "KLT_matcher.csv"
    path.write_text(
        "x0,y0,dx,dy,score\n10,20,1.5,-2.25,0.9\n30,40,0,0,0.5\n".replace(",", separator)
    )
    first, second = (p.tie_point for p in load_reviewed(path, REFERENCE, REFERENCE))
    assert first.reference_px == (10.5, 20.5)
    assert first.sensed_px == (12.0, 18.25)
    assert first.score == 0.9
    assert second.reference_map == pytest.approx((500305.0, 5399514.0))


def test_a_broken_line_is_named(tmp_path):
    path = tmp_path / "k.csv"
    path.write_text("x0,y0,dx,dy,score\n1,2,3,4,0.5\n1,x,3,4,0.5\n")
    with pytest.raises(PointsFileError, match="Line 3"):
        load_reviewed(path, REFERENCE, REFERENCE)


NASTY = 'it\'s "50%" of $HOME & more; (x).tif'


def test_the_script_for_linux_calls_gdal_with_the_points_in_the_fit(tmp_path):
    """Stand-ins for GDAL's programs write down what they were called with."""
    s = session()
    s.reject([3])
    s.set_role([4], Role.CHECK)
    path = tmp_path / "a b" / "warp it.sh"
    path.parent.mkdir()
    source, output = tmp_path / NASTY, tmp_path / f"out {NASTY}"
    write_gdal_script(
        path,
        s.points,
        REFERENCE,
        str(source),
        str(output),
        "polynomial2",
        WarpParams(resampling="cubic", output_gsd=5.0),
    )
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name in ("gdal_translate", "gdalwarp"):
        program = bin_folder / name
        program.write_text(
            f"#!{sys.executable}\nimport sys\nopen({str(tmp_path / name)!r}, "
            "'w').write('\\0'.join(sys.argv[1:]))\n"
        )
        program.chmod(0o755)
    subprocess.run([str(path)], check=True, env={"PATH": f"{bin_folder}:/usr/bin:/bin"})
    translated, warped = (
        (tmp_path / name).read_text().split("\0") for name in ("gdal_translate", "gdalwarp")
    )
    assert translated[translated.index("-a_srs") + 1] == "EPSG:32633"
    assert translated[-2] == str(source)
    assert warped[-2] == translated[-1]
    assert warped[-1] == str(output)
    assert warped[warped.index("-order") + 1] == "2"
    assert warped[warped.index("-r") + 1] == "cubic"
    options = (path.parent / "warp it_gcps.txt").read_text().split()
    assert translated[translated.index("--optfile") + 1] == str(path.parent / "warp it_gcps.txt")
    assert options.count("-gcp") == 28
    first = np.array(options[1:5], dtype=float)
    assert first[:2] == pytest.approx(s.points[0].tie_point.sensed_px)
    assert first[2:] == pytest.approx(
        coords.map_from_px(REFERENCE.geotransform, [s.points[0].tie_point.reference_px])[0]
    )


def test_the_script_for_windows_doubles_percent_signs(tmp_path):
    path = tmp_path / "warp.bat"
    write_gdal_script(
        path,
        session().points,
        REFERENCE,
        r"C:\data\50% of it & more.tif",
        r"C:\out put.tif",
        "shift",
        WarpParams(),
    )
    text = path.read_bytes().decode()
    assert '"C:\\data\\50%% of it & more.tif"' in text
    assert '--optfile "%~dp0warp_gcps.txt"' in text
    assert text.count("\r\n") == text.count("\n")
    assert "GDAL has no model 'Shift'" in text
    assert all(len(line) < 8191 for line in text.splitlines())


def test_a_script_without_points_is_refused(tmp_path):
    s = session()
    s.reject(range(1, 31))
    with pytest.raises(InputError):
        write_gdal_script(
            tmp_path / "a.sh", s.points, REFERENCE, "a.tif", "b.tif", "affine", WarpParams()
        )


def test_the_command_tells_what_differs_from_the_defaults():
    params = AlignParams(
        matcher="cfog",
        matcher_params={"orientations": 6},
        search_radius=250.0,
        refuse_weak=False,
        threads=3,
    )
    request = AlignRequest(
        RasterRef("/a b/o'pt.tif", (3, 2, 1)), RasterRef("/sar.tif", (1,), Modality.SAR), params
    )
    words = shlex.split(run_command(request, WarpParams(resampling="cubic"), "p.gpkg", "out.tif"))
    assert words[:3] == ["qgis_process", "run", "sar_optical_align:registerimages"]
    assert set(words[3:]) == {
        "--REFERENCE=/a b/o'pt.tif",
        "--REFERENCE_BAND=3;2;1",
        "--SENSED=/sar.tif",
        "--SENSED_BAND=1",
        "--SENSED_MODALITY=sar",
        "--MATCHER=cfog",
        "--MATCHER_PARAMS=orientations=6",
        "--SEARCH_RADIUS=250.0",
        "--REFUSE_WEAK=false",
        "--RESAMPLING=cubic",
        "--POINTS=p.gpkg",
        "--OUTPUT=out.tif",
    }
    assert shlex.split(command("x", {"A": 'a"b'}))[-1] == '--A=a"b'
