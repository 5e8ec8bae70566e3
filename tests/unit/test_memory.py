"""Memory does not grow with the length of a file: ten times the rows take about the same at their peak."""

import tracemalloc
from collections.abc import Callable

from enrichment.adapters.files.opening import opened
from enrichment.adapters.seen import SeenOnDisk
from enrichment.domain.columns import find_columns
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.plan import Planner
from tests.unit.builders import LIMITS

ROW = b"Jane%d,Doe,company%d.example,some notes that nobody needs\r\n"


class Endless:
    """A CSV file of so many rows that is made while it is read."""

    def __init__(self, rows: int) -> None:
        self._rows = iter(range(rows))
        self._left = b"First Name,Last Name,Domain,Notes\r\n"

    def read(self, size: int) -> bytes:
        while len(self._left) < size and (row := next(self._rows, None)) is not None:
            self._left += ROW % (row, row)
        taken, self._left = self._left[:size], self._left[size:]
        return taken


class Nowhere:
    """Takes what is written."""

    def write(self, data: bytes, /) -> None:
        """Nothing is kept."""


def split(rows: int) -> int:
    """Plan a file as the split does, throwing the plan away; its contacts."""
    with opened(Endless(rows), LIMITS) as upload, SeenOnDisk() as seen:
        header = upload.sheet.header
        planner = Planner(header, find_columns(header), EnrichmentType.EMAIL, seen)
        for _ in planner.plan(upload.sheet, lambda _: None):
            pass
    return planner.contacts


def write(rows: int) -> int:
    """Copy each row of a file as compiling does, throwing the output away; its rows."""
    count = 0
    with opened(Endless(rows), LIMITS) as upload, upload.sheet.whole(Nowhere(), 4, ["status", "e-mail"]) as copy:
        for row in upload.sheet:
            copy.add(row, ["found", "jane@example.com"])
            count += 1
    return count


def peak(work: Callable[[int], int], rows: int) -> int:
    tracemalloc.start()
    try:
        assert work(rows) == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_splitting_ten_times_the_rows_takes_no_more_memory() -> None:
    split(10)
    assert peak(split, 20_000) < 1.3 * peak(split, 2_000)


def test_writing_ten_times_the_rows_takes_no_more_memory() -> None:
    write(10)
    assert peak(write, 20_000) < 1.3 * peak(write, 2_000)
