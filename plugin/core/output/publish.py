"""How a warped raster becomes a file: written under a temporary name, read back, renamed, with
nothing beside it that nobody asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

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


class Writing:
    """Write a part of an output: what a hand raises becomes a sentence, what GDAL notes beside the
    part goes.

    A class, not a generator: with one, an error would hold itself through its traceback, and with
    it every raster that is open where it was raised.
    """

    def __init__(self, part: Path, *errors: type[Exception]) -> None:
        """Only remember.

        Args:
            part: File that is written.
            errors: What the hand raises besides OSError where it cannot be.
        """
        self._part = part
        self._errors: tuple[type[Exception], ...] = (OSError, *errors)

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End.

        Raises:
            OutputError: the part cannot be written.
        """
        if isinstance(error, self._errors):
            raise OutputError(
                f"Cannot write {self._part}: {error}.",
                "Choose a folder you may write to, with enough room.",
            ) from error
        if error is None:
            for suffix in _NOTES:
                Path(f"{self._part}{suffix}").unlink(missing_ok=True)


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
