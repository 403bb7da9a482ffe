"""Where reviews are kept between sessions of QGIS, and how an earlier one is found again."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

from qgis.core import QgsMapLayer, QgsProject

from .core.errors import AlignError
from .core.session import Session
from .core.types import RasterRef
from .settings import PREFIX, session_folder

_ROLES = ("reference_layer", "sensed_layer")


def pair_key(reference: RasterRef, sensed: RasterRef) -> str:
    """Return what identifies a pair of rasters."""
    return hashlib.sha256(f"{reference.path}|{sensed.path}".encode()).hexdigest()[:16]


def store_folder() -> Path:
    """Return the folder of reviews: beside the project where it is saved and its folder can be written, else in the profile."""
    project = QgsProject.instance().absoluteFilePath()
    if project and os.access(Path(project).parent, os.W_OK):
        return Path(project).with_suffix("").with_name(f"{Path(project).stem}_alignment")
    return session_folder()


def session_file(reference: RasterRef, sensed: RasterRef) -> Path:
    """Return where the review of a pair is saved."""
    return store_folder() / f"{pair_key(reference, sensed)}.json"


def find_earlier(reference: RasterRef, sensed: RasterRef) -> tuple[Session, datetime] | None:
    """Return the saved review of a pair with its time, or None where there is none, it is empty or it cannot be read."""
    name = f"{pair_key(reference, sensed)}.json"
    files = [f for f in dict.fromkeys((store_folder() / name, session_folder() / name)) if f.is_file()]
    for file in sorted(files, key=lambda f: f.stat().st_mtime, reverse=True):
        try:
            session = Session.load(file)
        except AlignError:
            continue
        if session.points:
            return session, datetime.fromtimestamp(file.stat().st_mtime)
    return None


def keep_aside(file: Path) -> None:
    """Rename a saved review that is about to be replaced, so that nothing is lost."""
    if file.is_file():
        os.replace(file, file.with_suffix(".previous.json"))


def remember_pair(layers: tuple[QgsMapLayer | None, QgsMapLayer | None]) -> None:
    """Keep in the project which layers are matched."""
    for name, layer in zip(_ROLES, layers, strict=True):
        if layer is not None:
            QgsProject.instance().writeEntry(PREFIX, name, layer.id())


def recall_pair() -> tuple[QgsMapLayer | None, QgsMapLayer | None]:
    """Return the layers that were matched last in this project, None where there are none."""
    project = QgsProject.instance()
    reference, sensed = (project.mapLayer(project.readEntry(PREFIX, name, "")[0]) for name in _ROLES)
    return reference, sensed
