"""Pre-flight: what is known of a pair before a run, judged in words, with what can be done about it
at one click.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..types import AlignParams
from .edge_fill import fill_told

_FAR_GSD = 8.0
_LITTLE = 0.25
_SCALES = {"db": "decibel", "amplitude": "amplitude", "power": "power"}


class Level(str, Enum):
    """How a check came out."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class Fix:
    """What one click does.

    Attributes:
        label: On the button.
        name: Field of `AlignParams` to set, or "crs" (give the raster the other's CRS),
            "amplitude" (use its amplitude), "nodata" (declare a value), "network" (allow).
        value: For the field; the side ("reference" or "sensed") otherwise, with the nodata value;
            the servers.
    """

    label: str
    name: str
    value: Any


@dataclass(frozen=True)
class Finding:
    """One check.

    Attributes:
        level: How it came out.
        short: Two or three words or figures.
        text: What it means, in a sentence.
        fix: What one click does, or None.
    """

    level: Level
    short: str
    text: str
    fix: Fix | None = None


@dataclass(frozen=True)
class RasterFacts:
    """What is known of a raster.

    Attributes:
        path: File.
        width: Columns.
        height: Rows.
        problem: Why it cannot be read, or "".
        servers: That it would be read from, where that is the problem.
        is_complex: Complex samples.
        georeferencing: "geotransform", "gcps", "rpcs" or "none".
        gcp_count: GCPs of the file.
        crs: Name of its CRS, "" without.
        nodata: How pixels outside the image are marked: "value 0", "mask", "alpha", "" = not at
            all.
        fill: Value and share of samples that touch the edge, where nothing marks them, or None.
        valid_share: Share of samples inside the image.
        constant: All samples alike.
        modality: "sar" or "optical", as guessed.
        sar_scale: "db", "amplitude" or "power", as guessed; "" for optical.
        eight_bit: Samples are bytes.
    """

    path: str
    width: int = 0
    height: int = 0
    problem: str = ""
    servers: tuple[str, ...] = ()
    is_complex: bool = False
    georeferencing: str = "none"
    gcp_count: int = 0
    crs: str = ""
    nodata: str = ""
    fill: tuple[float, float] | None = None
    valid_share: float = 1.0
    constant: bool = False
    modality: str = "optical"
    sar_scale: str = ""
    eight_bit: bool = False


@dataclass(frozen=True)
class PairFacts:
    """What is known of two rasters together; lengths in units of the reference's CRS.

    Attributes:
        reference: The reference.
        sensed: The sensed raster.
        gsd: Pixel sides of reference and sensed at their centres; NaN where unknown.
        unit: Of the lengths.
        overlap: Share of the smaller footprint that both cover; NaN where unknown.
        gap: Distance between the footprints, 0 where they touch.
        extent: Longer side of the smaller footprint.
    """

    reference: RasterFacts
    sensed: RasterFacts
    gsd: tuple[float, float] = (math.nan, math.nan)
    unit: str = "px"
    overlap: float = math.nan
    gap: float = 0.0
    extent: float = 0.0


def automatic_radius_px(longer_px: float) -> float:
    """Return the search radius where none is declared: 3 % of the longer side of the overlap, 40 to
    400 working px.
    """
    return min(max(0.03 * longer_px, 40.0), 400.0)


def check_pair(facts: PairFacts, params: AlignParams) -> tuple[Finding, ...]:
    """Judge a pair; whatever is red would end the run with an error."""
    out: list[Finding] = []
    for side, raster in (("reference", facts.reference), ("sensed", facts.sensed)):
        out += _raster_findings(side, raster)
    if any(f.level is Level.RED for f in out):
        return tuple(out)
    frames = _frame_findings(facts)
    out += frames
    if all(f.level is not Level.RED for f in frames):
        out += [*_place_findings(facts, params), *_gsd_findings(facts, params)]
    out += [f for r in (facts.reference, facts.sensed) for f in _value_findings(r, params)]
    return tuple(out)


