"""The report of a review, as it stands: one HTML file, or a PDF for those who sign it."""

from __future__ import annotations

import base64
import math
from datetime import datetime
from pathlib import Path

from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QUrl
from qgis.PyQt.QtGui import QImage, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from ..core.atomic import write_atomically
from ..core.errors import FitError, InputError, OutputError
from ..core.outputs import Outputs
from ..core.progress import Progress
from ..core.session.record import SessionRecord
from ..core.session.refit import advise_points
from ..core.session.report_page import Chip, ReportData, report_page
from ..core.session.session import FitState, PointState, SessionPoint
from ..core.wording import fill, tr
from .report_pictures import ReviewView, checkerboard, histogram, overview, vectors

_PAGE = (
    620,
    500,
)  # the largest picture on a page, in the 1/96 inch of HTML; drawn with twice as many pixels
_HALF = (300, 360)
_CHIPS = 12
_DPI = 200


class ReviewReport:
    """Gathers in the main thread; `write` may run anywhere."""

    def __init__(
        self, record: SessionRecord, fit: FitState, warnings: tuple[str, ...] = ()
    ) -> None:
        """Open both rasters.

        Raises:
            InputError: there is no fit to report.
            UnreadableRasterError: a raster is gone.
        """
        if fit.transform is None or fit.quality is None:
            raise InputError(
                "There is no fit to report.",
                fit.message or "Find tie points, or add some by hand, first.",
            )
        self._record, self._fit, self._warnings = record, fit, warnings
        self._view = ReviewView(record, fit)
        self._pictures: dict[str, QImage] = {}

    def write(self, path: Path, progress: Progress) -> Path:
        """Write .pdf or .html by the suffix; it appears when it is complete.

        Raises:
            OutputError: the folder cannot be written.
            Cancelled: `progress` said so.
        """
        data = self._gather(progress)
        progress.update(0.92, "Writing the report")
        if path.suffix.lower() == ".pdf":
            self._write_pdf(data, path)
        else:
            write_atomically(
                path,
                report_page(
                    data,
                    lambda name: f"data:image/png;base64,{_png(self._pictures[name])}",
                    with_points=True,
                ),
            )
        progress.update(1.0, "Done")
        return path

    def _gather(self, progress: Progress) -> ReportData:
        view, record = self._view, self._record
        progress.update(0.0, "Comparing models")
        try:
            advice = advise_points(
                record.points,
                (record.reference_grid, record.sensed_grid),
                record.independent_share,
                self._fit.model if record.model == "auto" else "",
            )
        except FitError:
            advice = None
        progress.update(0.2, "Drawing maps")
        page, half = self._fitting(_PAGE), self._fitting(_HALF)
        self._pictures["overview"] = overview(view, 2 * max(page))
        reference = view.whole(None, view.reference, 2 * max(half))
        for i, (name, mapping) in enumerate((("before", view.before), ("after", view.after))):
            progress.update(0.3 + 0.1 * i)
            self._pictures[name] = checkerboard(
                reference, view.whole(mapping, view.sensed, 2 * max(half))
            )
        self._pictures["vectors"], longer = vectors(view, 2 * max(half))
        self._pictures["histogram"] = histogram(view, 2 * _HALF[0], 420)
        residuals = self._fit.residuals_px
        used = sorted(
            (p for p in record.points if p.in_fit and p.id in residuals),
            key=lambda p: math.hypot(*residuals[p.id]),
        )
        few = min(_CHIPS, len(used) // 2)
        worst = [
            self._chip(p, progress, 0.5, i / max(few, 1)) for i, p in enumerate(used[::-1][:few])
        ]
        best = [self._chip(p, progress, 0.7, i / max(few, 1)) for i, p in enumerate(used[:few])]
        return ReportData(
            record,
            self._fit,
            advice,
            f"{datetime.now():%Y-%m-%d, %H:%M}",
            self._warnings,
            self._captions(page, half, longer),
            worst,
            best,
        )

    @staticmethod
    def _captions(
        page: tuple[int, int], half: tuple[int, int], longer: float
    ) -> dict[str, tuple[int, int, str]]:
        """Return size and words of each picture; `longer`: how much the vectors are enlarged."""
        return {
            "overview": (
                *page,
                tr(
                    "All points on the reference: disc predicted, dotted accepted, "
                    "square edited, diamond added, triangle check point, cross left out."
                ),
            ),
            "before": (
                *half,
                tr("Checkerboard as georeferenced; the bluish squares are the reference."),
            ),
            "after": (*half, tr("The same after the fit.")),
            "vectors": (
                *half,
                fill(
                    tr(
                        "Residuals in the fit, {0:g} times longer than life. A pattern "
                        "means that the model is too simple."
                    ),
                    longer,
                ),
            ),
            "histogram": (_HALF[0], 210, tr("Lengths of the residuals in the fit.")),
        }

    def _fitting(self, most: tuple[int, int]) -> tuple[int, int]:
        """Return the size of a picture of the reference that fits into a box."""
        grid = self._record.reference_grid
        scale = min(most[0] / grid.width, most[1] / grid.height)
        return max(1, round(grid.width * scale)), max(1, round(grid.height * scale))

    def _chip(self, point: SessionPoint, progress: Progress, start: float, part: float) -> Chip:
        progress.update(start + 0.2 * part, "Drawing points")
        names = []
        for i, image in enumerate(self._view.chip(point)):
            names.append(f"chip{point.id}_{i}")
            self._pictures[names[-1]] = image
        length = math.hypot(*self._fit.residuals_px[point.id])
        state = "" if point.state is PointState.PREDICTED else f", {tr(point.state.value)}"
        return Chip(
            point.id,
            fill(tr("{0}: {1:.2f} px, score {2:.2f}"), point.id, length, point.tie_point.score)
            + state,
            tuple(names),
        )

    def _write_pdf(self, data: ReportData, path: Path) -> None:
        with Outputs([path]) as outputs:
            part = outputs.part(path)
            with part.open("wb"):  # Qt tells of no error
                pass
            writer = QPdfWriter(str(part))
            writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
            writer.setPageMargins(
                QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter
            )  # the document brings 2 cm of its own
            writer.setResolution(_DPI)
            writer.setTitle(tr("Alignment report"))
            document = QTextDocument()
            for name, image in self._pictures.items():
                document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), image)
            document.setHtml(report_page(data, lambda name: name, with_points=False))
            document.print(writer)
            del writer
            if not part.stat().st_size:
                raise OutputError(
                    f"Cannot write {path}: the disk is full.",
                    "Choose a folder you may write to, with enough room.",
                )
            outputs.deliver()


def _png(image: QImage) -> str:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return base64.b64encode(bytes(data)).decode("ascii")
