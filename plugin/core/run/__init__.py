"""What goes between QGIS and the worker, and before a run."""
