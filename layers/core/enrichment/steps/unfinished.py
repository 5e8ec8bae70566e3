"""A plan that a run of `split` could not finish in its time, and what the next run needs of it."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import enrichment
from enrichment.adapters.bucket import Bucket
from enrichment.clock import SecondsLeft
from enrichment.domain.earlier_rows import EarlierRows
from enrichment.domain.folder import memory_key, plan_key
from enrichment.domain.job import Job
from enrichment.files.sheet import Row

_ROWS_BETWEEN_LOOKS = 100  # at the time
SPARE = 90  # seconds of a run that are kept for storing what it has done


@dataclass(frozen=True)
class Begun:
    """What there is of a plan: its lines, and whom they name. Nothing at all for a new one."""

    earlier_rows: EarlierRows
    lines: Iterable[bytes] = ()


@dataclass(frozen=True)
class UnfinishedPlans:
    """Keeps plans that are not finished, and finds them again.

    A plan alone does not tell whom it names: of a copy it has only the row that it repeats.
    """

    bucket: Bucket

    def keep(self, job: Job, plan: str, earlier_rows: EarlierRows) -> None:
        """Store whom the rows of a plan name, which is stored already."""
        with self.bucket.write(memory_key(job.id, plan), "application/octet-stream") as out:
            for part in earlier_rows.stored():
                out.write(part)

    def of(self, job: Job, rules: str, digests: BinaryIO) -> Begun:
        """What an earlier run left for the job; nothing where none did, or by other rules.
        `digests` is an empty file for `EarlierRows`.
        """
        if not job.unfinished or job.planned_by != rules:
            return Begun(earlier_rows=EarlierRows(job.size, digests))
        memory = self.bucket.read(memory_key(job.id, job.unfinished))
        if memory is None:
            return Begun(earlier_rows=EarlierRows(job.size, digests))
        lines = self.bucket.lines(plan_key(job.id, job.unfinished))
        return Begun(EarlierRows.restored(memory.read, digests), lines)


class RowsInTime:
    """The rows of a file, as long as there is time for more; then `ran_out` is set."""

    def __init__(self, rows: Iterable[Row], seconds_left: SecondsLeft) -> None:
        self._rows, self._seconds_left = rows, seconds_left
        self.ran_out = False

    def __iter__(self) -> Iterator[Row]:
        left = iter(self._rows)
        for row in left:
            if self._seconds_left() < SPARE:
                self.ran_out = True
                return
            yield row
            yield from islice(left, _ROWS_BETWEEN_LOOKS - 1)


def rules_of(job: Job) -> str:
    """What decides a plan: the file and how it is read, and this version of the code. Two runs by
    the same rules make the same plan.
    """
    return hashlib.sha256(f"{job.content}\n{_code()}".encode()).hexdigest()


@cache
def _code() -> str:
    """A digest of the package."""
    folder = Path(enrichment.__file__).parent
    texts = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".toml"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in texts)).hexdigest()
