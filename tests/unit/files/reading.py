"""Opening contents, and copying them with cells added, for the tests of all formats."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from enrichment.domain.layout import Layout
from enrichment.domain.mapping import ByMapping
from enrichment.files.opening import opened, reopened
from enrichment.files.sheet import Sheet
from tests.unit.builders import LIMITS


@contextmanager
def sheet_of(content: bytes | str, layout: Layout | None = None, **limits: int) -> Iterator[Sheet]:
    stream = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    if layout:
        with reopened(stream, layout) as file:
            yield file.sheet
    else:
        with opened(stream, replace(LIMITS, **limits), ByMapping()) as file:
            yield file.sheet


@dataclass(frozen=True)
class Reading:
    """What was read of a file, and its two copies: the whole of it, and an excerpt of every other
    row.
    """

    layout: Layout
    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    whole: bytes
    excerpt: bytes


def read(
    content: bytes | str,
    names: Sequence[str] = ("status", "note"),
    added: Sequence[str] = ("found", ""),
) -> Reading:
    """Read a file, copying it on the way; read again by the layout that was found, it is the
    same.
    """
    with sheet_of(content) as sheet:
        header, layout = list(sheet.header), sheet.layout
        rows: list[Any] = list(sheet)
    width = max(map(len, [header, *(row.cells for row in rows)]))
    whole, excerpt = io.BytesIO(), io.BytesIO()
    with sheet_of(content, layout) as sheet:
        assert list(sheet.header) == header
        with (
            sheet.whole(whole, width, names) as everything,
            sheet.excerpt(excerpt, width, names) as some,
        ):
            for position, (row, before) in enumerate(zip(sheet, rows, strict=True)):
                assert row == before
                everything.add(row, added)
                if position % 2 == 0:
                    some.add(row, added)
    cells, numbers = [row.cells for row in rows], [row.number for row in rows]
    return Reading(layout, header, cells, numbers, whole.getvalue(), excerpt.getvalue())
