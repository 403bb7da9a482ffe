"""adaptnetwork: two rasters and control points to weights of the network that know the scene."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from ..core.errors import InputError
from ..core.run.adapting import AdaptRequest, adapt_points
from ..core.session.point import as_session_point
from ..core.wording import tr
from ..gis.rasters import native_grid
from ..work.worker_client import WorkerClient
from .algorithm import FeedbackProgress, number
from .matching import MatchingAlgorithm
from .points import point_files, points_of, points_of_file

_NUMBERS = (
    ("TRAINED", "Points trained on"),
    ("HELD_BACK", "Points held back"),
    ("NEAR_BEFORE", "Share of them within 1.5 px before [0..1]"),
    ("NEAR_AFTER", "Share of them within 1.5 px after [0..1]"),
    ("RMSE_BEFORE", "Their RMSE before [working px]"),
    ("RMSE_AFTER", "Their RMSE after [working px]"),
)


class AdaptNetwork(MatchingAlgorithm):
    """Adapt a network to a scene."""

    NAME = "adaptnetwork"
    TITLE = "Adapt network to scene"
    FILES = ("OUTPUT",)
    HELP = (
        "Trains the network of ME-SSM for some minutes on the scene itself: on windows "
        "around the enabled control points, from the weights it has. "
        "About a quarter of the points, in parts of the scene of their own, is held "
        "back; the adapted weights are written only where these points are "
        "found more closely than before. Hand them to 'Find tie points' as weights=FILE. "
        "The weights that came with the plugin stay as they are. "
        "Check the control points first: what is wrong would be learnt too."
    )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:  # noqa: N802 - QGIS' name
        """Declare parameters and outputs."""
        self.add_inputs()
        points = QgsProcessingParameterFeatureSource(
            "POINTS",
            tr("Control points"),
            [QgsProcessing.SourceType.TypeVectorPoint],
            optional=True,
        )
        self.add(
            points,
            "A tie-point layer. Points that were moved count where they lie now; "
            "disabled ones do not count.",
        )
        file = QgsProcessingParameterFile(
            "POINTS_FILE", tr("or control-point file"), optional=True, fileFilter=point_files()
        )
        self.add(file, "Used where no layer is given.")
        kinds = QgsProcessingParameterNumber.Type
        minutes = QgsProcessingParameterNumber(
            "MINUTES",
            tr("Length of the training [min]"),
            kinds.Double,
            5.0,
            minValue=0.1,
            maxValue=600.0,
        )
        self.add(minutes, "How long the network is trained; reading and measuring come on top.")
        steps = QgsProcessingParameterNumber(
            "STEPS", tr("Length of the training in steps"), kinds.Integer, 0, minValue=0
        )
        self.add(
            steps,
            "Instead of minutes: another run with as many steps learns exactly the same. "
            "0 = by minutes.",
            advanced=True,
        )
        output = QgsProcessingParameterFileDestination(
            "OUTPUT", tr("Adapted weights"), "safetensors (*.safetensors)"
        )
        self.add(
            output, "Written with a card (.json) beside it, where the adapted weights are better."
        )
        self.add_outputs(
            _NUMBERS,
            (
                ("WEIGHTS", "File of the adapted weights; empty where they were no better"),
                ("MESSAGE", "What happened, in a sentence"),
            ),
        )

    def read(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        """Read layers, points and settings in the main thread."""
        super().read(parameters, context)
        if self.request.params.matcher == "auto":
            self.request = replace(
                self.request, params=replace(self.request.params, matcher="me_ssm")
            )
        grids = native_grid(self.request.reference.path), native_grid(self.request.sensed.path)
        file = self.parameterAsFile(parameters, "POINTS_FILE", context)
        if parameters.get("POINTS") is not None:
            points = points_of(self.parameterAsSource(parameters, "POINTS", context), grids[0])
        elif file:
            points = points_of_file(Path(file), *grids)
        else:
            raise InputError(
                "There are no control points.", "Give a layer or a file of control points."
            )
        output = str(self.files["OUTPUT"])
        minutes, steps = (
            self.parameterAsDouble(parameters, "MINUTES", context),
            self.parameterAsInt(parameters, "STEPS", context),
        )
        self.asked = AdaptRequest(
            self.request,
            *adapt_points(map(as_session_point, points)),
            output,
            minutes,
            steps,
            self.request.params.seed,
        )

    def work(
        self,
        _parameters: dict[str, Any],
        _context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Have the worker adapt it."""
        client = WorkerClient(self.python)
        try:
            result = client.adapt(self.asked, FeedbackProgress(feedback))
        finally:
            client.close()
        feedback.pushInfo(tr(result.message))
        outputs: dict[str, Any] = {
            "WEIGHTS": result.weights,
            "MESSAGE": tr(result.message),
            "TRAINED": result.trained,
            "HELD_BACK": result.held_back,
            "NEAR_BEFORE": number(result.before.near),
            "NEAR_AFTER": number(result.after.near),
            "RMSE_BEFORE": number(result.before.rmse_px),
            "RMSE_AFTER": number(result.after.rmse_px),
        }
        return outputs | ({"OUTPUT": result.weights} if result.weights else {})
