"""`python -m tests.simulation` runs histories by their seeds, and tells the story of the first that breaks a promise.

SEED is the first seed, HISTORIES their number, PLANT the name of a bug to plant (see `planted.py`).
"""

import os
import sys

from rich.progress import track

from tests.simulation.history import History, Violation, run_history
from tests.simulation.planted import BUGS


def main() -> int:
    first = int(os.environ.get("SEED") or 0)
    number = int(os.environ.get("HISTORIES") or 500)
    plant = BUGS[os.environ["PLANT"]] if os.environ.get("PLANT") else nothing
    for seed in track(range(first, first + number), description="histories", transient=True):
        try:
            history = run_history(seed, plant)
        except Violation as violation:
            print(f"{violation}\n\nseed {seed} breaks a promise; SEED={seed} HISTORIES=1 tells it again")
            return 1
    if number == 1:
        print(history.told("every promise was kept"))
    print(f"{number} histories from seed {first}: every promise was kept")
    return 0


def nothing(_: History) -> None:
    """Plants no bug."""


if __name__ == "__main__":
    sys.exit(main())
