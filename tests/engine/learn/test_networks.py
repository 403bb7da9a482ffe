"""Networks in the engine: training on a dataset, the matcher with its weights, explaining a
place.
"""

from __future__ import annotations

import csv
import json

import cv2
import numpy as np
import pytest
import rasterio
from raster_files import write_raster
from sar_optical_align.models.me_ssm.config import PRESETS
from sar_optical_align.models.me_ssm.net import MeSsm
from sar_optical_align.plugin.core.image import Image
from sar_optical_align.plugin.core.types import (
    AlignParams,
    AlignRequest,
    Modality,
    RasterRef,
    Status,
)
from sar_optical_align.plugin.engine.align import attempts as attempts_module
from sar_optical_align.plugin.engine.align.align import align
from sar_optical_align.plugin.engine.align.evidence import Calibration
from sar_optical_align.plugin.engine.cli import main
from sar_optical_align.plugin.engine.learn.logistic import logistic
from sar_optical_align.plugin.engine.measure.cases import make_case, read_index
from sar_optical_align.plugin.engine.measure.trials import align_case, case_error
from sar_optical_align.plugin.matchers import create
from sar_optical_align.plugin.matchers.me_ssm import SHIPPED
from sar_optical_align.plugin.matchers.network import NetworkError
from sar_optical_align.plugin.matchers.parts.similarity import correlate, find_peak
from weight_files import DAMAGES, damaged, untrained

shipped = pytest.mark.skipif(not SHIPPED.exists(), reason="no weights are shipped")


