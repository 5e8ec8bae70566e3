"""`python -m tests.simulation.stories` writes how each planted bug is found into
`docs/simulation.md`.
"""

from pathlib import Path

from enrichment.logs import logger
from tests.simulation.history import run_history
from tests.simulation.hub import Violation
from tests.simulation.planted import BUGS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulation.md"
HEADING = "## The planted bugs"
MOST_SEEDS = 500
HEAD, TAIL = 8, 14  # lines of a story that are told; the middle of long ones is left out


def found(bug: str) -> tuple[int, str] | None:
    """The first seed whose history finds a planted bug, with its story; None if none does."""
    for seed in range(MOST_SEEDS):
        try:
            run_history(seed, BUGS[bug])
        except Violation as violation:
            return seed, str(violation)
    return None


def told(bug: str, seed: int, story: str) -> str:
    """The story as a section, without the sweeper's ticks."""
    lines = [
        line for line in story.splitlines() if line and not line.endswith("  the sweeper runs")
    ]
    if len(lines) > HEAD + TAIL:
        lines = [*lines[:HEAD], "…", *lines[-TAIL:]]
    quoted = "\n".join(f"    {line}" for line in lines)
    return f"### `{bug}`: seed {seed}\n\n{BUGS[bug].__doc__}\n\n{quoted}\n"


def main() -> None:
    logger.setLevel("CRITICAL")
    before, _, section = PAGE.read_text().partition(HEADING)
    introduction = section.partition("\n### ")[0]
    stories = [told(bug, *where) for bug in BUGS if (where := found(bug))]
    PAGE.write_text(before + HEADING + introduction + "\n" + "\n".join(stories))


if __name__ == "__main__":
    main()
