"""The processes in which the embedded AWS runs the functions, and their deaths."""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from local.stack import Stack

# Seconds that a process has for its start before it may be chosen, so that some work is done after
# all.
STARTING = 1.5


@dataclass(frozen=True)
class Process:
    """A process in which the embedded AWS runs a function, and for how many seconds it has
    lived.
    """

    id: int
    function: str
    age: float


class Processes:
    """The processes that run the functions, and their deaths."""

    def __init__(self, running: Stack) -> None:
        self._parent = running.processes[0]
        self._names = {
            f"ministack-lambda-{name}-": function for function, name in running.functions.items()
        }
        self.killed: Counter[str] = Counter()

    def alive(self, functions: Collection[str]) -> list[Process]:
        """The living processes of some functions, the oldest first."""
        entries = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())
        found = (process for entry in entries if (process := self._read(entry)))
        wanted = (process for process in found if process.function in functions)
        return sorted(wanted, key=lambda process: -process.age)

    def _read(self, entry: Path) -> Process | None:
        """The process below /proc, if it runs a function of this stack."""
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_text()
        except OSError:  # it has ended meanwhile
            return None
        if int(fields[1]) != self._parent or "_worker.py" not in command:
            return None
        [function] = [function for start, function in self._names.items() if start in command]
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return Process(int(entry.name), function, time.clock_gettime(time.CLOCK_BOOTTIME) - started)

    def kill_all(self, *functions: str) -> None:
        """Kill all processes of some functions at once."""
        for process in self.alive(functions):
            self._kill(process)

    def kill_one(self, chance: random.Random, functions: Collection[str]) -> None:
        """Kill a process of one of some functions, if there is one that has started."""
        started = [process for process in self.alive(functions) if process.age > STARTING]
        if started:
            function = chance.choice(sorted({process.function for process in started}))
            self._kill(
                chance.choice([process for process in started if process.function == function])
            )

    def _kill(self, process: Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.id, signal.SIGKILL)
            self.killed[process.function] += 1
