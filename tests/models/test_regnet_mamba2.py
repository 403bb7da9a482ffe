"""RegNetMamba-2: its operations equal their slow twins, labels say where the partner lies, training
resumes exactly.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from sar_optical_align.models.ops.cross_ssd import CrossSsd, local_ssd, local_ssd_reference
from sar_optical_align.models.regnet_mamba2.coarse_to_fine import (
    bilinear_label,
    coarse_scores,
    displacements,
    expected,
    fine_scores,
    seen_from_reference,
)
from sar_optical_align.models.regnet_mamba2.matching_pairs import match_images
from sar_optical_align.models.regnet_mamba2.net import RegNetMamba2, RegNetMamba2Config
from sar_optical_align.models.regnet_mamba2.training import (
    CorrespondenceRecipe,
    CorrespondenceTrainer,
)
from sar_optical_align.models.training.synthetic import Pair

SMALL = RegNetMamba2Config(widths=(8, 8, 8), state=2, coarse_depth=1, channels=8, fine_side=9)


def small_trainer(seed=1, **changes):
    rng = np.random.default_rng(0)
    field = torch.nn.functional.interpolate(
        torch.from_numpy(rng.random((1, 1, 50, 50))), size=(200, 200), mode="bicubic"
    )[0, 0].numpy()
    picture = (np.clip(field, 0, 1) * 255).astype(np.uint8)
    torch.manual_seed(seed)
    pairs = [Pair.make(np.stack([picture] * 3), picture, None, "made")]
    return CorrespondenceTrainer(
        RegNetMamba2(replace(SMALL, **changes)),
        pairs,
        CorrespondenceRecipe(batch=2, seed=seed, side_px=96),
    )


def test_local_ssd_equals_its_slow_twin():
    torch.manual_seed(0)
    x, m, b, c = (torch.rand(2, k, 8, 12) for k in (3, 1, 4, 4))
    assert torch.allclose(local_ssd(x, m, b, c, 4), local_ssd_reference(x, m, b, c, 4), atol=1e-5)


@pytest.mark.parametrize("mixer", ["ssd", "attention"])
def test_reading_from_itself_is_the_self_form_and_the_halves_can_change_places(mixer):
    torch.manual_seed(0)
    block, x = CrossSsd(4, 2, 4, mixer), torch.randn(2, 4, 8, 8)
    twice = torch.cat((x, x))
    assert torch.allclose(block(twice, cross=True), block(twice), atol=1e-6)
    assert torch.allclose(
        block(x.roll(1, 0), cross=True), block(x, cross=True).roll(1, 0), atol=1e-6
    )
    assert not torch.allclose(block(x, cross=True), block(x), atol=1e-3)


def test_scores_and_labels_name_the_true_displacement():
    torch.manual_seed(0)
    ground = torch.nn.functional.normalize(torch.randn(1, 32, 12, 14), dim=1)
    scores = coarse_scores(torch.roll(ground, (1, 2), (2, 3)), ground, 3, 3)[0, :, 4:8, 4:8]
    label = bilinear_label(torch.tensor([2.0, 1.0]).view(1, 2, 1, 1).expand(1, 2, 4, 4), 3)[0]
    assert torch.equal(scores.argmax(0), label.argmax(0))
    assert displacements(3)[:, label[:, 0, 0].argmax()].tolist() == [2.0, 1.0]
    ordered = seen_from_reference(
        bilinear_label(torch.tensor([2.0, 1.0]).view(1, 2, 1, 1).expand(1, 2, 9, 9), 3), 3
    )
    assert torch.equal(ordered[0, :, 4, 5].argmax(), label[:, 0, 0].argmax())


def test_fine_votes_find_the_shift():
    torch.manual_seed(0)
    ground = torch.randn(1, 8, 32, 32)
    at = torch.tensor([[15, 16]])
    votes = fine_scores(
        ground, torch.roll(ground, (-2, 3), (2, 3)), torch.zeros(1, dtype=torch.long), at, at, 5, 4
    )
    mean, _, _ = expected(torch.softmax(50 * votes, 1), 4, 2)
    assert mean[0].tolist() == pytest.approx([3.0, -2.0], abs=0.01)


def test_fine_scores_are_the_cosine_of_the_windows():
    """Each score equals what two windows cut by hand give."""
    torch.manual_seed(0)
    own, other = torch.randn(2, 5, 30, 30), torch.randn(2, 5, 30, 30)
    at, there = torch.tensor([[13, 14], [15, 12]]), torch.tensor([[14, 13], [15, 15]])
    scores = fine_scores(own, other, torch.tensor([0, 1]), at, there, 5, 3).view(2, 7, 7)
    for n in range(2):
        for dx, dy in ((-3, 3), (2, -1), (0, 0)):
            cut = [
                x[n, :, y - 2 : y + 3, c - 2 : c + 3]
                for x, (c, y) in (
                    (own, at[n].tolist()),
                    (other, (there[n] + torch.tensor([dx, dy])).tolist()),
                )
            ]
            expected_score = (cut[0] * cut[1]).sum() / (cut[0].norm() * cut[1].norm())
            assert scores[n, dy + 3, dx + 3].item() == pytest.approx(
                expected_score.item(), abs=1e-4
            )


@pytest.mark.parametrize(
    "changes",
    [{}, {"cmi": False}, {"msf": False}, {"mixer": "attention"}, {"bank": False}],
    ids=str,
)
def test_every_form_of_the_network_learns_a_batch(changes):
    """The loss of one batch, drawn once, falls by a quarter at least."""
    trainer = small_trainer(**changes)
    batch = trainer.batch_of(0, 0.2)
    trainer.batch_of = lambda step, fraction: batch
    losses = [trainer.step(0.2)[0] for _ in range(15)]
    assert losses[-1] < losses[0] * 0.75


def test_a_match_lies_where_the_ground_went():
    """Of a picture against itself, moved by whole cells and pixels, the gradients alone find most
    places to a pixel.
    """
    torch.manual_seed(0)
    trainer = small_trainer()
    picture = torch.from_numpy(trainer.pairs[0].sar / np.float32(255.0))
    reference, sensed = (
        x[None, None, 4:196, 4:196] for x in (picture, torch.roll(picture, (6, -11), (0, 1)))
    )
    with torch.inference_mode():
        found = match_images(
            trainer.net.eval(), reference, sensed, 0.0, ("optical", "optical"), rim_px=32
        )
    assert len(found.sensed) > 50
    miss = found.reference - found.sensed - torch.tensor([11.0, -6.0])
    assert miss.norm(dim=1).median() < 1.0


def test_training_reaches_both_stems_and_resumes_exactly(tmp_path):
    trainer = small_trainer()
    trainer.learn(trainer.batch_of(0, 0.5), 0.5)[0].backward()
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
