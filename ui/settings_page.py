"""The page in Settings > Options: which interpreter runs the worker."""

from __future__ import annotations

from pathlib import Path

from qgis.core import Qgis, QgsApplication, QgsNetworkAccessManager
from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtNetwork import QNetworkProxy
from qgis.PyQt.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from .text import tr

_ICON = Path(__file__).resolve().parent.parent / "resources" / "icons" / "align.svg"


class AlignOptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page."""

    def __init__(self) -> None:
        super().__init__()
        self.setTitle(tr("SAR-Optical Align"))
        self.setIcon(QIcon(str(_ICON)))

    def createWidget(self, parent: QWidget | None) -> QgsOptionsPageWidget:  # noqa: N802
        """Return a new page."""
        return AlignOptionsPage(parent)


class AlignOptionsPage(QgsOptionsPageWidget):
    """Managed or existing interpreter, making the environment, diagnostics."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        from ..plugin import settings

        self._settings = settings
        self._task = None
        self.setObjectName("sarOpticalAlignOptions")
        layout = QVBoxLayout(self)
        intro = QLabel(
            tr(
                "Matching runs in its own Python, so that nothing in QGIS can break. Reviewing and warping work without it. Your data never leave this computer."
            )
        )
        intro.setWordWrap(True)
        layout.addWidget(intro)
        self.managed = QRadioButton(tr("Managed environment (recommended)"))
        self.existing = QRadioButton(tr("An existing Python that has the packages"))
        self.managed.setObjectName("managedRadio")
        self.existing.setObjectName("existingRadio")
        managed_mode = settings.interpreter_mode() == settings.MANAGED
        self.managed.setChecked(managed_mode)
        self.existing.setChecked(not managed_mode)
        layout.addWidget(self.managed)
        form = QFormLayout()
        self.wheels = QgsFileWidget()
        self.wheels.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.wheels.setToolTip(
            tr("For computers without network: a folder of wheels made with pip download -r requirements-worker.txt")
        )
        form.addRow(tr("Folder of wheels (offline)"), self.wheels)
        layout.addLayout(form)
        row = QHBoxLayout()
        self.create_button = QPushButton(tr("Create or update environment"))
        self.create_button.setObjectName("createEnvironment")
        self.create_button.clicked.connect(self._create)
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.clicked.connect(self._cancel)
        self.progress = QProgressBar()
        row.addWidget(self.create_button)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel_button)
        layout.addLayout(row)
        layout.addWidget(self.existing)
        self.python = QgsFileWidget()
        self.python.setObjectName("existingPython")
        self.python.setFilePath(settings.existing_python())
        layout.addWidget(self.python)
        self.state = QLabel()
        self.state.setWordWrap(True)
        layout.addWidget(self.state)
        diagnose = QPushButton(tr("Diagnostics report"))
        diagnose.clicked.connect(self._diagnose)
        self.copy_button = QPushButton(tr("Copy"))
        self.copy_button.clicked.connect(lambda: QgsApplication.clipboard().setText(self.report.toPlainText()))
        row = QHBoxLayout()
        row.addWidget(diagnose)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        layout.addLayout(row)
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        layout.addWidget(self.report, 1)
        self._show_running(False)
        self._show_state()

    def apply(self) -> None:
        """Store the choice."""
        s = self._settings
        s.set_interpreter(s.MANAGED if self.managed.isChecked() else s.EXISTING, self.python.filePath())

    def _show_running(self, running: bool) -> None:
        self.create_button.setEnabled(not running)
        self.progress.setVisible(running)
        self.cancel_button.setVisible(running)

    def _show_state(self) -> None:
        from ..plugin.core.errors import WorkerError

        try:
            self.state.setText(tr("Ready: {0}").format(self._settings.worker_python()))
        except WorkerError as error:
            self.state.setText(str(error))

    def _create(self) -> None:
        from ..plugin.tasks import EnvironmentTask

        wheels = Path(self.wheels.filePath()) if self.wheels.filePath() else None
        self._task = EnvironmentTask(self._settings.managed_folder(), wheels, _proxy())
        self._task.progressChanged.connect(lambda value: self.progress.setValue(int(value)))
        self._task.said.connect(self.state.setText)
        self._task.logged.connect(self.report.appendPlainText)
        self._task.ended.connect(self._created)
        self._show_running(True)
        QgsApplication.taskManager().addTask(self._task)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _created(self) -> None:
        task, self._task = self._task, None
        self._show_running(False)
        self._show_state()
        if task is not None and task.error is not None:
            self.state.setText(str(task.error))

    def _diagnose(self) -> None:
        from ..plugin.core.errors import WorkerError
        from ..plugin.environment import diagnostics_report

        try:
            python: str | None = self._settings.worker_python()
        except WorkerError:
            python = None
        self.report.setPlainText(diagnostics_report(python, _plugin_version(), f"QGIS {Qgis.QGIS_VERSION}"))


def _plugin_version() -> str:
    metadata = _ICON.parent.parent.parent / "metadata.txt"
    lines = metadata.read_text(encoding="utf-8").splitlines() if metadata.exists() else []
    return next((line.split("=", 1)[1] for line in lines if line.startswith("version=")), "?")


def _proxy() -> str:
    """Return QGIS' proxy as pip takes it, "" for none."""
    proxy = QgsNetworkAccessManager.instance().fallbackProxy()
    if proxy.type() != QNetworkProxy.ProxyType.HttpProxy or not proxy.hostName():
        return ""
    return f"http://{proxy.hostName()}:{proxy.port()}"
