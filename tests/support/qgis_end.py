"""How a process of tests in QGIS' Python ends."""

from __future__ import annotations

import gc
import os
import sys

import pytest


@pytest.fixture(autouse=True, scope="module")
def no_dataset_outlives_qgis():
    """A dataset that is freed after QGIS has ended brings the process down; a test that catches an
    error holds what was open where it was raised.
    """
    yield
    gc.collect()


class EndAtOnce:
    """Ends the process when pytest has told all it has to tell.

    In which order Qt, GDAL and Python free what is left then is no part of the product, and may
    bring the process down; how the plugin ends with the real QGIS is looked at by the tests of the
    desktop.
    """

    status = 1

    def pytest_sessionfinish(self, exitstatus):
        self.status = int(exitstatus)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(self.status)
