"""`python -m tests.simulation` runs histories by their seeds, and tells the story of the first that
breaks a promise.

SEED is the first seed, HISTORIES their number, PLANT the name of a bug to plant (see `planted.py`).
"""

import os
import sys

from rich.progress import track

from enrichment.logs import logger
from tests.simulation.history import run_history
from tests.simulation.hub import Violation
from tests.simulation.pipeline import SimulatedPipeline
from tests.simulation.planted import BUGS


def main() -> int:
    logger.setLevel("CRITICAL")
    first = int(os.environ.get("SEED") or 0)
    number = int(os.environ.get("HISTORIES") or 500)
    kind = BUGS[os.environ["PLANT"]] if os.environ.get("PLANT") else SimulatedPipeline
    for seed in track(range(first, first + number), description="histories", transient=True):
        try:
            history = run_history(seed, kind)
        except Violation as violation:
            print(
                f"{violation}\n\nseed {seed} breaks a promise; SEED={seed} HISTORIES=1 tells it"
                " again"
            )
            return 1
    if number == 1:
        print(history.hub.told("every promise was kept"))
    print(f"{number} histories from seed {first}: every promise was kept")
    return 0


if __name__ == "__main__":
    sys.exit(main())
