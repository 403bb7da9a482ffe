"""ME-SSM: its parts keep the grid, its features do not depend on the tile, its losses do what they
say.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sar_optical_align.models.me_ssm.config import ABLATIONS, PRESETS, MeSsmConfig
from sar_optical_align.models.me_ssm.local_net import LocalMeSsm
from sar_optical_align.models.me_ssm.melf import POSES, Melf, WindowMelf
from sar_optical_align.models.me_ssm.mfa import Mfa
from sar_optical_align.models.me_ssm.net import MeSsm, make_net
from sar_optical_align.models.me_ssm.training import (
    TemplateRecipe,
    TemplateTrainer,
    make_trainer,
    peaks,
)
from sar_optical_align.models.ops.similarity import (
    slide_conv,
    slide_each,
    slide_fft,
    slide_groups,
    slide_reference,
)
from sar_optical_align.models.training.losses import (
    gaussian_label,
    hard_negative_hinge,
    peak_spread,
    registration_loss,
)
from sar_optical_align.models.training.synthetic import Pair, SampleSize, draw
from sar_optical_align.models.training.trainer import Recipe
from sar_optical_align.models.weights import WeightsError, fill, halved, load_weights, save_weights
from torch.utils.flop_counter import FlopCounterMode


@pytest.mark.parametrize("name", POSES)
def test_each_pose_has_an_exact_inverse(name):
    there, back = POSES[name]
    x = torch.randn(2, 3, 5, 7)
    assert torch.equal(back(there(x)), x)


@pytest.mark.parametrize("name", POSES)
def test_an_expert_in_any_pose_keeps_the_grid(name):
    """A bright pixel stays where it is."""
    conv = torch.nn.Conv2d(1, 1, 3, padding=1, bias=False)
    torch.nn.init.constant_(conv.weight, 1.0)
    x = torch.zeros(1, 1, 9, 12)
    x[0, 0, 4, 7] = 1.0
    found, _ = Melf(lambda: conv, 1, (name,))(x)
    assert torch.equal(found, conv(x))


def test_gates_add_up_to_one():
    melf = Melf(lambda: torch.nn.Conv2d(2, 4, 3, padding=1), 4, tuple(POSES))
    found, gates = melf(torch.randn(2, 2, 40, 56))
    assert found.shape == (2, 4, 40, 56)
    assert gates.shape == (2, len(POSES), 40, 56)
    torch.testing.assert_close(gates.sum(1), torch.ones(2, 40, 56))


@pytest.mark.parametrize("soft", [True, False])
def test_one_gate_a_window_blends_the_experts_at_both_resolutions(soft):
    torch.manual_seed(0)
    melf = WindowMelf(2, 4, 6, tuple(POSES), soft)
    x = torch.randn(2, 2, 40, 56)
    full, half, gates = melf(x)
    assert (full.shape, half.shape) == ((2, 4, 40, 56), (2, 6, 20, 28))
    torch.testing.assert_close(gates.sum(1), torch.ones(2))
    found = [
        POSES[pose][1](expert(POSES[pose][0](x))[1])
        for pose, expert in zip(melf.poses, melf.experts, strict=True)
    ]
    mixed = sum(f * g[:, None, None, None] for f, g in zip(found, gates.T, strict=True))
    torch.testing.assert_close(half, mixed)
    if not soft:
        torch.testing.assert_close(gates, torch.full_like(gates, 1 / len(POSES)))


@pytest.mark.parametrize("name", POSES)
def test_a_deep_expert_in_any_pose_keeps_the_grid(name):
    """A bright pair of pixels stays where it is, at full resolution and at 1/2."""
    torch.manual_seed(0)
    melf = WindowMelf(1, 1, 1, (name,), True)
    with torch.no_grad():
        for layer in melf.modules():
            if isinstance(layer, torch.nn.Conv2d):
                layer.weight.fill_(0.1)
                layer.bias.zero_()
    x = torch.zeros(1, 1, 40, 48)
    x[0, 0, 18:20, 26:28] = 1.0
    with torch.inference_mode():
        full, half, _ = melf(x)
    for found, centre in ((full, (18.5, 26.5)), (half, (9.0, 13.0))):
        grids = torch.meshgrid(*(torch.arange(float(n)) for n in found.shape[2:]), indexing="ij")
        share = found[0, 0] / found.sum()
        assert [float((share * g).sum()) for g in grids] == pytest.approx(centre, abs=1e-4)


def test_the_version_chooses_the_network():
    assert isinstance(make_net(MeSsmConfig.from_dict({"core": "ssd"})), LocalMeSsm)  # an old card
    assert isinstance(make_net(PRESETS["tiny"]), MeSsm)
    assert isinstance(make_net(PRESETS["first"]), LocalMeSsm)


def test_the_convolutions_in_place_of_scans_cost_as_much():
    costs = {}
    for name, config in (("scans", PRESETS["tiny"]), ("conv", ABLATIONS["no_mamba"])):
        with FlopCounterMode(display=False) as counter, torch.inference_mode():
            make_net(config).eval()(torch.rand(1, 1, 128, 128), "sar")
        costs[name] = counter.get_total_flops()
    assert costs["conv"] == pytest.approx(costs["scans"], rel=0.05)


def test_one_pose_is_the_plain_network():
    expert = torch.nn.Conv2d(1, 3, 3, padding=1)
    x = torch.randn(1, 1, 16, 16)
    assert torch.equal(Melf(lambda: expert, 3, ("identity",))(x)[0], expert(x))


def test_mfa_takes_any_levels():
    levels = [torch.randn(1, c, 48 // s, 40 // s) for c, s in ((4, 1), (8, 2), (12, 4))]
    assert Mfa((4, 8, 12), 16)(levels).shape == (1, 16, 48, 40)


def test_similarity_in_three_ways():
    torch.manual_seed(3)
    template, window = (
        torch.randn(2, 3, 6, 5, dtype=torch.float64),
        torch.randn(2, 3, 11, 13, dtype=torch.float64),
    )
    slow = slide_reference(template, window)
    assert slow.shape == (2, 6, 9)
    torch.testing.assert_close(slide_fft(template, window), slow)
    torch.testing.assert_close(slide_conv(template, window), slow)
    torch.testing.assert_close(
        slide_fft(window[:, :, 2:8, 4:9] * 3 + 1, window)[:, 2, 4],
        torch.ones(2, dtype=torch.float64),
    )


def test_several_templates_at_once_are_each_alone():
    torch.manual_seed(4)
    window = torch.randn(2, 5, 14, 12, dtype=torch.float64, requires_grad=True)
    templates = [
        torch.randn(2, 5, *size, dtype=torch.float64, requires_grad=True)
        for size in ((9, 9), (4, 6), (14, 12))
    ]
    together = slide_each(templates, window, (3, 2))
    alone = [slide_groups(t, window, (3, 2)) for t in templates]
    for a, b in zip(together, alone, strict=True):
        torch.testing.assert_close(a, b)
    weight = [torch.randn_like(t) for t in together]
    given_ = [window, *templates]
    gradients = [
        torch.autograd.grad(sum((f * w).sum() for f, w in zip(found, weight, strict=True)), given_)
        for found in (together, alone)
    ]
    torch.testing.assert_close(*gradients)


def test_label_hinge_and_spread():
    truth = torch.tensor([[10.3, 6.6]])
    label = gaussian_label(truth, 15, 20)
    assert label.sum().item() == pytest.approx(1.0)
    rows, columns = torch.meshgrid(torch.arange(15.0), torch.arange(20.0), indexing="ij")
    assert (label[0] * columns).sum().item() == pytest.approx(10.3, abs=0.03)
    assert (label[0] * rows).sum().item() == pytest.approx(6.6, abs=0.03)
    right = label / label.max()
    assert hard_negative_hinge(right, truth, label).item() == 0.0
    wrong = right.clone()
    wrong[0, 0, :] = 1.0  # the largest similarities outside count, not the smallest
    assert hard_negative_hinge(wrong, truth, label).item() > 0.3
    assert peak_spread(20 * right, truth) < peak_spread(2 * right, truth)
    scale = torch.tensor(3.0)
    assert registration_loss(right, truth, scale) < registration_loss(wrong, truth, scale)


def test_peaks_to_sub_pixel():
    x, y = torch.arange(30.0), torch.arange(20.0)
    surface = torch.exp(-((x[None] - 11.3) ** 2 + (y[:, None] - 7.8) ** 2) / 40)
    assert peaks(surface[None])[0].tolist() == pytest.approx([11.3, 7.8], abs=0.02)
    corner = torch.zeros(1, 5, 5)
    corner[0, 4, 0] = 1.0
    assert peaks(corner)[0].tolist() == [0.0, 4.0]


@pytest.mark.parametrize("name", [*PRESETS, *ABLATIONS])
def test_every_configuration_describes_images_of_any_size(name):
    config = {**PRESETS, **ABLATIONS}[name]
    net = make_net(config).eval()
    with torch.inference_mode():
        found = net(torch.rand(1, 1, 37, 50), "sar")
    assert found.features.shape == (1, net.channels, 37, 50)
    assert found.gates.shape == (1, len(config.poses), 37, 50)
    assert 0 < float(found.features.norm(dim=1).max()) <= 1.0
    assert MeSsmConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_a_bad_configuration_is_refused():
    for values in (
        {"core": "lstm"},
        {"version": 3},
        {"scan": "spiral"},
        {"gates": "hard"},
        {"window_px": 100},
        {"window_px": 64},
        {"expand": 0},
        {"poses": ("upside_down",)},
        {"poses": ()},
        {"widths": (10, 20, 30)},
    ):
        with pytest.raises(ValueError):
            MeSsmConfig(**values)
    with pytest.raises(TypeError):
        MeSsmConfig.from_dict({"depth": 3})


def made_pair(seed=0, side=200):
    rng = np.random.default_rng(seed)
    field = torch.nn.functional.interpolate(
        torch.from_numpy(rng.random((1, 1, 50, 50))), size=(side, side), mode="bicubic"
    )[0, 0].numpy()
    picture = (np.clip(field, 0, 1) * 255).astype(np.uint8)
    return Pair.make(np.stack([picture] * 3), picture, None, "made")


def test_a_drawn_template_lies_where_its_truth_says():
    """Of equal pictures, template and window differ by tones and noise only: plain correlation
    finds the truth.
    """
    rng = np.random.default_rng(5)
    errors = []
    while len(errors) < 20:
        sample = draw([made_pair()], 0, SampleSize(96, 64), rng)
        if sample.origin.pair < 0:
            continue
        surface = slide_fft(sample.template[None], sample.window[None])
        surface = torch.maximum(surface, -surface)  # tones may be inverted
        errors.append(float(np.hypot(*(peaks(surface)[0].numpy() - np.array(sample.truth)))))
    assert np.median(errors) < 0.5, errors


def test_offsets_found_in_training_go_to_the_truth():
    """A pair whose SAR is shifted by 2 px: correlation of equal pictures pulls its offset there."""
    pair = made_pair(3)
    shifted = Pair.make(pair.optical, np.roll(pair.sar, (0, 2), axis=(0, 1)), None, "made")
    trainer = TemplateTrainer(MeSsm(PRESETS["tiny"]), [shifted], TemplateRecipe(batch=1))
    for _ in range(60):
        sample = draw([shifted], 0, SampleSize(96, 64), trainer.rng)
        surface = slide_fft(sample.template[None], sample.window[None])
        miss = peaks(torch.maximum(surface, -surface))[0].numpy() - np.array(sample.truth)
        trainer.refine_samples([sample.origin], miss[None])
    assert shifted.offsets[0, 0] == pytest.approx([2.0, 0.0], abs=0.3)


def small_trainer(seed=1):
    torch.manual_seed(seed)
    config = MeSsmConfig(
        poses=("identity", "flip_x"),
        expert_width=4,
        widths=(8, 8, 8),
        depths=(0, 1, 1),
        state=4,
        mfa_width=8,
        channels=8,
    )
    recipe = TemplateRecipe(
        batch=4, seed=seed, refine=False, window_px=64, template_px=48, parts_px=((32, 40),)
    )
    return TemplateTrainer(MeSsm(config), [made_pair(0), made_pair(1)], recipe)


def test_training_learns_and_resumes_exactly(tmp_path):
    trainer = small_trainer()
    losses = [trainer.step((i + 1) / 30)[0] for i in range(30)]
    assert np.mean(losses[-5:]) < np.mean(losses[:5]) - 0.5, losses
    torch.save(trainer.state(), tmp_path / "s.pt")
    ahead = [trainer.step(0.9) for _ in range(2)]
    again = small_trainer(2)
    again.load(torch.load(tmp_path / "s.pt", weights_only=True))
    assert np.array([again.step(0.9) for _ in range(2)]) == pytest.approx(np.array(ahead))


@pytest.mark.parametrize("without", ["no_scans", "uniform_gates", "no_mfa", "no_melf"])
def test_an_ablation_goes_on_from_the_full_network_without_its_part(without):
    torch.manual_seed(5)
    full = MeSsm(PRESETS["tiny"]).state_dict()
    trainer = make_trainer(without, [made_pair(0)], Recipe(), "cpu")
    share = trainer.start_from({k: v.half() for k, v in full.items()})
    assert 0.9 < share <= 1.0
    taken = trainer.net.state_dict()
    for name in ("head.weight", "levels.2.conv.weight", "fronts.sar.experts.0.at_half.0.weight"):
        torch.testing.assert_close(taken[name], full[name].half().float())
        assert torch.equal(trainer.mean[name], taken[name])
    with pytest.raises(RuntimeError, match="in common"):
        trainer.start_from(MeSsm(PRESETS["base"]).state_dict())


def test_weights_round_trip_and_damage(tmp_path):
    net, path = MeSsm(PRESETS["tiny"]), tmp_path / "w.safetensors"
    save_weights(path, net.state_dict(), {"network": "me_ssm", "config": net.config.to_dict()})
    tensors, card = load_weights(path, "me_ssm")
    other = MeSsm(MeSsmConfig.from_dict(card["config"]))
    fill(other, tensors, path.name)
    assert all(
        torch.equal(a, b)
        for a, b in zip(net.state_dict().values(), other.state_dict().values(), strict=True)
    )
    with pytest.raises(WeightsError, match="not of soma"):
        load_weights(path, "soma")
    with pytest.raises(WeightsError, match="not made for this network"):
        fill(MeSsm(PRESETS["base"]), tensors, path.name)
    data = path.read_bytes()
    for damaged in (data[: len(data) // 2], data[:-1] + b"x", b""):
        path.write_bytes(damaged)
        with pytest.raises(WeightsError, match="damaged"):
            load_weights(path, "me_ssm")
    path.unlink()
    with pytest.raises(WeightsError, match="cannot be read"):
        load_weights(path, "me_ssm")
    path.with_suffix(".json").write_text("{}")
    with pytest.raises(WeightsError, match="not the card"):
        load_weights(path, "me_ssm")


def test_weights_that_are_not_finite_are_not_written(tmp_path):
    with pytest.raises(WeightsError, match="b holds numbers that are not finite"):
        save_weights(
            tmp_path / "w.safetensors",
            {"a": torch.ones(2), "b": torch.tensor([1.0, float("nan")])},
            {"network": "me_ssm", "config": {}},
        )
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=8))
def test_halved_weights_stay_finite_and_close(numbers):
    given_ = {
        "w": torch.tensor(numbers),
        "norm.running_var": torch.tensor(numbers),
        "steps": torch.tensor(len(numbers)),
    }
    out = halved(given_)
    assert torch.equal(out["norm.running_var"], given_["norm.running_var"])
    assert torch.equal(out["steps"], given_["steps"])
    assert out["w"].isfinite().all()
    assert torch.allclose(out["w"].float(), given_["w"], rtol=1e-3, atol=1e-7)
    assert out["w"].dtype is (torch.float16 if given_["w"].abs().max() < 65520 else torch.float32)
