"""SAR-Optical Align: a QGIS plugin that aligns SAR and optical rasters."""


def classFactory(iface):  # noqa: ANN001, ANN201, N802 - the name and signature QGIS asks for
    """Return the plugin object (called by QGIS; everything else is imported lazily)."""
    from .plugin.main import SarOpticalAlignPlugin

    return SarOpticalAlignPlugin(iface)
