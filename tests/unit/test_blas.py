"""One thread inside, as many as before outside, whoever else is inside."""

from __future__ import annotations

import pytest
from sar_optical_align.plugin.core import blas


@pytest.fixture
def threads():
    functions = blas._functions()
    if functions is None:
        pytest.skip("this numpy is not linked to an OpenBLAS that can be asked")
    get, put = functions
    before = get()
    put(2)
    yield get
    put(before)


def test_blocks_may_overlap_and_the_number_comes_back(threads):
    several, first, second = threads(), blas.one_thread(), blas.one_thread()
    first.__enter__()
    assert threads() == 1
    second.__enter__()
    first.__exit__(None, None, None)  # as another thread would
    assert threads() == 1
    second.__exit__(None, None, None)
    assert threads() == several


def test_the_number_comes_back_after_an_error(threads):
    several = threads()
    with pytest.raises(ValueError, match="x"), blas.one_thread():
        raise ValueError("x")
    assert threads() == several


def test_without_the_library_nothing_happens(monkeypatch):
    monkeypatch.setattr(blas, "_functions", lambda: None)
    with blas.one_thread():
        pass
