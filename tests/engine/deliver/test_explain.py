"""Explaining a place on the command line."""

from __future__ import annotations

import cv2
import rasterio
from sar_optical_align.plugin.engine.cli import main


def test_explain_draws_a_place(scene_pair, random_weights, tmp_path, capsys):
    with rasterio.open(scene_pair[0]) as source:
        x, y = source.transform @ (source.width / 2, source.height / 2)
    for name, extra in (("cfog", []), ("me_ssm", ["--matcher-param", f"weights={random_weights}"])):
        out = tmp_path / f"{name}.png"
        assert (
            main(
                [
                    "explain",
                    *map(str, scene_pair),
                    "--at",
                    f"{x},{y}",
                    "-o",
                    str(out),
                    "--matcher",
                    name,
                    "--model",
                    "shift",
                    *extra,
                ]
            )
            == 0
        )
        assert "second_peak" in capsys.readouterr().out
        assert cv2.imread(str(out)).std() > 10
    assert (
        main(
            [
                "explain",
                *map(str, scene_pair),
                "--at",
                "0,0",
                "-o",
                str(tmp_path / "x.png"),
                "--matcher",
                "cfog",
            ]
        )
        == 2
    )
    assert "outside the overlap" in capsys.readouterr().err
    assert (
        main(
            [
                "explain",
                *map(str, scene_pair),
                "--at",
                "-5,7",
                "-o",
                str(tmp_path / "x.png"),
                "--matcher",
                "cfog",
            ]
        )
        == 2
    )
    assert "-5, 7 lies outside" in capsys.readouterr().err
    assert (
        main(["explain", *map(str, scene_pair), "--at", "here", "-o", str(tmp_path / "x.png")]) == 2
    )
    assert (
        main(
            [
                "explain",
                *map(str, scene_pair),
                "--at",
                f"{x},{y}",
                "-o",
                str(tmp_path / "x.png"),
                "--matcher",
                "sift",
            ]
        )
        == 2
    )
