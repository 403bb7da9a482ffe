"""What a raster's name, or the files it refers to, would make GDAL fetch over the network."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Read = Callable[[str], "str | None"]

_URL = re.compile(
    r"\b(?:https?|ftps?|s3|gs|az|abfss?|adl|adls|oss|swift|webhdfs|hdfs)(?::|%3A)(?:/|%2F){2}[^\s\"'<>]*",
    re.IGNORECASE,
)
_VSI = re.compile(
    r"/vsi(?:curl|s3|gs|az|adls|oss|swift|webhdfs|hdfs)(?:_streaming)?[/?][^\s\"'<>]*",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"(?:PG|PostgreSQL|MySQL|OCI|GeoR|GeoRaster|MSSQL|ODBC|MongoDB(?:v3)?|EEDAI?|DAAS|PLMosaic|PLScenes|WMS|WMTS|WCS|TMS|WFS|OAPIF|OGCAPI|NGW|"
    r"Carto|Elastic|ES|AmigoCloud|IIP|AGS|CSW|HANA|GNMDatabase):.+",
    re.IGNORECASE | re.DOTALL,
)
_PREFIX = re.compile(
    r"(?:[A-Za-z][\w+]+:(?://)?)+"
)  # of a driver, "NETCDF:", or a scheme; no drive letter
_TEXTS = re.compile(r"<([\w:.-]+)(?:\s[^<>]*)?>([^<]+)(?=<)")
_ATTRIBUTES = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROOTS = re.compile(
    r"<(?:VRTDataset|GDAL_WMS|GDAL_WMTS|WCS_GDAL|MRF_META|GDALTileIndexDataset|TileMapService|Capabilities|WMT_MS_Capabilities|WMS_Capabilities|PAMDataset)\b"
)
_WORDS_ONLY = {
    "mdi",
    "srs",
    "metadata",
    "description",
    "category",
    "key",
    "projection",
    "datumname",
    "sourceproperties",
    "geotransform",
    "gmlns",
    "xsi",
}
_ASSETS = ("assets", "asset_templates", "refs")
_SIDECARS = (".aux.xml", ".ovr", ".msk")
_HEAD, _LONGEST = 4096, 32 * 2**20
_DEPTH, _MOST = 8, 100_000


def remote_addresses(name: str, read: Read | None = None, most: int = 20) -> tuple[str, ...]:
    """Return the network addresses that opening a raster would lead to, as far as its texts tell.

    Args:
        name: As GDAL takes it: a path, an address, or the text of a virtual raster or service.
        read: Returns a file that describes a raster by text (see `described`), None for every
            other.
        most: Addresses looked for.
    """
    found: dict[str, None] = {}
    seen = {name}
    waiting = [(name, "", 0)]
    while waiting and len(found) < most:
        text, folder, depth = waiting.pop()
        if (address := own_address(text)) is not None:
            found[address] = None
            continue
        if depth >= _DEPTH:
            continue
        for inner, beside in _following(text, folder, read or described):
            if inner not in seen and len(seen) < _MOST:
                seen.add(inner)
                waiting.append((inner, beside, depth + 1))
    return tuple(found)


def own_address(name: str) -> str | None:
    """Return the address that a name is or holds, None where it names something on this
    computer.
    """
    if name.lstrip().startswith(("<", "{")):
        return None
    for pattern in (_VSI, _URL):
        if match := pattern.search(name):
            return match.group().rstrip("\\")
    match = _SERVICE.match(name.strip())
    return match.group() if match else None


def server_of(address: str) -> str:
    """Return whom an address asks: its scheme and host; the address itself where it has none."""
    inner = _URL.search(address)
    parts = urlsplit(inner.group() if inner else "")
    return (
        f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
        if parts.hostname
        else address
    )


def described(path: str) -> str | None:
    """Return the text of a file that describes a raster kept elsewhere, None for every other
    file.
    """
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(_HEAD).decode("utf-8", "replace")
            if not _ROOTS.search(head) and not head.lstrip("\ufeff \t\r\n").startswith("{"):
                return None
            return head + stream.read(_LONGEST).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None


def _following(name: str, folder: str, read: Read) -> Iterator[tuple[str, str]]:
    """Yield the names that a name leads to, each with the folder that relative ones count from."""
    if name.lstrip().startswith(("<", "{")):
        yield from ((v, folder) for v in _names_in(name))
        return
    plain = (
        _PREFIX.sub("", name, count=1).partition("?")[0].strip("\"'")
        if _PREFIX.match(name)
        else name
    )
    for path in dict.fromkeys((plain, str(Path(folder, plain)))):
        for suffix in ("", *_SIDECARS):
            text = read(f"{path}{suffix}")
            if text is not None:
                yield from ((v, str(Path(path).parent)) for v in _names_in(text))


def _names_in(text: str) -> Iterator[str]:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        yield from _names_in_json(text)
        return
    plain = _COMMENT.sub("", _CDATA.sub(lambda m: html.escape(m.group(1)), text))
    for tag, value in _TEXTS.findall(plain):
        if tag.lower() not in _WORDS_ONLY and value.strip():
            yield html.unescape(value).strip()
    for tag in re.findall(r"<[\w:.-]+\s+([^<>]*)>", plain):
        for key, one, other in _ATTRIBUTES.findall(tag):
            if key.lower() not in _WORDS_ONLY and not key.lower().startswith(("xmlns", "xsi:")):
                yield html.unescape(one or other).strip()
    for _key, value in re.findall(
        r"<MDI\s+key\s*=\s*[\"'](OVERVIEW_FILE|MASK_FILE)[\"'][^>]*>([^<]+)<", plain
    ):
        yield html.unescape(value).strip()


def _names_in_json(text: str) -> Iterator[str]:
    try:
        whole = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return
    waiting: list[tuple[Any, bool]] = [(whole, False)]
    while waiting:
        value, names = waiting.pop()
        if isinstance(value, dict):
            waiting += [(v, names or k in _ASSETS) for k, v in value.items()]
        elif isinstance(value, list):
            waiting += [(v, names) for v in value]
        elif isinstance(value, str) and names:
            yield value
