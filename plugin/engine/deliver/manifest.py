"""The table of a batch: which pairs to register, and where to."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from pathlib import Path

from ...core.borders import reading
from ...core.errors import InputError
from ...core.outputs import Outputs
from ..read.input_files import files_of

COLUMNS = ("reference", "sensed", "output")
_FORM = "Its first line must be: reference,sensed[,output]"
_URI = re.compile(
    r"[A-Za-z][A-Za-z0-9+_]+:"
)  # of GDAL: https://, NETCDF:; a drive of Windows has one letter


def read_manifest(path: Path) -> list[dict[str, str]]:
    """Read a manifest: columns reference, sensed and maybe output, in capitals or not, parted by
    commas, semicolons or tabs.

    Raises:
        InputError: naming what is missing.
    """
    with reading(
        "the manifest", path, "It is a CSV file in UTF-8 with columns reference,sensed[,output]."
    ):
        data = path.read_bytes()
        text = data.decode(
            "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        )
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        names = [name.strip().casefold() for name in next(lines, [])]
        rows = [(lines.line_num, [cell.strip() for cell in cells]) for cells in lines]
    if not {"reference", "sensed"} <= set(names):
        raise InputError(f"{path} lacks the columns reference and sensed.", _FORM)
    if twice := [name for name, count in Counter(names).items() if count > 1 and name in COLUMNS]:
        raise InputError(f"{path} has the column {twice[0]} twice.", _FORM)
    out = []
    for number, cells in rows:
        if not any(cells):
            continue
        if any(cells[len(names) :]):
            raise InputError(
                f"{path}, line {number}: more cells than columns.",
                "Put names that hold the separator in quotes.",
            )
        row = dict(zip(names, cells, strict=False))
        if not row.get("reference") or not row.get("sensed"):
            raise InputError(f"{path}, line {number}: reference or sensed is empty.", "Give both.")
        out.append({name: row[name] for name in COLUMNS if name in row})
    return out


def _delimiter(text: str) -> str:
    """Return what parts the names of the columns: the separator that the first line holds most
    of.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def check_outputs(
    manifest: Path, rows: list[dict[str, str]], results: Path, overwrite: bool
) -> list[str]:
    """Refuse a manifest whose outputs would write over one another, over an input of any row, the
    manifest or the results.

    Returns:
        All files that the rows read.

    Raises:
        InputError: two rows have one output.
        AlignError: see `Outputs`.
    """
    folder = manifest.resolve().parent
    rasters = list(
        dict.fromkeys(
            absolute(folder, row[side]) for row in rows for side in ("reference", "sensed")
        )
    )
    Outputs([results], [manifest, *rasters])
    seen: dict[str, str] = {}
    read = {str(Path(r).resolve()) for r in [*rasters, *(files_of(rasters) if overwrite else [])]}
    for row in rows:
        if not row.get("output"):
            continue
        target = (folder / row["output"]).resolve()
        key = str(target).casefold()
        if key in seen:
            raise InputError(
                f"{manifest}: two rows have one output, {seen[key]} and {row['output']}.",
                "Give each row an output of its own.",
            )
        if str(target) in read:
            raise InputError(
                f"{manifest}: the output {row['output']} is read by a row, too.",
                "Choose another name: inputs are never overwritten.",
            )
        if target in (manifest.resolve(), results.resolve()):
            raise InputError(
                f"{manifest}: the output {row['output']} is the manifest or the file of results.",
                "Choose another name.",
            )
        seen[key] = row["output"]
    return rasters


def absolute(folder: Path, path: str) -> str:
    """Resolve a path against the manifest's folder, else leave it (a GDAL URI, or a path from the
    current folder).
    """
    if Path(path).is_absolute() or path.startswith("/vsi") or _URI.match(path):
        return path
    beside = folder / path
    return path if not beside.exists() and Path(path).exists() else str(beside)
