"""GDAL called safely: rasters opened, and calls that can be stopped, whether or not GDAL raises
exceptions in this process.
"""

from __future__ import annotations

from collections.abc import Callable

from osgeo import gdal

from ..core.errors import UnreadableRasterError
from ..core.progress import Progress
from .network import refuse_unallowed


def open_raster(path: str) -> gdal.Dataset:
    """Open a raster to read, whether or not GDAL raises exceptions in this process.

    Raises:
        UnreadableRasterError: it cannot be opened.
        RemoteRasterError: it refers to a server that the user has not allowed.
    """
    refuse_unallowed(path)
    gdal.ErrorReset()
    message = ""
    try:
        dataset = gdal.Open(path)
    except RuntimeError as error:
        dataset, message = None, str(error)
    if dataset is None or dataset.RasterCount == 0:
        reason = message or gdal.GetLastErrorMsg() or "no raster bands"
        raise UnreadableRasterError(
            f"Cannot open the raster {path}: {reason}.",
            "Check that the file is still there and complete.",
        )
    return dataset


def guarded(
    work: Callable[[Callable[[float, str, object], int]], object], progress: Progress, label: str
) -> str:
    """Run a GDAL call with a progress callback, whether or not GDAL raises exceptions in this
    process.

    Args:
        work: Called with the callback; returns what GDAL returned.
        progress: Told of progress; an exception it raises stops GDAL and comes out here.
        label: Progress message.

    Returns:
        Why it failed, "" when it did not.
    """
    stopped: list[BaseException] = []

    def tick(fraction: float, _message: str, _data: object) -> int:
        try:
            progress.update(fraction, label)
        except BaseException as error:  # noqa: BLE001 - it must not travel through C; it is raised again below
            stopped.append(error)
            return 0
        return 1

    gdal.ErrorReset()
    message = ""
    try:
        if not work(tick):
            message = gdal.GetLastErrorMsg() or "unknown reason"
    except RuntimeError as error:
        message = str(error)
    if stopped:
        # not kept here: a cycle with its traceback would keep GDAL's files open
        raise stopped.pop()
    if not message and gdal.GetLastErrorType() >= gdal.CE_Failure:
        message = gdal.GetLastErrorMsg()
    return message


class QuietGdal:
    """Keeps GDAL's messages to ourselves; a class for the reason that `Writing` is one."""

    def __enter__(self) -> None:
        """Begin."""
        gdal.PushErrorHandler("CPLQuietErrorHandler")

    def __exit__(self, *_error: object) -> None:
        """End."""
        gdal.PopErrorHandler()
