"""What the options of a command ask for: parameters, rasters and the request of a run."""

from __future__ import annotations

import argparse
from typing import Any

from ...core.errors import UsageError
from ...core.fields import from_dict, param_infos
from ...core.lengths import Length
from ...core.types import AlignParams, AlignRequest, Modality, RasterRef
from .options import kind_of

Answer = tuple[list[str], int]
"""What a command prints, and its exit code."""


def names_of(text: str) -> list[str]:
    """Return the parts of a list written with commas."""
    return [name for name in text.split(",") if name]


def params_of(args: argparse.Namespace, cls: type, reference: str | None) -> Any:
    """Return the parameters that the command line names; lengths are in the unit of the reference's
    CRS (of none: as they are written).
    """
    values = {
        i.name: getattr(args, i.name)
        for i in param_infos(cls)
        if getattr(args, i.name, None) is not None
    }
    for name, value in values.items():
        if isinstance(value, Length):
            from ..deliver.deliver import unit_of

            values[name] = value.in_unit_of(
                *(unit_of(reference) if reference is not None else ("", 1.0)),
                f"--{name.replace('_', '-')}",
            )
    if cls is AlignParams:
        values["matcher_params"] = matcher_params(args.matcher or "auto", args.matcher_param)
    return from_dict(cls, values)


def matcher_params(matcher: str, texts: list[str]) -> dict[str, Any]:
    """Return the parameters of a matcher, written NAME=VALUE.

    Raises:
        UsageError: with the names it has.
    """
    from ...matchers import get_spec

    spec = get_spec(matcher)
    infos = {i.name: i for i in param_infos(spec.params)}
    out: dict[str, Any] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or name not in infos:
            raise UsageError(
                f"--matcher-param {text!r} is not understood.",
                f"{spec.label} has: {', '.join(infos) or 'none'}.",
            )
        try:
            out[name] = kind_of(infos[name])(value)
        except (ValueError, argparse.ArgumentTypeError) as error:
            raise UsageError(
                f"--matcher-param {name}: {value!r} is not of type {infos[name].type.__name__}."
            ) from error
    return out


def _raster(args: argparse.Namespace, side: str, path: str) -> RasterRef:
    try:
        bands = tuple(int(b) for b in names_of(getattr(args, f"{side}_bands")))
    except ValueError as error:
        raise UsageError(
            f"--{side}-bands: {getattr(args, f'{side}_bands')!r} is not a list of band numbers."
        ) from error
    modality = Modality(getattr(args, f"{side}_modality"))
    return RasterRef(path, bands, modality, "", getattr(args, f"{side}_nodata"))


def request_of(args: argparse.Namespace, reference: str, sensed: str) -> AlignRequest:
    """Return the run that the options ask for on two rasters."""
    return AlignRequest(
        _raster(args, "reference", reference),
        _raster(args, "sensed", sensed),
        params_of(args, AlignParams, reference),
    )