def _raster_findings(side: str, r: RasterFacts) -> list[Finding]:
    if r.servers:
        allow = Fix(f"Read it from {', '.join(r.servers)}, now and later", "network", r.servers)
        return [Finding(Level.RED, "network", r.problem, allow)]
    if r.problem:
        return [Finding(Level.RED, f"{side} unreadable", r.problem)]
    if r.is_complex:
        text = f"The {side} raster holds complex samples (SLC); matching needs their amplitude."
        return [
            Finding(Level.RED, f"{side} complex", text, Fix("Use its amplitude", "amplitude", side))
        ]
    if r.constant:
        text = (
            f"All samples of the {side} raster are alike, as far as was looked. Choose "
            "another band or file."
        )
        return [Finding(Level.RED, f"{side} constant", text)]
    out = []
    if r.georeferencing == "gcps":
        text = (
            f"The {side} raster has no geotransform; it is placed by its {r.gcp_count} GCPs "
            "with a spline or a polynomial, not with one affine."
        )
        out.append(Finding(Level.GREEN, f"{side}: {r.gcp_count} GCPs", text))
    elif r.georeferencing == "rpcs":
        out.append(
            Finding(
                Level.GREEN,
                f"{side}: RPCs",
                f"The {side} raster is placed by its RPCs at their mean height; relief "
                "shifts it further.",
            )
        )
    if r.nodata:
        text = (
            f"Outside the image of the {side} raster: {r.nodata}. {100 * r.valid_share:.0f} "
            "% of its samples are image."
        )
        out.append(Finding(Level.GREEN, f"{side}: {r.nodata}", text))
    elif r.fill is not None and r.fill[0] != 0:
        declare = Fix(f"Declare {r.fill[0]:g} as nodata", "nodata", (side, r.fill[0]))
        short = f"{side}: {r.fill[0]:g} at its edge"
        out.append(Finding(Level.AMBER, short, fill_told(side, r.fill), declare))
    elif r.fill is not None:
        text = (
            f"{100 * r.fill[1]:.0f} % of the {side} raster are zeros at its edge "
            "that nothing declares as nodata; they are left out of the matching. "
            "Zeros inside the image count as image."
        )
        out.append(Finding(Level.GREEN, f"{side}: zero border", text))
    return out


def _frame_findings(facts: PairFacts) -> list[Finding]:
    a, b = facts.reference, facts.sensed
    if (a.georeferencing == "none") != (b.georeferencing == "none"):
        side = "reference" if a.georeferencing == "none" else "sensed"
        text = (
            f"The {side} raster has no georeferencing, the other has. Give it an approximate "
            "position first (Layer > Georeferencer)."
        )
        return [Finding(Level.RED, "georeferencing", text)]
    if a.georeferencing == "none":
        return [
            Finding(
                Level.GREEN,
                "bare pixels",
                "Neither raster has georeferencing: their pixels are compared as they are.",
            )
        ]
    if bool(a.crs) != bool(b.crs):
        side, other = ("sensed", a.crs) if a.crs else ("reference", b.crs)
        text = (
            f"The {side} raster has no CRS. If its coordinates are those of the other one, "
            "give it the same."
        )
        return [Finding(Level.RED, "CRS missing", text, Fix(f"Set {other}", "crs", side))]
    if not a.crs:
        return [
            Finding(
                Level.GREEN,
                "no CRS",
                "Neither raster has a CRS: their coordinates are taken to be the same.",
            )
        ]
    text = (
        f"Both are in {a.crs}."
        if a.crs == b.crs
        else f"The sensed raster ({b.crs}) is brought to the reference's CRS ({a.crs}) on the "
        "fly; its file stays as it is."
    )
    return [Finding(Level.GREEN, a.crs if a.crs == b.crs else f"{b.crs} → {a.crs}", text)]


def _place_findings(facts: PairFacts, params: AlignParams) -> list[Finding]:
    if not (math.isfinite(facts.overlap) and math.isfinite(max(facts.gsd)) and facts.extent > 0):
        return []
    gsd = params.working_gsd or max(facts.gsd)
    radius = (
        params.search_radius
        if params.search_radius is not None
        else automatic_radius_px(facts.extent / gsd) * gsd
    )
    wide = Fix(
        f"Search {_length(_rounded(facts.gap + 0.25 * facts.extent))} {facts.unit}",
        "search_radius",
        _rounded(facts.gap + 0.25 * facts.extent),
    )
    if facts.gap > radius:
        text = (
            f"The rasters lie {_length(facts.gap)} {facts.unit} apart, the search reaches "
            f"{_length(radius)} {facts.unit}. Check their CRS, or search further."
        )
        return [Finding(Level.RED, "no overlap", text, wide)]
    if facts.gap > 0:
        text = (
            f"The rasters do not overlap as they are georeferenced ({_length(facts.gap)} "
            f"{facts.unit} apart); only a search that wide can find a match."
        )
        return [Finding(Level.AMBER, "no overlap", text, wide)]
    return [_overlap_finding(facts, radius, wide), _search_finding(facts, params, radius, gsd)]


