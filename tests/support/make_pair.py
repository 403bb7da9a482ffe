"""Writes the synthetic scene pair into a folder; run by the engine's interpreter."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import conftest  # noqa: F401 - registers the package

if __name__ == "__main__":
    from sar_optical_align.plugin.engine.deliver.demo_scene import write_demo_pair

    write_demo_pair(Path(sys.argv[1]))
