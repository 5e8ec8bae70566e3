"""Memory does not grow with the length of a file: ten times the rows take about the same at their
peak.
"""

import tracemalloc
from collections.abc import Callable

import pytest

from enrichment.adapters.earlier_rows import EarlierRowsOnDisk
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.mapping import ByMapping
from enrichment.domain.planner import Planner
from enrichment.files.opening import opened
from tests.unit.builders import LIMITS

ROW = b"Jane%d,Doe,company%d.example,some notes that nobody needs\r\n"


HEADER = b"First Name,Last Name,Domain,Notes\r\n"
OBJECT = (
    b'{"First Name": "Jane%d", "Last Name": "Doe", "Domain": "company%d.example", "Notes": "that'
    b' nobody needs"}\n'
)


class Endless:
    """A file of so many rows that is made while it is read."""

    def __init__(self, rows: int, header: bytes, row: bytes) -> None:
        self._rows, self._row = iter(range(rows)), row
        self._left = header

    def read(self, size: int) -> bytes:
        while len(self._left) < size and (row := next(self._rows, None)) is not None:
            self._left += self._row % (row, row)
        taken, self._left = self._left[:size], self._left[size:]
        return taken


class Nowhere:
    """Takes what is written."""

    def write(self, data: bytes, /) -> None:
        """Nothing is kept."""


def split(file: Endless) -> int:
    """Plan a file as the split does, throwing the plan away; its contacts."""
    with opened(file, LIMITS, ByMapping()) as upload, EarlierRowsOnDisk() as seen:
        header = upload.sheet.header
        planner = Planner(header, upload.sheet.found.columns, EnrichmentType.EMAIL, seen)
        for _ in planner.plan(upload.sheet, lambda _: None):
            pass
    return planner.contacts


def write(file: Endless) -> int:
    """Copy each row of a file as compiling does, throwing the output away; its rows."""
    count = 0
    with (
        opened(file, LIMITS, ByMapping()) as upload,
        upload.sheet.whole(Nowhere(), 4, ["status", "e-mail"]) as copy,
    ):
        for row in upload.sheet:
            copy.add(row, ["found", "jane@example.com"])
            count += 1
    return count


def peak(work: Callable[[Endless], int], rows: int, header: bytes, row: bytes) -> int:
    tracemalloc.start()
    try:
        assert work(Endless(rows, header, row)) == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("work", [split, write])
@pytest.mark.parametrize(
    ("header", "row"), [(HEADER, ROW), (b"", OBJECT)], ids=["CSV", "JSON Lines"]
)
def test_ten_times_the_rows_take_no_more_memory(
    work: Callable[[Endless], int], header: bytes, row: bytes
) -> None:
    work(Endless(10, header, row))
    assert peak(work, 20_000, header, row) < 1.3 * peak(work, 2_000, header, row)
