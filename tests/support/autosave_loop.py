"""Edits a session for ever, to be killed at any moment; says after each edit how many are in the
file.
"""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import conftest  # noqa: F401 - registers the package
from sessions import session

if __name__ == "__main__":
    rng = random.Random(int(sys.argv[2]))
    s = session(400, file=Path(sys.argv[1]))
    x = 0.0
    print("ready", flush=True)
    while True:
        # Every edit puts one more whole number into the points: the file tells which edit it holds.
        x += 1.0
        s.move(1, reference_px=(x, 0.0))
        print(int(x), flush=True)
        if rng.random() < 0.1:
            s.add((x, x), (x, x))
            s.undo()
