"""What the settings page needs to know and do about the worker's interpreter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.core import Qgis, QgsApplication, QgsNetworkAccessManager
from qgis.PyQt.QtNetwork import QNetworkProxy

from ...resources import version
from ..core.errors import AlignError
from ..core.types import AlignParams
from ..core.wording import explained
from ..gis.network import allowed_servers, forget_servers
from ..store import settings
from ..work.environment import diagnostics_report, likely_torch
from ..work.tasks import EnvironmentTask


class InterpreterService:
    """Settings, state, creation and diagnostics; the page holds widgets only."""

    def __init__(self) -> None:
        self.last_error = ""
        self.stored: Callable[[], None] | None = None
        self.creation: EnvironmentTask | None = None
        """What makes the managed environment now, also when the page that began it is gone."""

    @property
    def managed(self) -> bool:
        """Whether the managed environment is chosen."""
        return settings.interpreter_mode() == settings.MANAGED

    @property
    def existing_python(self) -> str:
        """The existing interpreter, or ""."""
        return settings.existing_python()

    @property
    def likely_torch(self) -> str:
        """Which torch suits this computer: "none", "cpu" or "pypi"."""
        return likely_torch()

    @property
    def defaults(self) -> AlignParams:
        """What the parameters begin with."""
        return settings.defaults()

    def store(self, managed: bool, existing_python: str, defaults: AlignParams) -> None:
        """Keep the choices, and tell of them."""
        settings.set_interpreter(
            settings.MANAGED if managed else settings.EXISTING, existing_python
        )
        settings.set_defaults(defaults)
        if self.stored is not None:
            self.stored()

    def state(
        self, managed: bool | None = None, existing_python: str | None = None
    ) -> tuple[bool, str]:
        """Return whether matching can run with these choices (None = those stored), and a sentence
        about it.
        """
        try:
            return True, settings.worker_python(managed, existing_python)
        except AlignError as error:
            return False, explained(error)

    def creation_task(self, wheels: str, torch: str) -> EnvironmentTask:
        """Return the task that makes the managed environment, with this torch of `environment`, not
        started; there is one at a time.
        """
        if self.creation is None:
            self.creation = EnvironmentTask(
                settings.managed_folder(), Path(wheels) if wheels else None, _proxy(), torch
            )
            self.creation.ended.connect(self._created)
        return self.creation

    def _created(self) -> None:
        self.creation = None
        if self.stored is not None:
            self.stored()

    @staticmethod
    def allowed_servers() -> list[str]:
        """Return the servers that files may refer to."""
        return allowed_servers()

    @staticmethod
    def forget_servers() -> None:
        """Let files refer to no server any more."""
        forget_servers()

    def diagnostics(self) -> str:
        """Return a report to copy into a bug report."""
        ready, python = self.state()
        return diagnostics_report(
            python if ready else None, version(), f"QGIS {Qgis.QGIS_VERSION}", self.last_error
        )

    @staticmethod
    def copy(text: str) -> None:
        """Put text on the clipboard."""
        QgsApplication.clipboard().setText(text)


def _proxy() -> str:
    """Return QGIS' proxy as pip takes it, "" for none."""
    proxy = QgsNetworkAccessManager.instance().fallbackProxy()
    if proxy.type() != QNetworkProxy.ProxyType.HttpProxy or not proxy.hostName():
        return ""
    return f"http://{proxy.hostName()}:{proxy.port()}"
