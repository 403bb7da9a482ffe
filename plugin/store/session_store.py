"""Where reviews are kept between sessions of QGIS, and how an earlier one is found again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

from osgeo import gdal
from qgis.core import Qgis, QgsMapLayer, QgsProject

from ...resources import FOLDER, version
from ..core.errors import AlignError
from ..core.fit.result import AlignResult
from ..core.geometry.grid import Grid
from ..core.session.file import SessionFile, copy_review, load_record
from ..core.session.fingerprint import Fingerprint, change_of, fingerprint
from ..core.session.record import RunRecord, SessionRecord
from ..core.session.session import Session
from ..core.types import AlignParams, RasterRef
from ..gis.rasters import grid_of
from .settings import PREFIX, load_params, machine, session_folder

_ROLES = ("reference_layer", "sensed_layer")
_STYLE = FOLDER / "styles" / "review_points.qml"
_WEIGHTS = FOLDER / "weights"
_ASIDE = (".previous", ".other", ".damaged")
_WEIGHT_FILES = (".safetensors", ".json")
_JOURNALS = ("", "-journal", "-wal", "-shm")


@dataclass(frozen=True, eq=False)
class Earlier:
    """A review found again.

    Attributes:
        session: It, kept in its file from now on.
        time: Of its last change by the analyst or a run; opening it is none.
        warnings: What became of its rasters since, in words, with what to do.
    """

    session: Session
    time: datetime
    warnings: tuple[str, ...]


def pair_key(reference: RasterRef, sensed: RasterRef) -> str:
    """Return what identifies a pair of rasters."""
    return hashlib.sha256(f"{reference.path}|{sensed.path}".encode()).hexdigest()[:16]


def store_folder() -> Path:
    """Return the folder of reviews: beside the project where it is saved and its folder can be
    written, else in the profile.
    """
    project = QgsProject.instance().absoluteFilePath()
    if project and os.access(Path(project).parent, os.W_OK):
        return Path(project).with_suffix("").with_name(f"{Path(project).stem}_alignment")
    return session_folder()


def session_path(reference: RasterRef, sensed: RasterRef) -> Path:
    """Return where the review of a pair is kept."""
    stems = [re.sub(r"[^\w.-]+", "_", Path(ref.path).stem)[:40] for ref in (sensed, reference)]
    return store_folder() / f"{stems[0]}_on_{stems[1]}_{pair_key(reference, sensed)[:8]}.gpkg"


def session_file(reference: RasterRef, sensed: RasterRef) -> SessionFile:
    """Return the file that a new review of a pair is to be kept in; its folder is made."""
    path = session_path(reference, sensed)
    path.parent.mkdir(parents=True, exist_ok=True)
    return SessionFile(path, _STYLE.read_text(encoding="utf-8"), versions())


def new_session(reference: RasterRef, sensed: RasterRef, model: str) -> Session:
    """Begin a review; one of before is kept aside.

    Raises:
        AlignError: a raster cannot be read, or the earlier review cannot be copied.
    """
    session = Session(
        reference,
        sensed,
        grid_of(reference),
        grid_of(sensed),
        model,
        session_file(reference, sensed),
    )
    note_inputs(session)
    keep_aside(session_path(reference, sensed))
    return session


def take_grids(session: Session) -> None:
    """Read the grids of both rasters anew: a layer may have been given another CRS.

    Raises:
        AlignError: a raster cannot be read.
    """
    session.reference_grid, session.sensed_grid = (
        grid_of(session.reference),
        grid_of(session.sensed),
    )


def note_inputs(session: Session) -> None:
    """Remember what both files hold now: what later changes are told from."""
    session.inputs = fingerprint(session.reference.path), fingerprint(session.sensed.path)


def versions() -> dict[str, str]:
    """Return the versions of what keeps reviews."""
    return {
        "SAR-Optical Align": version(),
        "QGIS": Qgis.QGIS_VERSION,
        "GDAL": gdal.__version__,
    }


def run_record(result: AlignResult) -> RunRecord:
    """Return what is kept of a run: parameters, figures, versions, the weights' checksum."""
    own = result.request.params.matcher_params.get("weights")
    weights = fingerprint(str(own or _WEIGHTS / f"{result.matcher}.safetensors"))
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return RunRecord.of(result, weights if weights.known else None, now, versions())