@pytest.fixture(scope="module")
def pictures(scene_pair):
    """Optical (512, 512, 3) and, on the same grid, a radar-like picture of it: other tones, bright
    edges, speckle.
    """
    with rasterio.open(scene_pair[0]) as optical:
        colours = np.moveaxis(
            optical.read(window=rasterio.windows.Window(200, 150, 512, 512))[:3], 0, -1
        )
    grey = cv2.GaussianBlur(
        cv2.cvtColor(np.ascontiguousarray(colours), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0,
        (0, 0),
        1.0,
    )
    edges = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    speckle = np.log(np.random.default_rng(1).gamma(4.0, 0.25, grey.shape))
    radar = 0.25 + 0.5 * np.sin(4.0 * grey) ** 2 + 0.8 * edges + 0.1 * speckle
    return colours, (255 * np.clip(radar, 0, 1)).astype(np.uint8)


@pytest.fixture(scope="module")
def dataset(pictures, tmp_path_factory):
    """Four training pairs and two to validate with, 256 px each."""
    folder = tmp_path_factory.mktemp("dataset")
    rows = []
    for number, (y, x) in enumerate(((0, 0), (0, 256), (256, 0), (256, 256), (0, 128), (256, 128))):
        names = [f"{kind}_{number}.png" for kind in ("optical", "sar")]
        for name, picture in zip(names, pictures, strict=True):
            cv2.imwrite(str(folder / name), picture[y : y + 256, x : x + 256])
        rows.append(
            {
                "source": "made",
                "id": f"pair{number}",
                "split": "train" if number < 4 else "val",
                "optical": names[0],
                "sar": names[1],
            }
        )
    with (folder / "index.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def image(data, modality=Modality.SAR, mask=None):
    mask = np.ones(data.shape, bool) if mask is None else mask
    return Image(np.where(mask, data, 0).astype(np.float32), mask, modality)


def test_train_writes_weights_curves_and_card_and_goes_on(dataset, tmp_path, capsys):
    command = [
        "train",
        "me_ssm",
        str(dataset),
        "--output",
        str(tmp_path / "t"),
        "--steps",
        "2",
        "--seed",
        "3",
        "--rate",
        "1e-4",
    ]
    assert main(command) == 0
    assert "CMR@1 px" in capsys.readouterr().out
    card = json.loads((tmp_path / "t" / "best.json").read_text())
    assert card["network"] == "me_ssm"
    assert (card["seed"], card["rate"]) == (3, 1e-4)
    assert card["data"] == {"pairs": 4, "sources": ["made"]}
    assert set(card["validation"]) >= {"CMR@1", "CMR@2", "CMR@3", "CMR@5", "by_source"}
    assert card["bytes"] == (tmp_path / "t" / "best.safetensors").stat().st_size < 4_000_000
    half = json.loads((tmp_path / "t" / "half.json").read_text())
    assert half["validation"] == card["validation"]
    assert (
        half["bytes"] == (tmp_path / "t" / "half.safetensors").stat().st_size < 0.6 * card["bytes"]
    )
    assert (tmp_path / "t" / "curves.png").stat().st_size > 1000
    assert main(command) == 2  # nothing is lost by starting again
    assert "--resume" in capsys.readouterr().err
    command[command.index("--steps") + 1] = "3"
    assert main([*command, "--resume", "--workers", "1"]) == 0
    assert [
        row[0] for row in json.loads((tmp_path / "t" / "history.json").read_text())["validated"]
    ] == [2, 3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (["--preset", "huge"], "Unknown preset"),
        (["--minutes", "1"], "--minutes or --steps"),
        (["--resume"], "nothing to resume"),
        (["--rate", "0"], "no learning rate"),
        (["--rate", "nan"], "no learning rate"),
    ],
)
def test_train_refuses_what_it_cannot_do(dataset, tmp_path, capsys, change, words):
    assert (
        main(
            [
                "train",
                "me_ssm",
                str(dataset),
                "--output",
                str(tmp_path / "t"),
                "--steps",
                "1",
                *change,
            ]
        )
        == 2
    )
    assert words in capsys.readouterr().err
    assert not (tmp_path / "t").exists()


def test_train_needs_a_dataset(tmp_path, capsys):
    assert (
        main(["train", "me_ssm", str(tmp_path), "--output", str(tmp_path / "t"), "--steps", "1"])
        == 3
    )
    assert "index.csv" in capsys.readouterr().err


@pytest.fixture(scope="module")
def random_weights(tmp_path_factory):
    return untrained(tmp_path_factory.mktemp("weights"), "me_ssm", MeSsm, PRESETS["tiny"])


def test_features_keep_grid_and_mask(random_weights, pictures):
    matcher = create("me_ssm", {"weights": str(random_weights)})
    mask = np.ones((90, 130), bool)
    mask[:, :20] = False
    features = matcher.features(image(pictures[1][:90, :130] / 255.0, mask=mask), Modality.SAR)
    assert features.shape == (matcher.net.channels, 90, 130)
    assert features.dtype == np.float32
    assert not features[:, :, :20].any()
    lengths = np.linalg.norm(features[:, mask], axis=0)
    assert 0 < lengths.max() <= 1.0 + 1e-6
    flat = matcher.features(image(np.zeros((64, 64)), mask=np.zeros((64, 64), bool)), Modality.SAR)
    assert np.isfinite(flat).all()
    assert not flat.any()


@pytest.mark.parametrize("damage", [*DAMAGES, "card"])
def test_bad_weights_are_told(random_weights, tmp_path, damage, capsys, scene_pair):
    path = damaged(random_weights, tmp_path, damage)
    with pytest.raises(NetworkError) as caught:
        create("me_ssm", {"weights": str(path)})
    assert caught.value.hint
    command = [
        "match",
        *map(str, scene_pair),
        "--matcher",
        "me_ssm",
        "--matcher-param",
        f"weights={path}",
    ]
    assert main(command) == 3
    assert "hint:" in capsys.readouterr().err


@shipped
def test_the_result_does_not_depend_on_the_tile(pictures):
    """Features cut from a large tile place a template where features of a small tile do, to 0.05
    px.
    """
    matcher = create("me_ssm")
    grey = cv2.cvtColor(np.ascontiguousarray(pictures[0]), cv2.COLOR_RGB2GRAY) / 255.0
    radar, margin = pictures[1] / 255.0, matcher.margin_px
    whole = [
        matcher.features(image(a, m), m)
        for a, m in ((grey, Modality.OPTICAL), (radar, Modality.SAR))
    ]
    for y, x in ((130, 140), (250, 180), (200, 260)):
        found = []
        for offset in (0, 8, 24):
            low = (np.array([y, x]) - 16 - margin) // matcher.grid_px * matcher.grid_px - offset
            side = 96 + 32 + 2 * margin + 2 * offset
            part = (slice(low[0], low[0] + side), slice(low[1], low[1] + side))
            tile = [
                matcher.features(image(a[part], m), m)
                for a, m in ((grey, Modality.OPTICAL), (radar, Modality.SAR))
            ]
            found.append((tile, np.array([y, x]) - low))
        found.append((whole, np.array([y, x])))
        peaks = []
        for (reference, sensed), (r, c) in found:
            template, window = (
                sensed[:, r : r + 96, c : c + 96],
                reference[:, r - 16 : r + 112, c - 16 : c + 112],
            )
            peak = find_peak(
                correlate(
                    template, np.ones((96, 96), bool), window, np.ones((128, 128), bool)
                ).values
            )
            peaks.append((peak.x, peak.y))
        assert np.abs(np.array(peaks) - peaks[-1]).max() < 0.05, peaks


@shipped
def test_the_network_aligns_turned_images(pictures, tmp_path, monkeypatch):
    """Rotation of 6 degrees and a scale of 1.06 are found by the learnt features alone."""
    turn = cv2.getRotationMatrix2D((255.5, 255.5), 6.0, 1.06)
    turned = cv2.warpAffine(pictures[1], turn, (512, 512), flags=cv2.INTER_CUBIC)
    paths = [tmp_path / "optical.tif", tmp_path / "sar.tif"]
    write_raster(paths[0], np.moveaxis(pictures[0], -1, 0))
    write_raster(paths[1], turned[None])
    request = AlignRequest(
        RasterRef(str(paths[0]), (), Modality.OPTICAL),
        RasterRef(str(paths[1]), (), Modality.SAR),
        AlignParams(matcher="me_ssm", model="similarity"),
    )
    monkeypatch.setattr(attempts_module, "coarse_guides", lambda matcher: [matcher])
    result = align(request)
    assert result.matcher == "me_ssm"
    assert result.status is Status.OK, result.message
    corners = np.array([[20.0, 20.0], [480.0, 30.0], [250.0, 490.0]])
    moved = cv2.transform(corners[None] - 0.5, turn)[0] + 0.5
    assert np.hypot(*(result.transform.apply(moved) - corners).T).max() < 3.0


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


def test_logistic_finds_the_weights_that_made_the_labels():
    rng = np.random.default_rng(0)
    features = np.column_stack([np.ones(20000), rng.normal(0, 1, 20000), rng.normal(0, 10, 20000)])
    true = np.array([-0.5, 1.5, 0.1])
    labels = rng.random(20000) < 1 / (1 + np.exp(-features @ true))
    assert logistic(features, labels, 1e-6) == pytest.approx(true, abs=0.08)


def test_calibrate_measures_and_writes_into_the_card(dataset, random_weights, tmp_path, capsys):
    card = tmp_path / "card.json"
    card.write_text(random_weights.with_suffix(".json").read_text())
    command = [
        "calibrate",
        "cfog",
        str(dataset),
        "--output",
        str(tmp_path / "c"),
        "--limit",
        "1",
        "--card",
        str(card),
    ]
    assert main(command) == 0
    assert "expected_calibration_error" in capsys.readouterr().out
    written = json.loads((tmp_path / "c" / "calibration.json").read_text())
    assert json.loads(card.read_text())["calibration"] == written
    assert len(written["score"]) == 5
    assert len(written["judge"]) == 6
    assert written["covariance"] > 0
    assert (
        written["validation"]["tie_points"]
        == sum(n for *_, n in written["validation"]["reliability"])
        > 20
    )
    assert (tmp_path / "c" / "reliability.png").stat().st_size > 1000
    assert main([*command, "--keep-score"]) == 0
    kept = json.loads((tmp_path / "c" / "calibration.json").read_text())
    own = Calibration.of(create("cfog"))
    assert kept["score"] == list(own.score)
    assert kept["covariance"] == own.covariance
    assert kept["validation"]["tie_points"] == written["validation"]["tie_points"]
    assert (
        main(["calibrate", "sift", str(dataset), "--limit", "1", "--output", str(tmp_path / "c")])
        == 2
    )
    assert main([*command[:-1], str(tmp_path / "none.json")]) == 3


@pytest.mark.parametrize("protocol", ["affine", "georeferenced"])
def test_a_case_lies_where_its_protocol_says(dataset, tmp_path, protocol):
    """Turned pixels, or GeoTIFFs at the same place that are misplaced by a little; both are
    registered to their truth.
    """
    rows = read_index(dataset, "val", 1)
    cases = [make_case(dataset, rows, 0, protocol, seed) for seed in range(20)]
    turns = [abs(np.degrees(np.arctan2(c.truth[1, 0], c.truth[0, 0]))) for c in cases]
    scales = [np.hypot(c.truth[0, 0], c.truth[1, 0]) for c in cases]
    most_deg, most_scale = (2.0, 0.021) if protocol == "georeferenced" else (10.0, 0.112)
    assert most_deg / 2 < max(turns) <= most_deg
    assert most_scale / 2 < max(abs(s - 1) for s in scales) <= most_scale
    case = cases[3]
    result = align_case(case, "cfog", False, tmp_path)
    assert (
        bool(result.reference_grid.crs_wkt)
        == bool(result.sensed_grid.crs_wkt)
        == (protocol == "georeferenced")
    )
    assert result.evidence["turned"] == (protocol == "affine")
    assert case_error(case, result.transform, False) < 3


def test_scaling_measures_growing_squares(pictures, tmp_path, capsys):
    paths = [tmp_path / "optical.tif", tmp_path / "sar.tif"]
    for path, picture in zip(paths, pictures, strict=True):
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=picture.shape[1],
            height=picture.shape[0],
            count=1,
            dtype="uint8",
        ) as sink:
            sink.write(picture if picture.ndim == 2 else picture[..., 1], 1)
    command = [
        "scaling",
        *map(str, paths),
        "--sizes",
        "400,160",
        "--matchers",
        "cfog",
        "--output",
        str(tmp_path / "s"),
    ]
    assert main(command) == 0
    assert "| cfog | 400 |" in capsys.readouterr().out
    measured = json.loads((tmp_path / "s" / "scaling.json").read_text())
    assert [m["side_px"] for m in measured] == [160, 400]
    assert all(m["seconds"] > 0 and m["points"] > 0 for m in measured)
    assert (tmp_path / "s" / "scaling.png").stat().st_size > 5000
    assert main([*command[:-3], "nothing", "--output", str(tmp_path / "s")]) == 2


def test_scene_judges_by_points_no_fit_has_seen(pictures, tmp_path, capsys):
    """An optical picture against itself: its displaced georeferencing is found to a tenth of a
    pixel.
    """
    paths = [tmp_path / "a.tif", tmp_path / "b.tif"]
    for path in paths:
        write_raster(
            path,
            pictures[0][..., 1],
            gt=(500000.0, 10.0, 0.0, 4000000.0, 0.0, -10.0),
            crs="EPSG:32611",
        )
    places = [(x, y) for x in (80, 250, 420) for y in (90, 260, 430)]
    points = tmp_path / "points.csv"
    points.write_text(
        "opt_x,opt_y,sar_x,sar_y\n" + "".join(f"{x},{y},{x},{y}\n" for x, y in places)
    )
    command = [
        "scene",
        *map(str, paths),
        str(points),
        "--matchers",
        "cfog",
        "--output",
        str(tmp_path / "s"),
    ]
    assert main(command) == 0
    assert "before: 1" in capsys.readouterr().out
    (outcome,) = json.loads((tmp_path / "s" / "scene.json").read_text())
    assert outcome["errors"]["affine"][0] < 0.1
    points.write_text("x,y\n1,2\n")
    assert main(command) == 3
