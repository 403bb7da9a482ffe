"""What all tests in QGIS' Python share."""

from __future__ import annotations

from qgis_end import no_dataset_outlives_qgis

__all__ = ["no_dataset_outlives_qgis"]
