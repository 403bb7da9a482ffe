"""RegNetMamba-2: its operations equal their slow twins, labels say where the partner lies, training resumes exactly."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from sar_optical_align.models.coarse_to_fine import bilinear_label, coarse_scores, displacements, expected, fine_scores, seen_from_reference
from sar_optical_align.models.cross_ssd import CrossSsd, local_ssd, local_ssd_reference
from sar_optical_align.models.regnet_mamba2 import RegNetMamba2, RegNetMamba2Config
from sar_optical_align.models.regnet_mamba2_training import CorrespondenceRecipe, CorrespondenceTrainer
from sar_optical_align.models.synthetic import Pair

SMALL = RegNetMamba2Config(widths=(8, 8, 8), state=2, coarse_depth=1, channels=8)


def small_trainer(seed=1):
    rng = np.random.default_rng(0)
    field = torch.nn.functional.interpolate(torch.from_numpy(rng.random((1, 1, 50, 50))), size=(200, 200), mode="bicubic")[0, 0].numpy()
    picture = (np.clip(field, 0, 1) * 255).astype(np.uint8)
    torch.manual_seed(seed)
    return CorrespondenceTrainer(
        RegNetMamba2(SMALL), [Pair.make(np.stack([picture] * 3), picture, None, "made")], CorrespondenceRecipe(batch=2, seed=seed, side_px=64)
    )


def test_local_ssd_equals_its_slow_twin():
    torch.manual_seed(0)
    x, m, b, c = (torch.rand(2, k, 8, 12) for k in (3, 1, 4, 4))
    assert torch.allclose(local_ssd(x, m, b, c, 4), local_ssd_reference(x, m, b, c, 4), atol=1e-5)


@pytest.mark.parametrize("mixer", ["ssd", "attention"])
def test_reading_from_itself_is_the_self_form(mixer):
    torch.manual_seed(0)
    block, x = CrossSsd(4, 2, 4, mixer), torch.randn(1, 4, 8, 8)
    assert torch.allclose(block(x, x), block(x), atol=1e-6)


def test_scores_and_labels_name_the_true_displacement():
    torch.manual_seed(0)
    ground = torch.nn.functional.normalize(torch.randn(1, 32, 12, 14), dim=1)
    scores = coarse_scores(torch.roll(ground, (1, 2), (2, 3)), ground, 3)[0, :, 4:8, 4:8]
    label = bilinear_label(torch.tensor([2.0, 1.0]).view(1, 2, 1, 1).expand(1, 2, 4, 4), 3)[0]
    assert torch.equal(scores.argmax(0), label.argmax(0))
    assert displacements(3)[:, label[:, 0, 0].argmax()].tolist() == [2.0, 1.0]
    ordered = seen_from_reference(bilinear_label(torch.tensor([2.0, 1.0]).view(1, 2, 1, 1).expand(1, 2, 9, 9), 3), 3)
    assert torch.equal(ordered[0, :, 4, 5].argmax(), label[:, 0, 0].argmax())


def test_fine_votes_find_the_shift():
    torch.manual_seed(0)
    ground = torch.randn(1, 8, 32, 32)
    at = torch.tensor([[15, 16]])
    votes = fine_scores(ground, torch.roll(ground, (-2, 3), (2, 3)), torch.zeros(1, dtype=torch.long), at, at, 5, 4)
    mean, _, _ = expected(torch.softmax(votes, 1), 4, 2)
    assert mean[0].tolist() == pytest.approx([3.0, -2.0], abs=0.01)


def test_training_reaches_both_stems_and_resumes_exactly(tmp_path):
    trainer = small_trainer()
    trainer.learn(0.5)[0].backward()
    assert all(stem[0].weight.grad.abs().sum() > 0 for stem in trainer.net.stems.values())
    trainer = small_trainer()
    trainer.step(0.5)
    torch.save(trainer.state(), tmp_path / "s.pt")
    ahead = trainer.step(0.9)
    again = small_trainer(2)
    again.load(torch.load(tmp_path / "s.pt", weights_only=True))
    assert again.step(0.9) == pytest.approx(ahead)


def test_the_configuration_survives():
    assert RegNetMamba2Config.from_dict(json.loads(json.dumps(SMALL.to_dict()))) == SMALL
    with pytest.raises(ValueError, match="odd"):
        RegNetMamba2Config(fine_side=4)
