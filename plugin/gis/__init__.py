"""QGIS and GDAL, without widgets."""
