"""The plugin's layers in a project: where they stand and how they are drawn. Main thread only."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer

GROUP = "SAR-Optical Align"
# property of layers that show something about a review: nothing to be matched or warped themselves
AID = "sar_optical_align/aid"


def add_to_group(layer: QgsMapLayer, project: QgsProject | None = None, aid: str = "") -> None:
    """Add a layer to the plugin's layer group, at its top.

    Args:
        layer: Not in a project yet.
        project: None = the one that is open.
        aid: What it shows of a review, "" = it is a result.
    """
    project = project or QgsProject.instance()
    if aid:
        layer.setCustomProperty(AID, aid)
    root = project.layerTreeRoot()
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    project.addMapLayer(layer, False)
    group.insertLayer(0, layer)


def copy_renderer(source: QgsRasterLayer, target: QgsRasterLayer) -> None:
    """Draw a warped raster like the sensed one, and not at all outside the image; a mask of either
    counts as a band in QGIS.
    """
    renderer = source.renderer()
    if renderer is None:
        return
    drawn = [band for band in renderer.usesBands() if band != renderer.alphaBand()]
    if max(drawn, default=1) > target.bandCount():
        return
    alpha = target.renderer().alphaBand() if target.renderer() is not None else -1
    target.setRenderer(renderer.clone())
    target.renderer().setAlphaBand(alpha)