def _overlap_finding(facts: PairFacts, radius: float, wide: Fix) -> Finding:
    share = f"overlap {100 * facts.overlap:.0f} %"
    if facts.overlap < _LITTLE:
        text = (
            f"Only {100 * facts.overlap:.0f} % of the smaller raster are covered by the "
            "other: points will be few, and outside them the fit extrapolates."
        )
        fix = wide if radius < wide.value else Fix("Shift only", "model", "shift")
        return Finding(Level.AMBER, share, text, fix)
    return Finding(
        Level.GREEN,
        share,
        f"{100 * facts.overlap:.0f} % of the smaller raster are covered by the other.",
    )


def _search_finding(facts: PairFacts, params: AlignParams, radius: float, gsd: float) -> Finding:
    if radius < 3 * gsd:
        text = (
            f"The search radius of {_length(radius)} {facts.unit} is less than three pixels: "
            "a larger misplacement would not be found."
        )
        fix = Fix("Automatic", "search_radius", None)
        return Finding(Level.AMBER, "narrow search", text, fix)
    if radius > 0.5 * facts.extent > 0 and params.search_radius is not None:
        text = (
            f"The search radius of {_length(radius)} {facts.unit} is more than half the "
            "scene: slow, and open to false matches."
        )
        fix = Fix("Automatic", "search_radius", None)
        return Finding(Level.AMBER, "wide search", text, fix)
    how = "declared" if params.search_radius is not None else "automatic"
    text = (
        f"The sensed raster is looked for up to {_length(radius)} {facts.unit} "
        f"({radius / gsd:.0f} px) from where it is georeferenced ({how})."
    )
    return Finding(Level.GREEN, f"± {_length(radius)} {facts.unit}", text)


def _gsd_findings(facts: PairFacts, params: AlignParams) -> list[Finding]:
    a, b = facts.gsd
    if not (math.isfinite(a) and math.isfinite(b)) or min(a, b) <= 0:
        return []
    coarse, ratio = max(a, b), max(a, b) / min(a, b)
    short = f"{_length(a)} / {_length(b)} {facts.unit}"
    if params.working_gsd is not None and params.working_gsd < 0.5 * coarse:
        text = (
            f"Working at {params.working_gsd:g} {facts.unit} interpolates the coarser raster "
            f"({_length(coarse)} {facts.unit}) without gaining detail."
        )
        return [Finding(Level.AMBER, short, text, Fix("Automatic", "working_gsd", None))]
    if ratio > _FAR_GSD and params.working_gsd is None:
        text = (
            f"Pixels of {_length(a)} and {_length(b)} {facts.unit}: the finer raster is "
            f"averaged {ratio:.0f} times, "
            f"and points are good to a fraction of {_length(coarse)} {facts.unit} only."
        )
        return [
            Finding(
                Level.AMBER,
                short,
                text,
                Fix(
                    f"Work at {_length(_rounded(coarse))} {facts.unit}",
                    "working_gsd",
                    _rounded(coarse),
                ),
            )
        ]
    at = params.working_gsd or coarse
    return [
        Finding(
            Level.GREEN,
            short,
            f"Pixels of reference and sensed raster; compared at {_length(at)} {facts.unit}.",
        )
    ]


def _value_findings(r: RasterFacts, params: AlignParams) -> list[Finding]:
    if r.modality != "sar":
        return []
    chosen, guess = params.sar_scale, r.sar_scale
    if chosen != "auto" and guess == "db" and chosen != "db" and not r.eight_bit:
        text = (
            f"The SAR values are read as {_SCALES[chosen]}, but hold negative numbers: they "
            "look like decibel."
        )
        return [Finding(Level.AMBER, "SAR values", text, Fix("Decibel", "sar_scale", "db"))]
    if chosen == "auto" and r.eight_bit:
        text = (
            f"8-bit SAR: its histogram looks like {_SCALES[guess]}. Confirm it, or choose "
            "under Advanced."
        )
        return [
            Finding(
                Level.AMBER,
                f"SAR: {_SCALES[guess]}?",
                text,
                Fix(f"Take as {_SCALES[guess]}", "sar_scale", guess),
            )
        ]
    name = _SCALES[guess if chosen == "auto" else chosen]
    text = (
        f"The SAR values are read as {name} "
        f"({'as their range and histogram tell' if chosen == 'auto' else 'as chosen'})."
    )
    return [Finding(Level.GREEN, f"SAR: {name}", text)]


def _rounded(value: float) -> float:
    """Round to two digits, upwards."""
    if value <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.ceil(value / step - 1e-9) * step


def _length(value: float) -> str:
    """Return a length with three digits and no exponent."""
    return f"{float(f'{value:.3g}'):.12g}"
