"""SOMA: its operations equal their slow twins, identity stays identity, and it learns a motion."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from sar_optical_align.models.ops.affine_flow import (
    fit_affine,
    identity,
    lattice,
    move,
    read_at,
    theta_to_flow,
)
from sar_optical_align.models.ops.deformable import (
    DeformableConv,
    deformable_conv,
    deformable_conv_reference,
)
from sar_optical_align.models.ops.local_correlation import (
    correlate_local,
    correlate_local_reference,
    moments,
)
from sar_optical_align.models.soma.fge import Fge, derivative_kernels
from sar_optical_align.models.soma.loss import residual, soma_loss
from sar_optical_align.models.soma.net import Soma, SomaConfig
from sar_optical_align.models.soma.training import (
    NEAR,
    TRAININGS,
    FlowRecipe,
    FlowTrainer,
    flow_case,
    inverted,
    with_borders,
)
from sar_optical_align.models.training.synthetic import Pair
from sar_optical_align.models.training.trainer import ValidationCase
from sar_optical_align.models.training.warped import WarpedSample

SMALL = SomaConfig(more=(8, 8, 8), channels=(8, 8, 8), regress_width=8)


def made_pair(seed=0, side=200):
    rng = np.random.default_rng(seed)
    field = torch.nn.functional.interpolate(
        torch.from_numpy(rng.random((1, 1, 50, 50))), size=(side, side), mode="bicubic"
    )[0, 0].numpy()
    picture = (np.clip(field, 0, 1) * 255).astype(np.uint8)
    return Pair.make(np.stack([picture] * 3), picture, None, "made")


def small_trainer(seed=1):
    torch.manual_seed(seed)
    return FlowTrainer(
        Soma(SMALL), [made_pair(0), made_pair(1)], FlowRecipe(batch=2, seed=seed, side_px=96)
    )


@pytest.mark.parametrize("pool", [1, 2])
def test_local_correlation_equals_its_slow_twin(pool):
    torch.manual_seed(0)
    a, b = torch.randn(2, 3, 6, 8), torch.randn(2, 3, 6, 8)
    assert torch.allclose(
        correlate_local(a, b, 2, pool), correlate_local_reference(a, b, 2, pool), atol=1e-5
    )


def test_deformable_convolution_equals_its_slow_twin_and_starts_plain():
    torch.manual_seed(0)
    x, offsets = torch.randn(1, 2, 5, 6), torch.randn(1, 9, 2, 5, 6)
    weight, bias = torch.randn(3, 2, 3, 3), torch.randn(3)
    assert torch.allclose(
        deformable_conv(x, offsets, weight, bias),
        deformable_conv_reference(x, offsets, weight, bias),
        atol=1e-4,
    )
    layer = DeformableConv(2, 3)
    assert torch.allclose(
        layer(x), torch.nn.functional.conv2d(x, layer.weight, layer.bias, padding=1), atol=1e-5
    )


def test_each_gradient_filter_answers_its_own_direction_most():
    kernels, angles = derivative_kernels(7, 1.3), torch.arange(8) * torch.pi / 8
    line = torch.arange(7.0) - 3
    y, x = torch.meshgrid(line, line, indexing="ij")
    ramps = torch.stack([x * torch.cos(a) + y * torch.sin(a) for a in angles])
    answers = torch.einsum("khw,rhw->kr", kernels, ramps).abs()
    assert torch.equal(answers.argmax(0), torch.arange(8))


def test_an_fge_begins_as_identity_up_to_its_attention():
    x = torch.randn(1, 16, 12, 14)
    gain = (Fge(16, 9)(x) / x).detach()
    assert float(gain.min()) >= 1.0
    assert float(gain.max()) <= 2.0


def test_identity_has_no_flow_and_the_released_numerics_have():
    at = lattice(10, 14, 8, torch.zeros(1))
    assert not theta_to_flow(identity(2, at), at).any()
    released = theta_to_flow(identity(1, at), at, released=True)
    assert float(released.abs().max()) == pytest.approx(4.0)  # half a cell at the border


def test_reading_under_a_motion_reads_what_lies_there():
    at = lattice(12, 16, 4, torch.zeros(1))
    theta = identity(1, at)
    theta[0, :2, 2] = torch.tensor([8.0, -4.0])
    read = read_at(at[None], move(theta, at), 4)
    assert torch.allclose(read[..., 2:-2, 3:-3], move(theta, at)[..., 2:-2, 3:-3], atol=1e-4)


def test_an_affine_motion_is_fitted_and_composed_exactly():
    at = lattice(20, 20, 8, torch.zeros(1))
    theta, before = identity(1, at), identity(1, at)
    theta[0, :2] = torch.tensor([[1.03, -0.02, 3.0], [0.01, 0.98, -5.0]])
    before[0, :2] = torch.tensor([[0.97, 0.05, -7.0], [-0.04, 1.02, 2.0]])
    fitted = fit_affine(
        theta_to_flow(theta, at), torch.full((1, 1, 20, 20), 100.0), at, 80.0, (10.0, 10.0)
    )
    assert torch.allclose(fitted, theta, atol=2e-3)
    flow = theta_to_flow(before @ theta, at)
    assert torch.allclose(residual(before, flow, at), theta_to_flow(theta, at), atol=1e-3)


def test_moments_of_one_high_logit():
    logits = torch.zeros(1, 49, 1, 1)
    logits[0, 5 * 7 + 1] = 50.0  # two down, two left
    mean, covariance = moments(logits, 3, 2.0)
    assert mean.flatten().tolist() == pytest.approx([-4.0, 4.0], abs=1e-3)
    assert covariance.abs().max() < 1e-3


def test_the_flow_back_undoes_the_flow():
    at = lattice(24, 24, 8, torch.zeros(1))
    theta = identity(1, at)
    theta[0, :2] = torch.tensor([[1.05, -0.06, 6.0], [0.06, 1.05, -9.0]])
    back, mask = inverted(theta_to_flow(theta, at), torch.ones(1, 1, 24, 24))
    true = theta_to_flow(torch.linalg.inv(theta), at)
    inner = mask.bool().expand_as(true)
    assert mask[..., 4:-4, 4:-4].all()
    assert torch.allclose(back[inner], true[inner], atol=0.05)


def test_a_case_of_equal_images_has_the_flow_it_says():
    picture = made_pair(0, 256).sar.astype(np.float32) / 255
    case = flow_case(ValidationCase(picture, picture, np.eye(3)), NEAR, 3)
    at = lattice(32, 32, 8, torch.zeros(1))
    sensed, reference = (
        torch.from_numpy(case.sensed)[None, None],
        torch.from_numpy(case.reference)[None, None],
    )
    there = read_at(reference, at[None] + torch.from_numpy(case.flow)[None], 1)
    here = read_at(sensed, at[None], 1)
    counts = torch.from_numpy(case.counts)[None, None] > 0
    assert float((there - here)[counts].abs().median()) < 0.02


@pytest.mark.parametrize("name", list(TRAININGS))
def test_every_variant_runs_and_its_configuration_survives(name):
    config = TRAININGS[name]
    net = Soma(config).eval()
    with torch.inference_mode():
        found = net.match(
            net.describe(torch.rand(1, 1, 96, 112), "sar"),
            net.describe(torch.rand(1, 1, 96, 112), "optical"),
            *[torch.ones(1, 1, 96, 112)] * 2,
        )
    assert found.flow.shape == (1, 2, 12, 14)
    assert found.certainty.shape == (1, 1, 12, 14)
    assert len(found.levels) == config.passes + 2 * config.affine
    assert SomaConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert sum(p.numel() for p in net.parameters()) < 800_000


def test_a_bad_configuration_is_refused():
    for values in ({"more": (12, 16, 16)}, {"channels": (4, 8, 8)}, {"passes": 0}):
        with pytest.raises(ValueError):
            SomaConfig(**values)
    with pytest.raises(TypeError):
        SomaConfig.from_dict({"depth": 3})


def test_gradients_reach_both_encoders_and_every_level():
    torch.manual_seed(0)
    net = Soma(SMALL)
    found = net.match(
        net.describe(torch.rand(1, 1, 96, 96), "sar"),
        net.describe(torch.rand(1, 1, 96, 96), "optical"),
        *[torch.ones(1, 1, 96, 96)] * 2,
    )
    soma_loss(found, torch.full((1, 2, 12, 12), 3.0), torch.ones(1, 1, 12, 12)).backward()
    for encoder in net.encoders.values():
        assert encoder.stem.gradients.weight.grad.abs().sum() > 0
        assert all(head.out.weight.grad.abs().sum() > 0 for head in encoder.heads)
    assert all(m.log_scales.grad.abs().sum() > 0 for m in [*net.glam.coarse, net.glam.refine])


def test_training_learns_and_resumes_exactly(tmp_path):
    trainer = small_trainer()
    losses = [trainer.step((i + 1) / 40)[0] for i in range(40)]
    assert np.mean(losses[-10:]) < np.mean(losses[:10]), losses
    torch.save(trainer.state(), tmp_path / "s.pt")
    ahead = [trainer.step(0.9) for _ in range(2)]
    again = small_trainer(2)
    again.load(torch.load(tmp_path / "s.pt", weights_only=True))
    assert np.array([again.step(0.9) for _ in range(2)]) == pytest.approx(np.array(ahead))


def test_borders_hide_one_image_and_fill_it_with_its_mean():
    rng = np.random.default_rng(0)
    whole = torch.ones(1, 64, 64)
    sample = WarpedSample(
        torch.rand(1, 64, 64), whole, torch.rand(1, 64, 64), whole, torch.zeros(2, 64, 64), 0
    )
    for _ in range(40):
        cut = with_borders(sample, rng)
        sides = [
            (sample.reference, cut.reference, cut.reference_mask),
            (sample.sensed, cut.sensed, cut.sensed_mask),
        ]
        assert sum(float(mask.min()) < 1 for _, _, mask in sides) <= 1
        for before, after, mask in sides:
            assert 0.5 < float(mask.mean()) <= 1.0
            assert torch.equal(before * mask, after * mask)
            assert torch.allclose(after[mask < 1], before[mask > 0].mean())
