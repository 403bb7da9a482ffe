"""GDAL's own errors as rasterio raises them: some are RasterioErrors, those that its helpers let
through are not.
"""

from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError

GDAL_ERRORS = (RasterioError, CPLE_BaseError)
