"""Every error a user can meet, each with a hint to act on and a command-line exit code."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable


class AlignError(Exception):
    """Base of all expected failures.

    Args:
        message: What happened, in one sentence.
        hint: What the user can do about it, in one sentence.
    """

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(AlignError):
    """An input file or value cannot be used."""


class UnreadableRasterError(InputError):
    """The raster cannot be opened or is truncated."""


class RemoteRasterError(InputError):
    """The raster, or what it refers to, lies on the network, which may not be used.

    Attributes:
        servers: That would have to be allowed, where leave is given server by server.
    """

    def __init__(self, message: str, hint: str = "", servers: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.servers = servers


class BandError(InputError):
    """The requested band does not exist."""


class EmptyImageError(InputError):
    """The image has no valid or no varying pixels."""


class ComplexDataError(InputError):
    """The raster holds complex samples, which must be detected first."""


class MissingCrsError(InputError):
    """One raster is georeferenced and the other is not."""


class NoOverlapError(InputError):
    """The two rasters do not overlap on the ground."""


class NothingToCompareError(NoOverlapError):
    """However the sensed raster is moved within the search radius, too few valid pixels of the two
    meet.
    """


class ImageTooSmallError(InputError):
    """The image is too small to hold a template."""


class PointsFileError(InputError):
    """A control-point file cannot be understood."""


class FitError(AlignError):
    """A transform cannot be fitted to the points given."""


class OutputError(AlignError):
    """The output cannot be written."""


class WorkerError(AlignError):
    """The worker process failed, or cannot be started."""


class MissingDependencyError(AlignError):
    """A package that is needed is not installed."""


class UsageError(AlignError):
    """A parameter is unknown or out of its range."""

    exit_code = 2


class NoReliableAlignmentError(AlignError):
    """The evidence is too weak to align the images."""

    exit_code = 4


def missing(packages: Iterable[str]) -> list[str]:
    """Return the packages that are not installed here."""
    return [name for name in packages if importlib.util.find_spec(name) is None]


def need(what: str, packages: Iterable[str]) -> None:
    """Refuse to go on where a package that `what` needs is not installed.

    Raises:
        MissingDependencyError: one is not.
    """
    if absent := missing(packages):
        raise MissingDependencyError(
            f"{what} needs {', '.join(absent)}.",
            "Install it in the worker's interpreter, or choose another matcher.",
        )


def attempt(action: Callable[[], object], tell: Callable[[AlignError], object]) -> bool:
    """Do something; tell of the AlignError it ends in. Returns whether it was done."""
    try:
        action()
    except AlignError as error:
        tell(error)
        return False
    return True
