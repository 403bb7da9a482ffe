"""Small matrices on one thread.

The fits of a review are made of matrices of a few hundred rows. OpenBLAS shares each among all
processors and lets them spin for each other: on a busy machine that takes several times as long as
one thread would.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from numpy.linalg import _umath_linalg  # type: ignore[attr-defined]  # the part of numpy that is linked to the library

_SYMBOLS = (
    "openblas_{}_num_threads",
    "openblas_{}_num_threads64_",
    "scipy_openblas_{}_num_threads64_",
    "scipy_openblas_{}_num_threads",
)
_lock = Lock()
_inside = 0
_before = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Let OpenBLAS use one thread inside; threads of the process may be inside together.

    Nothing happens with another library.
    """
    global _inside, _before
    functions = _functions()
    if functions is None:
        yield
        return
    get, put = functions
    with _lock:
        if not _inside:
            _before = get()
            put(1)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                put(_before)


@cache
def _functions() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """Return how to ask for and set the number of threads, None where it is not OpenBLAS or cannot
    be found (on Windows).
    """
    try:
        library = ctypes.CDLL(_umath_linalg.__file__)
    except OSError:
        return None
    for name in _SYMBOLS:
        try:
            return getattr(library, name.format("get")), getattr(library, name.format("set"))
        except AttributeError:
            continue
    return None
