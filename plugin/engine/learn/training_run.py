"""A training that is under way: its steps, validations and what it saves to be resumed from."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from ...core.errors import InputError
from ...core.outputs import Outputs
from ...core.progress import Progress
from .train_request import TrainRequest
from .training_record import THRESHOLDS_PX, card_of, draw_curves

_VALIDATE_EVERY, _NOTE_EVERY, _SAVE_SECONDS = 600, 20, 120.0


class TrainingRun:
    """A training from its first step, or from where it was saved, to its length.

    Args:
        request: What to train and for how long.
        trainer: The trainer of the network.
        device: "cpu" or "cuda".
        cases: Cases of validation.
        sources: The source of each.
        before: What the card says of the weights that it began with.
    """

    def __init__(
        self,
        request: TrainRequest,
        trainer: Any,
        device: str,
        cases: list[Any],
        sources: list[str],
        before: dict[str, Any],
    ) -> None:
        self.request, self.trainer, self.device = request, trainer, device
        self.cases, self.sources, self.before = cases, sources, before
        self.elapsed_s, self.best = 0.0, -1.0
        self.history: dict[str, Any] = {"steps": [], "loss": [], "hits": [], "validated": []}
        self.last = request.output / "last.pt"

    def resume(self) -> None:
        """Take up what `save` left."""
        import torch

        state = torch.load(self.last, map_location="cpu", weights_only=True)
        self.trainer.load(state["trainer"])
        self.elapsed_s, self.best, self.history, self.before = (
            state["elapsed"],
            state["best"],
            state["history"],
            state.get("before", {}),
        )

    def run(self, progress: Progress) -> None:
        """Train to the end; the best weights, curves and the state are in the output folder.

        Raises:
            InputError: the pairs hold too little ground, or the training went astray.
        """
        began, saved = time.monotonic() - self.elapsed_s, time.monotonic()
        losses: list[tuple[float, float]] = []
        done = self._fraction()
        while done < 1.0 or not self.history["validated"]:
            losses.append(self._step(done))
            self.elapsed_s = time.monotonic() - began
            done = self._fraction()
            if self.trainer.steps % _NOTE_EVERY == 0:
                progress.update(min(done, 1.0), self._note(losses))
                losses = []
            finished = done >= 1.0
            if self.trainer.steps % _VALIDATE_EVERY == 0 or finished:
                self._validate()
            if finished or time.monotonic() - saved > _SAVE_SECONDS:
                saved = time.monotonic()
                self._save()

    def _fraction(self) -> float:
        if self.request.steps is not None:
            return float(self.trainer.steps / self.request.steps)
        return self.elapsed_s / (60.0 * (self.request.minutes or 1.0))

    def _step(self, done: float) -> tuple[float, float]:
        from ....models.training.trainer import TooLittleGroundError

        try:
            loss, hits = self.trainer.step(done)
        except TooLittleGroundError as error:
            raise InputError(
                "The pairs hold too little valid ground to train on.",
                "Take larger pairs, or such with fewer gaps.",
            ) from error
        return loss, hits

    def _note(self, losses: list[tuple[float, float]]) -> str:
        loss, hits = (float(v) for v in np.mean(losses, axis=0))
        self.history["steps"].append(self.trainer.steps)
        self.history["loss"].append(loss)
        self.history["hits"].append(hits)
        return f"step {self.trainer.steps}, loss {loss:.2f}, within 1 px {100 * hits:.0f} %"

    def _validate(self) -> None:
        """Measure the averaged network, and keep its weights where they are the best so far."""
        trainer = self.trainer
        trainer.centre_offsets()
        net = trainer.averaged()
        errors = trainer.validate(net, self.cases)
        rates = [[float((part <= t).mean()) for t in THRESHOLDS_PX] for part in errors.T]
        self.history["validated"].append(
            [trainer.steps, self.elapsed_s, *(rate for part in rates for rate in part)]
        )
        score = float(np.mean([part[:3] for part in rates]))
        if score > self.best or trainer.ships == "last":
            self.best = score
            self._keep(net, errors)
        draw_curves(self.history, trainer.measures, self.request.output / "curves.png")

    def _keep(self, net: Any, errors: Any) -> None:
        from ....models.weights import WeightsError, save_weights

        card = card_of(
            self.request, self.trainer, self.elapsed_s, self.device, errors, self.sources
        )
        path = self.request.output / "best.safetensors"
        try:
            save_weights(path, net.state_dict(), {**card, **self.before})
        except WeightsError as error:
            raise InputError(
                f"The training went astray: {error}",
                "Look at curves.png; start anew, with another --seed.",
            ) from error

    def _save(self) -> None:
        import torch

        history = self.request.output / "history.json"
        state = {
            "trainer": self.trainer.state(),
            "elapsed": self.elapsed_s,
            "best": self.best,
            "history": self.history,
            "before": self.before,
        }
        with Outputs([self.last, history]) as outputs:
            torch.save(state, outputs.part(self.last))
            outputs.part(history).write_text(json.dumps(self.history), encoding="utf-8")
            outputs.deliver()
