"""The similarity view: the marks are where the evidence says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from qgis.PyQt.QtGui import QColor
from review_pairs import tie_points
from sar_optical_align.plugin.core.session.peaks import surface_index
from sar_optical_align.plugin.core.types import Evidence
from sar_optical_align.ui.views.heatmap import HeatmapView, second_peak, viridis


def test_surface_index_undoes_the_steps():
    evidence = Evidence(
        1.0,
        0.5,
        surface=np.zeros((5, 5), np.float32),
        surface_origin_px=(100.5, 40.25),
        surface_step_px=((1.9, 0.2), (-0.3, 2.1)),
    )
    for column, row in ((0, 0), (3, 1), (1.5, 4.25)):
        place = (
            np.array([100.5, 40.25]) + column * np.array([1.9, 0.2]) + row * np.array([-0.3, 2.1])
        )
        assert surface_index(evidence, tuple(place)) == pytest.approx([column, row])


def test_second_peak_is_the_highest_outside_the_neighbourhood():
    surface = np.full((30, 40), 0.1, np.float32)
    surface[10, 12], surface[11, 14], surface[25, 33] = 0.9, 0.85, 0.6
    assert second_peak(surface) == (33, 25)
    surface[:, 20:] = np.nan
    surface[20:, :] = -1.0
    assert second_peak(surface) is not None
    assert second_peak(np.full((3, 3), 0.5, np.float32)) is None


def test_viridis_runs_from_dark_to_bright_and_marks_holes():
    rgb = viridis(np.array([0.0, 0.5, 1.0, np.nan]))
    brightness = rgb[:3].sum(axis=1).astype(int)
    assert list(brightness) == sorted(brightness)
    assert tuple(rgb[3]) == (128, 128, 128)


def test_the_picture_is_bright_at_the_peak_and_dark_far_from_it(qgis_app):
    view = HeatmapView()
    view.resize(360, 160)
    point = tie_points(1)[0]
    view.set_point(dataclasses.replace(point, covariance_px=((0.05, 0.0), (0.0, 0.05))))
    picture = view.grab().toImage()
    side = 160 - 6
    # 17 x 17 surface with its peak in the middle: between the arms of the cross it is bright, in
    # the far corner violet
    middle = QColor(picture.pixel(1 + side // 2 + 12, 3 + side // 2 + 12))
    corner = QColor(picture.pixel(1 + side - 3, 3 + 4))
    assert middle.green() > 150
    assert corner.blue() > corner.green()
    assert corner.lightness() < middle.lightness()


@pytest.mark.parametrize(
    "point", [None, dataclasses.replace(tie_points(1)[0], evidence=None), tie_points(1)[0]]
)
def test_every_kind_of_point_can_be_drawn_small_and_large(qgis_app, point):
    view = HeatmapView()
    for size in ((150, 96), (900, 400)):
        view.resize(*size)
        view.set_point(point)
        assert not view.grab().isNull()
    assert "Ratio" in view.toolTip()
