"""Measures one subject in a process of its own: `python -m bench.one SUBJECT FILE` prints what it
took as JSON.

CPU time is that of all threads. What a process does once, such as imports, is not in it: a small
file comes first.
"""

import json
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.people import write
from bench.subjects import SUBJECTS

_WARM = 100  # rows


def measured(name: str, path: Path) -> dict[str, float]:
    """The rows that a subject saw, its seconds of CPU time, and the peak of this process in MB."""
    subject = SUBJECTS[name]
    with TemporaryDirectory(prefix="bench-") as folder:
        small = Path(folder, f"small{subject.kind.suffix}")
        write(small, _WARM, subject.kind)
        subject.prepare(small)
        subject.run(small)
    subject.prepare(path)
    before = time.process_time()
    rows = subject.run(path)
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB on Linux
    return {"rows": rows, "seconds": seconds, "megabytes": peak * 1024 / 1e6}


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]))))
