"""Configurations as plain values, as a weight card stores them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeVar

C = TypeVar("C", bound="StoredConfig")


@dataclass(frozen=True)
class StoredConfig:
    """Base of the configuration of a network; each adds its fields, which are plain values or tuples of them."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls: type[C], values: dict[str, Any]) -> C:
        """Read what `to_dict` wrote; unknown keys are refused."""
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**given)
