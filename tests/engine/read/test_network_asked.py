"""Nothing is fetched over the network unless it was allowed, whatever a file names."""

import os
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.errors import RasterioError
from sar_optical_align.plugin.core.errors import RemoteRasterError
from sar_optical_align.plugin.core.types import AlignRequest, RasterRef
from sar_optical_align.plugin.engine import cli
from sar_optical_align.plugin.engine.read.opening import network, open_dataset
from sar_optical_align.plugin.engine.worker import _may_fetch


def virtual(source, tag="SourceFilename", attributes=""):
    band = (
        f"<SimpleSource><{tag} "
        f"{attributes}>{source}</{tag}><SourceBand>1</SourceBand></SimpleSource>"
    )
    return (
        '<VRTDataset rasterXSize="64" rasterYSize="64"><VRTRasterBand dataType="Byte" '
        f'band="1">{band}</VRTRasterBand></VRTDataset>'
    )


@pytest.fixture
def server(tmp_path):
    """A folder on a web server, its address and the requests it got."""
    asked, folder = [], tmp_path / "web"
    folder.mkdir()

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_):
            asked.append(self.path)  # of every request, whatever it is for

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    with rasterio.open(
        folder / "a.tif", "w", driver="GTiff", width=64, height=64, count=1, dtype="uint8"
    ) as sink:
        sink.write(np.arange(4096, dtype=np.uint8).reshape(1, 64, 64))
    yield f"http://127.0.0.1:{httpd.server_port}", asked
    httpd.shutdown()
    httpd.server_close()


def named(kind, address, folder):
    """Write what leads to the address; returns the name to open."""
    far, path = f"{address}/a.tif", folder / f"{kind}.vrt"
    wms = (
        "<GDAL_WMS><Service "
        f'name="TMS"><ServerUrl>{address}/${{z}}/${{x}}/${{y}}.png</ServerUrl></Service><DataWindow><UpperLeftX>0</UpperLeftX>'
        "<UpperLeftY>64</UpperLeftY><LowerRightX>64</LowerRightX><LowerRightY>0</LowerRightY><SizeX>64</SizeX><SizeY>64</SizeY></DataWindow></GDAL_WMS>"
    )
    if kind in ("address", "vsi"):
        return far if kind == "address" else f"/vsicurl/{far}"
    if kind == "inline":
        return virtual(f"/vsicurl/{far}")
    if kind == "nested":
        (folder / "inner.vrt").write_text(virtual(f"/vsicurl/{far}"), encoding="utf-8")
    texts = {
        "vrt": virtual(f"/vsicurl/{far}"),
        "nested": virtual("inner.vrt", attributes='relativeToVRT="1"'),
        "attribute": virtual("")
        .replace("<SimpleSource>", f'<SimpleSource SourceFilename="/vsicurl/{far}">')
        .replace("<SourceFilename ></SourceFilename>", ""),
        "cdata": virtual(f"<![CDATA[/vsicurl/{far}]]>"),
        "wms": wms,
        "wms_in_vrt": virtual(wms.replace("<", "&lt;")),
    }
    path.write_text(texts[kind], encoding="utf-8")
    return str(path)


KINDS = ("address", "vsi", "inline", "vrt", "nested", "attribute", "cdata", "wms", "wms_in_vrt")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_fetched_unasked(kind, server, tmp_path):
    address, asked = server
    name = named(kind, address, tmp_path)
    with pytest.raises(RemoteRasterError, match=address) as told, network(False):
        open_dataset(name)
    assert "--allow-network" in told.value.hint
    with network(False):  # what no look at texts finds, GDAL itself does not reach
        try:
            with rasterio.open(name) as dataset:
                dataset.read()
        except RasterioError:
            pass
    assert asked == []


def elsewhere(folder, *arguments):
    """Run Python on the package in a process of its own: rasterio holds this one while it opens,
    and the server could not answer.
    """
    (folder / "sar_optical_align").symlink_to(
        Path(cli.__file__).resolve().parents[2], target_is_directory=True
    )
    environment = {**os.environ, "PYTHONPATH": str(folder), "NO_PROXY": "127.0.0.1"}
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("kind", ["address", "nested"])
def test_what_is_allowed_is_read(kind, server, tmp_path):
    address, asked = server
    code = (
        "import sys; from sar_optical_align.plugin.engine.read.opening import *\nwith "
        "network(True), open_dataset(sys.argv[1]) as d: print(d.read(1)[0, 63])"
    )
    done = elsewhere(tmp_path, "-c", code, named(kind, address, tmp_path))
    assert done.stdout == "63\n", done.stderr
    assert asked


def test_a_no_proxy_of_the_computer_opens_nothing_and_stays(server, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with network(False), pytest.raises(RasterioError):
        rasterio.open(named("wms", server[0], tmp_path)).read()
    assert server[1] == []
    assert os.environ["NO_PROXY"] == "127.0.0.1"
    assert "GDAL_HTTP_PROXY" not in os.environ


def test_the_command_line_names_the_address(server, tmp_path, capsys):
    address, asked = server
    local, far = tmp_path / "web" / "a.tif", named("vrt", address, tmp_path)
    command = [
        "match",
        str(local),
        far,
        "--matcher",
        "cfog",
        "--threads",
        "1",
        "--json",
        str(tmp_path / "out.json"),
    ]
    assert cli.main(command) == 3
    said = capsys.readouterr().err
    assert address in said
    assert "--allow-network" in said
    assert asked == []
    assert not (tmp_path / "out.json").exists()
    elsewhere(tmp_path, "-m", "sar_optical_align.plugin.engine.cli", *command, "--allow-network")
    assert "/a.tif" in asked


def test_a_request_that_does_not_say_so_may_not_fetch():
    assert AlignRequest(RasterRef("a"), RasterRef("b")).allow_network is False
    assert [
        _may_fetch({"request": r})
        for r in (
            None,
            {},
            {"allow_network": 1},
            {"allow_network": True},
            {"align": {"allow_network": True}},
        )
    ] == [False] * 3 + [True] * 2
