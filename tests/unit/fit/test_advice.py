"""The advised model against the best one, by their true errors between points."""

from __future__ import annotations

import pytest
from known_bends import Draw, loss


@pytest.mark.xfail(strict=True, reason="55 of 100; see decision 020")
def test_the_advised_model_is_nearly_the_best_between_points():
    assert sum(loss(Draw(seed, most=300))[2] <= 1.1 for seed in range(100)) >= 95
