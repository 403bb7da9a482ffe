"""The page in Settings > Options: which interpreter runs the worker."""

from __future__ import annotations

from typing import Any, Protocol

from qgis.core import QgsApplication
from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QFontDatabase, QIcon
from qgis.PyQt.QtWidgets import QFormLayout, QGroupBox, QHBoxLayout, QLabel, QPlainTextEdit, QProgressBar, QPushButton, QRadioButton, QSpinBox, QVBoxLayout, QWidget

from .icons import icon
from .text import explained, tr

PAGE = "sarOpticalAlignOptions"


class Backend(Protocol):
    """What the page asks for; see `plugin.interpreter.InterpreterService`."""

    managed: bool
    existing_python: str
    threads: int

    def store(self, managed: bool, existing_python: str, threads: int) -> None: ...
    def state(self, managed: bool | None = None, existing_python: str | None = None) -> tuple[bool, str]: ...
    def creation_task(self, wheels: str) -> Any: ...
    def diagnostics(self) -> str: ...
    def copy(self, text: str) -> None: ...


class AlignOptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page."""

    def __init__(self, backend: Backend) -> None:
        super().__init__()
        self._backend = backend
        self.setTitle(tr("SAR-Optical Align"))
        self.setIcon(icon("align"))

    def icon(self) -> QIcon:
        """Return the icon in the list of pages."""
        return icon("align")

    def createWidget(self, parent: QWidget | None) -> QgsOptionsPageWidget:  # noqa: N802
        """Return a new page."""
        return AlignOptionsPage(self._backend, parent)


class AlignOptionsPage(QgsOptionsPageWidget):
    """Managed or existing interpreter, making the environment, threads, diagnostics."""

    def __init__(self, backend: Backend, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._task: Any = None
        self.setObjectName(PAGE)
        layout = QVBoxLayout(self)
        intro = QLabel(tr("Matching runs in a Python of its own, so that nothing in QGIS can break. Reviewing and warping work without it. Your data never leave this computer."))
        intro.setWordWrap(True)
        layout.addWidget(intro)
        layout.addWidget(self._make_interpreter())
        self.state = QLabel()
        self.state.setObjectName("interpreterState")
        self.state.setWordWrap(True)
        layout.addWidget(self.state)
        form = QFormLayout()
        self.threads = QSpinBox()
        self.threads.setObjectName("threads")
        self.threads.setRange(0, 256)
        self.threads.setSpecialValueText(tr("all"))
        self.threads.setValue(backend.threads)
        self.threads.setToolTip(tr("Processor threads used for matching"))
        form.addRow(tr("Threads"), self.threads)
        layout.addLayout(form)
        layout.addWidget(self._make_diagnostics(), 1)
        self._show_running(False)
        self._show_state()

    def _make_interpreter(self) -> QGroupBox:
        box = QGroupBox(tr("Python for matching"))
        rows = QVBoxLayout(box)
        self.managed = QRadioButton(tr("Managed environment (recommended)"))
        self.managed.setObjectName("managedRadio")
        self.existing = QRadioButton(tr("An existing Python that has the packages"))
        self.existing.setObjectName("existingRadio")
        self.managed.setChecked(self._backend.managed)
        self.existing.setChecked(not self._backend.managed)
        rows.addWidget(self.managed)
        form = QFormLayout()
        form.setContentsMargins(24, 0, 0, 8)
        self.wheels = QgsFileWidget()
        self.wheels.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.wheels.lineEdit().setPlaceholderText(tr("only for computers without network"))
        self.wheels.setToolTip(tr("A folder of wheels, made elsewhere with: pip download -r requirements-worker.txt"))
        form.addRow(tr("Folder of wheels"), self.wheels)
        row = QHBoxLayout()
        self.create_button = QPushButton(icon("settings"), tr("Create managed environment"))
        self.create_button.setObjectName("createEnvironment")
        self.create_button.clicked.connect(self._create)
        self.progress = QProgressBar()
        self.cancel_button = QPushButton(icon("stop"), tr("Cancel"))
        self.cancel_button.setObjectName("cancelEnvironment")
        self.cancel_button.clicked.connect(self._cancel)
        row.addWidget(self.create_button)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel_button)
        row.addStretch(0)
        form.addRow(row)
        rows.addLayout(form)
        rows.addWidget(self.existing)
        form = QFormLayout()
        form.setContentsMargins(24, 0, 0, 0)
        self.python = QgsFileWidget()
        self.python.setObjectName("existingPython")
        self.python.setFilePath(self._backend.existing_python)
        form.addRow(tr("Interpreter"), self.python)
        rows.addLayout(form)
        for signal in (self.managed.toggled, self.python.fileChanged):
            signal.connect(lambda _value: self._show_state())
        return box

    def _make_diagnostics(self) -> QGroupBox:
        box = QGroupBox(tr("Diagnostics"))
        rows = QVBoxLayout(box)
        buttons = QHBoxLayout()
        make = QPushButton(tr("Make report"))
        make.setObjectName("makeReport")
        make.clicked.connect(lambda: self.report.setPlainText(self._backend.diagnostics()))
        copy = QPushButton(tr("Copy"))
        copy.setObjectName("copyReport")
        copy.clicked.connect(lambda: self._backend.copy(self.report.toPlainText()))
        buttons.addWidget(make)
        buttons.addWidget(copy)
        buttons.addStretch(1)
        rows.addLayout(buttons)
        self.report = QPlainTextEdit()
        self.report.setObjectName("report")
        self.report.setReadOnly(True)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.report.setPlaceholderText(tr("Versions and packages, without personal data: paste it into a bug report."))
        rows.addWidget(self.report, 1)
        return box

    def apply(self) -> None:
        """Store the choices."""
        self._backend.store(self.managed.isChecked(), self.python.filePath(), self.threads.value())

    def _show_running(self, running: bool) -> None:
        self.create_button.setEnabled(not running)
        self.progress.setVisible(running)
        self.cancel_button.setVisible(running)

    def _show_state(self) -> None:
        ready, text = self._backend.state(self.managed.isChecked(), self.python.filePath())
        self.state.setText(tr("<b>Ready</b>: {0}").format(text) if ready else tr("<b>Not ready</b>: {0}").format(text))
        managed = self.managed.isChecked()
        self.python.setEnabled(not managed)
        self.wheels.setEnabled(managed)
        self.create_button.setVisible(True)
        self.create_button.setText(tr("Create anew") if managed and ready else tr("Create managed environment"))

    def _create(self) -> None:
        if self._task is not None:
            return
        self.managed.setChecked(True)
        self._task = self._backend.creation_task(self.wheels.filePath())
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
            self.state.setText(explained(task.error))
