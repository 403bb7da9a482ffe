"""State-space operations: equal to their slow twins, to mamba-ssm's own references, and
differentiable.
"""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mamba_reference import load
from sar_optical_align.models.ops.scan import selective_scan, selective_scan_reference
from sar_optical_align.models.ops.ss2d import SS2D, cross_merge, cross_scan
from sar_optical_align.models.ops.ssd import (
    ssd,
    ssd_noncausal,
    ssd_noncausal_reference,
    ssd_reference,
)
from sar_optical_align.models.ops.two_way_ssd import (
    by_single_scans,
    two_way_ssd,
    two_way_ssd_reference,
)


def s6_input(length, batch=2, width=5, state=3, dtype=torch.float64, seed=0):
    g = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=g, dtype=dtype)

    delta = torch.nn.functional.softplus(normal(batch, width, length))
    return (
        normal(batch, width, length),
        delta,
        -torch.exp(normal(width, state)),
        normal(batch, state, length),
        normal(batch, state, length),
        normal(width),
    )


def ssd_input(length, batch=2, heads=3, width=4, state=5, dtype=torch.float64, seed=0):
    g = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=g, dtype=dtype)

    dt = torch.nn.functional.softplus(normal(batch, length, heads))
    return (
        normal(batch, length, heads, width),
        dt,
        -torch.exp(normal(heads)),
        normal(batch, length, state),
        normal(batch, length, state),
    )


@settings(max_examples=25, deadline=None)
@given(length=st.integers(1, 70), chunk=st.integers(1, 40), seed=st.integers(0, 99))
def test_chunks_change_nothing(length, chunk, seed):
    u = s6_input(length, seed=seed)
    torch.testing.assert_close(selective_scan(*u, chunk=chunk), selective_scan_reference(*u))
    x = ssd_input(length, seed=seed)
    torch.testing.assert_close(ssd(*x, chunk=chunk), ssd_reference(*x))


def two_way_input(length, dtype=torch.float64, seed=0):
    g = torch.Generator().manual_seed(seed)

    def normal(*shape):
        return torch.randn(*shape, generator=g, dtype=dtype)

    return (
        normal(2, 2, length, 3, 4),
        torch.nn.functional.softplus(normal(2, 2, length, 2, 3)),
        -torch.exp(normal(2, 2, 3)),
        normal(2, 2, length, 2, 5),
        normal(2, 2, length, 2, 5),
    )


@settings(max_examples=15, deadline=None)
@given(length=st.integers(1, 50), chunk=st.integers(1, 40), seed=st.integers(0, 99))
def test_both_ways_at_once_equal_two_scans(length, chunk, seed):
    given_ = two_way_input(length, seed=seed)
    slow = two_way_ssd_reference(*given_)
    torch.testing.assert_close(two_way_ssd(*given_, chunk), slow)
    torch.testing.assert_close(by_single_scans(*given_, chunk), slow)


@settings(max_examples=10, deadline=None)
@given(length=st.integers(1, 30), chunk=st.integers(1, 20))
def test_groups_of_heads_read_their_own(length, chunk):
    """Heads in two groups, each with its b and c, are two scans."""
    x, dt, a, b, c = ssd_input(length, heads=4)
    b, c = torch.stack((b, b.flip(1)), dim=2), torch.stack((c, 2 * c), dim=2)
    found = ssd(x, dt, a, b, c, chunk)
    for group, heads in enumerate((slice(0, 2), slice(2, 4))):
        alone = ssd_reference(
            x[:, :, heads], dt[:, :, heads], a[heads], b[:, :, group], c[:, :, group]
        )
        torch.testing.assert_close(found[:, :, heads], alone)
    torch.testing.assert_close(ssd_reference(x, dt, a, b, c), found)


@pytest.mark.parametrize("length", [16, 64])
def test_equal_to_mamba_ssm(length):
    selective_scan_ref, ssd_minimal_discrete = load()
    u, delta, a, b, c, d = s6_input(length, dtype=torch.float32)
    torch.testing.assert_close(
        selective_scan(u, delta, a, b, c, d),
        selective_scan_ref(u, delta, a, b, c, d),
        atol=1e-4,
        rtol=1e-4,
    )
    x, dt, a, b, c = ssd_input(length, dtype=torch.float32)
    heads = x.shape[2]
    theirs, _ = ssd_minimal_discrete(
        x * dt[..., None],
        dt * a,
        b[:, :, None].repeat(1, 1, heads, 1),
        c[:, :, None].repeat(1, 1, heads, 1),
        16,
    )
    torch.testing.assert_close(ssd(x, dt, a, b, c, 32), theirs, atol=1e-4, rtol=1e-4)


