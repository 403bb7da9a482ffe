"""Files and layers made from a review."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer

from .core.errors import InputError
from .core.gcp_io import load_points, save_points
from .core.session import Session
from .layers import add_to_group, confidence_layer, reprojection
from .session_store import pair_key, store_folder


def import_points(session: Session | None, path: Path) -> int:
    """Replace a session's points by those of a file, as one undoable step; returns how many.

    Raises:
        AlignError: no session, or the file cannot be read.
    """
    if session is None:
        raise InputError("There is no pair of rasters to put the points on.", "Choose a reference and a sensed layer first.")
    wkt = session.reference_grid.crs_wkt
    points = load_points(path, session.reference_grid, session.sensed_grid, lambda source: reprojection(source, wkt))
    session.replace_all(points)
    return len(points)


def export_points(session: Session | None, path: Path) -> None:
    """Write the points as reviewed.

    Raises:
        AlignError: there is none, or the file cannot be written.
    """
    if session is None or not session.points:
        raise InputError("There are no points to export.", "Find tie points, or add some by hand, first.")
    save_points(path, session.to_tie_points(), session.reference_grid, session.sensed_grid, session.fit.residuals_px)


def add_confidence(session: Session | None) -> None:
    """Add the confidence layer to the project, in place of the one from before.

    Raises:
        AlignError: there are no points, or the file cannot be written.
    """
    if session is None or not session.points:
        raise InputError("There are no points yet.", "Find tie points first.")
    folder = store_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"confidence_{pair_key(session.reference, session.sensed)}.tif"
    remove_layers_of(path)
    add_to_group(confidence_layer(session.to_tie_points(), session.reference_grid, path))


def remove_layers_of(path: Path) -> None:
    """Take the raster layers of a file out of the project, before the file is replaced."""
    project = QgsProject.instance()
    for identifier, layer in list(project.mapLayers().items()):
        if isinstance(layer, QgsRasterLayer) and Path(layer.source()) == path:
            project.removeMapLayer(identifier)
