"""Files of weights: of a network that has learnt nothing, and damaged ones."""

from __future__ import annotations

import json


def untrained(folder, key, network, config, half=False):
    """Write the weights of `network(config)` at random with their card; what must hold of any
    weights is tested with them.
    """
    import torch
    from sar_optical_align.models.weights import save_weights

    torch.manual_seed(0)
    path = folder / "w.safetensors"
    tensors = network(config).state_dict()
    save_weights(
        path,
        {k: v.half() for k, v in tensors.items()} if half else tensors,
        {"network": key, "config": config.to_dict()},
    )
    return path


def attentive(net):
    """Return a network of MSA-Net's kind whose attention, which begins as nothing, does
    something.
    """
    import torch
    from sar_optical_align.models.msa_net.nla import Nla

    for layer in net.modules():
        if isinstance(layer, Nla):
            torch.nn.init.normal_(layer.leave.weight, std=0.1)
    return net


DAMAGES = ("truncated", "missing", "other", "config", "infinite")


def damaged(weights, folder, damage, **config):
    """Write a damaged copy of weights: one of `DAMAGES`, a "card" that is none, or anything else
    with values of its card's config changed.
    """
    path = folder / "w.safetensors"
    data, card = weights.read_bytes(), json.loads(weights.with_suffix(".json").read_text())
    card.update(
        {"other": {"network": "another"}, "config": {"config": {"no_such": 3}}}.get(damage, {})
    )
    card["config"] = {**card["config"], **config}
    if damage == "infinite":
        return _with_infinity(data, card, path)
    if damage != "missing":
        path.write_bytes(data[:5000] if damage == "truncated" else data)
    path.with_suffix(".json").write_text("nonsense" if damage == "card" else json.dumps(card))
    return path


def _with_infinity(data, card, path):
    """Write weights that fit their checksum but hold a number too large for their type."""
    from safetensors.torch import load, save
    from sar_optical_align.models.weights import _checksum

    tensors = load(data)
    name = next(n for n, t in tensors.items() if t.is_floating_point() and t.numel() > 1)
    tensors[name].view(-1)[0] = float("inf")
    path.write_bytes(save(tensors))
    path.with_suffix(".json").write_text(
        json.dumps({**card, "sha256": _checksum(path.read_bytes())})
    )
    return path
