"""Options of the command line that several commands share, made from the parameters' own
definitions.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ...core.fields import ParamInfo, param_infos
from ...core.lengths import Length
from ...core.types import AlignParams, Modality


def kind_of(info: ParamInfo) -> Any:
    """Return what reads a parameter's value from text."""
    if info.type is bool:
        return _switch
    return _length if info.unit == "map units" else info.type


def _length(text: str) -> Length:
    try:
        return Length.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{error}: write 500m, 0.01deg, or a number in the unit of the reference"
        ) from error


def _switch(text: str) -> bool:
    if text.lower() in ("true", "yes", "on", "1"):
        return True
    if text.lower() in ("false", "no", "off", "0"):
        return False
    raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false")


def add_params(parser: argparse.ArgumentParser, cls: type, title: str) -> None:
    """Add an option for each parameter of a dataclass."""
    group = parser.add_argument_group(title)
    for info in param_infos(cls):
        text = f"{info.help} Default: {'automatic' if info.default is None else info.default}." + (
            f" [{info.unit}]" if info.unit else ""
        )
        choices = list(info.choices) if info.choices and info.name != "matcher" else None
        metavar = (
            None
            if choices
            else "LENGTH"
            if info.unit == "map units"
            else info.type.__name__.upper()
        )
        group.add_argument(
            f"--{info.name.replace('_', '-')}",
            dest=info.name,
            type=kind_of(info),
            choices=choices,
            metavar=metavar,
            default=None,
            help=text.replace("%", "%%"),
        )


def add_pair(
    parser: argparse.ArgumentParser,
    kind: type = str,
    reference: str = "Reference raster (stays; usually optical).",
    sensed: str = "Sensed raster (is moved; usually SAR).",
) -> None:
    """Add the two rasters of a pair."""
    parser.add_argument("reference", type=kind, metavar="REF", help=reference)
    parser.add_argument("sensed", type=kind, metavar="SENSED", help=sensed)


def add_dataset(parser: argparse.ArgumentParser) -> None:
    """Add the folder of pairs with known truth."""
    parser.add_argument("dataset", type=Path, metavar="DATASET", help="Folder with index.csv.")


def add_folder(parser: argparse.ArgumentParser, default: str, text: str) -> None:
    """Add the folder that a command writes into."""
    parser.add_argument("--output", type=Path, default=Path(default), metavar="DIR", help=text)


def add_overwrite(parser: argparse.ArgumentParser, text: str) -> None:
    """Add the leave to replace files."""
    parser.add_argument("--overwrite", action="store_true", help=text)


def add_limit(parser: argparse.ArgumentParser) -> None:
    """Add a bound on the pairs of a dataset."""
    parser.add_argument(
        "--limit",
        type=int,
        default=None,
        metavar="N",
        help="Only the first N pairs of each source.",
    )


def add_threads(parser: argparse.ArgumentParser, default: int | None, text: str) -> None:
    """Add the number of processor threads."""
    parser.add_argument("--threads", type=int, default=default, metavar="N", help=text)


def add_matcher_param(parser: argparse.ArgumentParser, text: str) -> None:
    """Add parameters of the matcher, which differ from one to another."""
    parser.add_argument(
        "--matcher-param", action="append", default=[], metavar="NAME=VALUE", help=text
    )


def add_pair_options(parser: argparse.ArgumentParser) -> None:
    """Add what describes the two rasters and how they are matched."""
    for side in ("reference", "sensed"):
        parser.add_argument(
            f"--{side}-bands",
            metavar="B[,B]",
            default="",
            help=f"Bands of the {side} raster to compare, from 1. Default: automatic.",
        )
        parser.add_argument(
            f"--{side}-modality",
            choices=[m.value for m in Modality],
            default="auto",
            help=f"Sensor of the {side} raster.",
        )
        parser.add_argument(
            f"--{side}-nodata",
            type=float,
            default=None,
            metavar="V",
            help=f"Nodata value of the {side} raster.",
        )
    add_matcher_param(parser, "Parameter of the matcher; see `matchers`.")
    add_params(parser, AlignParams, "matching")


def add_outputs(parser: argparse.ArgumentParser) -> None:
    """Add the files that a registration is delivered in."""
    parser.add_argument(
        "--points",
        type=Path,
        metavar="FILE",
        help="Tie points as .points (QGIS), .csv or .geojson.",
    )
    parser.add_argument(
        "--gpkg", type=Path, metavar="FILE", help="Tie points as a GeoPackage layer."
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="Report as one HTML file.")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="Result as JSON; - writes it to standard output."
    )
    add_overwrite(parser, "Replace outputs that exist.")
