"""Pictures of a review: rasters seen on the reference's pixels, before and after the fit, and
drawings over them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from osgeo import gdal
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QImage, QPainter, QPen

from ...ui.parts.palette import draw_marker, state_key
from ...ui.views.heatmap import viridis
from ..core.run.sample_kinds import detect_sar_scale
from ..core.session.record import SessionRecord
from ..core.session.session import FitState, SessionPoint
from ..core.types import Point
from ..core.wording import number, tr
from ..gis.opening import open_raster
from ..gis.placement import Placement

_LATTICE = 25
_CHIP_PX = 48
_CELLS = 8
_TINT = np.array([0.80, 0.92, 1.0])
_INK, _BLUE, _ORANGE = QColor("#1d2733"), QColor("#0072B2"), QColor("#D55E00")

Mapping = Callable[[np.ndarray], np.ndarray]


class RasterView:
    """A raster sampled at any places of its pixels, as grey or colour from 0 to 1."""

    def __init__(self, path: str, bands: tuple[int, ...] = ()) -> None:
        self._dataset = open_raster(path)
        count = self._dataset.RasterCount
        self.bands = bands or (
            (1, 2, 3)
            if count >= 3 and self._dataset.GetRasterBand(1).DataType == gdal.GDT_Byte
            else (1,)
        )
        self._decibel: float | None = None

    def sample(self, px: np.ndarray) -> np.ndarray:
        """Return (H, W, B) samples at (H, W, 2) positions, averaged where they lie apart; NaN
        outside and at nodata.
        """
        h, w = px.shape[:2]
        out = np.full((h, w, len(self.bands)), np.nan)
        finite = np.isfinite(px).all(axis=2)
        if not finite.any():
            return out
        size = np.array([self._dataset.RasterXSize, self._dataset.RasterYSize])
        low = np.clip(np.floor(px[finite].min(axis=0)).astype(int) - 1, 0, size - 1)
        high = np.clip(np.ceil(px[finite].max(axis=0)).astype(int) + 2, low + 1, size)
        box = high - low
        shape = np.minimum(box, np.maximum(1, [2 * w, 2 * h]))
        for i, band_number in enumerate(self.bands):
            band = self._dataset.GetRasterBand(band_number)
            where = {
                "xoff": int(low[0]),
                "yoff": int(low[1]),
                "win_xsize": int(box[0]),
                "win_ysize": int(box[1]),
            }
            how = {"buf_xsize": int(shape[0]), "buf_ysize": int(shape[1])}
            data = band.ReadAsArray(**where, **how, resample_alg=gdal.GRIORA_Average).astype(float)
            data[band.GetMaskBand().ReadAsArray(**where, **how) == 0] = np.nan
            at = (px - low) * shape / box - 0.5
            inside = finite & (px >= 0).all(axis=2) & (px <= size).all(axis=2)
            x, y = (
                np.clip(np.where(inside, at[..., 0], 0), 0, shape[0] - 1),
                np.clip(np.where(inside, at[..., 1], 0), 0, shape[1] - 1),
            )
            x0, y0 = (
                np.minimum(x.astype(int), max(shape[0] - 2, 0)),
                np.minimum(y.astype(int), max(shape[1] - 2, 0)),
            )
            x1, y1 = np.minimum(x0 + 1, shape[0] - 1), np.minimum(y0 + 1, shape[1] - 1)
            fx, fy = x - x0, y - y0
            value = (data[y0, x0] * (1 - fx) + data[y0, x1] * fx) * (1 - fy) + (
                data[y1, x0] * (1 - fx) + data[y1, x1] * fx
            ) * fy
            out[..., i] = np.where(inside, value, np.nan)
        return out

    def stretched(self, samples: np.ndarray) -> np.ndarray:
        """Return samples as 0..1 between their 2nd and 98th percentile, linear SAR in decibel
        first; NaN stays.
        """
        values = samples.copy()
        if len(self.bands) == 1:
            if self._decibel is None:
                valid = values[np.isfinite(values)].astype(np.float32)
                kind = self._dataset.GetRasterBand(1).DataType
                is_float = kind in (gdal.GDT_Float32, gdal.GDT_Float64)
                self._decibel = (
                    {"db": 0.0, "amplitude": 20.0, "power": 10.0}[
                        detect_sar_scale(valid, "float32")
                    ]
                    if is_float and valid.size
                    else 0.0
                )
            if self._decibel:
                values = self._decibel * np.log10(np.where(values > 0, values, np.nan))
        valid = values[np.isfinite(values)]
        low, high = np.percentile(valid, (2, 98)) if valid.size else (0.0, 1.0)
        return np.clip((values - low) / max(high - low, 1e-9), 0, 1)


class ReviewView:
    """Both rasters of a review on the reference's pixels. Make it in the main thread.

    Raises:
        ValueError: there is no fit.
    """

    def __init__(self, record: SessionRecord, fit: FitState) -> None:
        if fit.transform is None or fit.quality is None:
            raise ValueError("a review without a fit has no pictures")
        self.record, self.fit = record, fit
        self.transform, self.quality = fit.transform, fit.quality
        self.reference, self.sensed = (
            RasterView(record.reference.path, record.reference.bands[:1]),
            RasterView(record.sensed.path, record.sensed.bands[:1]),
        )
        self._placement = Placement(record.reference_grid, record.sensed_grid, record.sensed.path)
        self._georeferenced = self._placement.sensed_px_from(record.reference_grid.crs_wkt)

    def before(self, px: np.ndarray) -> np.ndarray:
        """(N, 2) reference px -> sensed px as it is georeferenced."""
        return self._georeferenced(self.record.reference_grid.layer_from_px(px))

    def after(self, px: np.ndarray) -> np.ndarray:
        """(N, 2) reference px -> sensed px by the fit."""
        return self.transform.inverse(px)

    def looked_at(
        self,
        raster: RasterView,
        centre: Point,
        side: tuple[float, float],
        shape: tuple[int, int],
        mapping: Mapping | None,
    ) -> np.ndarray:
        """Return (H, W, B) 0..1 of a rectangle of the reference's pixels; the mapping is
        interpolated between a lattice of positions.
        """
        w, h = shape
        xs, ys = (centre[i] + side[i] * (np.linspace(0, 1, _LATTICE) - 0.5) for i in (0, 1))
        lattice = np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2)
        places = (lattice if mapping is None else mapping(lattice)).reshape(_LATTICE, _LATTICE, 2)
        u, v = ((np.arange(n) + 0.5) / n * (_LATTICE - 1) for n in (w, h))
        i, j = np.minimum(u.astype(int), _LATTICE - 2), np.minimum(v.astype(int), _LATTICE - 2)
        fu, fv = (u - i)[None, :, None], (v - j)[:, None, None]
        rows = places[j] * (1 - fv) + places[j + 1] * fv
        return raster.stretched(raster.sample(rows[:, i] * (1 - fu) + rows[:, i + 1] * fu))

    def whole(self, mapping: Mapping | None, raster: RasterView, longest: int) -> np.ndarray:
        """Return the extent of the reference."""
        grid = self.record.reference_grid
        scale = longest / max(grid.width, grid.height)
        shape = max(1, round(grid.width * scale)), max(1, round(grid.height * scale))
        return self.looked_at(
            raster, (grid.width / 2, grid.height / 2), (grid.width, grid.height), shape, mapping
        )

    def chip(self, point: SessionPoint) -> list[QImage]:
        """Return reference, sensed after the fit, and similarity around a point."""
        centre, side = point.tie_point.reference_px, (_CHIP_PX, _CHIP_PX)
        pictures = [
            crossed(as_image(self.looked_at(raster, centre, side, (128, 128), mapping)))
            for raster, mapping in ((self.reference, None), (self.sensed, self.after))
        ]
        evidence = point.tie_point.evidence
        return (
            [*pictures, heat_image(evidence.surface)]
            if evidence is not None and evidence.surface is not None
            else pictures
        )


def as_image(values: np.ndarray) -> QImage:
    """Return an image of (H, W, 1 or 3) 0..1; NaN is light grey."""
    rgb = np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values[..., :3]
    data = np.ascontiguousarray(np.where(np.isfinite(rgb), rgb * 255, 235).astype(np.uint8))
    return QImage(
        data.tobytes(), data.shape[1], data.shape[0], 3 * data.shape[1], QImage.Format.Format_RGB888
    ).copy()


def heat_image(surface: np.ndarray) -> QImage:
    """Return a similarity surface in colours."""
    values = np.where(np.isfinite(surface) & (surface > -0.999), surface, np.nan).astype(float)
    low, high = (np.nanmin(values), np.nanmax(values)) if np.isfinite(values).any() else (0.0, 1.0)
    rgb = np.ascontiguousarray(viridis((values - low) / max(high - low, 1e-6)))
    image = QImage(
        rgb.tobytes(), rgb.shape[1], rgb.shape[0], 3 * rgb.shape[1], QImage.Format.Format_RGB888
    ).copy()
    return image.scaled(128, 128)


def crossed(image: QImage) -> QImage:
    """Draw a thin cross with a gap at the centre."""
    painter = QPainter(image)
    x, y = image.width() / 2, image.height() / 2
    for pen in (QPen(QColor(0, 0, 0, 160), 3), QPen(QColor("#F0E442"), 1.4)):
        painter.setPen(pen)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(QPointF(x + 8 * dx, y + 8 * dy), QPointF(x + 20 * dx, y + 20 * dy))
    painter.end()
    return image


def checkerboard(reference: np.ndarray, sensed: np.ndarray) -> QImage:
    """Return squares of both in turn; those of the reference are a little blue."""
    rows, cols = reference.shape[:2]
    y, x = np.mgrid[:rows, :cols]
    side = max(rows, cols) / _CELLS
    odd = ((x // side).astype(int) + (y // side).astype(int)) % 2 == 1
    grey = [np.nanmean(v, axis=2) if v.shape[2] > 1 else v[..., 0] for v in (reference, sensed)]
    return as_image(np.where(odd[..., None], grey[1][..., None], grey[0][..., None] * _TINT))


def overview(view: ReviewView, longest: int) -> QImage:
    """Return the reference with all points in the colours and shapes of their states."""
    image = as_image(view.whole(None, view.reference, longest))
    scale = image.width() / view.record.reference_grid.width
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for p in sorted(view.record.points, key=lambda p: p.in_fit):
        x, y = p.tie_point.reference_px
        draw_marker(painter, state_key(p), x * scale, y * scale, 4.0)
    painter.end()
    return image


def vectors(view: ReviewView, longest: int) -> tuple[QImage, float]:
    """Return the residual vectors of the points, and how many times longer than life they are
    drawn.
    """
    grid, residuals = view.record.reference_grid, view.fit.residuals_px
    scale = longest / max(grid.width, grid.height)
    image = _canvas(round(grid.width * scale), round(grid.height * scale))
    used = [p for p in view.record.points if p.in_fit and p.id in residuals]
    typical = float(np.median([math.hypot(*residuals[p.id]) for p in used])) if used else 1.0
    longer = max(1.0, float(f"{0.035 * longest / max(typical * scale, 1e-9):.1g}"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#c3cad3"), 1))
    painter.drawRect(QRectF(0.5, 0.5, image.width() - 1, image.height() - 1))
    for p in view.record.points:
        x, y = (v * scale for v in p.tie_point.reference_px)
        if not p.in_fit or p.id not in residuals:
            painter.setPen(QPen(QColor("#b9bfc7"), 1))
            painter.drawPoint(QPointF(x, y))
            continue
        dx, dy = (v * scale * longer for v in residuals[p.id])
        painter.setPen(QPen(_BLUE, 1.6))
        painter.drawLine(QPointF(x, y), QPointF(x + dx, y + dy))
        painter.setBrush(_BLUE)
        painter.drawEllipse(QPointF(x, y), 1.8, 1.8)
    painter.end()
    return image, longer


def histogram(view: ReviewView, width: int, height: int) -> QImage:
    """Return how many residuals in the fit have which length, with leave-one-out RMSE and CE90
    marked.
    """
    lengths = np.array(
        [
            math.hypot(*view.fit.residuals_px[p.id])
            for p in view.record.points
            if p.in_fit and p.id in view.fit.residuals_px
        ]
    )
    image = _canvas(width, height)
    if not lengths.size:
        return image
    quality = view.quality
    top = (
        max(
            float(np.percentile(lengths, 99.5)),
            quality.ce90_px if math.isfinite(quality.ce90_px) else 0.0,
        )
        * 1.08
        or 1.0
    )
    counts, edges = np.histogram(
        np.minimum(lengths, top), bins=min(30, max(6, lengths.size // 6)), range=(0, top)
    )
    plot = QRectF(34.0, 22.0, width - 48.0, height - 56.0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    _draw_bars(painter, plot, counts, edges / top)
    _draw_axes(painter, plot, top, int(counts.max()))
    for i, (name, value) in enumerate(
        ((tr("leave-one-out"), quality.loo_rmse_px), ("CE90", quality.ce90_px))
    ):
        if math.isfinite(value) and value <= top:
            x = plot.left() + plot.width() * value / top
            painter.setPen(QPen(_ORANGE, 1.4, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, 20.0 + 14 * i))
            painter.drawText(
                QRectF(x - 150, 5.0 + 14 * i, 148, 14),
                Qt.AlignmentFlag.AlignRight,
                f"{name} {number(value, '.2f')}",
            )
    painter.end()
    return image


def _draw_bars(
    painter: QPainter,
    plot: QRectF,
    counts: np.ndarray,
    edges: np.ndarray,
) -> None:
    """Draw the bars of a histogram between edges of 0..1."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_BLUE)
    for count, a, b in zip(counts, edges[:-1], edges[1:], strict=True):
        h, left = plot.height() * count / counts.max(), plot.left() + plot.width() * a + 0.5
        painter.drawRect(QRectF(left, plot.bottom() - h, plot.width() * (b - a) - 1, h))


def _draw_axes(painter: QPainter, plot: QRectF, top: float, most: int) -> None:
    left, bottom = plot.left(), plot.bottom()
    painter.setPen(QPen(_INK, 1))
    painter.drawLine(QPointF(left, bottom), QPointF(plot.right(), bottom))
    for tick in np.linspace(0, top, 5):
        painter.drawText(
            QRectF(left + plot.width() * tick / top - 30, bottom + 3, 60, 14),
            Qt.AlignmentFlag.AlignCenter,
            number(tick, ".2f"),
        )
    painter.drawText(
        QRectF(left, bottom + 17, plot.width(), 15),
        Qt.AlignmentFlag.AlignCenter,
        tr("residual length [reference px]"),
    )
    painter.drawText(
        QRectF(0, plot.top() - 6, left - 4, 14), Qt.AlignmentFlag.AlignRight, str(most)
    )


def _canvas(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    return image
