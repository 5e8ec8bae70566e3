"""`make bench`: measures all subjects, prints the table and writes `results.json`.

Speeds of two machines, or of two moments on one, cannot be compared. So all subjects take turns,
each in a fresh process, and what counts is the ratio to another subject in the same turn.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.people import NO_EMAILS, ONE_NAME, TWO_NAMES, WORKBOOK, Kind, write
from bench.scale.files import measured
from bench.subjects import SUBJECTS
from bench.table import RESULTS, counts, shown, table, told, uses, waits

ROWS = 100_000
ROUNDS = 3
_KINDS = (TWO_NAMES, ONE_NAME, NO_EMAILS, WORKBOOK)
_WORKBOOK_ROWS = 50_000  # at most: they take twenty times as long
STARTS = 3  # of each function
_COUNTED = ("informing", "watching", "counting", "fairness", "idle")
_PACKAGES = (
    "botocore",
    "idna",
    "msgspec",
    "nameparser",
    "openpyxl",
    "pandas",
    "polars",
    "pydantic",
    "xlsxwriter",
)


def main(rows: int, rounds: int) -> None:
    with TemporaryDirectory(prefix="bench-") as name:
        files = {kind: Path(name, f"{number}{kind.suffix}") for number, kind in enumerate(_KINDS)}
        for kind, path in files.items():
            write(path, min(rows, _WORKBOOK_ROWS) if kind == WORKBOOK else rows, kind)
        turns = [dict(_turn(files, number, rounds)) for number in range(1, rounds + 1)]
    sizes = measured()
    results: dict[str, Any] = {
        "machine": _machine(),
        "versions": {package: version(package) for package in _PACKAGES},
        "rows": rows,
        "rounds": rounds,
        "subjects": {name: _summary(name, turns) for name in SUBJECTS},
        **_counted(sizes),
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    from bench.bill import kept_up, passed, rested
    from bench.scale.told import told as scaled
    from bench.starting import began

    parts = (*table(results), "", told(results), "", shown(results), "")
    sent = (*uses(results["sending"]), "", *waits(results["fairness"]), "")
    print("\n".join([*parts, *counts(results["counting"]), "", *sent, began(results)]))
    print("\n\n".join(["", passed(), rested(), kept_up(), scaled(results["scaling"])]))


def _counted(sizes: dict[str, Any]) -> dict[str, Any]:
    """What is counted, how functions begin, and what follows of it for large jobs."""
    # Imported when all is measured: the peak of a process begins at that of the one that starts it.
    from bench import passing, sending, starting, sustained
    from bench.scale import growth, work

    started = starting.measured(STARTS)
    with ProcessPoolExecutor() as processes:  # what is counted is the same on a busy machine
        found = dict(zip(_COUNTED, processes.map(_count, _COUNTED), strict=True))
    return found | {
        "sending": sending.counted(),
        "passing": passing.counted(),
        "sustained": sustained.counted(),
        "starting": started,
        "scaling": growth.reckoned({"sizes": sizes, "work": work.counted()}, started),
    }


def _count(what: str) -> dict[str, Any]:
    counted: dict[str, Any] = import_module(f"bench.{what}").counted()
    return counted


def _turn(
    files: dict[Kind, Path], number: int, rounds: int
) -> Iterator[tuple[str, dict[str, float]]]:
    for name, subject in SUBJECTS.items():
        print(f"round {number} of {rounds}: {subject.title}", file=sys.stderr)
        command = [sys.executable, "-m", "bench.one", name, str(files[subject.kind])]
        yield name, json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def _summary(name: str, turns: list[dict[str, dict[str, float]]]) -> dict[str, Any]:
    """The median, the least and the most of each figure."""
    speeds, others = _speeds(name, turns), _speeds(SUBJECTS[name].beside, turns)
    figures = {
        "rows_per_second": speeds,
        "ratio": [speed / other for speed, other in zip(speeds, others, strict=True)],
        "megabytes": [turn[name]["megabytes"] for turn in turns],
    }
    return {
        figure: [round(value, 4) for value in (median(values), min(values), max(values))]
        for figure, values in figures.items()
    }


def _speeds(name: str, turns: list[dict[str, dict[str, float]]]) -> list[float]:
    """Rows a second in each turn."""
    return [turn[name]["rows"] / turn[name]["seconds"] for turn in turns]


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
