"""Colours of states, distinguishable with the common colour-vision deficiencies (Okabe and Ito 2008), and by shape."""

from __future__ import annotations

from ..plugin.core.session import PointState, Role, SessionPoint

STATE_COLOURS = {
    "predicted": "#0072B2", "accepted": "#009E73", "edited": "#CC79A7", "added": "#E69F00", "check": "#7B61C9", "filtered": "#8A8A8A", "rejected": "#D55E00",
}


def state_key(point: SessionPoint) -> str:
    """Return the key of a point's colour."""
    if point.role is Role.CHECK:
        return "check"
    if point.state is PointState.REJECTED:
        return "rejected"
    return point.state.value if point.tie_point.enabled else "filtered"
