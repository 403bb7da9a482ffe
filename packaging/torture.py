"""The torture campaign, as `make torture` runs it; `--help` lists its options."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"

if __name__ == "__main__":
    sys.path[:0] = [str(TESTS), str(TESTS / "support")]
    import conftest  # noqa: F401 - registers the package
    from torture.campaign import main

    sys.exit(main())
