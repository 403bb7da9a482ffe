"""Files and layers made from a review."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qgis.core import QgsMapLayerStyle, QgsProject, QgsRasterLayer, QgsVectorLayer

from ..core.errors import InputError
from ..core.output.gdal_script import write_gdal_script
from ..core.outputs import check
from ..core.points.files import load_reviewed, save_points
from ..core.run.processing_command import run_command
from ..core.session.session import Session
from ..core.types import WarpParams
from ..core.wording import fill, tr
from ..gis.confidence import confidence_layer
from ..gis.groups import add_to_group
from ..gis.input_files import files_of
from ..gis.rasters import reprojection
from ..gis.siblings import Sibling
from ..store.session_store import pair_key, store_folder


def import_points(session: Session | None, path: Path) -> int:
    """Replace a session's points by those of a file, as one undoable step; returns how many.

    Raises:
        AlignError: no session, or the file cannot be read.
    """
    if session is None:
        raise InputError(
            "There is no pair of rasters to put the points on.",
            "Choose a reference and a sensed layer first.",
        )
    wkt = session.reference_grid.crs_wkt
    points = load_reviewed(
        path,
        session.reference_grid,
        session.sensed_grid,
        lambda source: reprojection(source, wkt, session.reference_grid),
    )
    session.replace_all(points)
    return len(points)


def export_points(session: Session | None, path: Path) -> None:
    """Write the points as reviewed.

    Raises:
        AlignError: there is none, or the file cannot be written.
    """
    if session is None or not session.points:
        raise InputError(
            "There are no points to export.", "Find tie points, or add some by hand, first."
        )
    _check(session, path)
    save_points(
        path, session.points, session.reference_grid, session.sensed_grid, session.fit.residuals_px
    )


def export_script(session: Session | None, path: Path, output: str, params: WarpParams) -> None:
    """Write the warp as a script of GDAL's programs.

    Raises:
        AlignError: there is no fit, or the file cannot be written.
    """
    if session is None or session.fit.transform is None:
        raise InputError(
            "There is no fit to write a script of.", "Find tie points, or add some by hand, first."
        )
    _check(session, path)
    write_gdal_script(
        path,
        session.points,
        session.reference_grid,
        session.sensed.path,
        output,
        session.fit.model,
        params,
    )


def _check(session: Session, path: Path) -> None:
    rasters = [session.reference.path, session.sensed.path]
    check(path, rasters, files_of(rasters))


def run_line(session: Session | None, output: str, params: WarpParams) -> str:
    """Return the run of a review as a line of qgis_process.

    Raises:
        InputError: no run found the points.
    """
    if session is None or session.run is None:
        raise InputError(
            "No run found these points.",
            "Find tie points first; imported or added points have no command.",
        )
    request = session.record().request
    # the automatic choices may be others some day, and the model may have been chosen in the review
    ran = replace(
        request,
        params=replace(request.params, matcher=session.run.matcher, model=session.fit.model),
    )
    return run_command(ran, params, str(Path(output).with_suffix(".gpkg")), output)


def add_points_layer(session: Session | None) -> None:
    """Add the points of a review to the project as the layer they are in its file.

    Raises:
        InputError: there are none yet.
    """
    if session is None or session.file is None or not session.file.path.is_file():
        raise InputError("There are no points yet.", "Find tie points, or add some by hand, first.")
    session.note_fit()
    source = f"{session.file.path}|layername=points"
    project = QgsProject.instance()
    for layer in list(project.mapLayers().values()):
        if layer.source() == source:
            project.removeMapLayer(layer.id())
    layer = QgsVectorLayer(
        source, fill(tr("Control points of {0}"), Path(session.sensed.path).stem), "ogr"
    )
    layer.setReadOnly(True)
    add_to_group(layer, aid="points")


def repaint_points(file: Path) -> None:
    """Draw the layers of a review's file anew, after an edit."""
    for layer in QgsProject.instance().mapLayers().values():
        if layer.source().startswith(f"{file}|"):
            layer.triggerRepaint()


def add_warped(sibling: Sibling) -> None:
    """Add a layer that was warped along to the project, drawn as the one it comes from."""
    original = QgsProject.instance().mapLayer(sibling.layer_id)
    name = sibling.output.stem
    layer = (
        QgsRasterLayer(str(sibling.output), name)
        if sibling.output.suffix == ".tif"
        else QgsVectorLayer(str(sibling.output), name, "ogr")
    )
    if original is not None:
        style = QgsMapLayerStyle()
        style.readFromLayer(original)
        style.writeToLayer(layer)
    add_to_group(layer)


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
    add_to_group(
        confidence_layer(session.to_tie_points(), session.reference_grid, path), aid="confidence"
    )


def remove_layers_of(path: Path) -> None:
    """Take the raster layers of a file out of the project, before the file is replaced."""
    project = QgsProject.instance()
    for identifier, layer in list(project.mapLayers().items()):
        if isinstance(layer, QgsRasterLayer) and Path(layer.source()) == path:
            project.removeMapLayer(identifier)
