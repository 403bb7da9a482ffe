"""Tables and picture of a bench: how often matchers are right, against what they cost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from ...matchers import get_spec
from ...matchers.network import shipped_weights
from .bounds import resampled, share_bounds
from .figures import save_figure
from .null_matcher import NULL
from .protocols import ALONE, CLOSURE, THRESHOLDS_PX, Outcome, is_unrelated

_PICTURED_PX, _RIGHT_PX = 3.0, 5.0
_OTHERS = 3  # as many other answers as a median takes
_NEAR_PX = (1.0, 2.0)
_TICKS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def markdown(
    outcomes: list[Outcome],
    protocols: list[str],
    matchers: list[str],
    memory_mb: dict[str, float],
    split: str = "",
) -> str:
    """Return one table per protocol, with 95 % bounds: hits at each threshold for all draws and per
    source, what the refusal did, median seconds, peak memory, size of the weights.

    The peak memory is of what was measured in this run: "-" where all results were there already.
    """
    parts = []
    for protocol in protocols:
        of = [o for o in outcomes if o.protocol == protocol]
        sources = sorted({o.source for o in of})
        heads, cells = _columns(protocol, sources)
        title = f"{protocol}, {split}" if split else protocol
        parts += [
            f"### {title}: {_TITLES.get(_kind(protocol), '')}",
            "",
            "| matcher | " + " | ".join(heads) + " |",
            "|---" * (len(heads) + 1) + "|",
        ]
        for key in matchers:
            mine = [o for o in of if o.matcher == key]
            if mine:
                parts.append(f"| {key} | " + " | ".join(cells(mine, memory_mb)) + " |")
        counts = ", ".join(f"{s} {len({o.id for o in of if o.source == s})}" for s in sources)
        draws = len({o.draw for o in of})
        parts += [
            "",
            (
                f"Pairs: {counts}; draws of each: {draws}. In brackets 95 % bounds: Wilson's "
                "for one draw a pair, else by resampling pairs."
            ),
            "",
        ]
        if _kind(protocol) == "related":
            parts += _agreement(of, matchers)
    return "\n".join(parts)


_TITLES = {
    "unrelated": "share wrongly accepted, %",
    "closure": (
        "error of one registration, px, and share within a threshold, % (truth-free; nothing "
        "found counts as a miss)"
    ),
    "related": "share of all draws within a threshold, % (failures and refusals count as misses)",
    "alone": (
        "share of all draws within a threshold, % (the matcher by itself; failures count as misses)"
    ),
}


def _kind(protocol: str) -> str:
    if is_unrelated(protocol):
        return "unrelated"
    return "closure" if protocol == CLOSURE else "alone" if protocol in ALONE else "related"


def _columns(
    protocol: str, sources: list[str]
) -> tuple[list[str], Callable[[list[Outcome], dict[str, float]], list[str]]]:
    """Return the heads of a table and the function that fills the cells of a row from a matcher's
    outcomes.
    """
    kind = _kind(protocol)
    if kind == "unrelated":
        return ["all", *sources], lambda mine, _: [
            _share(_ok, part) for part in (mine, *_by_source(mine, sources))
        ]
    hits = [f"@{t:g} px" for t in THRESHOLDS_PX]
    if kind == "closure":
        return ["median px", *hits], lambda mine, _: [
            _median(mine),
            *(_share(partial(_within, t), mine) for t in THRESHOLDS_PX),
        ]
    heads = [*hits, *(f"{s} @3" for s in sources)] + (
        ["refused", "unrefused @3", "unrefused @5", "right accepted", "wrong accepted"]
        if kind == "related"
        else []
    )

    def cells(mine: list[Outcome], memory_mb: dict[str, float]) -> list[str]:
        found = [_share(partial(_within, t), mine) for t in THRESHOLDS_PX]
        found += [
            _share(partial(_within, _PICTURED_PX), part, brief=True)
            for part in _by_source(mine, sources)
        ]
        if kind == "related":
            found += [
                str(sum(o.status == "no_reliable_alignment" for o in mine)),
                *(_share(partial(_unrefused, t), mine) for t in (_PICTURED_PX, _RIGHT_PX)),
            ]
            answered = [o for o in mine if o.error_px is not None]
            found += [
                _share(_ok, [o for o in answered if _unrefused(_RIGHT_PX, o) == right])
                for right in (True, False)
            ]
        key = mine[0].matcher
        return [
            *found,
            f"{np.median([o.seconds for o in mine]):.2f}",
            f"{memory_mb[key]:.0f}" if memory_mb.get(key) else "-",
            _weights(key),
        ]

    return [*heads, "s/pair", "peak MB", "weights MB"], cells


def _by_source(mine: list[Outcome], sources: list[str]) -> list[list[Outcome]]:
    return [[o for o in mine if o.source == s] for s in sources]


def _ok(outcome: Outcome) -> bool:
    return outcome.status == "ok"


def _within(threshold: float, outcome: Outcome) -> bool:
    return outcome.within(threshold)


def _unrefused(threshold: float, outcome: Outcome) -> bool:
    return outcome.within(threshold, refused_too=True)


def _share(hit: Callable[[Outcome], bool], of: list[Outcome], brief: bool = False) -> str:
    """Return the share of outcomes in %, with its bounds or how many they are."""
    if not of:
        return "-"
    hits = [hit(o) for o in of]
    if brief:
        return f"{100 * np.mean(hits):.0f}"
    low, high = share_bounds(hits, [(o.source, o.id) for o in of])
    return f"{100 * np.mean(hits):.0f} ({100 * low:.0f}-{100 * high:.0f})"


def _median(of: list[Outcome]) -> str:
    """Return the median error with its bounds; what was not found is at infinity."""
    errors = [np.inf if o.error_px is None else o.error_px for o in of]
    low, high = resampled(errors, [(o.source, o.id) for o in of], "median")
    return f"{np.median(errors):.2f} ({low:.2f}-{high:.2f})"


def _agreement(of: list[Outcome], matchers: list[str]) -> list[str]:
    """Return a table: is a matcher nearer to the truth, or to the other matchers?

    A pair counts where the matcher and three others answered. Where answers agree with each other
    more than with the truth, the truth is suspect; all share the coarse stage, not the fine one.
    """
    misses: dict[tuple[str, str, int], dict[str, tuple[float, float]]] = {}
    for o in of:
        if (
            o.miss_px is not None
            and o.status == "ok"
            and o.matcher in matchers
            and o.matcher != NULL
        ):
            misses.setdefault((o.source, o.id, o.draw), {})[o.matcher] = o.miss_px
    lines = []
    for key in matchers:
        known = [
            (answers[key], [m for k, m in answers.items() if k != key])
            for answers in misses.values()
            if key in answers and len(answers) > _OTHERS
        ]
        if not known:
            continue
        from_truth = [float(np.hypot(*own)) for own, _ in known]
        from_others = [
            float(np.hypot(*(np.array(own) - np.median(others, axis=0)))) for own, others in known
        ]
        cells = [
            f"{100 * np.mean([d <= t for d in distances]):.0f}"
            for distances in (from_truth, from_others)
            for t in _NEAR_PX
        ]
        lines.append(
            f"| {key} | {len(known)} | {np.median(from_truth):.2f} | "
            f"{np.median(from_others):.2f} | " + " | ".join(cells) + " |"
        )
    if not lines:
        return []
    heads = [f"{name} @{t:g}" for name in ("truth", "others") for t in _NEAR_PX]
    return [
        (
            "Distance of the image's middle from the truth and from the median answer of the "
            "other matchers: median in px, and % of the pairs within so many px"
        ),
        "",
        "| matcher | pairs | from the truth | from the others | " + " | ".join(heads) + " |",
        "|---" * (len(heads) + 4) + "|",
        *lines,
        "",
    ]


def _weights(key: str) -> str:
    path = shipped_weights(key)
    return f"{path.stat().st_size / 1e6:.1f}" if path.exists() else "-"


def draw_bench(
    outcomes: list[Outcome],
    protocols: list[str],
    matchers: list[str],
    memory_mb: dict[str, float],
    path: Path,
) -> None:
    """Draw hits within 3 px over seconds a pair, a panel for each protocol of related images; the
    area of a mark grows with peak memory.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullLocator

    shown = [p for p in protocols if not is_unrelated(p) and p != CLOSURE]
    if not shown:
        return
    figure = Figure(figsize=(5.2 * len(shown), 4.0), layout="constrained")
    for axes, protocol in zip(
        np.atleast_1d(figure.subplots(1, len(shown), sharey=True)), shown, strict=True
    ):
        for key in matchers:
            mine = [o for o in outcomes if o.protocol == protocol and o.matcher == key]
            if not mine:
                continue
            seconds, share = (
                float(np.median([o.seconds for o in mine])),
                100 * float(np.mean([o.within(_PICTURED_PX) for o in mine])),
            )
            colour = "#0072B2" if shipped_weights(key).exists() else "#D55E00"
            axes.scatter(
                seconds, share, s=40 + 0.2 * memory_mb.get(key, 0.0), color=colour, alpha=0.6
            )
            axes.annotate(
                get_spec(key).label,
                (seconds, share),
                xytext=(6, 4),
                textcoords="offset points",
                fontsize=8,
            )
        axes.set(
            xscale="log",
            xlabel="seconds a pair (blue: networks)",
            title=f"{protocol}: within {_PICTURED_PX:g} px",
        )
        axes.margins(x=0.3)
        low, high = axes.get_xlim()
        axes.set_xticks([t for t in _TICKS_S if low <= t <= high], minor=False)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.grid(alpha=0.3)
    figure.axes[0].set(ylabel="draws, % (failures counted)", ylim=(0, 108))
    save_figure(figure, path)
