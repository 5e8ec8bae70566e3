"""Rows that were not sent, were fixed and dropped again: they come home into the first answer.

The job of the fixed file writes where its rows ended beside the plan of the first job, by the row
of the first file that each says to be; the first job then takes them over, and is written anew.
"""

import json
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Self

from enrichment.adapters.bucket import Bucket
from enrichment.clock import Clock
from enrichment.domain.folder import fixed_rows_key
from enrichment.domain.job import Job
from enrichment.domain.outcome import UNSENT, Outcome, RowState, outcome_from
from enrichment.domain.report import FixedFile
from enrichment.domain.returned import jobs_named, original_row
from enrichment.files.sheet import Row
from enrichment.steps.outputs import is_deleted
from enrichment.store.fixes import Fixes
from enrichment.store.jobs import Jobs
from enrichment.words import rows as words

if TYPE_CHECKING:
    from enrichment.steps.intake import AcceptedFile

_LEFT = UNSENT | {RowState.NOT_SAMPLED}
_MOST_NAMES = 5  # parts of a file's name that are looked up as a job's id
_IN_MEMORY = 4 << 20  # bytes
_BITS = 34  # of a place: 16 GB of lines


@dataclass(frozen=True)
class FixedRejects:
    """Tells the files that mend a job, hands their rows over, and takes them."""

    jobs: Jobs
    fixes: Fixes
    bucket: Bucket
    clock: Clock

    def mended_by(self, file: "AcceptedFile") -> Job | None:
        """The job whose rows a file brings back; None for a file of its own: also where that job,
        its file or its answer is gone, or was about something else.
        """
        if not file.sheet.layout.ours:
            return None
        named = map(self.jobs.get, islice(jobs_named(file.job.key), _MOST_NAMES))
        first = next(filter(None, named), None)
        if first is None or not first.plan or first.wanted is not file.request.wanted:
            return None
        return None if self._is_gone(first) else first

    def _is_gone(self, job: Job) -> bool:
        stream = self.bucket.read(job.file, job.version)
        if stream is None:
            return True
        stream.close()
        return is_deleted(self.bucket, job, self.jobs.reading(job.id))

    @contextmanager
    def handed_over(self, job: Job) -> Iterator[Callable[[Row, Outcome], None] | None]:
        """Takes each row of a job and where it ended, for the job that it mends; None if it mends
        none.
        """
        if not job.mends:
            yield None
            return
        key = fixed_rows_key(job.mends, job.id)
        with self.bucket.write(key, "application/x-ndjson") as lines:
            yield _Handover(lines.write).add
        self.fixes.add(job)
        self.jobs.note_fixed_rows(job.mends, self.clock())

    @contextmanager
    def of(self, job: Job) -> Iterator["FixedRows"]:
        """The rows of a job that came home, while the block lasts."""
        with FixedRows() as fixed:
            for fixing, key in self.fixes.of(job.id):
                fixed.take(fixing, key, self.bucket.lines(fixed_rows_key(job.id, fixing)))
            yield fixed


class _Handover:
    """Writes the rows that are no longer unsent, a JSON line each."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def add(self, row: Row, outcome: Outcome) -> None:
        original = original_row(row.original)
        if original is not None and outcome.state not in _LEFT:
            line = json.dumps([original, row.number, outcome.stored()])
            self._write(line.encode() + b"\n")


class FixedRows:
    """Where rows of a job ended when they were fixed and dropped again. They lie on disk; 8 bytes a
    row are held.
    """

    def __init__(self) -> None:
        self._spool = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed with this object
        self._places = array("Q")  # of each row of the first file, and where its line is
        self._files: list[tuple[str, str]] = []
        self._used: Counter[tuple[str, str]] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def take(self, job: str, key: str, lines: Iterable[bytes]) -> None:
        """Take the rows of a further file; where several say to be one row, the first counts."""
        self._files.append((job, key))
        places = list(self._places)
        for line in lines:
            original, number, outcome = json.loads(line)
            place = self._spool.tell()
            places.append(original << _BITS | place)
            entry = json.dumps([len(self._files) - 1, number, outcome])
            self._spool.write(entry.encode() + b"\n")
        self._places = array("Q", sorted(places))

    def of(self, row: int, own: Outcome) -> Outcome:
        """The end of a row; `own` is what it is without fixes."""
        if own.state not in UNSENT:
            return own
        start = bisect_left(self._places, row << _BITS)
        count = bisect_left(self._places, (row + 1) << _BITS) - start
        if not count:
            return own
        self._spool.seek(self._places[start] & ((1 << _BITS) - 1))
        file, number, outcome = json.loads(self._spool.readline())
        self._used[self._files[file]] += 1
        fixed = outcome_from(outcome)
        name = self._files[file][1].rpartition("/")[2]
        detail = words.fixed(name, number, fixed.detail, count - 1)
        # What it cost or saved is the other job's.
        return Outcome(state=fixed.state, detail=detail, result=fixed.result, is_fixed=True)

    def files(self) -> tuple[FixedFile, ...]:
        """The files whose rows were taken, and how many."""
        return tuple(
            FixedFile(job=job, file=key, rows=self._used[job, key])
            for job, key in self._files
            if self._used[job, key]
        )
