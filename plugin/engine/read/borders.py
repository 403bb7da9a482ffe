"""Areas of zeros that are no image: the frame around a scene, left by mosaicking or rotation, that
nobody declared as nodata.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.geometry import coords

_MIN_SHARE = 0.002
_MIN_PX = 64


class ZeroBorder:
    """All-zero areas that touch the image's edge, known on a reduced grid.

    Only they are masked: a lake or a radar shadow of zeros inside the image is image.

    Attributes:
        areas: (h, w) bool on the reduced grid, grown by one pixel; None where there are none.
    """

    def __init__(self, reduced: NDArray[np.float32], width: int, height: int) -> None:
        """Look for the areas.

        Args:
            reduced: (h, w) nearest samples of one band over the whole image.
            width: Columns of the image.
            height: Rows of the image.
        """
        self.areas = _find(reduced == 0)
        self._size = (width, height)

    def mask(
        self, values: NDArray[np.float32], window: tuple[int, int, int, int]
    ) -> NDArray[np.bool_]:
        """Return (rows, cols) True where a pixel belongs to the border, or where an average would
        mix it in.

        Args:
            values: (B, rows, cols) samples of `window`, possibly reduced.
            window: (x0, y0, width, height) native px.
        """
        rows, cols = values.shape[1:]
        if self.areas is None:
            return np.zeros((rows, cols), bool)
        if rows < window[3] or cols < window[2]:
            return self._touched(self.areas, rows, cols, window)
        x0, y0, width, height = window
        y = (
            (y0 + coords.px_from_idx(np.arange(rows)) * height / rows)
            * self.areas.shape[0]
            / self._size[1]
        )
        x = (
            (x0 + coords.px_from_idx(np.arange(cols)) * width / cols)
            * self.areas.shape[1]
            / self._size[0]
        )
        at_row, at_col = (
            np.minimum(y.astype(int), self.areas.shape[0] - 1),
            np.minimum(x.astype(int), self.areas.shape[1] - 1),
        )
        border: NDArray[np.bool_] = self.areas[at_row][:, at_col] & (values == 0).all(axis=0)
        return border

    def _touched(
        self, areas: NDArray[np.bool_], rows: int, cols: int, window: tuple[int, int, int, int]
    ) -> NDArray[np.bool_]:
        """Return the reduced pixels whose footprint holds any of the areas."""
        x0, y0, width, height = window
        edges_y = (y0 + np.arange(rows + 1) * height / rows) * areas.shape[0] / self._size[1]
        edges_x = (x0 + np.arange(cols + 1) * width / cols) * areas.shape[1] / self._size[0]
        total = np.pad(areas.astype(np.int32).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        top, bottom = (
            np.floor(edges_y[:-1] + 1e-9).astype(int),
            np.ceil(edges_y[1:] - 1e-9).astype(int),
        )
        left, right = (
            np.floor(edges_x[:-1] + 1e-9).astype(int),
            np.ceil(edges_x[1:] - 1e-9).astype(int),
        )
        bottom, right = np.minimum(bottom, areas.shape[0]), np.minimum(right, areas.shape[1])
        count = (
            total[bottom][:, right]
            - total[top][:, right]
            - total[bottom][:, left]
            + total[top][:, left]
        )
        touched: NDArray[np.bool_] = count > 0
        return touched


def _find(zero: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    if not zero.any() or zero.all():
        return None
    _, labels = cv2.connectedComponents(zero.astype(np.uint8), connectivity=4)
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    sizes = np.bincount(labels.ravel())
    keep = [
        label
        for label in edge
        if label > 0 and sizes[label] >= max(_MIN_PX, _MIN_SHARE * zero.size)
    ]
    if not keep:
        return None
    grown: NDArray[np.bool_] = cv2.dilate(
        np.isin(labels, keep).astype(np.uint8), np.ones((3, 3), np.uint8)
    ).astype(bool)
    return grown
