"""MSA-Net: attention equals its slow twin, descriptors lie where they say, its losses and measures
tell right from wrong, every ablation trains.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sar_optical_align.models.msa_net.net import MsaNet, MsaNetConfig
from sar_optical_align.models.msa_net.nla import Nla, nla_reference
from sar_optical_align.models.msa_net.patch_metrics import (
    decision_accuracy,
    false_positive_rate,
)
from sar_optical_align.models.msa_net.training import (
    STEP,
    TRAININGS,
    PatchRecipe,
    PatchTrainer,
    make_trainer,
    patch_facts,
    places,
    read_map,
    windows_apart,
)
from sar_optical_align.models.msa_net.triplets import contrast, decision, distance, triplet
from sar_optical_align.models.training.synthetic import Pair
from sar_optical_align.models.training.trainer import Recipe, ValidationCase
from sar_optical_align.models.training.warped import Motion, WarpedSample
from weight_files import attentive

SMALL = MsaNetConfig(widths=(4, 8, 8), channels=32)
JOINED = replace(SMALL, joined=24)


def picture(seed, side):
    field = torch.from_numpy(np.random.default_rng(seed).random((1, 1, side // 8, side // 8)))
    field = torch.nn.functional.interpolate(field, size=(side, side), mode="bicubic")[0, 0].numpy()
    return np.clip(field, 0, 1).astype(np.float32)


def made_pair(seed):
    grey = (255 * picture(seed, 200)).astype(np.uint8)
    return Pair.make(np.stack([grey] * 3), 255 - grey, None, "made")


def small_trainer(seed=1, **values):
    torch.manual_seed(seed)
    recipe = PatchRecipe(
        **{"batch": 2, "seed": seed, "window_px": 96, "room_px": 16, "refine": False, **values}
    )
    return PatchTrainer(MsaNet(SMALL), [made_pair(0), made_pair(1)], recipe)


def unit(count, width, seed):
    return torch.nn.functional.normalize(
        torch.randn(count, width, generator=torch.Generator().manual_seed(seed)), dim=1
    )


@pytest.mark.parametrize("cell", [1, 2])
def test_attention_equals_its_slow_twin_and_begins_as_nothing(cell):
    torch.manual_seed(0)
    layer, x = Nla(4, cell, 3), torch.randn(2, 4, 8, 6)
    assert torch.equal(layer(x), x)
    torch.nn.init.normal_(layer.leave.weight)
    assert torch.allclose(layer(x), nla_reference(layer, x), atol=1e-5)
    assert not torch.allclose(layer(x), x, atol=0.1)


@pytest.mark.parametrize("config", [SMALL, JOINED])
def test_descriptors_lie_where_they_say(config):
    """Unit length; every second of the fine map is one of the coarse map; a moved image has moved
    descriptors.
    """
    torch.manual_seed(0)
    net = attentive(MsaNet(config)).eval()
    image = torch.from_numpy(picture(0, 480))[None, None, :, :400]
    with torch.inference_mode():
        coarse, fine = net(image, "sar"), net(image, "sar", 4)
        channels = 64 if config.joined else 32
        assert coarse.shape == (1, channels, 53, 43)
        assert fine.shape == (1, channels, 105, 85)
        assert torch.allclose(fine.norm(dim=1), torch.ones(1, 105, 85), atol=1e-5)
        assert torch.allclose(fine[..., ::2, ::2], coarse, atol=1e-5)
        moved = net(image[..., 16:, 8:], "sar", 4)
        inner = slice(32, 45)
        assert torch.allclose(moved[0, :, inner, 32:36], fine[0, :, 36:49, 34:38], atol=0.02)
        apart = net(image[..., 4:-4, :], "sar")[0, :, 18:24, 18:24], fine[0, :, 37:49:2, 36:48:2]
        assert float((apart[0] * apart[1]).sum(0).min()) > 0.95


def test_the_second_scale_sees_the_ground_around_at_the_same_places():
    """Beyond the 64 px only the joined network sees a change; the halved image's places are those
    of the image, also at odd sizes.
    """
    torch.manual_seed(0)
    near, joined = MsaNet(SMALL).eval(), MsaNet(JOINED).eval()
    image = torch.from_numpy(picture(0, 264))[None, None]
    changed = image.clone()
    changed[..., :44] = 0.5
    with torch.inference_mode():
        node = (..., slice(14, 19), (88 - 32) // 8)  # 56 to 120 px
        moved = [
            float((net(image, "sar")[node] - net(changed, "sar")[node]).abs().max())
            for net in (near, joined)
        ]
        assert moved[1] > 0.02 > moved[0]  # `near` knows of it by the standardisation alone
        for side in ((64, 64), (72, 64), (64, 88)):
            assert joined(torch.rand(1, 1, *side), "optical", 4).shape[2:] == tuple(
                (n - 64) // 4 + 1 for n in side
            )
    assert set(
        MsaNet(
            MsaNetConfig.from_dict({k: v for k, v in SMALL.to_dict().items() if k != "joined"})
        ).state_dict()
    ) == set(near.state_dict())
    with pytest.raises(ValueError, match="joined"):
        replace(SMALL, joined=-1)


def test_the_decision_costs_least_where_one_threshold_parts_all():
    sar, other = unit(9, 6, 0), torch.ones(9, 9, dtype=torch.bool).fill_diagonal_(False)
    scale = torch.tensor(10.0)
    apart = decision(torch.eye(9) - 0.2, other, scale)
    # each row ranks its partner first here, too, but no threshold serves all rows
    ranked = torch.eye(9) - 0.2 + torch.linspace(-2, 2, 9)[:, None]
    assert float(apart) < 0.1 < float(decision(ranked, other, scale))
    assert float(decision(sar @ sar.T, torch.zeros_like(other), scale)) == 0.0


def test_a_batch_has_no_more_places_than_asked_for():
    few, all_ = (small_trainer(places=n).batch_of(0, 0.5).known for n in (5, None))
    assert len(few.batch) == 5 < len(all_.batch)
    rows = {tuple(v) for v in torch.stack((all_.batch, all_.row, all_.column), dim=1).tolist()}
    assert {tuple(v) for v in torch.stack((few.batch, few.row, few.column), dim=1).tolist()} <= rows


@pytest.mark.parametrize("name", list(TRAININGS))
def test_every_variant_trains_and_its_configuration_survives(name):
    trainer = make_trainer(name, [made_pair(0)], Recipe(seed=3), "cpu")
    assert (
        MsaNetConfig.from_dict(json.loads(json.dumps(TRAININGS[name].to_dict()))) == TRAININGS[name]
    )
    assert trainer.net.config == TRAININGS[name]
    trainer.recipe = PatchRecipe(
        **{**vars(trainer.recipe), "batch": 2, "window_px": 96, "room_px": 16, "places": 40}
    )
    before = {k: v.clone() for k, v in trainer.net.named_parameters()}
    assert np.isfinite(trainer.step(0.2)).all()
    moved = {
        k.split(".")[0] for k, v in trainer.net.named_parameters() if not torch.equal(v, before[k])
    }
    assert {"stems", "trunks", *(("wide", "join") if TRAININGS[name].joined else ())} <= moved
    assert (
        2 * sum(p.numel() for p in trainer.net.parameters()) <= 6_000_000
    )  # bytes of the float16 that ship


def test_presets_differ_in_what_they_say():
    recipes = {n: make_trainer(n, [made_pair(0)], Recipe(), "cpu").recipe for n in TRAININGS}
    assert [recipes[n].constraint for n in ("one_scale", "lambda_0", "lambda_1")] == [0.1, 0.0, 1.0]
    assert recipes["paper_loss"].localise == 0.0
    assert recipes["tiny"].decide > recipes["one_scale"].decide == 0.0
    assert replace(TRAININGS["tiny"], joined=0) == TRAININGS["one_scale"]
    assert {TRAININGS[n].sharing for n in ("one_scale", "shared", "unshared")} == {
        "partial",
        "shared",
        "unshared",
    }
    assert not TRAININGS["no_nla"].nla
    for values in (
        {"sharing": "some"},
        {"widths": (3, 4, 4)},
        {"widths": (4, 4)},
        {"dropout": 1.0},
    ):
        with pytest.raises(ValueError, match=next(iter(values))):
            MsaNetConfig(**values)


def test_sharing_is_what_it_says():
    nets = {
        s: MsaNet(MsaNetConfig(widths=(4, 8, 8), channels=32, sharing=s))
        for s in ("shared", "partial", "unshared")
    }
    sizes = [sum(p.numel() for p in n.parameters()) for n in nets.values()]
    assert sizes[0] < sizes[1] < sizes[2] <= 2 * sizes[0]
    image = torch.rand(2, 1, 72, 80)
    for sharing, net in nets.items():
        net.eval()
        assert torch.allclose(
            net(image, "optical"), net(image, "sar"), atol=1e-6
        )  # alike at the start
        net.train()
        net.zero_grad()
        optical, sar = net.both(image, image, (4, 8))
        assert (optical.shape[2:], sar.shape[2:]) == ((3, 5), (2, 3))
        optical[:, 0].sum().backward()
        reached = [n for n, p in net.named_parameters() if p.grad is not None and p.grad.any()]
        assert any(n.startswith("stems.optical") for n in reached)
        assert not any(n.startswith("trunks.sar") for n in reached) or sharing == "partial"


def test_both_equals_each_alone_when_nothing_is_learnt_from_the_batch():
    net = MsaNet(SMALL).eval()
    optical, sar = torch.rand(2, 1, 72, 80), torch.rand(2, 1, 72, 80)
    with torch.inference_mode():
        a, b = net.both(optical, sar, (4, 8))
        assert torch.allclose(a, net(optical, "optical", 4), atol=1e-5)
        assert torch.allclose(b, net(sar, "sar", 8), atol=1e-5)


def test_the_triplet_loss_equals_its_definition():
    sar, optical, apart = unit(7, 6, 0), unit(7, 6, 1), ~torch.eye(7, dtype=torch.bool)
    apart[0, 1] = apart[1, 0] = False
    d = distance(sar @ optical.T)
    for i, value in enumerate(triplet(sar, optical, apart, margin=0.7)):
        wrong = [float(v) for j in range(7) if apart[i, j] for v in (d[i, j], d[j, i])]
        assert float(value) == pytest.approx(max(0.0, float(d[i, i]) - min(wrong) + 0.7), abs=1e-5)
    losses = [float(triplet(sar, optical, apart, nearest=n).mean()) for n in (1, 3, 5)]
    assert losses[0] > losses[1] > losses[2]  # the hardest negative costs most
    assert float(triplet(sar, sar, ~torch.eye(7, dtype=torch.bool), margin=0.0).max()) < 2e-3
    assert float(contrast(sar, sar, apart, torch.tensor(50.0)).mean()) < float(
        contrast(sar, sar.roll(1, 0), apart, torch.tensor(50.0)).mean()
    )


def test_windows_cut_apart_keep_their_motion():
    """The sensed pixel at q still shows what the reference shows at q + flow(q)."""
    side, rng = 80, np.random.default_rng(4)
    ground = torch.from_numpy(picture(0, side))[None]
    moved = ground.roll((3, -2), (1, 2))  # q shows what the ground shows at q + (2, -3)
    flow = torch.stack((torch.full((side, side), 2.0), torch.full((side, side), -3.0)))
    offsets = set()
    for _ in range(6):
        cut = windows_apart(
            WarpedSample(ground, torch.ones_like(ground), moved, ground, flow, 0), 56, rng
        )
        assert cut.sensed.shape == cut.reference.shape == cut.sensed_mask.shape == (1, 56, 56)
        x, y = (int(v) for v in cut.flow[:, 0, 0])
        offsets.add((x, y))
        for q in ((20, 30), (25, 28)):
            if 0 <= q[1] + y < 56 and 0 <= q[0] + x < 56:
                assert float(cut.sensed[0, q[1], q[0]]) == float(
                    cut.reference[0, q[1] + y, q[0] + x]
                )
    assert len(offsets) > 3


def test_places_know_their_partner():
    side = 96
    one, flow = torch.ones(1, side, side), torch.zeros(2, side, side)
    flow[0], flow[1] = 6.0, -4.0
    mask = one.clone()
    mask[:, :, :40] = 0.0
    found = places(
        [WarpedSample(one, one, one, one, flow, 0), WarpedSample(one, mask, one, one, flow, 0)]
    )
    at = torch.stack((found.column, found.row), dim=1) * 8.0
    assert torch.allclose(found.truth * STEP, at + torch.tensor([6.0, -4.0]))
    assert int(found.row[found.batch == 0].min()) == 1  # the first row's partner lies above the map
    assert (found.batch == 1).sum() < (found.batch == 0).sum()
    field = torch.stack(
        torch.meshgrid(torch.arange(1.0, 6.0), torch.arange(1.0, 5.0), indexing="xy")
    )[None]
    read = read_map(field, torch.zeros(1, dtype=torch.long), torch.tensor([[2.5, 1.25]]))
    assert torch.allclose(read, torch.nn.functional.normalize(torch.tensor([[3.5, 2.25]]), dim=1))


@given(
    st.lists(st.floats(-1, 1), min_size=4, max_size=40),
    st.lists(st.floats(-1, 1), min_size=4, max_size=40),
)
@settings(max_examples=60, deadline=None)
def test_measures_of_patches_are_rates_and_know_the_order(matching, other):
    a, b = np.array(matching), np.array(other)
    rate = false_positive_rate(a, b)
    assert 0.0 <= rate <= 1.0
    assert (a >= np.sort(a)[::-1][int(np.ceil(0.95 * len(a) - 1e-9)) - 1]).mean() >= 0.95
    assert false_positive_rate(a + 5.0, b) == 0.0
    assert false_positive_rate(a - 5.0, b) == 1.0
    assert decision_accuracy(a + 5.0, b) == 1.0
    assert 0.0 <= decision_accuracy(a, b) <= 1.0


def test_measures_of_patches_by_hand():
    matching = np.arange(100) / 100.0
    assert false_positive_rate(matching, np.array([0.04, 0.05, 0.06, 0.5])) == 0.75
    rng = np.random.default_rng(0)
    assert decision_accuracy(rng.normal(0, 1, 20000), rng.normal(0, 1, 20000)) == pytest.approx(
        0.5, abs=0.02
    )
    assert decision_accuracy(rng.normal(2, 1, 20000), rng.normal(0, 1, 20000)) == pytest.approx(
        0.841, abs=0.01
    )
    codes = [unit(9, 64, i).numpy().astype(np.float64) for i in range(5)]
    facts = patch_facts(codes, codes)
    assert facts["patches"] == 45
    assert (facts["accuracy"], facts["FPR95"], facts["FPR95_same_scene"]) == (1.0, 0.0, 0.0)
    assert patch_facts(codes, [c[::-1].copy() for c in codes])["accuracy_same_scene"] < 0.7


def test_a_tiny_set_is_learnt_by_heart():
    """One pair of opposite contrast, no gradients given: the loss falls, and most places are found
    within 4 px.
    """
    torch.manual_seed(1)
    still = Motion(rotation_deg=0.0, shift_px=4.0, scale=0.0, bend_px=0.0)
    recipe = PatchRecipe(batch=2, window_px=96, room_px=16, refine=False, motion=still, rate=4e-3)
    trainer = PatchTrainer(
        MsaNet(MsaNetConfig(widths=(8, 8, 8), channels=32, bank=False)), [made_pair(0)], recipe
    )
    seen = np.array([trainer.step(0.1 + 0.8 * i / 80) for i in range(80)])
    assert seen[-15:, 0].mean() < seen[:5, 0].mean() - 1.0, seen[:, 0].round(2)
    assert seen[-15:, 1].mean() > 0.7, seen[:, 1].round(2)


def test_training_resumes_exactly_and_measures(tmp_path):
    trainer = small_trainer()
    trainer.step(0.1)
    torch.save(trainer.state(), tmp_path / "s.pt")
    torch.manual_seed(5)
    ahead = [trainer.step(f) for f in (0.2, 0.9)]
    again = small_trainer(2)
    again.load(torch.load(tmp_path / "s.pt", weights_only=True))
    torch.manual_seed(5)
    assert np.array([again.step(f) for f in (0.2, 0.9)]) == pytest.approx(np.array(ahead))
    cases = [
        ValidationCase(
            picture(i, 144),
            1 - picture(i, 144)[16:128, 12:124],
            np.array([[1.0, 0, 12], [0, 1, 16], [0, 0, 1]]),
        )
        for i in (3, 4)
    ]
    errors = again.validate(again.averaged(), cases)
    assert errors.shape == (2, 2)
    assert np.isfinite(errors).all()
    assert again.facts["patches"] == 2 * 4
