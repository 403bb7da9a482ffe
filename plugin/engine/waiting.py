"""How the threads of the networks wait for each other."""

from __future__ import annotations

import os


def wait_quietly() -> None:
    """Let OpenMP's threads sleep instead of spin while they wait; to be called before torch is
    loaded.

    Spinning is 30 % faster for a small pair on an idle machine, and up to twenty times slower where
    anything else wants the processors, as QGIS does while a run goes on. A setting of the user's
    own is kept.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
