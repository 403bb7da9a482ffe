"""Cross-fusion matching: patches to vectors, layers whose keys and values come from the other
image, and the matching matrix.

Shapes: B windows, N and M keypoints of the sensed and the reference image, T tokens a patch, D
width.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class Attention(nn.Module):
    """Multi-head attention softmax(Q K^T / sqrt(d)) V, its output projection zero at the start.

    Reference:
        Vaswani et al. 2017, Attention is all you need, NeurIPS, eq. 1.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.both, self.out = (
            nn.Linear(width, width),
            nn.Linear(width, 2 * width),
            nn.Linear(width, width),
        )
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, own: Tensor, other: Tensor, known: Tensor | None = None) -> Tensor:
        """Return (B, N, D): `own` (B, N, D) asks, `other` (B, M, D) answers; `known` (B, M) bool,
        at least one a window.
        """
        q = self._split(self.query(own))
        k, v = (self._split(x) for x in self.both(other).chunk(2, dim=-1))
        mask = None if known is None else known[:, None, None, :]
        y = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.out(y.transpose(1, 2).flatten(2))

    def _split(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], self.heads, -1).transpose(1, 2)


def attention_reference(layer: Attention, own: Tensor, other: Tensor, known: Tensor) -> Tensor:
    """Slow twin of `Attention.forward`: one query of one head after the other."""
    q, (k, v) = layer.query(own), layer.both(other).chunk(2, dim=-1)
    size = own.shape[-1] // layer.heads
    y = torch.zeros_like(q)
    for b in range(own.shape[0]):
        for h in range(layer.heads):
            part = slice(h * size, (h + 1) * size)
            for n in range(own.shape[1]):
                logits = k[b, known[b], part] @ q[b, n, part] / math.sqrt(size)
                y[b, n, part] = torch.softmax(logits, 0) @ v[b, known[b], part]
    return layer.out(y)


class _Layer(nn.Module):
    """Attention and a feed-forward half, each with a norm before it and a residual around it."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.forward_norm = nn.LayerNorm(width)
        self.grow, self.shrink = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        nn.init.zeros_(self.shrink.weight)
        nn.init.zeros_(self.shrink.bias)

    def forward(self, own: Tensor, other: Tensor, known: Tensor | None = None) -> Tensor:
        own = own + self.attention(self.norm(own), self.norm(other), known)
        return own + self.shrink(functional.gelu(self.grow(self.forward_norm(own))))


class PatchEncoder(nn.Module):
    """The tokens of a patch, with a code of their position, through a transformer encoder layer to
    one vector.

    Reference:
        KD+CFM, Remote Sens. 2022, 14, 3599, section 3.2: linear embedding, position code, encoder,
        a vector for each patch.
    Deviation:
        tokens are read from a feature map that is made once an image, not from the patch's own
        pixels; vectors of `width` values in place of 256.
    """

    def __init__(
        self, width_in: int, tokens: int, token_width: int, width: int, heads: int
    ) -> None:
        super().__init__()
        self.embed = nn.Linear(width_in, token_width)
        self.position = nn.Parameter(0.02 * torch.randn(tokens, token_width))
        self.layer = _Layer(token_width, heads)
        self.join = nn.Linear(tokens * token_width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return (N, D) of the tokens (N, T, C) of patches."""
        x = self.embed(tokens) + self.position
        return self.join(self.layer(x, x).flatten(1))


def position_code(
    places: Tensor, width: int, longest: float = 512.0, shortest: float = 12.0
) -> Tensor:
    """Return (B, N, width): sines and cosines of x and y (B, N, 2) px at wavelengths from
    `shortest` to `longest` px.
    """
    number = width // 4
    step = torch.arange(number, device=places.device, dtype=places.dtype) / max(number - 1, 1)
    turn = 2 * math.pi / (shortest * (longest / shortest) ** step)
    phase = places[..., None] * turn
    return torch.cat((phase.sin(), phase.cos()), dim=-1).flatten(2)


