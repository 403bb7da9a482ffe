"""The command line never writes over what it reads, nor over what is not its own; each refusal has
its exit code and changes nothing.
"""

import sys

import numpy as np
import pytest
import rasterio.shutil
from raster_files import write_raster
from sar_optical_align.plugin.engine.cli import main

GT = (400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = np.random.default_rng(1).integers(1, 255, (64, 80)).astype(np.uint8)
    for name in ("optical.tif", "sar.tif", "source.tif"):
        write_raster(tmp_path / name, data, "EPSG:32633", GT)
    rasterio.shutil.copy("source.tif", "view.vrt", driver="VRT")
    (tmp_path / "view_of_view.vrt").write_text(
        (tmp_path / "view.vrt").read_text().replace("source.tif", "view.vrt")
    )
    (tmp_path / "new.tif.msk").write_text("mine")
    (tmp_path / "there.json").write_text("mine")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("explain optical.tif sar.tif --at 400100,4999900 -o sar.tif --overwrite", 3),
        ("explain optical.tif sar.tif --at 400100,4999900 -o there.json", 3),
        ("demo --output .", 3),
        ("register optical.tif sar.tif -o new.tif --overwrite", 3),
        ("register optical.tif sar.tif -o out.tif --points a.csv --json a.csv", 2),
        ("register optical.tif sar.tif -o out.tif --json ./out.tif", 2),
        ("register optical.tif sar.tif -o out.tif --json there.json", 3),
        ("register optical.tif sar.tif -o sar.tif --overwrite", 3),
        ("register optical.tif view.vrt -o source.tif --overwrite", 3),
        ("register view_of_view.vrt sar.tif -o source.tif --overwrite", 3),
        ("match optical.tif view_of_view.vrt --report view.vrt --overwrite", 3),
        ("match optical.tif sar.tif --json no/where.json", 3),
        ("match optical.tif sar.tif --points points.txt", 3),
        ("warp view.vrt --points there.json -o source.tif --reference optical.tif --overwrite", 3),
        ("warp sar.tif --points there.json -o there.json --reference optical.tif --overwrite", 3),
        ("scaling optical.tif sar.tif --sizes 128 --matchers cfog --output optical.tif", 3),
    ],
)
def test_refused_and_nothing_changed(folder, command, code, capsys):
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert main(command.split()) == code
    assert "hint: " in capsys.readouterr().err
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights there")
def test_weights_follow_no_planted_link(folder):
    torch = pytest.importorskip("torch")
    from sar_optical_align.models.weights import load_weights, save_weights

    (folder / "w.safetensors.part").symlink_to(folder / "there.json")
    (folder / "w.safetensors").symlink_to(folder / "optical.tif")
    before = (folder / "optical.tif").read_bytes()
    save_weights(folder / "w.safetensors", {"a": torch.ones(3)}, {"network": "n", "config": {}})
    assert (folder / "there.json").read_text() == "mine"
    assert (folder / "optical.tif").read_bytes() == before
    assert not (folder / "w.safetensors").is_symlink()
    assert load_weights(folder / "w.safetensors", "n")[0]["a"].sum() == 3
    assert not list(folder.glob(".*"))
