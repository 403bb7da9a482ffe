"""What files and messages are damaged in any way: every parser answers, or raises an error of ours
that says something.

`N=100000 python -m pytest tests/fuzz` puts more mutations, `SEED=…` others.
"""

from __future__ import annotations

import os

import fuzzing
import pytest

_COUNT = -(-int(os.environ.get("N", "2000")) // len(fuzzing.PARSERS))
_SEED = int(os.environ.get("SEED", "1"))


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("parser", fuzzing.PARSERS)
def test_damaged_files_draw_errors_of_ours_only(parser: str) -> None:
    failures = fuzzing.run(parser, _COUNT, _SEED)
    assert not failures, "\n".join(map(str, failures[:10]))
