"""A workbook written anew: for rows that were not sent, and for formats that nobody writes any
more.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Self

from enrichment.domain.layout import sheet_name
from enrichment.files.sheet import MAX_CELL_TEXT, MAX_LINKS, Row

Value = int | float | str | bool | time | date | datetime | timedelta

_MAX_LINK = 2_079  # characters, Excel's own
_LINK = re.compile(r"(?i:https?|ftps?)://|mailto:")
_FIRST_YEAR = 1900
_FORMATS = {
    datetime: "yyyy-mm-dd hh:mm:ss",
    date: "yyyy-mm-dd",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}


@dataclass(kw_only=True, slots=True)
class WorkbookRow(Row):
    """A row and the values of its cells with their types; `merged` are those that reach down to it
    from rows above, by position. Without anything of its own, a row is none.
    """

    values: Sequence[Value]
    merged: Mapping[int, Value] = field(default_factory=dict)
    says_something: bool = True


class NewWorkbook:
    """Writes rows one by one; memory does not grow with them. Dates stay dates, numbers numbers,
    and texts never run.

    Args:
        path: the file to write.
        sheet: the sheet's name.
        width: the number of columns before those that are added.
        in_place: whether rows keep their numbers; otherwise each follows the one above.
    """

    def __init__(self, path: Path, sheet: str, width: int, in_place: bool = True) -> None:
        from xlsxwriter import (
            Workbook,
        )  # 84 ms, which only files that need one pay at their cold start

        self._workbook = Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)})
        self._workbook.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001  # the same rows give the same file
        self._formats = {
            kind: self._workbook.add_format({"num_format": text}) for kind, text in _FORMATS.items()
        }
        self._sheet = self._workbook.add_worksheet(sheet_name(sheet) or None)
        self._width, self._in_place = width, in_place
        self._next = 0
        self._links = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._workbook.close()

    def add(self, row: WorkbookRow, cells: Sequence[str]) -> None:
        position = row.number - 1 if self._in_place else self._next
        self._next = position + 1
        for column, value in enumerate(row.values):
            if not self._in_place:
                value = row.merged.get(column, value)
            self._write(position, column, value, row.links.get(column))
        for column, cell in enumerate(cells, start=self._width):
            self._write(position, column, cell, None)

    # Each value is written by its type: `=…`, `http…` and `0033…` stay texts.
    def _write(self, row: int, column: int, value: Value, link: str | None) -> None:
        match value:
            case str() if link and _is_writable(link):
                if self._links < MAX_LINKS and len(value) <= MAX_CELL_TEXT:
                    self._links += 1
                    self._sheet.write_url(row, column, link, string=value)
                else:
                    self._sheet.write_string(row, column, link)
            case "":
                pass
            case str():
                self._sheet.write_string(row, column, value[:MAX_CELL_TEXT])
            case bool():
                self._sheet.write_boolean(row, column, value)
            case int() | float() if isfinite(value):
                self._sheet.write_number(row, column, value)
            case date() | time() | timedelta() if _is_in_calendar(value):
                kind = datetime if isinstance(value, datetime) else type(value)
                self._sheet.write_datetime(row, column, value, self._formats[kind])
            case _:
                self._sheet.write_string(row, column, str(value))


def _is_writable(link: str) -> bool:
    """Whether a link leads to the web or to a mailbox; others are for the computer on which they
    were made.
    """
    return len(link) <= _MAX_LINK and _LINK.match(link) is not None


def _is_in_calendar(value: date | time | timedelta) -> bool:
    """Whether Excel can show it: its calendar begins in 1900, and it has no times before
    midnight.
    """
    match value:
        case date():
            return value.year >= _FIRST_YEAR
        case timedelta():
            return value >= timedelta()
        case _:
            return True
