"""What all tests of GDAL's hand begin and end with."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(autouse=True)
def _no_dataset_outlives_its_test():
    """A dataset that is freed after QGIS has ended brings the process down."""
    yield
    gc.collect()
