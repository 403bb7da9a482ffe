"""Batches drawn ahead by other processes, so that a fast device does not wait for the augmentation
of its samples.
"""

from __future__ import annotations

import signal
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, Protocol

import numpy as np
import torch
import torch.multiprocessing

from .synthetic import Pair

_AHEAD = 3


class Draws(Protocol):
    """What draws: a `training.Trainer`."""

    pairs: list[Pair]

    def batch_of(self, step: int, fraction: float) -> Any:
        """Return the batch of a step."""


class DrawnAhead:
    """Draws the batches of the coming steps in forked processes.

    A batch depends on its step, and on the share of the training that is done then, which is taken
    to grow evenly: so it is the one that would be drawn without, where the length of the training
    is given in steps; but offsets of pairs that are refined meanwhile are some steps old.

    Args:
        trainer: Draws; each process gets a copy of it as it is now, and shares the offsets of its
            pairs.
        workers: Processes.
    """

    def __init__(self, trainer: Draws, workers: int) -> None:
        torch.multiprocessing.set_sharing_strategy("file_system")
        for pair in trainer.pairs:
            pair.offsets = np.asarray(torch.from_numpy(pair.offsets).share_memory_().numpy())
        self.count = _AHEAD * workers
        self.waiting: deque[tuple[int, Future[Any]]] = deque()
        self.pool = ProcessPoolExecutor(
            workers, torch.multiprocessing.get_context("fork"), _begin, (trainer,)
        )

    def take(self, step: int, fraction: float) -> Any:
        """Return the batch of a step, and have the following ones drawn; `fraction` of the training
        is done.
        """
        if self.waiting and self.waiting[0][0] != step:
            self.waiting.clear()
        while len(self.waiting) < self.count:
            ahead = step + len(self.waiting)
            self.waiting.append(
                (
                    ahead,
                    self.pool.submit(
                        _draw, ahead, min(1.0, fraction * ahead / step) if step else fraction
                    ),
                )
            )
        return self.waiting.popleft()[1].result()

    def close(self) -> None:
        """End the processes."""
        self.pool.shutdown(wait=False, cancel_futures=True)


_trainer: Draws | None = None


def _begin(trainer: Draws) -> None:
    global _trainer
    _trainer = trainer
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _draw(step: int, fraction: float) -> Any:
    if _trainer is None:
        raise RuntimeError("the process was not begun")
    return _trainer.batch_of(step, fraction)
