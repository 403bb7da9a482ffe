"""Configurations as plain values, as a weight card stores them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

MAX_SIZE = 1024
MAX_DEPTH = 16
MAX_LENGTH = 64
C = TypeVar("C", bound="StoredConfig")


@dataclass(frozen=True)
class StoredConfig:
    """Base of the configuration of a network; each adds its fields, plain values or tuples of them,
    whose numbers are bounded by the metadata "max".
    """

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls: type[C], values: dict[str, Any]) -> C:
        """Read what `to_dict` wrote; unknown keys are refused."""
        if not isinstance(values, dict):
            raise ValueError("the configuration is no object")
        options: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in values.items()
        }
        for known in fields(cls):
            if known.name in options:
                _check(
                    known.name,
                    options[known.name],
                    known.default,
                    known.metadata.get("max", MAX_SIZE),
                )
        return cls(**options)


def _check(name: str, value: Any, like: Any, largest: float) -> None:
    """Refuse a value of another kind than the default, or a number that no network of this kind
    has.
    """
    if isinstance(like, tuple):
        if not isinstance(value, tuple) or len(value) > MAX_LENGTH:
            raise ValueError(f"{name} is a short list, not {str(value)[:40]!r}")
        for item in value:
            _check(name, item, like[0], largest)
        return
    kinds = (int, float) if isinstance(like, float) else (type(like),)
    if like is not None and type(value) not in kinds:
        raise ValueError(f"{name} is of type {type(like).__name__}, not {str(value)[:40]!r}")
    if type(value) in (int, float) and not 0 <= value <= largest:
        raise ValueError(f"{name} is from 0 to {largest}, not {str(value)[:40]}")
