"""Edits a session with autosave for ever, to be killed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "unit"))
import conftest  # noqa: F401 - registers the package
from test_session import session

if __name__ == "__main__":
    s = session(autosave_path=Path(sys.argv[1]))
    print("ready", flush=True)
    while True:
        for i in range(1, 31):
            s.reject([i])
            s.undo()
