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


def threads() -> int:
    """Return the number of processor threads to use, 0 = all."""
    try:
        return min(max(int(QgsSettings().value(_key("params/threads"), 0)), 0), 256)
    except (TypeError, ValueError):
        return 0


def set_threads(number: int) -> None:
    """Store the number of processor threads."""
    QgsSettings().setValue(_key("params/threads"), str(number))


def worker_python(managed: bool | None = None, existing: str | None = None) -> str:
    """Return the interpreter that runs the worker.

    Args:
        managed: Whether the managed one is meant; None = as stored.
        existing: The existing interpreter; None = as stored.

    Raises:
        WorkerError: none is set up, with what to do.
    """
    managed = interpreter_mode() == MANAGED if managed is None else managed
    if not managed:
        path = existing_python() if existing is None else existing
        if not path or not Path(path).is_file():
            raise WorkerError(
                "No existing Python is chosen." if not path else f"The interpreter {path} does not exist.",
                "Choose one in Settings > Options > SAR-Optical Align.",
            )
        return path
    python = managed_python(managed_folder())
    if python is None:
        raise WorkerError("The matching environment is not installed yet.", "Create it in Settings > Options > SAR-Optical Align (one click, once).")
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
