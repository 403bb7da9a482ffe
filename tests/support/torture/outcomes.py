"""What a case of the campaign came to, and the table of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

ALLOWED = (0, 2, 3, 4, 130)
COLUMNS = ("tracebacks", "wrong ok", "doubted ok", "lost or changed", "leftovers")
TOLERATED = ("doubted ok",)  # counted, but no fault: the answer says itself how sure it is


@dataclass
class Outcome:
    """One case: its part of the campaign, its kind, how to repeat it, the exit code (None where
    there is none), and what went wrong by column.
    """

    part: str
    kind: str
    repeat: str
    exit_code: int | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)

    def blame(self, column: str, what: str) -> None:
        self.faults.append((column, what))


class Table:
    """Rows by part and kind: tried, by exit code, faults by column."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self.outcomes = list(outcomes)

    @property
    def faults(self) -> list[str]:
        return [
            f"{o.part} | {o.kind} | {o.repeat} | {column}: {what}"
            for o in self.outcomes
            for column, what in o.faults
            if column not in TOLERATED
        ]

    def rows(self) -> list[list[str]]:
        groups: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in self.outcomes:
            groups.setdefault((outcome.part, outcome.kind.split(":")[0]), []).append(outcome)
        rows = [self._row(part, kind, found) for (part, kind), found in sorted(groups.items())]
        return [*rows, self._row("all", "", self.outcomes)]

    @staticmethod
    def _row(part: str, kind: str, found: Sequence[Outcome]) -> list[str]:
        codes = Counter(o.exit_code for o in found)
        blamed = Counter(column for o in found for column in {c for c, _ in o.faults})
        others = sum(n for code, n in codes.items() if code is not None and code not in ALLOWED)
        counts = [*(codes[c] for c in ALLOWED), others, *(blamed[c] for c in COLUMNS)]
        return [part, kind, str(len(found)), *(str(n) if n else "·" for n in counts)]

    def lines(self) -> list[str]:
        """Return the table as Markdown, its columns as wide as what they hold."""
        head = ["part", "kind", "tried", *(f"exit {c}" for c in ALLOWED), "other", *COLUMNS]
        body = self.rows()
        widths = [max(len(row[i]) for row in [head, *body]) for i in range(len(head))]

        def line(cells: Sequence[str]) -> str:
            shown = [
                c.ljust(w) if i < 2 else c.rjust(w)
                for i, (c, w) in enumerate(zip(cells, widths, strict=True))
            ]
            return "| " + " | ".join(shown) + " |"

        rule = (
            "|"
            + "|".join(
                "-" * (w + 2) if i < 2 else "-" * (w + 1) + ":" for i, w in enumerate(widths)
            )
            + "|"
        )
        return [line(head), rule, *map(line, body)]
