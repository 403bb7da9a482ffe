"""Dataclasses to strict JSON and back.

Numbers that JSON lacks travel as "NaN", "Infinity" and "-Infinity". A class that has a form of its
own there gives it by `to_dict` and takes it by `from_dict`.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from .borders import reading
from .errors import UsageError

T = TypeVar("T")
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def to_jsonable(value: Any, special: bool = True) -> Any:
    """Turn dataclasses, enums, tuples and numpy scalars into JSON types; arrays (similarity
    surfaces) become None.

    Args:
        value: What to turn.
        special: Write NaN and infinities as strings that `from_jsonable` understands; else as None.
    """
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "to_dict"):
        return to_jsonable(value.to_dict(), special)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: to_jsonable(getattr(value, f.name), special) for f in dataclasses.fields(value)
        }
    if isinstance(value, dict):
        return {str(k): to_jsonable(v, special) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [to_jsonable(v, special) for v in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if hasattr(value, "ndim") and value.ndim > 0:
        return None
    if hasattr(value, "item"):
        return to_jsonable(value.item(), special)
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        name = "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
        return name if special else None
    raise UsageError(f"Cannot write {type(value).__name__} as JSON.")


@lru_cache(maxsize=64)
def _hints(cls: type) -> dict[str, Any]:
    names: dict[str, Any] = {"np": None, "NDArray": _Array}
    module = __import__(cls.__module__, fromlist=["_"])
    return typing.get_type_hints(
        cls, {**vars(module), **{k: v for k, v in names.items() if v is not None}, "np": _Numpy}
    )


class _Array:
    def __class_getitem__(cls, _item: Any) -> type:
        return cls


class _Numpy:
    float32 = float


def from_jsonable(kind: type[T], data: Any) -> T:
    """Rebuild a value of type `kind` from what `to_jsonable` made.

    Raises:
        UsageError: where the data do not fit the type.
    """
    with reading(f"a value of {getattr(kind, '__name__', kind)}", error=UsageError):
        return typing.cast(T, _build(kind, data))


def _build(kind: Any, data: Any) -> Any:
    if kind is Any or kind is None:
        return data
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Union or origin is types.UnionType:
        if data is None:
            return None
        return _build(next(a for a in args if a is not type(None)), data)
    if kind is _Array:
        return None
    if origin is tuple:
        if not isinstance(data, list | tuple):
            raise TypeError(f"expected a list, got {data!r}")
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_build(args[0], v) for v in data)
        return tuple(_build(a, v) for a, v in zip(args, data, strict=True))
    if origin is list:
        return [_build(args[0], v) for v in data]
    if origin is dict or kind is dict:
        if not isinstance(data, dict):
            raise TypeError(f"expected an object, got {data!r}")
        return {k: _build(args[1], v) if args else v for k, v in data.items()}
    if hasattr(kind, "from_dict"):
        return kind.from_dict(data)
    if dataclasses.is_dataclass(kind):
        if not isinstance(data, dict):
            raise TypeError(f"expected an object, got {data!r}")
        hints = _hints(typing.cast(type, kind))
        unknown = set(data) - set(hints)
        if unknown:
            raise TypeError(f"unknown field(s) {sorted(unknown)}")
        make: Any = kind
        return make(**{k: _build(hints[k], v) for k, v in data.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if kind is float:
        if isinstance(data, str):
            return _SPECIAL[data]
        return float(data)
    if kind in (int, str, bool) and not isinstance(data, kind):
        raise TypeError(f"expected {kind.__name__}, got {data!r}")
    return data
