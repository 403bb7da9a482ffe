"""A run as a line of `qgis_process`."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from ..fields import param_infos
from ..types import AlignRequest, Modality, RasterRef, WarpParams

PROVIDER = "sar_optical_align"


def changed(params: Any) -> dict[str, Any]:
    """Return the parameters that differ from their defaults, by their names in Processing."""
    defaults = type(params)()
    out = {}
    for info in param_infos(type(params)):
        value = getattr(params, info.name)
        if value != getattr(defaults, info.name) and value is not None:
            out[info.name.upper()] = value
    return out


def run_command(request: AlignRequest, warp: WarpParams, points: str, output: str) -> str:
    """Return the line that does a run again, from rasters to warped raster.

    Args:
        request: What was asked.
        warp: How the output is written.
        points: File for the tie points.
        output: File for the warped raster.
    """
    values: dict[str, Any] = {}
    for name, ref in (("REFERENCE", request.reference), ("SENSED", request.sensed)):
        values.update(_raster(name, ref))
    values.update(changed(request.params))
    values.pop("THREADS", None)
    if request.params.matcher_params:
        values["MATCHER_PARAMS"] = "; ".join(
            f"{k}={v}" for k, v in request.params.matcher_params.items()
        )
    return command(
        "registerimages", {**values, **changed(warp), "POINTS": points, "OUTPUT": output}
    )


def command(algorithm: str, values: Mapping[str, Any]) -> str:
    """Return a line of `qgis_process`, quoted for a POSIX shell."""
    return " ".join(
        [
            "qgis_process",
            "run",
            f"{PROVIDER}:{algorithm}",
            *(shlex.quote(f"--{k}={_text(v)}") for k, v in values.items()),
        ]
    )


def _raster(name: str, ref: RasterRef) -> dict[str, Any]:
    out: dict[str, Any] = {name: ref.path}
    if ref.bands:
        out[f"{name}_BAND"] = ";".join(map(str, ref.bands))
    if ref.modality is not Modality.AUTO:
        out[f"{name}_MODALITY"] = ref.modality.value
    return out


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
