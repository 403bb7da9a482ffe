"""The QGIS plugin: wiring, tasks and the worker's client."""
