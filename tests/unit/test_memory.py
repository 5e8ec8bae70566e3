"""Memory does not grow with the length of a file, but for what finds copies, 50 bytes a row, and
for the batches of a job.
"""

import tracemalloc
from collections.abc import Callable
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import cast

import pytest

from enrichment.domain.batch import Batch
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.duplicates import Identity
from enrichment.domain.earlier_rows import EarlierRows
from enrichment.domain.job import Job
from enrichment.domain.mapping import ByMapping
from enrichment.domain.planner import Planner
from enrichment.files.opening import opened
from enrichment.store.attributes import plain, wire
from enrichment.store.batches import Batches
from enrichment.store.items import fields_of
from enrichment.store.table import Table
from tests.unit.builders import LIMITS

PAGE = b"https://www.linkedin.com/in/jane-%d"
HEADER = b"First Name,Last Name,Domain,Company,LinkedIn URL,Notes\r\n"
ROW = b"Jane%d,Doe,company%d.example,Company %d," + PAGE + b",some notes that nobody needs\r\n"
OBJECT = (
    b'{"First Name": "Jane%d", "Last Name": "Doe", "Domain": "company%d.example", "Company":'
    b'"Company %d", "LinkedIn URL": "' + PAGE + b'", "Notes": "that nobody needs"}\n'
)
MOST_A_ROW = 50  # bytes
MOST_A_BATCH = 1_500
PEOPLE = 500


class Endless:
    """A file of so many rows of so many people that is made while it is read."""

    def __init__(self, rows: int, header: bytes, row: bytes, people: int = 1 << 30) -> None:
        self._rows, self._row = (number % people for number in range(rows)), row
        self._left = header

    def read(self, size: int) -> bytes:
        while len(self._left) < size and (row := next(self._rows, None)) is not None:
            self._left += self._row % (row, row, row, row)
        taken, self._left = self._left[:size], self._left[size:]
        return taken


class Nowhere:
    """Takes what is written."""

    def write(self, data: bytes, /) -> None:
        """Nothing is kept."""


def split(file: Endless) -> int:
    """Plan a file as the split does, throwing the plan away; its rows."""
    with opened(file, LIMITS, ByMapping()) as upload:
        header, earlier = upload.sheet.header, EarlierRows()
        planner = Planner(header, upload.sheet.found.columns, EnrichmentType.EMAIL, earlier)
        for _ in planner.plan(upload.sheet, lambda _: None):
            pass
    return planner.rows


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


def peak(work: Callable[[Endless], int], file: Endless, rows: int) -> int:
    tracemalloc.start()
    try:
        assert work(file) == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


FORMATS = pytest.mark.parametrize(
    ("header", "row"), [(HEADER, ROW), (b"", OBJECT)], ids=["CSV", "JSON Lines"]
)


@FORMATS
def test_copying_ten_times_the_rows_takes_no_more_memory(header: bytes, row: bytes) -> None:
    write(Endless(20_000, header, row))  # what is remembered of values is full then
    few = peak(write, Endless(2_000, header, row), 2_000)
    assert peak(write, Endless(20_000, header, row), 20_000) < 1.3 * few


@FORMATS
def test_planning_three_times_the_rows_of_the_same_people_takes_no_more_memory(
    header: bytes, row: bytes
) -> None:
    split(Endless(2_100, header, row, PEOPLE))  # fills what is remembered of values
    few = peak(split, Endless(2_100, header, row, PEOPLE), 2_100)
    assert peak(split, Endless(6_300, header, row, PEOPLE), 6_300) < 1.3 * few


def test_what_finds_copies_remembers_little_of_each_row() -> None:
    def remember(rows: int) -> int:
        tracemalloc.start()
        with TemporaryFile() as digests:
            earlier = EarlierRows(digests=digests)
            for row in range(rows):
                page, name, company = f"jane-{row}", f"jane{row}\ndoe", f"company {row}"
                who = Identity(f"in/{page}", name, f"company{row}.example", company)
                assert earlier.first_row(who, row) is None
            taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return taken

    assert remember(40_000) - remember(20_000) < MOST_A_ROW * 20_000


def test_a_batch_that_is_read_with_many_takes_little() -> None:
    batch = Batch(
        job="j" * 16, plan="p" * 32, number=1, size=100, first_row=2, last_row=101, start=0, end=9
    )
    item = wire(fields_of(batch))
    table = SimpleNamespace(query=lambda *_: (plain(item) for _ in range(1_000)))
    tracemalloc.start()
    batches = Batches(cast(Table, table)).of(cast(Job, SimpleNamespace(id="j", plan="p")))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken / len(batches) < MOST_A_BATCH
    assert batches == [batch] * 1_000
    assert batches[0].model_copy(update={"size": 3}).size == 3
