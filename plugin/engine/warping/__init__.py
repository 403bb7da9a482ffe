"""Rasters out, by rasterio."""
