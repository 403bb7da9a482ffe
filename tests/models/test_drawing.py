"""Batches drawn ahead by other processes are the ones that would be drawn without, and the
processes end.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from sar_optical_align.models.soma.net import Soma, SomaConfig
from sar_optical_align.models.soma.training import FlowRecipe, FlowTrainer
from sar_optical_align.models.training.synthetic import Pair
from sar_optical_align.models.training.trainer import TooLittleGroundError

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked")


def trainer():
    torch.manual_seed(0)
    picture = (np.random.default_rng(0).random((160, 160)) * 255).astype(np.uint8)
    pair = Pair.make(np.stack([picture] * 3), picture, None, "made")
    return FlowTrainer(
        Soma(SomaConfig(more=(8, 8, 8), channels=(8, 8, 8), regress_width=8)),
        [pair],
        FlowRecipe(batch=1, side_px=96),
    )


def test_training_is_the_same_whoever_draws():
    alone, helped = trainer(), trainer()
    helped.draw_ahead(2)
    try:
        losses = [[t.step(i / 6) for i in range(6)] for t in (alone, helped)]
        assert losses[0] == losses[1]
        assert [s for s, _ in helped.ahead.waiting] == list(range(6, 6 + len(helped.ahead.waiting)))
        batch = helped.ahead.take(40, 0.5)  # a step out of turn, as after resuming
        assert torch.equal(batch.reference, alone.batch_of(40, 0.5).reference)
    finally:
        helped.ahead.close()


def test_offsets_found_in_training_reach_those_who_draw():
    """A drawn window moves with the offset of its pair."""
    t = trainer()
    t.draw_ahead(1)
    try:
        t.pairs[0].offsets[:] = (3.0, 0.0)
        t.ahead.waiting.clear()
        ahead = t.ahead.take(0, 0.5)
        t.pairs[0].offsets[:] = 0.0
        assert not torch.equal(ahead.sensed, t.batch_of(0, 0.5).sensed)
        assert torch.equal(ahead.reference, t.batch_of(0, 0.5).reference)
    finally:
        t.ahead.close()


def test_ground_that_gives_no_samples_is_told():
    with pytest.raises(TooLittleGroundError, match="too little valid ground"):
        trainer().draw_enough(2, lambda: 0, lambda sample: sample > 0)
