"""Rasters in: two files become a pair on one grid."""
