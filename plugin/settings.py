"""Settings of the plugin, typed, in QgsSettings under one prefix."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from qgis.core import QgsApplication, QgsSettings

from .core.errors import AlignError, WorkerError
from .core.fields import from_dict, param_infos
from .core.types import AlignParams
from .environment import managed_python

PREFIX = "sar_optical_align"
MANAGED, EXISTING = "managed", "existing"


def _key(name: str) -> str:
    return f"{PREFIX}/{name}"


def interpreter_mode() -> str:
    """Return "managed" or "existing"."""
    return str(QgsSettings().value(_key("interpreter_mode"), MANAGED))


def existing_python() -> str:
    """Return the path of the existing interpreter, or ""."""
    return str(QgsSettings().value(_key("existing_python"), "") or "")


def set_interpreter(mode: str, existing: str) -> None:
    """Store the choice of interpreter."""
    QgsSettings().setValue(_key("interpreter_mode"), mode)
    QgsSettings().setValue(_key("existing_python"), existing)


def managed_folder() -> Path:
    """Return the folder of the managed environment, in the user's profile."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "sar_optical_align" / "venv"


def session_folder() -> Path:
    """Return the folder of autosaved sessions, in the user's profile."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "sar_optical_align" / "sessions"


def worker_python() -> str:
    """Return the interpreter that runs the worker.

    Raises:
        WorkerError: none is set up, with what to do.
    """
    if interpreter_mode() == EXISTING:
        path = existing_python()
        if not path or not Path(path).exists():
            raise WorkerError("The interpreter chosen in the settings does not exist.", "Choose another one in Settings > Options > SAR-Optical Align.")
        return path
    python = managed_python(managed_folder())
    if python is None:
        raise WorkerError(
            "The matching environment is not installed yet.", "Create it in Settings > Options > SAR-Optical Align (one click, once)."
        )
    return str(python)


def load_params() -> AlignParams:
    """Return the parameters of the last run; values that no longer fit fall back to their defaults, one by one."""
    settings, params = QgsSettings(), AlignParams()
    known = {f.name for f in fields(AlignParams)}
    for info in param_infos(AlignParams):
        stored = settings.value(_key(f"params/{info.name}"), None)
        if stored is None or info.name not in known:
            continue
        try:
            if stored == "":
                value = None
            elif info.type is bool:
                value = str(stored).lower() == "true"
            else:
                value = info.type(stored)
            params = replace(params, **{info.name: value})
        except (AlignError, ValueError, TypeError):
            settings.remove(_key(f"params/{info.name}"))
    return params


def save_params(params: AlignParams) -> None:
    """Store parameters as the defaults of the next session."""
    settings = QgsSettings()
    for info in param_infos(AlignParams):
        value = getattr(params, info.name)
        settings.setValue(_key(f"params/{info.name}"), "" if value is None else str(value))


def params_from(values: dict[str, object]) -> AlignParams:
    """Make validated parameters of form values."""
    return from_dict(AlignParams, values)