def find_earlier(reference: RasterRef, sensed: RasterRef) -> Earlier | None:
    """Return the newest saved review of a pair, or None where there is none with points that can be
    read.

    A review belongs to the pair by the paths of its rasters or, where a raster was moved or
    renamed, by their content.
    """
    folders = [f for f in dict.fromkeys((store_folder(), session_folder())) if f.is_dir()]
    files = [
        f
        for folder in folders
        for pattern in ("*.gpkg", "*.json")
        for f in folder.glob(pattern)
        if not f.name.startswith(".") and f.is_file()
    ]
    if not files:
        return None
    now = fingerprint(reference.path), fingerprint(sensed.path)
    for file in sorted(files, key=lambda f: f.stat().st_mtime, reverse=True):
        with contextlib.suppress(AlignError):
            if not _belongs(load_record(file, points=False), reference, sensed, now):
                continue
            record = load_record(file)
            if record.points:
                return _earlier(file, record, reference, sensed, now)
    return None


def _belongs(
    record: SessionRecord,
    reference: RasterRef,
    sensed: RasterRef,
    now: tuple[Fingerprint, Fingerprint],
) -> bool:
    if (record.reference.path, record.sensed.path) == (reference.path, sensed.path):
        return True
    return len(record.inputs) == 2 and all(
        then.same_content(at) for then, at in zip(record.inputs, now, strict=True)
    )


def _earlier(
    file: Path,
    record: SessionRecord,
    reference: RasterRef,
    sensed: RasterRef,
    now: tuple[Fingerprint, Fingerprint],
) -> Earlier:
    warnings = []
    for name, ref, grid, then, at in zip(
        ("reference", "sensed"),
        (reference, sensed),
        (record.reference_grid, record.sensed_grid),
        record.inputs or (None, None),
        now,
        strict=True,
    ):
        warnings += list(
            filter(
                None,
                (
                    change_of(name, then, at) if then is not None else "",
                    _grid_change(name, ref, grid),
                ),
            )
        )
    time = record.changed_at or datetime.fromtimestamp(file.stat().st_mtime, timezone.utc)
    moved = replace(
        record,
        reference=replace(record.reference, path=reference.path),
        sensed=replace(record.sensed, path=sensed.path),
        inputs=record.inputs or now,
        changed_at=time,
    )
    session = Session.from_record(moved)
    aside = (
        file.suffix != ".gpkg"
        or any(word in file.stem for word in _ASIDE)
        or file.parent != store_folder()
    )
    session.file = (
        session_file(reference, sensed)
        if aside
        else SessionFile.going_on(file, record, _STYLE.read_text(encoding="utf-8"), versions())
    )
    carry_weights(session, file.parent)
    return Earlier(session, time.astimezone(), tuple(warnings))


def _grid_change(name: str, ref: RasterRef, then: Grid) -> str:
    """Say whether a raster has other pixels than those the points were placed on."""
    try:
        now = grid_of(ref)
    except AlignError as error:
        return str(error)
    if (now.width, now.height) != (then.width, then.height):
        return (
            f"The {name} raster had {then.width} x {then.height} px and has {now.width} x "
            f"{now.height} now: the points lie on other pixels. Find tie points again."
        )
    if any(
        abs(a - b) > 1e-9 * max(1.0, abs(a))
        for a, b in zip(then.geotransform, now.geotransform, strict=True)
    ):
        return (
            f"The georeferencing of the {name} raster has changed: the points are right in "
            "its pixels, but were drawn at their old place. Find tie points again."
        )
    return ""


def adopt(session: Session) -> None:
    """Go on with an earlier review: write what of it is not in its file yet; a JSON file of before
    is renamed.

    Raises:
        OutputError: the folder cannot be written.
    """
    if session.file is not None:
        session.save()
        old = session.file.path.with_name(f"{pair_key(session.reference, session.sensed)}.json")
        if old.is_file():
            os.replace(old, old.with_suffix(".migrated"))


