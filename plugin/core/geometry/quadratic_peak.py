"""The top of a peak between pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..types import Covariance

Array = NDArray[np.float64]


def quadratic_peak(patch: Array, noise: float) -> tuple[float, float, Covariance]:
    """Least-squares paraboloid over 3x3: offset of its top and the covariance H^-1 G H^-1 of a
    noisy maximum.
    """
    gx = (patch[:, 2] - patch[:, 0]).sum() / 6.0
    gy = (patch[2] - patch[0]).sum() / 6.0
    hxx = (patch[:, 2] - 2 * patch[:, 1] + patch[:, 0]).sum() / 3.0
    hyy = (patch[2] - 2 * patch[1] + patch[0]).sum() / 3.0
    hxy = (patch[2, 2] + patch[0, 0] - patch[0, 2] - patch[2, 0]) / 4.0
    hessian = np.array([[hxx, hxy], [hxy, hyy]])
    curvature = np.linalg.eigvalsh(-hessian)
    if curvature[0] <= 1e-6:
        return 0.0, 0.0, ((4.0, 0.0), (0.0, 4.0))
    offset = np.clip(-np.linalg.solve(hessian, np.array([gx, gy])), -0.75, 0.75)
    variance, axes = np.linalg.eigh(np.linalg.inv(-hessian) * noise * 0.25)
    sigma = (axes * np.clip(variance, 0.0, 25.0)) @ axes.T + 0.01 * np.eye(2)
    covariance = (
        (float(sigma[0, 0]), float(sigma[0, 1])),
        (float(sigma[1, 0]), float(sigma[1, 1])),
    )
    return float(offset[0]), float(offset[1]), covariance
