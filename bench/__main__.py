"""`make bench`: measures all subjects, prints the table and writes `results.json`.

Speeds of two machines, or of two moments on one, cannot be compared. So all subjects take turns,
each in a fresh process, and what counts is the ratio to `csv.reader` in the same turn.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench import starting, watching
from bench.people import ONE_NAME, TWO_NAMES, write
from bench.subjects import BASE, SUBJECTS
from bench.table import RESULTS, table, told

ROWS = 200_000
ROUNDS = 5
STARTS = 3  # of each function
_PACKAGES = ("idna", "nameparser", "pandas", "polars", "pydantic")


def main(rows: int, rounds: int) -> None:
    with TemporaryDirectory(prefix="bench-") as name:
        files = {names: Path(name, f"{names[0]}.csv") for names in (TWO_NAMES, ONE_NAME)}
        for names, path in files.items():
            write(path, rows, names)
        turns = [dict(_turn(files, number, rounds)) for number in range(1, rounds + 1)]
    results = {
        "machine": _machine(),
        "versions": {package: version(package) for package in _PACKAGES},
        "rows": rows,
        "rounds": rounds,
        "subjects": {name: _summary(name, turns) for name in SUBJECTS},
        "watching": watching.counted(),
        "starting": starting.measured(STARTS),
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print("\n".join([*table(results), "", told(results), "", starting.began(results)]))


def _turn(
    files: dict[tuple[str, str], Path], number: int, rounds: int
) -> Iterator[tuple[str, dict[str, float]]]:
    for name, subject in SUBJECTS.items():
        print(f"round {number} of {rounds}: {subject.title}", file=sys.stderr)
        command = [sys.executable, "-m", "bench.one", name, str(files[subject.names])]
        yield name, json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def _summary(name: str, turns: list[dict[str, dict[str, float]]]) -> dict[str, Any]:
    """The median, the least and the most of each figure."""
    figures = {
        "rows_per_second": [turn[name]["rows"] / turn[name]["seconds"] for turn in turns],
        "ratio": [turn[BASE]["seconds"] / turn[name]["seconds"] for turn in turns],
        "megabytes": [turn[name]["megabytes"] for turn in turns],
    }
    return {
        figure: [round(value, 4) for value in (median(values), min(values), max(values))]
        for figure, values in figures.items()
    }


def _machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    """Its model, as Linux tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    models = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(models, platform.processor())


if __name__ == "__main__":
    main(int(os.environ.get("ROWS") or ROWS), int(os.environ.get("ROUNDS") or ROUNDS))
