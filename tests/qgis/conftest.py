"""What all tests in QGIS' Python share."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def _no_dataset_outlives_qgis():
    """A dataset that is freed after QGIS has ended brings the process down; a test that catches an
    error holds what was open where it was raised.
    """
    yield
    gc.collect()
