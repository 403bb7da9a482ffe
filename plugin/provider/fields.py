"""Processing parameters made from the fields of parameter dataclasses, and read back into them."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterDistance,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from ..core.errors import UsageError
from ..core.fields import ParamInfo, from_dict, param_infos
from ..core.wording import tr
from ..matchers import all_specs, get_spec
from .algorithm import AlignAlgorithm


def add_params(algorithm: AlignAlgorithm, cls: type, reference: str = "") -> None:
    """Add a parameter for each field of a dataclass; names are upper case.

    Args:
        algorithm: Gets the parameters.
        cls: Dataclass of fields made with `core.fields.param`.
        reference: Name of the raster parameter whose CRS gives map units their name.
    """
    for info in param_infos(cls):
        text = tr(info.help)
        if info.name == "matcher":
            text = " ".join([text, *(f"{s.key}: {tr(s.summary)}" for s in all_specs().values())])
        algorithm.add(_definition(info, reference), text, info.advanced)


def read_params(
    algorithm: AlignAlgorithm,
    cls: type,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
    **more: Any,
) -> Any:
    """Return the dataclass as chosen.

    Args:
        algorithm: Whose parameters they are.
        cls: Dataclass.
        parameters: As Processing hands them over.
        context: Of the run.
        **more: Further fields.

    Raises:
        UsageError: a value is out of range.
    """
    return from_dict(
        cls,
        {info.name: _value(algorithm, info, parameters, context) for info in param_infos(cls)}
        | more,
    )


def read_matcher_params(text: str, matcher: str) -> dict[str, Any]:
    """Parse "name=value; name=value" into the parameters of a matcher.

    Raises:
        UsageError: an unknown name or a value of the wrong type.
    """
    if not text.strip():
        return {}
    if matcher == "auto":
        raise UsageError(
            "Matcher parameters need a matcher.",
            "Choose the matcher that they belong to instead of the automatic choice.",
        )
    spec = get_spec(matcher)
    infos = {info.name: info for info in param_infos(spec.params)}
    out: dict[str, Any] = {}
    for part in filter(None, (p.strip() for p in text.replace("\n", ";").split(";"))):
        name, separator, value = (piece.strip() for piece in part.partition("="))
        if not separator or name not in infos:
            raise UsageError(
                f"The matcher parameter {part!r} is not understood.",
                f"{spec.label} has: {', '.join(infos) or 'none'}.",
            )
        kind = infos[name].type
        try:
            out[name] = (
                {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[
                    value.lower()
                ]
                if kind is bool
                else kind(value)
            )
        except (ValueError, KeyError) as error:
            raise UsageError(
                f"Matcher parameter {name}: {value!r} is not of type {kind.__name__}."
            ) from error
    return out


def _definition(info: ParamInfo, reference: str) -> QgsProcessingParameterDefinition:
    name, label = info.name.upper(), tr(info.label)
    limits = {
        key: value
        for key, value in (("minValue", info.min), ("maxValue", info.max))
        if value is not None
    }
    if info.unit == "map units" and reference:
        return QgsProcessingParameterDistance(
            name,
            label,
            defaultValue=info.default,
            parentParameterName=reference,
            optional=info.optional,
            **limits,
        )
    if info.unit:
        label += f" [{tr(info.unit)}]"
    if info.choices or info.name == "matcher":
        keys = list(info.choices) if info.choices else ["auto", *all_specs()]
        return QgsProcessingParameterEnum(
            name, label, options=keys, defaultValue=info.default, usesStaticStrings=True
        )
    if info.type is bool:
        return QgsProcessingParameterBoolean(name, label, defaultValue=info.default)
    if info.type in (int, float):
        kind = (
            QgsProcessingParameterNumber.Type.Integer
            if info.type is int
            else QgsProcessingParameterNumber.Type.Double
        )
        return QgsProcessingParameterNumber(
            name, label, type=kind, defaultValue=info.default, optional=info.optional, **limits
        )
    return QgsProcessingParameterString(
        name, label, defaultValue=info.default, optional=info.optional
    )


def _value(
    algorithm: AlignAlgorithm,
    info: ParamInfo,
    parameters: dict[str, Any],
    context: QgsProcessingContext,
) -> Any:
    name = info.name.upper()
    if info.choices or info.name == "matcher":
        return algorithm.parameterAsEnumString(parameters, name, context)
    if info.optional and parameters.get(name) in (None, ""):
        return None
    if info.type is bool:
        return algorithm.parameterAsBoolean(parameters, name, context)
    if info.type is int:
        return algorithm.parameterAsInt(parameters, name, context)
    if info.type is float:
        return algorithm.parameterAsDouble(parameters, name, context)
    return algorithm.parameterAsString(parameters, name, context)
