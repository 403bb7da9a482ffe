"""Work shared by threads: answers in order, few items ahead, errors where they belong."""

from __future__ import annotations

import threading
import time

import pytest
from sar_optical_align.plugin.core.threads import side_by_side


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_answers_come_in_order(threads):
    def slow_first(item):
        time.sleep(0.01 if item % 3 == 0 else 0.0)
        return item * item

    assert list(side_by_side(slow_first, range(40), threads)) == [i * i for i in range(40)]
    assert list(side_by_side(slow_first, [], threads)) == []


def test_several_threads_work_and_the_items_are_made_by_the_caller():
    together = threading.Barrier(3, timeout=10)
    made, worked = set(), set()

    def items():
        for i in range(9):
            made.add(threading.get_ident())
            yield i

    def work(item):
        together.wait()
        worked.add(threading.get_ident())

    assert len(list(side_by_side(work, items(), 3))) == 9
    assert made == {threading.get_ident()}
    assert len(worked) == 3


def test_an_error_comes_at_its_place():
    seen = []
    with pytest.raises(ZeroDivisionError):
        seen.extend(side_by_side(lambda item: 1 / (item - 6), range(100), 2))
    assert len(seen) == 6


def test_who_stops_waits_for_little():
    done = []

    def work(item):
        time.sleep(0.002)
        done.append(item)

    for _ in side_by_side(work, range(10_000), 2):
        break
    assert len(done) < 50
