"""registerimages: from two rasters to the warped one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterRasterDestination,
)

from ..core.types import Status, WarpParams
from ..core.wording import tr
from ..gis.warping import warp_into
from .algorithm import FeedbackProgress
from .fields import add_params, read_params
from .matching import MatchingAlgorithm


class RegisterImages(MatchingAlgorithm):
    """Find tie points and warp."""

    NAME = "registerimages"
    TITLE = "Register images"
    HELP = (
        "Finds tie points between a reference and a sensed raster, fits a model and "
        "writes the warped sensed raster. Data type, bands and nodata "
        "are kept; the input is never changed. When the evidence is too weak no raster "
        "is written and the algorithm fails; with 'Fail when "
        "there is no reliable alignment' off it ends with STATUS = "
        "no_reliable_alignment, so that a model can branch. Lengths are in pixels of "
        "the reference unless said otherwise; accuracies are relative to the reference."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802 - QGIS' name
        """Declare parameters and outputs."""
        self.add_inputs()
        add_params(self, WarpParams, "REFERENCE")
        strict = QgsProcessingParameterBoolean(
            "FAIL_ON_REFUSAL", tr("Fail when there is no reliable alignment"), defaultValue=True
        )
        self.add(
            strict,
            "Off: the algorithm ends with STATUS = no_reliable_alignment and writes no raster.",
            advanced=True,
        )
        output = QgsProcessingParameterRasterDestination("OUTPUT", tr("Warped raster"))
        self.add(
            output, "GeoTIFF in the CRS of the reference. It appears only when it is complete."
        )
        self.add_results(optional=True)

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers and settings; find out now whether the output can be written."""
        super().read(parameters, context)
        destination = parameters.get("OUTPUT")
        if isinstance(destination, str) and destination != "TEMPORARY_OUTPUT":
            self.outputs(Path(destination))

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Match and warp."""
        progress = FeedbackProgress(feedback)
        params = read_params(self, WarpParams, parameters, context)
        output = Path(self.parameterAsOutputLayer(parameters, "OUTPUT", context))
        with self.outputs(output) as files:
            result, outputs = self.match(
                parameters, context, feedback, progress.part(0.0, 0.85), files
            )
            request = result.request
            transform = result.transform if result.status is Status.OK else None
            if transform is not None:
                warp_into(
                    files.part(output),
                    request.sensed.path,
                    result.reference_grid,
                    transform,
                    params,
                    progress.part(0.85, 1.0),
                    request.sensed.nodata,
                    request.reference.path,
                )
            files.deliver()
        if transform is None and self.parameterAsBoolean(parameters, "FAIL_ON_REFUSAL", context):
            raise QgsProcessingException(f"{tr(result.message)} {tr(result.hint)}".strip())
        return outputs if transform is None else {**outputs, "OUTPUT": str(output)}
