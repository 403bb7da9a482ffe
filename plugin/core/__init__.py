"""Pure core: numpy and the standard library only, importable in QGIS, the worker and tests
alike.
"""
