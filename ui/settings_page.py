"""The page in Settings > Options: which interpreter runs the worker, what it may use of the
computer, what parameters begin with.
"""

from __future__ import annotations

import sys
from typing import Any, Protocol

from qgis.core import QgsApplication
from qgis.gui import (
    QgsCollapsibleGroupBox,
    QgsFileWidget,
    QgsOptionsPageWidget,
    QgsOptionsWidgetFactory,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFontDatabase, QIcon
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..plugin.core.errors import AlignError
from ..plugin.core.types import AlignParams
from ..plugin.matchers import all_specs
from .parts.help import help_button
from .parts.hints import hint_box, hint_file
from .parts.icons import icon
from .parts.params_form import ParamsForm
from .parts.text import as_text, explained, fill, tr

PAGE = "sarOpticalAlignOptions"
_COMPUTER = ("device", "threads", "memory_mb")


class Backend(Protocol):
    """What the page asks for; see `plugin.dock.interpreter.InterpreterService`."""

    managed: bool
    existing_python: str
    defaults: AlignParams
    creation: Any
    likely_torch: str

    def store(self, managed: bool, existing_python: str, defaults: AlignParams) -> None: ...
    def state(
        self, managed: bool | None = None, existing_python: str | None = None
    ) -> tuple[bool, str]: ...
    def creation_task(self, wheels: str, torch: str) -> Any: ...
    def allowed_servers(self) -> list[str]: ...
    def forget_servers(self) -> None: ...
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
    """Managed or existing interpreter, making the environment, computer, defaults, diagnostics."""

    def __init__(self, backend: Backend, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self._task: Any = None
        self.setObjectName(PAGE)
        layout = self._make_scrolled()
        intro = QLabel(
            tr(
                "Matching runs in a Python of its own, so that nothing in QGIS can "
                "break. Reviewing and warping work without it. Your data never leave this computer."
            )
        )
        intro.setWordWrap(True)
        top = QHBoxLayout()
        top.addWidget(intro, 1)
        top.addWidget(help_button(lambda: "settings"))
        layout.addLayout(top)
        layout.addWidget(self._make_interpreter())
        self.state = QLabel()
        self.state.setObjectName("interpreterState")
        self.state.setWordWrap(True)
        layout.addWidget(self.state)
        layout.addWidget(self._make_computer())
        layout.addWidget(self._make_defaults())
        layout.addLayout(self._make_servers())
        layout.addWidget(self._make_diagnostics(), 1)
        self._show_running(False)
        self._show_state()
        if self._backend.creation is not None:
            self._attach(self._backend.creation)

    def _make_scrolled(self) -> QVBoxLayout:
        """Let the page scroll where the dialog is low; return the layout inside."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        area.setWidget(inside)
        outer.addWidget(area)
        return QVBoxLayout(inside)

    def _make_computer(self) -> QGroupBox:
        box = QGroupBox(tr("Computer"))
        rows = QVBoxLayout(box)
        self.computer = ParamsForm(AlignParams, self._backend.defaults, only=_COMPUTER)
        rows.addWidget(self.computer)
        return box

    def _make_defaults(self) -> QgsCollapsibleGroupBox:
        box = QgsCollapsibleGroupBox(tr("Defaults of matching"))
        box.setObjectName("matchingDefaults")
        box.setSaveCollapsedState(False)
        rows = QVBoxLayout(box)
        note = QLabel(
            tr(
                "What the dock begins with; what is changed here replaces the values of "
                "the last run."
            )
        )
        note.setWordWrap(True)
        rows.addWidget(note)
        matchers = {"auto": "Automatic (most accurate)"} | {
            key: spec.label for key, spec in all_specs().items()
        }
        self.defaults = ParamsForm(
            AlignParams, self._backend.defaults, skip=_COMPUTER, choices={"matcher": matchers}
        )
        rows.addWidget(self.defaults)
        self.restore_button = QPushButton(tr("&Restore defaults"))
        self.restore_button.setObjectName("restoreDefaults")
        self.restore_button.setToolTip(
            tr(
                "Set everything under Computer and Defaults of matching as it was when "
                "the plugin was new; stored with OK"
            )
        )
        self.restore_button.clicked.connect(self._restore)
        rows.addWidget(self.restore_button, 0, Qt.AlignmentFlag.AlignLeft)
        box.setCollapsed(True)
        hint_box(box)
        return box

    def _restore(self) -> None:
        for form in (self.computer, self.defaults):
            form.show_values(AlignParams())

    def _make_interpreter(self) -> QGroupBox:
        box = QGroupBox(tr("Python for matching"))
        rows = QVBoxLayout(box)
        self.managed = QRadioButton(tr("&Managed environment (recommended)"))
        self.managed.setToolTip(
            tr(
                "A Python environment that the plugin makes for itself, from pinned "
                "packages, in your QGIS profile"
            )
        )
        self.managed.setObjectName("managedRadio")
        self.existing = QRadioButton(tr("An &existing Python that has the packages"))
        self.existing.setToolTip(
            tr("A Python of your own, for example a conda environment with a torch for your GPU")
        )
        self.existing.setObjectName("existingRadio")
        self.managed.setChecked(self._backend.managed)
        self.existing.setChecked(not self._backend.managed)
        rows.addWidget(self.managed)
        rows.addLayout(self._make_managed())
        rows.addWidget(self.existing)
        rows.addLayout(self._make_existing())
        for signal in (self.managed.toggled, self.python.fileChanged):
            signal.connect(lambda _value: self._show_state())
        return box

    def _make_managed(self) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(24, 0, 0, 8)
        self.wheels = QgsFileWidget()
        self.wheels.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.wheels.lineEdit().setPlaceholderText(tr("only for computers without network"))
        hint_file(
            self.wheels,
            tr("Folder of wheels"),
            tr("A folder of wheels, made elsewhere with pip download, see Help"),
        )
        form.addRow(tr("Folder of &wheels"), self.wheels)
        form.addRow(tr("Py&Torch"), self._make_torch())
        form.addRow(self._make_creation())
        return form

    def _make_torch(self) -> QComboBox:
        self.torch = QComboBox()
        self.torch.setObjectName("torchChoice")
        if sys.platform == "linux":
            self.torch.addItem(
                tr("without CUDA, from download.pytorch.org (1.7 GB on disk)"), "cpu"
            )
            self.torch.addItem(tr("with CUDA for NVIDIA cards, from PyPI (6 GB on disk)"), "pypi")
        else:
            self.torch.addItem(tr("from PyPI"), "pypi")
        self.torch.addItem(tr("none: only matchers without networks"), "none")
        self.torch.setCurrentIndex(max(self.torch.findData(self._backend.likely_torch), 0))
        self.torch.setToolTip(
            tr(
                "PyTorch runs the networks. Every package is checked against a known "
                "checksum, wherever it comes from"
            )
        )
        return self.torch

    def _make_creation(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.create_button = QPushButton(icon("settings"), tr("Create managed environment"))
        self.create_button.setObjectName("createEnvironment")
        self.create_button.setToolTip(
            tr(
                "Make the environment anew; takes some minutes and needs the network or "
                "a folder of wheels"
            )
        )
        self.create_button.clicked.connect(self._create)
        self.progress = QProgressBar()
        self.progress.setToolTip(tr("How far the environment is"))
        self.progress.setAccessibleName(tr("Progress"))
        self.cancel_button = QPushButton(icon("stop"), tr("Cancel"))
        self.cancel_button.setObjectName("cancelEnvironment")
        self.cancel_button.setToolTip(tr("Stop; what was made so far is removed"))
        self.cancel_button.clicked.connect(self._cancel)
        row.addWidget(self.create_button)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel_button)
        row.addStretch(0)
        return row

    def _make_existing(self) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(24, 0, 0, 0)
        self.python = QgsFileWidget()
        self.python.setObjectName("existingPython")
        self.python.setFilePath(self._backend.existing_python)
        hint_file(
            self.python,
            tr("Interpreter"),
            tr(
                "The python program itself, such as bin/python of a virtual environment "
                "or python.exe"
            ),
        )
        form.addRow(tr("&Interpreter"), self.python)
        return form

    def _make_servers(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.servers = QLabel()
        self.servers.setObjectName("allowedServers")
        self.servers.setWordWrap(True)
        self.forget_button = QPushButton(tr("&Forget"))
        self.forget_button.setObjectName("forgetServers")
        self.forget_button.setToolTip(
            tr("Let no file be read over the network any more without asking; at once")
        )
        self.forget_button.clicked.connect(self._forget_servers)
        row.addWidget(self.servers, 1)
        row.addWidget(self.forget_button, 0, Qt.AlignmentFlag.AlignTop)
        self._show_servers()
        return row

    def _forget_servers(self) -> None:
        self._backend.forget_servers()
        self._show_servers()

    def _show_servers(self) -> None:
        servers = self._backend.allowed_servers()
        named = as_text(", ".join(servers)) if servers else tr("none")
        self.servers.setText(fill(tr("Servers that files may be read from: {0}"), named))
        self.forget_button.setEnabled(bool(servers))

    def _make_diagnostics(self) -> QGroupBox:
        box = QGroupBox(tr("Diagnostics"))
        self.report = QPlainTextEdit()
        rows = QVBoxLayout(box)
        buttons = QHBoxLayout()
        make = QPushButton(tr("Make re&port"))
        make.setToolTip(tr("Collect versions and packages of QGIS and of the Python for matching"))
        make.setObjectName("makeReport")
        make.clicked.connect(lambda: self.report.setPlainText(self._backend.diagnostics()))
        copy = QPushButton(tr("&Copy"))
        copy.setToolTip(tr("Put the report on the clipboard"))
        copy.setObjectName("copyReport")
        copy.clicked.connect(lambda: self._backend.copy(self.report.toPlainText()))
        buttons.addWidget(make)
        buttons.addWidget(copy)
        buttons.addStretch(1)
        rows.addLayout(buttons)
        self.report.setObjectName("report")
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setMinimumHeight(6 * self.report.fontMetrics().height())
        self.report.setToolTip(tr("The report on versions and packages"))
        self.report.setAccessibleName(tr("Diagnostics"))
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.report.setPlaceholderText(
            tr("Versions and packages, without personal data: paste it into a bug report.")
        )
        rows.addWidget(self.report, 1)
        return box

    def apply(self) -> None:
        """Store the choices."""
        try:
            defaults = AlignParams(**{**self.defaults.values(), **self.computer.values()})
        except AlignError as error:  # a number cannot be read: what was stored stays
            self.state.setText(as_text(explained(error)))
            defaults = self._backend.defaults
        self._backend.store(self.managed.isChecked(), self.python.filePath(), defaults)

    def _show_running(self, running: bool) -> None:
        self.create_button.setEnabled(not running)
        self.progress.setVisible(running)
        self.cancel_button.setVisible(running)

    def _show_state(self) -> None:
        ready, text = self._backend.state(self.managed.isChecked(), self.python.filePath())
        self.state.setText(
            fill(tr("<b>Ready</b>: {0}"), as_text(text))
            if ready
            else fill(tr("<b>Not ready</b>: {0}"), as_text(text))
        )
        managed = self.managed.isChecked()
        self.python.setEnabled(not managed)
        self.wheels.setEnabled(managed)
        self.create_button.setVisible(True)
        self.create_button.setText(
            tr("Create anew") if managed and ready else tr("Create managed environment")
        )

    def _create(self) -> None:
        if self._task is not None:
            return
        self.managed.setChecked(True)
        self._attach(
            self._backend.creation_task(self.wheels.filePath(), str(self.torch.currentData()))
        )
        QgsApplication.taskManager().addTask(self._task)

    def _attach(self, task: Any) -> None:
        """Show a task that makes the environment; it outlives the page, so only methods of its
        widgets are connected.
        """
        self._task = task
        task.progressChanged.connect(self._show_progress)
        task.said.connect(self.state.setText)
        task.logged.connect(self.report.appendPlainText)
        task.ended.connect(self._created)
        self._show_running(True)

    def _show_progress(self, value: float) -> None:
        self.progress.setValue(int(value))

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _created(self) -> None:
        task, self._task = self._task, None
        self._show_running(False)
        self._show_state()
        if task is not None and task.error is not None:
            self.state.setText(as_text(explained(task.error)))
