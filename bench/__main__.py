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

from bench import counting, informing, starting, watching
from bench.people import NO_EMAILS, ONE_NAME, TWO_NAMES, WORKBOOK, Kind, write
from bench.subjects import BASE, SUBJECTS
from bench.table import RESULTS, counts, shown, table, told

ROWS = 200_000
ROUNDS = 5
_KINDS = (TWO_NAMES, ONE_NAME, NO_EMAILS, WORKBOOK)
_WORKBOOK_ROWS = 50_000  # at most: they take twenty times as long
STARTS = 3  # of each function
_PACKAGES = ("idna", "nameparser", "pandas", "polars", "pydantic")


def main(rows: int, rounds: int) -> None:
    with TemporaryDirectory(prefix="bench-") as name:
        files = {kind: Path(name, f"{number}{kind.suffix}") for number, kind in enumerate(_KINDS)}
        for kind, path in files.items():
            write(path, min(rows, _WORKBOOK_ROWS) if kind == WORKBOOK else rows, kind)
        turns = [dict(_turn(files, number, rounds)) for number in range(1, rounds + 1)]
    results: dict[str, Any] = {
        "machine": _machine(),
        "versions": {package: version(package) for package in _PACKAGES},
        "rows": rows,
        "rounds": rounds,
        "subjects": {name: _summary(name, turns) for name in SUBJECTS},
        "watching": watching.counted(),
        "informing": informing.counted(),
        "counting": counting.counted(),
        "starting": starting.measured(STARTS),
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    parts = (*table(results), "", told(results), "", shown(results), "")
    print("\n".join([*parts, *counts(results["counting"]), "", starting.began(results)]))


def _turn(
    files: dict[Kind, Path], number: int, rounds: int
) -> Iterator[tuple[str, dict[str, float]]]:
    for name, subject in SUBJECTS.items():
        print(f"round {number} of {rounds}: {subject.title}", file=sys.stderr)
        command = [sys.executable, "-m", "bench.one", name, str(files[subject.kind])]
        yield name, json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def _summary(name: str, turns: list[dict[str, dict[str, float]]]) -> dict[str, Any]:
    """The median, the least and the most of each figure."""
    speeds = [turn[name]["rows"] / turn[name]["seconds"] for turn in turns]
    bases = [turn[BASE]["rows"] / turn[BASE]["seconds"] for turn in turns]
    figures = {
        "rows_per_second": speeds,
        "ratio": [speed / base for speed, base in zip(speeds, bases, strict=True)],
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
