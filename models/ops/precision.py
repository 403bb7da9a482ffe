"""Parts of the networks whose precision must not depend on autocast."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import torch
from torch import Tensor

F = TypeVar("F", bound=Callable[..., Any])


def without_autocast(function: F) -> F:
    """Let a function, whose first argument is a tensor, compute in the types it is given, also
    where autocast is on around it.
    """

    @wraps(function)
    def inside(x: Tensor, *args: Any, **kwargs: Any) -> Any:
        with torch.autocast(x.device.type, enabled=False):
            return function(x, *args, **kwargs)

    return cast("F", inside)
