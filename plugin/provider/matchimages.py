"""matchimages: tie points between two rasters."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from .algorithm import FeedbackProgress
from .matching import MatchingAlgorithm


class MatchImages(MatchingAlgorithm):
    """Find tie points."""

    NAME = "matchimages"
    TITLE = "Find tie points"
    HELP = (
        "Finds tie points between a reference and a sensed raster (SAR with optical, or "
        "optical with optical), filters them and judges the fit. "
        "All points are written, the disabled ones with their reason. When the evidence "
        "is too weak for an alignment, STATUS is "
        "no_reliable_alignment and the figures are empty, so that a model can branch. "
        "Lengths are in pixels of the reference unless said "
        "otherwise; accuracies are relative to the reference."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802 - QGIS' name
        """Declare parameters and outputs."""
        self.add_inputs()
        self.add_results(optional=False)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Match."""
        with self.outputs() as files:
            _, outputs = self.match(
                parameters, context, feedback, FeedbackProgress(feedback), files
            )
            files.deliver()
        return outputs