def relocate(session: Session) -> None:
    """Keep a review beside the project that was just saved; one kept in the profile until then is
    removed there.

    Raises:
        OutputError: the folder cannot be written.
    """
    old = session.file.path if session.file is not None else None
    if old is None or old.parent == store_folder():
        return
    session.file = session_file(session.reference, session.sensed)
    carry_weights(session, old.parent)
    session.save()
    for layer in QgsProject.instance().mapLayers().values():
        if layer.source().startswith(f"{old}|"):
            layer.setDataSource(
                f"{session.file.path}{layer.source()[len(str(old)) :]}",
                layer.name(),
                layer.providerType(),
            )
    if old.parent == session_folder():
        _remove(old)


def adapted_weights(session: Session | None) -> Path | None:
    """Return the weights adapted to the scene of a review; None where there are none, or they are
    not beside it any more.
    """
    if session is None or session.adapted is None or session.file is None:
        return None
    path = session.file.path.with_name(session.adapted.file)
    return path if path.is_file() else None


def scene_params(session: Session) -> AlignParams:
    """Return the parameters that the points of a review were found with; those of the last run
    where no run found them.

    Weights adapted to the scene take part where no other matcher was chosen; those adapted and
    discarded since do not.
    """
    run, path = session.run, adapted_weights(session)
    params = replace(run.params, **machine()) if run is not None else load_params()
    options = dict(params.matcher_params)
    weights = Path(str(options.get("weights") or ""))
    if (
        options.get("weights")
        and session.file is not None
        and weights.parent == session.file.path.parent
        and not weights.is_file()
    ):
        options["weights"] = ""
    if (
        path is not None
        and session.adapted is not None
        and params.matcher in ("auto", session.adapted.network)
    ):
        return replace(
            params,
            matcher=session.adapted.network,
            matcher_params={**options, "weights": str(path)},
        )
    return replace(
        params, matcher=run.matcher if run is not None else params.matcher, matcher_params=options
    )


def discard_weights(session: Session) -> None:
    """Remove the weights adapted to the scene of a review; it does not name them any more.

    Raises:
        OutputError: the review cannot be written.
    """
    path = adapted_weights(session)
    session.set_adapted(None)
    if path is not None:
        for suffix in _WEIGHT_FILES:
            path.with_suffix(suffix).unlink(missing_ok=True)


def carry_weights(session: Session, folder: Path) -> None:
    """Copy the adapted weights that lie in a folder beside the review's file, where that is
    elsewhere now; move those of the profile.
    """
    if session.adapted is None or session.file is None or session.file.path.parent == folder:
        return
    for suffix in _WEIGHT_FILES:
        source = (folder / session.adapted.file).with_suffix(suffix)
        if source.is_file():
            with contextlib.suppress(OSError):
                (shutil.move if folder == session_folder() else shutil.copy)(
                    source, session.file.path.with_name(source.name)
                )


def keep_aside(file: Path) -> None:
    """Move a saved review that is about to be replaced aside, so that nothing is lost.

    Raises:
        OutputError: it cannot be copied.
    """
    if file.is_file():
        copy_review(file, file.with_name(f"{file.stem}.previous.gpkg"))
        _remove(file)


def _remove(file: Path) -> None:
    with contextlib.suppress(
        OSError
    ):  # another program may hold it; the session file then writes over it in place
        for suffix in _JOURNALS:
            Path(f"{file}{suffix}").unlink(missing_ok=True)


def remember_pair(layers: tuple[QgsMapLayer | None, QgsMapLayer | None]) -> None:
    """Keep in the project which layers are matched."""
    for name, layer in zip(_ROLES, layers, strict=True):
        if layer is not None:
            QgsProject.instance().writeEntry(PREFIX, name, layer.id())


def recall_pair() -> tuple[QgsMapLayer | None, QgsMapLayer | None]:
    """Return the layers that were matched last in this project, None where there are none."""
    project = QgsProject.instance()
    reference, sensed = (
        project.mapLayer(project.readEntry(PREFIX, name, "")[0]) for name in _ROLES
    )
    return reference, sensed


def unavailable() -> Iterator[str]:
    """Say which rasters of the project's review are not there, and what to do."""
    for name, layer in zip(("reference", "sensed"), recall_pair(), strict=True):
        if layer is not None and not layer.isValid():
            yield (
                f"The {name} raster {layer.source()} of this project's review cannot be "
                "opened. Set its new place (layer menu > Change Data Source); "
                "the review comes back with it."
            )
