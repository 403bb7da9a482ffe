"""Weights on disk: a safetensors file and, beside it, a JSON card that says what they are and what
they were measured to do.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn


class WeightsError(ValueError):
    """The file of weights is missing, damaged or not made for this network."""


def save_weights(path: Path, tensors: dict[str, Tensor], card: dict[str, Any]) -> None:
    """Write `path` (.safetensors) and its card (.json); the card gets the file's size and sha256.

    Raises:
        WeightsError: a tensor holds numbers that are not finite; nothing is written.
    """
    from safetensors.torch import save

    _refuse_not_finite(path, tensors)
    data = save({k: v.detach().cpu().contiguous() for k, v in tensors.items()})
    path.parent.mkdir(parents=True, exist_ok=True)
    card_text = json.dumps(
        {**card, "bytes": len(data), "sha256": _checksum(data)}, indent=1
    ).encode()
    parts: dict[Path, Path] = {}
    try:
        for target, content in ((path, data), (path.with_suffix(".json"), card_text)):
            part = target.with_name(f".{target.stem[:40]}-{secrets.token_hex(8)}.part")
            handle = os.open(
                part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666
            )  # follows no link that lies there
            parts[target] = part
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        for target, part in parts.items():
            part.replace(target)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def halved(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors as float16, but for those that it cannot hold: too large, or statistics of
    a normalisation, whose range is wide.
    """

    def half(name: str, tensor: Tensor) -> Tensor:
        fits = (
            tensor.is_floating_point()
            and not name.rpartition(".")[2].startswith("running_")
            and bool(tensor.half().isfinite().all())
        )
        return tensor.half() if fits else tensor

    return {name: half(name, tensor) for name, tensor in tensors.items()}


def _refuse_not_finite(path: Path, tensors: dict[str, Tensor]) -> None:
    if bad := [name for name, tensor in tensors.items() if not tensor.isfinite().all()]:
        raise WeightsError(
            f"The weights {path.name} are damaged: {bad[0]} holds numbers that are not finite."
        )


def _checksum(data: bytes) -> str:
    """Return the sha256 in groups of eight digits, which scanners for secrets do not take for a
    key.
    """
    digits = hashlib.sha256(data).hexdigest()
    return " ".join(digits[i : i + 8] for i in range(0, len(digits), 8))


def read_card(path: Path) -> dict[str, Any]:
    """Read the card beside `path`.

    Raises:
        WeightsError: there is none, or it is no card.
    """
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"The card {path.with_suffix('.json').name} cannot be read: {error}"
        ) from error
    if not isinstance(card, dict) or not {"network", "config", "sha256"} <= card.keys():
        raise WeightsError(
            f"{path.with_suffix('.json').name} is not the card of a network's weights."
        )
    return card


def load_weights(path: Path, network: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read weights and card, checked against the card's sha256.

    Args:
        path: The .safetensors file.
        network: Name the card must bear.

    Raises:
        WeightsError: missing, damaged, or another network's.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    card = read_card(path)
    if card["network"] != network:
        raise WeightsError(f"{path.name} holds weights of {card['network']}, not of {network}.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weights {path.name} cannot be read: {error}") from error
    if _checksum(data) != card["sha256"]:
        raise WeightsError(
            f"The weights {path.name} are damaged: {len(data)} bytes that do not fit the "
            "checksum of their card."
        )
    try:
        tensors = load(data)
    except SafetensorError as error:
        raise WeightsError(f"The weights {path.name} are damaged: {error}") from error
    _refuse_not_finite(path, tensors)
    return tensors, card


def fill(net: nn.Module, tensors: dict[str, Tensor], name: str) -> None:
    """Put tensors into a network; every one must fit.

    Raises:
        WeightsError: a tensor is missing, left over or of another shape.
    """
    try:
        net.load_state_dict({k: v.to(torch.float32) for k, v in tensors.items()}, strict=True)
    except RuntimeError as error:
        raise WeightsError(
            f"The weights {name} were not made for this network: "
            f"{str(error).splitlines()[-1].strip()}"
        ) from error
