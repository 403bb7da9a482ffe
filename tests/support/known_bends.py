"""Points with known smooth distortions, to hold the advised model against the true error of each.

Convention: pixels, x to the right, y down.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sar_optical_align.plugin.core.fit import advisor
from sar_optical_align.plugin.core.fit.coverage import convex_hull, inside_hull
from sar_optical_align.plugin.core.fit.fitting import fit_details

Array = NDArray[np.float64]
WIDTH, HEIGHT = 2048.0, 1600.0
COUNTS = (20, 40, 80, 150, 300, 600, 1000)


class Draw:
    """One scene: points with noise, and the true distortion on a dense grid inside their hull."""

    def __init__(self, seed: int, most: int = COUNTS[-1]) -> None:
        rng = np.random.default_rng(seed)
        self.count = int(rng.choice([n for n in COUNTS if n <= most]))
        self.noise_px = float(rng.uniform(0.3, 2.0))
        self.size_px = float(rng.choice([0.0, 1.0, 3.0, 8.0]))
        self.wavelength_px = float(rng.uniform(700.0, 3000.0))
        self.clustered = bool(rng.random() < 0.5)
        self._angles = rng.uniform(0, 2 * np.pi, (3, 2))
        self._phases = rng.uniform(0, 2 * np.pi, (3, 2))
        self.sensed = self._scattered(rng)
        self.reference = self.truth(self.sensed) + rng.normal(
            0, self.noise_px / np.sqrt(2), self.sensed.shape
        )
        grid = np.stack(np.meshgrid(np.arange(16, WIDTH, 32), np.arange(16, HEIGHT, 32)), axis=2)
        ground = grid.reshape(-1, 2)
        self.ground = ground[inside_hull(ground, convex_hull(self.sensed))]

    def _scattered(self, rng: np.random.Generator) -> Array:
        size = np.array([WIDTH, HEIGHT])
        if not self.clustered:
            return rng.uniform(0, 1, (self.count, 2)) * size
        centres = rng.uniform(0.1, 0.9, (6, 2))
        near = centres[rng.integers(0, 6, self.count)] + rng.normal(0, 0.06, (self.count, 2))
        wide = rng.uniform(0, 1, (self.count, 2))
        chosen = np.where(rng.random((self.count, 1)) < 0.7, near, wide)
        return np.asarray(np.clip(chosen, 0, 1) * size)

    def truth(self, sensed: Array) -> Array:
        """Return (N, 2) where sensed pixels belong: three waves of `size_px` (RMS length) beside a
        shift."""
        bend = np.zeros_like(sensed)
        for angles, phases in zip(self._angles, self._phases, strict=True):
            for axis in (0, 1):
                way = np.array([np.cos(angles[axis]), np.sin(angles[axis])])
                bend[:, axis] += np.sin(
                    2 * np.pi * (sensed @ way) / self.wavelength_px + phases[axis]
                )
        return sensed + [7.0, -4.0] + bend * self.size_px / np.sqrt(3)

    def true_errors(self) -> dict[str, float]:
        """Return the RMSE of each model against the truth, px."""
        errors = {}
        for kind in advisor.ADVISED:
            miss = fit_details(kind, self.sensed, self.reference).transform.apply(self.ground)
            away = miss - self.truth(self.ground)
            errors[kind] = float(np.sqrt((away**2).sum(axis=1).mean()))
        return errors


def loss(draw: Draw) -> tuple[str, str, float]:
    """Return the advised model, the best one, and the advised one's true error / the best's."""
    errors = draw.true_errors()
    advised = advisor.advise(draw.sensed, draw.reference).best
    best = min(errors, key=lambda kind: errors[kind])
    return advised, best, errors[advised] / errors[best]
