"""Settings of the plugin, typed, in QgsSettings under one prefix."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsSettings

from ..core.errors import AlignError, WorkerError
from ..core.fields import from_dict, param_infos
from ..core.types import AlignParams
from ..work.environment import check_existing, managed_python

PREFIX = "sar_optical_align"
MANAGED, EXISTING = "managed", "existing"
MACHINE = ("device", "threads", "memory_mb")
_TASK = tuple(info.name for info in param_infos(AlignParams) if info.name not in MACHINE)


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
        if not path:
            raise WorkerError(
                "No existing Python is chosen.",
                "Choose one in Settings > Options > SAR-Optical Align.",
            )
        check_existing(path)
        return path
    python = managed_python(managed_folder())
    if python is None:
        raise WorkerError(
            "The matching environment is not installed yet.",
            "Create it in Settings > Options > SAR-Optical Align (one click, once).",
        )
    return str(python)


def defaults() -> AlignParams:
    """Return what the analyst wants parameters to begin with; values that do not fit count as not
    set, one by one.
    """
    return _read("defaults", AlignParams(), tuple(i.name for i in param_infos(AlignParams)))


def set_defaults(params: AlignParams) -> None:
    """Store what parameters begin with; what is changed here takes the place of the last run's
    value.
    """
    before = defaults()
    for info in param_infos(AlignParams):
        if getattr(params, info.name) != getattr(before, info.name):
            QgsSettings().remove(_key(f"params/{info.name}"))
    _write("defaults", params, tuple(i.name for i in param_infos(AlignParams)))


def machine() -> dict[str, Any]:
    """Return the parameters that belong to the computer, not to the task: device, threads, memory
    budget.
    """
    params = defaults()
    return {name: getattr(params, name) for name in MACHINE}


def load_params() -> AlignParams:
    """Return the parameters of the last run, the defaults where there was none; those of the
    computer are always the defaults.
    """
    return _read("params", defaults(), _TASK)


def save_params(params: AlignParams) -> None:
    """Store the parameters of a run: the next session begins with them."""
    _write("params", params, _TASK)


def _read(group: str, params: AlignParams, names: tuple[str, ...]) -> AlignParams:
    settings = QgsSettings()
    for info in param_infos(AlignParams):
        stored = settings.value(_key(f"{group}/{info.name}"), None)
        if stored is None or info.name not in names:
            continue
        try:
            value: Any
            if stored == "" and info.optional:
                value = None
            elif info.type is bool:
                value = str(stored).lower() == "true"
            else:
                value = info.type(stored)
            params = replace(params, **{info.name: value})
        except (AlignError, ValueError, TypeError):
            settings.remove(_key(f"{group}/{info.name}"))
    return params


def _write(group: str, params: AlignParams, names: tuple[str, ...]) -> None:
    settings = QgsSettings()
    for name in names:
        value = getattr(params, name)
        settings.setValue(_key(f"{group}/{name}"), "" if value is None else value)


def params_from(values: dict[str, object]) -> AlignParams:
    """Make validated parameters of form values."""
    return from_dict(AlignParams, values)
