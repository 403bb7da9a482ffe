"""How a warped raster becomes a file: written under a temporary name, read back, renamed, with
nothing beside it that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import OutputError
from ..geometry.grid import Grid
from ..outputs import Outputs, refuse_without_room
from ..progress import Progress
from .layout import Layout

_NOTES = (".aux.xml", ".ovr", ".msk")  # GDAL's, not part of what was asked for


def publish(
    output: Path,
    inputs: Iterable[str],
    read_too: Iterable[str],
    write: Callable[[Path], None],
    progress: Progress,
) -> Path:
    """Write one raster; whatever the name ends in, it is a GeoTIFF.

    The output appears only when it is complete, and an existing one stays as it is until then.

    Args:
        output: File to write.
        inputs: Rasters that are read.
        read_too: Files that those refer to.
        write: Writes the raster to the temporary file that it is given.
        progress: Told when it is done.

    Raises:
        OutputError: it cannot be written here, or is an input.
    """
    with Outputs([output], inputs, read_too, raster=output) as outputs:
        write(outputs.part(output))
        outputs.deliver()
    progress.update(1.0, "Written")
    return output


@contextmanager
def writing(part: Path, *errors: type[Exception]) -> Iterator[None]:
    """Write a part of an output: what a hand raises becomes a sentence, what GDAL notes beside the
    part goes.

    Args:
        part: File that is written.
        errors: What the hand raises besides OSError where it cannot be.

    Raises:
        OutputError: it cannot be written.
    """
    told: tuple[type[Exception], ...] = (OSError, *errors)
    try:
        yield
        for suffix in _NOTES:
            Path(f"{part}{suffix}").unlink(missing_ok=True)
    except told as error:
        raise OutputError(
            f"Cannot write {part}: {error}.", "Choose a folder you may write to, with enough room."
        ) from error


def refuse_full_disk(part: Path, layout: Layout, target: Grid) -> None:
    """Refuse an output that the disk of its part has no room for.

    Raises:
        OutputError: with the room there is.
    """
    packed = layout.creation["COMPRESS"] != "NONE"
    refuse_without_room(part.parent, layout.byte_count(target), packed)


def refuse_other(
    size: tuple[int, int], dtypes: Iterable[str], layout: Layout, target: Grid
) -> None:
    """Compare what a written file says of itself with what was to be written.

    Raises:
        OSError: they differ.
    """
    if size != target.size or tuple(dtypes) != (layout.dtype,) * layout.count:
        raise OSError("the file written is not what was to be written")
