"""Building blocks of dense features: gap filling, oriented gradients, phase congruency.

All functions take and return float32 arrays on the pixel grid of the image; none shifts the grid.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

Array = NDArray[np.float32]


def blur(image: Array, sigma: float) -> Array:
    """Gaussian blur of (H, W); sigma in px, 0 leaves the image as it is."""
    if sigma <= 0:
        return image
    return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101).astype(
        np.float32, copy=False
    )


def fill_invalid(data: Array, mask: NDArray[np.bool_], sigma: float = 6.0) -> Array:
    """Replace invalid pixels by a smooth continuation, so that the edge of the data makes no
    gradient.

    Args:
        data: (H, W), anything where the mask is False.
        mask: (H, W), True = valid.
        sigma: Reach of the neighbourhood average in px.

    Returns:
        (H, W): equal to `data` where valid; the image's mean far from any valid pixel. Zeros where
        nothing is valid.
    """
    if mask.all():
        return data
    if not mask.any():
        return np.zeros_like(data)
    weight = mask.astype(np.float32)
    clean = np.where(mask, data, 0.0).astype(np.float32)
    mean = float(clean.sum() / weight.sum())
    smooth = (blur(clean, sigma) + 1e-3 * mean) / (blur(weight, sigma) + 1e-3)
    return np.where(mask, data, smooth).astype(np.float32)


def gradient(image: Array, sigma: float) -> tuple[Array, Array]:
    """Sobel gradient (gx, gy) after a Gaussian blur of `sigma` px."""
    smooth = blur(image, sigma)
    return cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(
        smooth, cv2.CV_32F, 0, 1, scale=0.125
    )


def unit_channels(channels: Array, floor: float) -> Array:
    """Scale the channel vector of each pixel to unit length; vectors much shorter than `floor` stay
    short.

    Args:
        channels: (C, H, W).
        floor: Length below which a vector is taken for noise.
    """
    length = np.sqrt(np.einsum("chw,chw->hw", channels, channels) + floor**2)
    return (channels / length).astype(np.float32, copy=False)


@lru_cache(maxsize=2)  # of a tile of 1500 px each takes 250 MB
def _log_gabor_bank(
    rows: int, cols: int, scales: int, orientations: int
) -> tuple[NDArray[np.float32], ...]:
    """Frequency responses (scales * orientations arrays of rows x cols), wavelengths 3 px * 2**s,
    sigma_on_f 0.55.
    """
    fy = fft.fftfreq(rows).astype(np.float32)[:, None]
    fx = fft.fftfreq(cols).astype(np.float32)[None, :]
    radius = np.hypot(fx, fy)
    radius[0, 0] = 1.0
    theta = np.arctan2(-fy, fx)
    low_pass = 1.0 / (1.0 + (radius / 0.45) ** 30)
    low_pass[0, 0] = 0.0
    distance = np.log(radius)
    radials = [
        np.exp((distance + np.log(3.0 * 2.0**scale)) ** 2 * (-0.5 / np.log(0.55) ** 2)) * low_pass
        for scale in range(scales)
    ]
    bank = []
    for orientation in range(orientations):
        delta = np.abs((theta - orientation * np.pi / orientations + np.pi) % (2.0 * np.pi) - np.pi)
        spread = (np.cos(np.minimum(delta * (orientations / 2), np.pi)) + 1) / 2
        bank += [(radial * spread).astype(np.float32) for radial in radials]
    return tuple(bank)


def phase_congruency(
    image: Array, scales: int = 4, orientations: int = 6, noise_factor: float = 2.0
) -> Array:
    """Phase congruency of an image in each orientation, 0..1.

    Args:
        image: (H, W).
        scales: Log-Gabor scales.
        orientations: Log-Gabor orientations.
        noise_factor: Standard deviations above the mean noise energy that are taken away.

    Returns:
        (orientations, H, W).

    Reference:
        Kovesi 1999, Image features from phase congruency, Videre 1(3), eq. 13-20.
    Deviation:
        the frequency-spread weight is left out; it penalises the few-scale responses that speckle
        leaves of true edges.
    """
    pad = 24
    padded = cv2.copyMakeBorder(image, pad, pad, pad, pad, cv2.BORDER_REFLECT_101)
    rows, cols = fft.next_fast_len(padded.shape[0]), fft.next_fast_len(padded.shape[1])
    spectrum = fft.fft2(padded.astype(np.float32), (rows, cols))
    bank = _log_gabor_bank(rows, cols, scales, orientations)
    out = np.empty((orientations, *image.shape), np.float32)
    for orientation in range(orientations):
        total = np.zeros((rows, cols), np.complex64)
        amplitude = np.zeros((rows, cols), np.float32)
        noise = 0.0
        for scale in range(scales):
            response = fft.ifft2(spectrum * bank[orientation * scales + scale]).astype(np.complex64)
            magnitude = np.abs(response)
            if scale == 0:
                noise = float(np.median(magnitude)) / np.sqrt(np.log(4.0))
            total += response
            amplitude += magnitude
        tau = noise * (1 - 0.5**scales) / (1 - 0.5)
        threshold = tau * np.sqrt(np.pi / 2) + noise_factor * tau * np.sqrt((4 - np.pi) / 2)
        energy = np.maximum(np.abs(total) - threshold, 0.0)
        out[orientation] = (energy / (amplitude + 1e-4))[
            pad : pad + image.shape[0], pad : pad + image.shape[1]
        ]
    return out