class CrossFusion(nn.Module):
    """Layers in which each modality asks the other, and the matching matrix.

    Args:
        width: D, a multiple of 4.
        heads: Heads of the attention.
        layers: How many times keys and values are swapped (N_C).

    Reference:
        KD+CFM, Remote Sens. 2022, 14, 3599, section 3.2, eq. 8 and 9.
    Deviation:
        the matching matrix is the product of the softmax over rows and over columns, each with a
        place for "none" (Sarlin et al. 2020, SuperGlue), in place of dense layers on each pair;
        only pairs within the search radius count.
    """

    def __init__(self, width: int, heads: int, layers: int) -> None:
        super().__init__()
        self.width = width
        self.place = nn.Linear(width, width, bias=False)
        nn.init.normal_(self.place.weight, std=0.02)
        self.layers = nn.ModuleList(_Layer(width, heads) for _ in range(layers))
        self.head = nn.Linear(width, width)
        self.log_scale = nn.Parameter(torch.tensor(2.3))
        self.none = nn.Parameter(torch.tensor(0.5))

    def forward(
        self,
        sensed: Tensor,
        reference: Tensor,
        sensed_places: Tensor,
        reference_places: Tensor,
        sensed_known: Tensor,
        reference_known: Tensor,
        radius_px: float,
    ) -> tuple[Tensor, Tensor]:
        """Compare keypoints.

        Args:
            sensed: (B, N, D) vectors of patches.
            reference: (B, M, D).
            sensed_places: (B, N, 2) px of the window.
            reference_places: (B, M, 2).
            sensed_known: (B, N) bool, False = no keypoint here.
            reference_known: (B, M).
            radius_px: Pairs further apart cannot match.

        Returns:
            Logarithms of the softmax over rows (B, N, M + 1) and over columns (B, N + 1, M); the
            last place means "none".
        """
        s = sensed + self.place(position_code(sensed_places, self.width))
        r = reference + self.place(position_code(reference_places, self.width))
        for layer in self.layers:
            s, r = layer(s, r, reference_known), layer(r, s, sensed_known)
        s, r = (functional.normalize(self.head(x), dim=-1) for x in (s, r))
        logits = self.log_scale.exp() * (s @ r.transpose(1, 2))
        distances = torch.linalg.vector_norm(
            sensed_places[:, :, None] - reference_places[:, None], dim=-1
        )
        possible = (distances <= radius_px) & sensed_known[:, :, None] & reference_known[:, None]
        logits = logits.masked_fill(~possible, -1e4)
        none = (self.log_scale.exp() * self.none).expand(logits.shape[0], 1, 1)
        rows = torch.log_softmax(
            torch.cat((logits, none.expand(-1, logits.shape[1], 1)), dim=2), dim=2
        )
        columns = torch.log_softmax(
            torch.cat((logits, none.expand(-1, 1, logits.shape[2])), dim=1), dim=1
        )
        return rows, columns


def matching_matrix(rows: Tensor, columns: Tensor) -> Tensor:
    """Return (B, N, M) in 0..1: how sure both sides are of each pair."""
    return (rows[:, :, :-1] + columns[:, :-1]).exp()


def matching_loss(
    rows: Tensor,
    columns: Tensor,
    distances: Tensor,
    known: tuple[Tensor, Tensor],
    near_px: float = 6.0,
    sigma_px: float = 3.0,
) -> Tensor:
    """Cross-entropy of both softmaxes with soft labels: partners within `near_px` of the true
    place, "none" where there is none.

    Args:
        rows: (B, N, M + 1) logarithms.
        columns: (B, N + 1, M).
        distances: (B, N, M) px from the true place of each sensed keypoint to each reference
            keypoint, inf where it is not known.
        known: Keypoints (B, N) and (B, M) that count.
        near_px: Keypoints whose nearest partner lies between this and 1.5 times it do not count.
        sigma_px: Width of the label.
    """
    total = rows.new_zeros(())
    for logs, distance, count in (
        (rows, distances, known[0]),
        (columns.transpose(1, 2), distances.transpose(1, 2), known[1]),
    ):
        label = torch.exp(-(distance**2) / (2 * sigma_px**2)) * (distance <= near_px)
        nearest = (
            distance.amin(2)
            if distance.shape[2]
            else distance.new_full(distance.shape[:2], torch.inf)
        )
        has, has_none = (nearest <= near_px) & count, (nearest > 1.5 * near_px) & count
        label = label / label.sum(2, keepdim=True).clamp_min(1e-6)
        found = -(label * logs[:, :, :-1]).sum(2)
        loss = torch.where(has, found, -0.5 * logs[:, :, -1])
        total = total + (loss * (has | has_none)).sum() / (has | has_none).sum().clamp_min(1)
    return 0.5 * total
