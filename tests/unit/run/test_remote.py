"""Which names and texts lead to the network."""

import pytest
from sar_optical_align.plugin.core.run.remote import described, remote_addresses, server_of

FAR = "https://example.org/a.tif"


@pytest.mark.parametrize(
    "name",
    [
        FAR,
        f"/vsicurl/{FAR}",
        "/vsis3/bucket/a.tif",
        "/vsizip//vsicurl/https://example.org/a.zip/a.tif",
        "/vsigs_streaming/b/a.tif",
        "s3://bucket/a.tif",
        "zip+https://example.org/a.zip!a.tif",
        "/vsicurl?url=https%3A%2F%2Fexample.org%2Fa.tif",
        f'NETCDF:"{FAR}":band',
        f"vrt:///vsicurl/{FAR}?bands=1",
        "PG:host=db dbname=x",
        "WMS:http://example.org/wms?",
        f"<VRTDataset><SourceFilename>{FAR}</SourceFilename></VRTDataset>",
        '{"stac_version": "1.0", "assets": {"B1": {"href": "https://example.org/a.tif"}}}',
    ],
)
def test_names_that_lead_to_the_network(name):
    assert remote_addresses(name)


@pytest.mark.parametrize("between", ["", " ", "\n", "\n    ", "\r\n\t", "<!-- -->", "\n<!-- -->\n"])
@pytest.mark.parametrize(
    "tags",
    [
        "<VRTDataset>|<SRS>EPSG:4326</SRS>|<VRTRasterBand>|<SimpleSource>|"
        "<SourceFilename relativeToVRT='0'>{0}</SourceFilename>|</SimpleSource>|</VRTRasterBand>|"
        "</VRTDataset>",
        "<GDAL_WMS>|<Service name='WMS'>|<ServerUrl>{0}</ServerUrl>|</Service>|</GDAL_WMS>",
        "<VRTDataset>|<Metadata>|<MDI key='OVERVIEW_FILE'>{0}</MDI>|</Metadata>|</VRTDataset>",
    ],
)
def test_however_the_tags_are_set_apart(tags, between):
    assert remote_addresses(between.join(tags.format(FAR).split("|"))) == (FAR,)


@pytest.mark.parametrize(
    "name",
    [
        "a.tif",
        "C:\\data\\a.tif",
        "/vsizip/a.zip/a.tif",
        "vrt://a.tif?bands=1",
        'NETCDF:"a.nc":band',
        "/data/https/a.tif",
        "/data/es:/a.tif",
        "GTIFF_DIR:1:a.tif",
        (
            '<VRTDataset xmlns="http://example.org/ns"><Metadata><MDI '
            'key="url">https://example.org</MDI></Metadata><SRS>http://www.opengis.net/def</SRS></VRTDataset>'
        ),
        (
            '{"stac_version": "1.0", "links": [{"href": "https://example.org"}], "assets": '
            '{"B1": {"href": "a.tif"}}}'
        ),
    ],
)
def test_names_that_stay_on_this_computer(name):
    assert remote_addresses(name, lambda _: None) == ()


def test_files_are_followed_through_others_and_through_circles():
    files = {
        "/d/a.vrt": (
            "<VRTDataset><SourceFilename relativeToVRT='1'>sub/b.vrt</SourceFilename></VRTDataset>"
        ),
        "/d/sub/b.vrt": (
            "<VRTDataset><SourceFilename>../a.vrt</SourceFilename>"
            f"<SourceFilename>c.tif</SourceFilename><!-- {FAR}/no --></VRTDataset>"
        ),
        "/d/sub/c.tif.aux.xml": (
            f'<PAMDataset><MDI key="OVERVIEW_FILE">/vsicurl/{FAR}</MDI></PAMDataset>'
        ),
    }
    assert remote_addresses("/d/a.vrt", lambda p: files.get(p)) == (f"/vsicurl/{FAR}",)


def test_only_files_that_describe_rasters_are_read(tmp_path):
    (tmp_path / "a.xml").write_text(f"<Product><url>{FAR}</url></Product>", encoding="utf-8")
    (tmp_path / "b.tif").write_bytes(b"II*\0")
    assert [described(str(tmp_path / n)) for n in ("a.xml", "b.tif", "none.tif")] == [None] * 3


def test_whom_an_address_asks():
    assert server_of(f"/vsicurl/{FAR}") == "https://example.org"
    assert server_of("PG:host=db") == "PG:host=db"
