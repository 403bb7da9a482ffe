"""Parameters as dataclass fields: one definition serves form, toolbox, settings, command line and
report.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .errors import UsageError

T = TypeVar("T")


def param(
    default: Any,
    label: str,
    help: str,
    *,
    unit: str = "",
    min: float | None = None,
    max: float | None = None,
    choices: dict[str, str] | None = None,
    advanced: bool = False,
    zero: str = "",
    file: str = "",
) -> Any:
    """Declare a dataclass field that is a user parameter.

    Args:
        default: Default value; its annotation gives the type (bool, int, float, str, or an optional
            number).
        label: Short label for forms.
        help: One sentence for tooltips and command-line help.
        unit: Unit shown after the value ("px", "map units", "").
        min: Smallest value allowed.
        max: Largest value allowed.
        choices: For strings: key -> label of what may be chosen.
        advanced: Hidden behind "Advanced" in forms.
        zero: What forms show in place of 0.
        file: For strings that are paths: what may be chosen, as "*.safetensors".
    """
    metadata = {
        "label": label,
        "help": help,
        "unit": unit,
        "min": min,
        "max": max,
        "choices": choices,
        "advanced": advanced,
        "zero": zero,
        "file": file,
    }
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class ParamInfo:
    """What a form needs to know about one parameter."""

    name: str
    type: type
    optional: bool
    default: Any
    label: str
    help: str
    unit: str
    min: float | None
    max: float | None
    choices: dict[str, str] | None
    advanced: bool
    zero: str
    file: str


def param_infos(cls: type) -> list[ParamInfo]:
    """List the parameters a dataclass declares with `param`, in order."""
    hints = typing.get_type_hints(cls)
    infos = []
    for f in dataclasses.fields(cls):
        if "label" not in f.metadata:
            continue
        kind, optional = hints[f.name], False
        if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
            optional = True
            kind = next(a for a in typing.get_args(kind) if a is not type(None))
        m = f.metadata
        infos.append(
            ParamInfo(
                f.name,
                kind,
                optional,
                f.default,
                m["label"],
                m["help"],
                m["unit"],
                m["min"],
                m["max"],
                m["choices"],
                m["advanced"],
                m["zero"],
                m["file"],
            )
        )
    return infos


def check_params(instance: Any) -> None:
    """Validate type, range and choices of every `param` field; call it in `__post_init__`.

    Raises:
        UsageError: naming the parameter and what is allowed.
    """
    for info in param_infos(type(instance)):
        value = getattr(instance, info.name)
        if value is None and info.optional:
            continue
        if info.type is float and isinstance(value, int) and not isinstance(value, bool):
            object.__setattr__(instance, info.name, float(value))
            value = float(value)
        wrong_type = not isinstance(value, info.type) or (
            isinstance(value, bool) and info.type is not bool
        )
        if wrong_type:
            raise UsageError(f"{info.label}: {value!r} is not of type {info.type.__name__}.")
        if info.choices is not None and value not in info.choices:
            raise UsageError(
                f"{info.label}: {value!r} is unknown.", f"Choose one of: {', '.join(info.choices)}."
            )
        too_low = info.min is not None and not value >= info.min
        too_high = info.max is not None and not value <= info.max
        if too_low or too_high:
            low = "-inf" if info.min is None else f"{info.min:g}"
            high = "inf" if info.max is None else f"{info.max:g}"
            hint = (
                f"Allowed: {low} to {high} {info.unit}."
                if info.unit
                else f"Allowed: {low} to {high}."
            )
            raise UsageError(f"{info.label}: {value!r} is out of range.", hint)


def from_dict(cls: type[T], values: dict[str, Any]) -> T:
    """Build a flat dataclass from a dict, refusing unknown keys.

    Raises:
        UsageError: for an unknown key.
    """
    known = {f.name for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - known)
    if unknown:
        raise UsageError(
            f"Unknown parameter(s): {', '.join(unknown)}.", f"Known: {', '.join(sorted(known))}."
        )
    return cls(**values)
