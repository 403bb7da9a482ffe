"""Training on the command line: what it leaves, goes on with and refuses."""

from __future__ import annotations

import importlib.util
import json

import pytest
from sar_optical_align.plugin.engine.cli import main
from torch_there import needs_torch


@needs_torch
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


@needs_torch
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


@needs_torch
def test_train_needs_a_dataset(tmp_path, capsys):
    assert (
        main(["train", "me_ssm", str(tmp_path), "--output", str(tmp_path / "t"), "--steps", "1"])
        == 3
    )
    assert "index.csv" in capsys.readouterr().err


def test_without_torch_training_says_what_it_needs(dataset, tmp_path, capsys, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "torch" else find(name, *a)
    )
    out = tmp_path / "t"
    assert main(["train", "me_ssm", str(dataset), "--output", str(out), "--steps", "1"]) == 3
    assert "Training needs torch." in capsys.readouterr().err
    assert not out.exists()
