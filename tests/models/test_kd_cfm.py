"""KD+CFM: its operations equal their slow twins, its losses have no empty optimum, and both stages
of its training run and resume.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from sar_optical_align.models.kd_cfm.cross_fusion import (
    Attention,
    CrossFusion,
    attention_reference,
    matching_loss,
    matching_matrix,
)
from sar_optical_align.models.kd_cfm.keypoints import (
    agreement,
    flatness,
    peakiness,
    pick_keypoints,
    read_along,
)
from sar_optical_align.models.kd_cfm.net import KdCfm, KdCfmConfig
from sar_optical_align.models.kd_cfm.placing import around, similarity_around
from sar_optical_align.models.kd_cfm.training import (
    TRAININGS,
    KeypointRecipe,
    KeypointTrainer,
    make_trainer,
    match_images,
)
from sar_optical_align.models.ops.deformable import BoundedDeformableConv, deformable_conv_reference
from sar_optical_align.models.ops.modality_norm import ModalityNorm
from sar_optical_align.models.training.synthetic import Pair
from sar_optical_align.models.training.trainer import Recipe, ValidationCase
from sar_optical_align.models.weights import fill, load_weights, save_weights

SMALL = KdCfmConfig(
    detector_widths=(4, 8, 8),
    encoder_widths=(8, 8, 16),
    channels=10,
    token_width=16,
    width=32,
    layers=2,
    keypoints=48,
)
DETECTING, MATCHING = 0.1, 0.5


def picture(seed, side):
    field = torch.from_numpy(np.random.default_rng(seed).random((1, 1, side // 8, side // 8)))
    field = torch.nn.functional.interpolate(field, size=(side, side), mode="bicubic")[0, 0].numpy()
    return np.clip(field, 0, 1).astype(np.float32)


def made_pair(seed):
    grey = (255 * picture(seed, 288)).astype(np.uint8)
    return Pair.make(np.stack([grey] * 3), grey, None, "made")


def small_trainer(seed=1):
    torch.manual_seed(seed)
    recipe = KeypointRecipe(
        batch=1, seed=seed, detector_batch=2, detector_window_px=96, refine=False, rate=3e-3
    )
    return KeypointTrainer(KdCfm(SMALL), [made_pair(0), made_pair(1)], recipe)


def fusion_of(layers=2):
    """Return a fusion whose layers are not at their neutral start."""
    fusion = CrossFusion(32, 4, layers)
    for layer in fusion.layers:
        torch.nn.init.normal_(layer.attention.out.weight, std=0.3)
        torch.nn.init.normal_(layer.shrink.weight, std=0.3)
    return fusion


def test_bounded_deformable_taps_equal_their_slow_twin_and_stay_in_reach():
    torch.manual_seed(0)
    layer = BoundedDeformableConv(3)
    torch.nn.init.normal_(layer.offset.weight, std=3.0)
    x = torch.randn(2, 3, 6, 7)
    offsets = layer.offsets(x)
    assert 1.0 < float(offsets.detach().abs().max()) <= layer.reach
    assert torch.allclose(
        layer(x),
        deformable_conv_reference(x, offsets.detach(), layer.taps(), torch.zeros(3)),
        atol=1e-4,
    )
    plain = BoundedDeformableConv(3)
    assert torch.allclose(
        plain(x), torch.nn.functional.conv2d(x, plain.taps(), padding=1), atol=1e-5
    )


def test_attention_equals_its_slow_twin_and_begins_as_nothing():
    torch.manual_seed(0)
    layer, own, other = Attention(16, 4), torch.randn(2, 5, 16), torch.randn(2, 7, 16)
    known = torch.rand(2, 7) > 0.4
    known[:, 0] = True
    assert not layer(own, other, known).any()
    torch.nn.init.normal_(layer.out.weight)
    assert torch.allclose(
        layer(own, other, known), attention_reference(layer, own, other, known), atol=1e-5
    )


def test_a_place_stands_out_or_not():
    assert torch.allclose(
        peakiness(torch.full((1, 4, 8, 8), 3.0)), torch.full((1, 1, 8, 8), float(np.log(2) ** 2))
    )
    y = torch.zeros(1, 4, 9, 9)
    y[0, 2, 4, 5] = 4.0
    score = peakiness(y, 3)[0, 0]
    assert torch.equal(score.argmax(), peakiness(y)[0, 0].argmax())
    assert divmod(int(score.argmax()), 9) == (4, 5)


def test_a_constant_map_is_no_optimum():
    """It agrees with everything, but costs more than peaks that agree, and its gradient leads away
    from it.
    """
    one, flow = torch.ones(1, 1, 36, 36), torch.zeros(1, 2, 36, 36)

    def loss(score):
        return agreement(score, score, flow, one) + 0.5 * (
            flatness(score, one) + flatness(score, one)
        )

    constant = torch.full((1, 1, 36, 36), 0.48, requires_grad=True)
    peaked = torch.zeros(1, 1, 36, 36)
    peaked[..., 1::4, 1::4] = 1.0
    assert float(loss(constant.detach())) == pytest.approx(2.0, abs=1e-5)
    assert float(loss(peaked)) < 0.05
    loss(constant).backward()
    assert constant.grad.abs().sum() > 0


def test_agreement_is_0_for_equal_maps_and_high_for_unrelated_ones():
    torch.manual_seed(0)
    a, b, flow = torch.rand(1, 1, 40, 40), torch.rand(1, 1, 40, 40), torch.zeros(1, 2, 40, 40)
    one = torch.ones(1, 1, 40, 40)
    assert float(agreement(a, a, flow, one)) == pytest.approx(0.0, abs=1e-5)
    assert 1.5 < float(agreement(a, b, flow, one)) < 2.2
    flow[:, 0], flow[:, 1] = 3.0, -2.0
    inner = torch.zeros_like(one)
    inner[..., 8:-8, 8:-8] = 1.0
    moved = a.roll((2, -3), (2, 3))  # q shows what a shows at q + (3, -2)
    assert torch.allclose(read_along(a, flow)[..., 8:-8, 8:-8], moved[..., 8:-8, 8:-8], atol=1e-5)
    assert float(agreement(a, moved, flow, inner)) < 0.02
    assert float(agreement(a, a, flow, inner)) > 1.5


def test_keypoints_are_apart_valid_and_highest_first():
    torch.manual_seed(0)
    score, valid = torch.rand(40, 50), torch.ones(40, 50, dtype=torch.bool)
    valid[:, :20] = False
    places, value = pick_keypoints(score, valid, spacing=3, threshold=0.5)
    assert len(places) > 10
    assert torch.equal(score[places[:, 1], places[:, 0]], value)
    assert (value.diff() <= 0).all()
    assert int(places[:, 0].min()) >= 20
    apart = (places[:, None] - places[None]).abs().amax(2) + 100 * torch.eye(
        len(places), dtype=torch.long
    )
    assert int(apart.min()) > 3
    assert len(pick_keypoints(score, torch.zeros_like(valid))[0]) == 0


def test_the_matching_matrix_lies_in_0_to_1_and_knows_the_radius():
    torch.manual_seed(0)
    fusion = fusion_of()
    places = 192 * torch.rand(2, 9, 2), 192 * torch.rand(2, 12, 2)
    known = torch.ones(2, 9, dtype=torch.bool), torch.rand(2, 12) > 0.3
    rows, columns = fusion(
        3 * torch.randn(2, 9, 32), 3 * torch.randn(2, 12, 32), *places, *known, 60.0
    )
    matrix = matching_matrix(rows, columns)
    assert matrix.shape == (2, 9, 12)
    assert float(matrix.min()) >= 0.0
    assert float(matrix.max()) <= 1.0
    assert (matrix.sum(2) <= 1 + 1e-5).all()
    assert (matrix.sum(1) <= 1 + 1e-5).all()
    assert torch.allclose(rows.exp().sum(2), torch.ones(2, 9), atol=1e-5)
    impossible = (torch.cdist(*places) > 60.0) | ~known[1][:, None]
    assert impossible.any()
    assert float(matrix[impossible].max()) < 1e-12


def test_fusion_does_not_depend_on_the_order_or_on_places_that_do_not_count():
    torch.manual_seed(0)
    fusion = fusion_of()
    s, r, places = (
        torch.randn(1, 6, 32),
        torch.randn(1, 8, 32),
        (100 * torch.rand(1, 6, 2), 100 * torch.rand(1, 8, 2)),
    )
    known = torch.ones(1, 6, dtype=torch.bool), torch.ones(1, 8, dtype=torch.bool)
    known[1][0, 5:] = False
    matrix = matching_matrix(*fusion(s, r, *places, *known, 80.0))
    other = r.clone()
    other[0, 5:] = 9.0
    assert torch.allclose(
        matching_matrix(*fusion(s, other, *places, *known, 80.0)), matrix, atol=1e-6
    )
    turn = torch.tensor([3, 1, 5, 0, 2, 4])
    turned = matching_matrix(*fusion(s[:, turn], r, places[0][:, turn], places[1], *known, 80.0))
    assert torch.allclose(turned, matrix[:, turn], atol=1e-5)


def test_the_matching_loss_is_lowest_for_the_true_pairs():
    apart = torch.full((1, 3, 3), 50.0)
    apart[0, 0, 1] = apart[0, 1, 0] = 0.0  # the third of each side has no partner
    known = torch.ones(1, 3, dtype=torch.bool), torch.ones(1, 3, dtype=torch.bool)

    def loss(pairs):
        logits = torch.zeros(1, 4, 4)
        for n, m in pairs:
            logits[0, n, m] = 12.0
        return float(
            matching_loss(
                logits[:, :3].log_softmax(2), logits[:, :, :3].log_softmax(1), apart, known
            )
        )

    right = loss([(0, 1), (1, 0), (2, 3), (3, 2)])
    assert right < 0.01
    assert loss([(0, 0), (1, 1), (2, 3), (3, 2)]) > 1.0
    assert loss([(0, 1), (1, 0), (2, 2)]) > 1.0
    assert np.isfinite(loss([]))


def test_placing_finds_an_offset_and_fills_what_is_not_valid():
    torch.manual_seed(0)
    features, mask = torch.randn(4, 60, 70), torch.ones(1, 60, 70)
    moved = features.roll((2, -1), (1, 2))
    at = torch.tensor([[30, 30], [40, 25]])
    surfaces = similarity_around((moved, mask), (features, mask), at, at, 8, 4)
    assert surfaces.shape == (2, 9, 9)
    assert [divmod(int(s.argmax()), 9) for s in surfaces] == [
        (2, 5),
        (2, 5),
    ]  # rows - 2, columns + 1
    assert float(surfaces.max()) == pytest.approx(1.0, abs=1e-3)
    corner = around(torch.ones(2, 20, 20), torch.ones(1, 20, 20), torch.tensor([[0, 0]]), 5)
    assert torch.allclose(corner, torch.ones_like(corner))
    assert not around(
        torch.ones(2, 20, 20), torch.zeros(1, 20, 20), torch.tensor([[0, 0]]), 5
    ).any()
    assert len(similarity_around((moved, mask), (features, mask), at[:0], at[:0], 8, 4)) == 0


def test_gradients_reach_every_part_in_its_stage():
    trainer = small_trainer()
    net = trainer.net
    # away from the neutral start, where zero projections hide what lies behind them
    for layer in [net.patches.layer, *net.fusion.layers]:
        torch.nn.init.normal_(layer.attention.out.weight, std=0.1)
        torch.nn.init.normal_(layer.shrink.weight, std=0.1)
    torch.nn.init.normal_(net.features.trust.weight, std=0.1)
    net.train()
    trainer.learn(trainer.batch_of(0, DETECTING), DETECTING)[0].backward()
    missing = [n for n, p in net.detector.named_parameters() if p.grad is None or not p.grad.any()]
    assert not [n for n in missing if not n.endswith("bias")], missing
    assert all(p.grad is None for n, p in net.named_parameters() if not n.startswith("detector."))
    net.zero_grad()
    trainer.learn(trainer.batch_of(0, MATCHING), MATCHING)[0].backward()
    missing = [
        n
        for n, p in net.named_parameters()
        if not n.startswith("detector.") and (p.grad is None or not p.grad.any())
    ]
    assert not [n for n in missing if not n.endswith("bias")], missing
    assert all(p.grad is None for p in net.detector.parameters())


def test_each_stage_moves_its_part_only_and_resumes_exactly(tmp_path):
    trainer = small_trainer()
    before = {k: v.clone() for k, v in trainer.net.named_parameters()}
    assert np.isfinite(trainer.step(DETECTING)).all()
    assert {
        k.split(".")[0] for k, v in trainer.net.named_parameters() if not torch.equal(v, before[k])
    } == {"detector"}
    detector = {k: v.clone() for k, v in trainer.net.detector.state_dict().items()}
    assert np.isfinite(trainer.step(MATCHING)).all()
    assert all(torch.equal(v, detector[k]) for k, v in trainer.net.detector.state_dict().items())
    torch.save(trainer.state(), tmp_path / "s.pt")
    ahead = [trainer.step(f) for f in (DETECTING, MATCHING)]
    again = small_trainer(2)
    again.load(torch.load(tmp_path / "s.pt", weights_only=True))
    assert np.array([again.step(f) for f in (DETECTING, MATCHING)]) == pytest.approx(
        np.array(ahead)
    )


def test_validation_measures_late_only():
    trainer = small_trainer()
    case = ValidationCase(
        picture(3, 256),
        picture(3, 256)[32:224, 32:224],
        np.array([[1.0, 0, 32], [0, 1, 32], [0, 0, 1]]),
    )
    trainer.step(MATCHING)
    assert np.isinf(trainer.validate(trainer.averaged(), [case])).all()
    trainer.step(0.9)
    assert trainer.validate(trainer.averaged(), [case]).shape == (1, len(trainer.measures))
    with torch.inference_mode():
        shifts, sure = match_images(trainer.averaged(), case.reference, case.sensed, "cpu")
    assert shifts.shape == (len(sure), 2)
    assert ((sure >= 0) & (sure <= 1)).all()


@pytest.mark.parametrize("fraction", [DETECTING, MATCHING])
def test_each_stage_learns_a_batch(fraction):
    trainer = small_trainer()
    batch = trainer.batch_of(0, fraction)
    trainer.batch_of = lambda step, fraction: batch
    losses = [trainer.step(fraction)[0] for _ in range(6)]
    assert losses[-1] < losses[0], losses


@pytest.mark.parametrize("name", list(TRAININGS))
def test_every_variant_runs(name):
    trainer = make_trainer(name, [made_pair(0)], Recipe(), "cpu")
    net = trainer.net.eval()
    with torch.inference_mode():
        image = torch.rand(1, 1, 96, 112)
        score, seen = net.detect(image), net.describe(image, "sar")
    assert score.shape == (1, 1, 48, 56)
    assert float(score.min()) > 0
    assert seen.fine.shape == (1, net.config.channels, 48, 56)
    assert seen.tokens.shape[2:] == (12, 14)
    assert len(net.fusion.layers) == net.config.layers
    assert sum(p.numel() for p in net.parameters()) < 1_500_000


def test_weights_and_card_survive(tmp_path):
    torch.manual_seed(0)
    net, again = KdCfm(SMALL), KdCfm(SMALL)
    save_weights(
        tmp_path / "w.safetensors",
        net.state_dict(),
        {"network": "kd_cfm", "config": SMALL.to_dict()},
    )
    tensors, card = load_weights(tmp_path / "w.safetensors", "kd_cfm")
    assert KdCfmConfig.from_dict(card["config"]) == SMALL
    assert KdCfmConfig.from_dict(json.loads(json.dumps(SMALL.to_dict()))) == SMALL
    fill(again, tensors, "w")
    assert all(
        torch.allclose(a, b, atol=2e-3)
        for a, b in zip(net.state_dict().values(), again.state_dict().values(), strict=True)
    )


def test_a_bad_configuration_is_refused():
    for values in ({"width": 30}, {"heads": 5}, {"layers": 0}, {"channels": 4}):
        with pytest.raises(ValueError, match=r"needed|multiples"):
            KdCfmConfig(**values)
    with pytest.raises(TypeError):
        KdCfmConfig.from_dict({"depth": 3})


def test_statistics_of_one_modality_leave_the_other_alone():
    """In evaluation a modality is normalised by its own mean and spread, whatever the other looks
    like.
    """
    norm = ModalityNorm(3, ("optical", "sar"))
    optical, sar = torch.randn(8, 3, 6, 6), 5.0 + 2.0 * torch.randn(8, 3, 6, 6)
    for _ in range(80):
        norm(optical, "optical"), norm(sar, "sar")
    norm.eval()
    for modality, x in (("optical", optical), ("sar", sar)):
        y = norm(x, modality)
        assert y.mean().item() == pytest.approx(0.0, abs=0.02)
        assert y.std().item() == pytest.approx(1.0, abs=0.02)