def test_gradients():
    u = [t.requires_grad_() for t in s6_input(7, batch=1, width=2, state=2)]
    assert torch.autograd.gradcheck(lambda *t: selective_scan(*t, chunk=3), u)
    x = [t.requires_grad_() for t in ssd_input(7, batch=1, heads=2, width=2, state=2)]
    assert torch.autograd.gradcheck(lambda *t: ssd(*t, chunk=3), x)
    assert torch.autograd.gradcheck(ssd_noncausal, x)
    both = [t[:1, :1].detach().requires_grad_() for t in two_way_input(5)]
    both[2] = two_way_input(5)[2][:1].requires_grad_()
    assert torch.autograd.gradcheck(lambda *t: two_way_ssd(*t, 2), both)


def test_noncausal_form_equals_its_twin_and_reads_across():
    x, dt, a, b, c = ssd_input(9)
    torch.testing.assert_close(
        ssd_noncausal(x, dt, a, b, c), ssd_noncausal_reference(x, dt, a, b, c)
    )
    other = torch.randn(2, 4, 5, dtype=torch.float64)
    across = ssd_noncausal(x, dt, a, b, other)
    assert across.shape == (2, 4, 3, 4)
    torch.testing.assert_close(across, ssd_noncausal_reference(x, dt, a, b, other))
    order = torch.randperm(9)
    torch.testing.assert_close(
        ssd_noncausal(x[:, order], dt[:, order], a, b[:, order], other), across
    )


def test_the_past_only():
    x, dt, a, b, c = ssd_input(20)
    changed = x.clone()
    changed[:, 12:] += 5.0
    torch.testing.assert_close(ssd(changed, dt, a, b, c, 8)[:, :12], ssd(x, dt, a, b, c, 8)[:, :12])


def test_long_strong_decay_stays_finite():
    x, dt, a, b, c = ssd_input(300, dtype=torch.float32)
    assert torch.isfinite(ssd(x, dt * 100, a * 100, b, c, 64)).all()


@settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 7), width=st.integers(1, 7))
def test_merging_what_was_scanned_gives_four_times_the_image(height, width):
    x = torch.randn(2, 3, height, width)
    torch.testing.assert_close(cross_merge(cross_scan(x), height, width), 4 * x)


def test_the_four_directions():
    x = torch.arange(6.0).reshape(1, 1, 2, 3)
    assert cross_scan(x)[0, :, 0].tolist() == [
        [0, 1, 2, 3, 4, 5],
        [0, 3, 1, 4, 2, 5],
        [5, 4, 3, 2, 1, 0],
        [5, 2, 4, 1, 3, 0],
    ]


@pytest.mark.parametrize("by_line", [False, True])
def test_ss2d_by_ssd_equals_the_scans_written_out(by_line):
    torch.manual_seed(1)
    net = SS2D(6, state=3, heads=2, core="ssd", by_line=by_line, chunk=4).double()
    x = torch.randn(2, 6, 5, 7, dtype=torch.float64)
    given_ = net.project(x).unflatten(1, (4, -1))
    found = []
    for k in range(4):
        g, v = cross_scan(given_[:, k])[:, k].transpose(1, 2), cross_scan(x)[:, k].transpose(1, 2)
        length = (5 if k % 2 else 7) if by_line else 35
        lines = []
        for start in range(0, 35, length):
            part, h = slice(start, start + length), g[:, start : start + length]
            dt = torch.nn.functional.softplus(h[..., 6:] + net.dt_bias[k])
            lines.append(
                ssd_reference(
                    v[:, part].unflatten(-1, (2, 3)),
                    dt,
                    -torch.exp(net.a_log[k]),
                    h[..., :3],
                    h[..., 3:6],
                ).flatten(2)
            )
        found.append(torch.cat(lines, dim=1).transpose(1, 2))
    expected = cross_merge(torch.stack(found, dim=1), 5, 7) + net.skip[:, None, None] * x
    torch.testing.assert_close(net(x), expected)


@pytest.mark.parametrize("core", ["ssd", "s6"])
def test_ss2d_by_line_does_not_see_the_width_of_the_tile(core):
    torch.manual_seed(2)
    net = SS2D(8, state=4, heads=2, core=core)
    with torch.no_grad():
        net.dt_bias += 5.0  # forgets within a few pixels
    x = torch.randn(1, 8, 9, 40)
    torch.testing.assert_close(
        net(x)[..., 12:20], net(x[..., :32])[..., 12:20], atol=1e-4, rtol=1e-3
    )
