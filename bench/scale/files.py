"""What real files take to be split and compiled, each in a fresh process as `bench.one` has it."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.answered import prepare
from bench.people import NO_EMAILS, write

SIZES = (100, 1_000, 10_000, 100_000)


def measured(sizes: tuple[int, ...] = SIZES) -> dict[str, dict[str, Any]]:
    """By rows: seconds of CPU and the peak in MB of `split` and `compile`, and the bytes of the
    file and its plan.
    """
    with TemporaryDirectory(prefix="bench-") as folder:
        return {str(rows): _of(Path(folder, f"{rows}.csv"), rows) for rows in sizes}


def _of(path: Path, rows: int) -> dict[str, Any]:
    write(path, rows, NO_EMAILS)
    prepare(path)
    plan = path.with_suffix(".job") / "plan"
    return {
        **{name: _one(name, path) for name in ("split", "compile")},
        "file": path.stat().st_size,
        "plan": plan.stat().st_size,
    }


def _one(name: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.one", name, str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {"seconds": round(found["seconds"], 4), "megabytes": round(found["megabytes"], 1)}
