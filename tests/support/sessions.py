"""Small sessions without files, and random edits of them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from sar_optical_align.plugin.core.geometry.grid import Grid
from sar_optical_align.plugin.core.session.session import Role, Seen, Session
from sar_optical_align.plugin.core.types import Evidence, RasterRef, TiePoint

GRID = Grid.bare(400, 300)


def tie_points(n=30, seed=0):
    rng = np.random.default_rng(seed)
    sensed = rng.uniform(0, 300, (n, 2))
    reference = (
        sensed @ np.array([[1.01, 0.02], [-0.01, 0.99]]).T + [5, -3] + rng.normal(0, 0.3, (n, 2))
    )
    return [
        TiePoint(i + 1, tuple(r), tuple(s))
        for i, (r, s) in enumerate(zip(reference.tolist(), sensed.tolist(), strict=True))
    ]


def session(n=30, **kwargs):
    s = Session(RasterRef("a.tif"), RasterRef("b.tif"), GRID, GRID, "affine", **kwargs)
    s.replace_all(tie_points(n))
    return s


EDITS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "accept",
                "reject",
                "undecide",
                "move",
                "snap",
                "nudge",
                "add",
                "settle",
                "many",
                "check",
                "model",
                "undo",
                "redo",
            ]
        ),
        st.integers(1, 30),
        st.floats(0, 299),
    ),
    max_size=40,
)


def apply(s, edit):
    kind, identifier, value = edit
    if kind in ("accept", "reject", "undecide"):
        getattr(s, kind)([identifier])
    elif kind == "move":
        s.move(identifier, reference_px=(value, value / 2))
    elif kind == "snap":
        s.move(
            identifier,
            reference_px=(value, 3.0),
            seen=Seen(value / 300, ((0.1, 0.0), (0.0, 0.2)), Evidence(0.5, 0.25)),
        )
    elif kind == "nudge":
        s.nudge(1 + identifier % 2, 0.1, -0.1)
    elif kind == "add":
        s.add((value, 10.0), (value, 12.0))
    elif kind == "settle" and s.points:
        s.settle(
            s.points[-1].id,
            (value, 20.0),
            (value, 22.0),
            Seen(0.5, ((0.1, 0.0), (0.0, 0.2)), Evidence(0.5, 0.25)),
        )
    elif kind == "many":
        s.reject(range(identifier, 31), "score below 0.4")
    elif kind == "check":
        s.set_role([identifier], Role.CHECK)
    elif kind == "model":
        s.set_model("affine" if value > 150 else "similarity")
    elif kind != "settle":
        getattr(s, kind)()
