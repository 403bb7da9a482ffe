"""Tables and picture of a bench: how often matchers are right, against what they cost."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .matchers import all_specs
from .matchers.network import shipped_weights
from .protocols import THRESHOLDS_PX, Outcome, is_shift, is_unrelated

_PICTURED_PX = 3.0
_OTHERS = 3  # as many other answers as a median takes
_NEAR_PX = (1.0, 2.0)
_TICKS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def markdown(outcomes: list[Outcome], protocols: list[str], matchers: list[str], memory_mb: dict[str, float]) -> str:
    """Return one table per protocol: hits at each threshold for all pairs and per source, refusals, median seconds, peak memory, size of the weights.

    The peak memory is of what was measured in this run: "-" where all results were there already.
    """
    parts = []
    for protocol in protocols:
        of = [o for o in outcomes if o.protocol == protocol]
        sources = sorted({o.source for o in of})
        if is_unrelated(protocol):
            parts += [f"### {protocol}: share wrongly accepted (%)", "", "| matcher | " + " | ".join(["all", *sources]) + " |", "|---" * (len(sources) + 2) + "|"]
        else:
            name = _measure(protocol)
            heads = [f"{name}@{t:g} px" for t in THRESHOLDS_PX]
            parts += [
                f"### {protocol}: {name} in % of all pairs (failures counted)", "",
                "| matcher | " + " | ".join([*heads, *(f"{s} @3" for s in sources), "refused", "s/pair", "peak MB", "weights MB"]) + " |",
                "|---" * (len(heads) + len(sources) + 5) + "|",
            ]
        for key in matchers:
            mine = [o for o in of if o.matcher == key]
            if not mine:
                continue
            if is_unrelated(protocol):
                cells = [_share([o.status == "ok" for o in mine])] + [_share([o.status == "ok" for o in mine if o.source == s]) for s in sources]
            else:
                cells = [_share([_hit(o, t) for o in mine]) for t in THRESHOLDS_PX]
                cells += [_share([_hit(o, 3.0) for o in mine if o.source == s]) for s in sources]
                cells += [str(sum(o.status == "no_reliable_alignment" for o in mine)), f"{np.median([o.seconds for o in mine]):.2f}"]
                cells += [f"{memory_mb[key]:.0f}" if memory_mb.get(key) else "-", _weights(key)]
            parts.append(f"| {key} | " + " | ".join(cells) + " |")
        counts = ", ".join(f"{s} {len({o.id for o in of if o.source == s})}" for s in sources)
        parts += ["", f"Pairs: {counts}.", ""]
        if not is_unrelated(protocol):
            parts += _agreement(of, matchers)
    return "\n".join(parts)


def _agreement(of: list[Outcome], matchers: list[str]) -> list[str]:
    """Return a table: is a matcher nearer to the truth, or to the other matchers?

    A pair counts where the matcher and three others answered. Where answers agree with each other more than with the truth, the truth is suspect; all share the
    coarse stage, not the fine one.
    """
    misses: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    for o in of:
        if o.miss_px is not None and o.matcher in matchers:
            misses.setdefault((o.source, o.id), {})[o.matcher] = o.miss_px
    lines = []
    for key in matchers:
        known = [(answers[key], [m for k, m in answers.items() if k != key]) for answers in misses.values() if key in answers and len(answers) > _OTHERS]
        if not known:
            continue
        from_truth = [float(np.hypot(*own)) for own, _ in known]
        from_others = [float(np.hypot(*(np.array(own) - np.median(others, axis=0)))) for own, others in known]
        cells = [_share([d <= t for d in distances]) for distances in (from_truth, from_others) for t in _NEAR_PX]
        lines.append(f"| {key} | {len(known)} | {np.median(from_truth):.2f} | {np.median(from_others):.2f} | " + " | ".join(cells) + " |")
    if not lines:
        return []
    heads = [f"{name} @{t:g}" for name in ("truth", "others") for t in _NEAR_PX]
    return [
        "Distance of the image's middle from the truth and from the median answer of the other matchers: median in px, and % of the pairs within so many px", "",
        "| matcher | pairs | from the truth | from the others | " + " | ".join(heads) + " |", "|---" * (len(heads) + 4) + "|", *lines, "",
    ]


def _measure(protocol: str) -> str:
    return "CMR" if is_shift(protocol) or protocol == "template" else "ACE success"


def _hit(outcome: Outcome, threshold: float) -> bool:
    return outcome.error_px is not None and outcome.error_px <= threshold


def _share(hits: list[bool]) -> str:
    return f"{100 * np.mean(hits):.0f}" if hits else "-"


def _weights(key: str) -> str:
    path = shipped_weights(key)
    return f"{path.stat().st_size / 1e6:.1f}" if path.exists() else "-"


def draw_bench(outcomes: list[Outcome], protocols: list[str], matchers: list[str], memory_mb: dict[str, float], path: Path) -> None:
    """Draw hits within 3 px over seconds a pair, a panel for each protocol of related images; the area of a mark grows with peak memory."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullLocator

    shown = [p for p in protocols if not is_unrelated(p)]
    if not shown:
        return
    figure = Figure(figsize=(5.2 * len(shown), 4.0), layout="constrained")
    for axes, protocol in zip(np.atleast_1d(figure.subplots(1, len(shown), sharey=True)), shown, strict=True):
        for key in matchers:
            mine = [o for o in outcomes if o.protocol == protocol and o.matcher == key]
            if not mine:
                continue
            seconds, share = float(np.median([o.seconds for o in mine])), 100 * float(np.mean([_hit(o, _PICTURED_PX) for o in mine]))
            colour = "#0072B2" if shipped_weights(key).exists() else "#D55E00"
            axes.scatter(seconds, share, s=40 + 0.2 * memory_mb.get(key, 0.0), color=colour, alpha=0.6)
            axes.annotate(all_specs()[key].label, (seconds, share), xytext=(6, 4), textcoords="offset points", fontsize=8)
        axes.set(xscale="log", xlabel="seconds a pair (blue: networks)", title=f"{protocol}: {_measure(protocol)}@{_PICTURED_PX:g} px")
        axes.margins(x=0.3)
        low, high = axes.get_xlim()
        axes.set_xticks([t for t in _TICKS_S if low <= t <= high], minor=False)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_locator(NullLocator())
        axes.grid(alpha=0.3)
    figure.axes[0].set(ylabel="pairs, % (failures counted)", ylim=(0, 108))
    figure.savefig(path, dpi=110)
