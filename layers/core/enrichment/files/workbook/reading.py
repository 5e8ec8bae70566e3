"""Excel and OpenDocument files, read by calamine; answered as .xlsx, in place where the file is one
already.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from enrichment.domain.columns import Field
from enrichment.domain.found import Finder
from enrichment.domain.layout import FileFormat, Layout
from enrichment.domain.outcome import RESULT_COLUMNS
from enrichment.errors import UnreadableFile
from enrichment.files.sheet import (
    HEAD,
    MAX_COLUMNS,
    NO_LINKS,
    Header,
    Row,
    Sink,
    header_among,
    is_headless,
    kept,
    original_of,
    sampled,
    unnamed,
)
from enrichment.files.workbook.added_cells import Added
from enrichment.files.workbook.loading_checks import check_loading, measured_open_document
from enrichment.files.workbook.new_workbook import NewWorkbook, Value, WorkbookRow
from enrichment.files.workbook.package import Package
from enrichment.files.workbook.ranges import Growth
from enrichment.files.workbook.sizes import Extent
from enrichment.files.workbook.xml import damaged
from enrichment.words import files as words

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_MAX_UNPACKED = 1_000_000_000  # bytes; unlike other formats, a workbook's texts are held in memory
_OF_PEOPLE = frozenset({Field.FIRST_NAME, Field.LAST_NAME, Field.FULL_NAME})
_MOST_ADDED = len(RESULT_COLUMNS)


class WorkbookSheet:
    """The sheet of a workbook that has the contacts. It is held in memory: its size is checked
    before it is loaded.

    Rows without any value are no rows. Where the header has no name, in the middle or to its right,
    a column has none.

    Args:
        path: the file, unpacked.
        layout: its format; sheet and header row, too, where it was read before.
        most: the most bytes that it may unpack to.
        folder: where temporary files may be put.
        finder: tells what the columns below a header are.

    Raises:
        UnreadableFile: the workbook is damaged, protected or too large, or has no rows.
    """

    def __init__(self, path: Path, layout: Layout, most: int, folder: Path, finder: Finder) -> None:
        self._folder = folder
        most = min(most, _MAX_UNPACKED)
        readable = folder / "readable"
        extents: Mapping[str, Extent] = {}
        with ExitStack() as opening:
            self._package: Package | None = None
            match layout.format:
                case FileFormat.XLSX:
                    self._package = opening.enter_context(closing(Package(path, most)))
                    extents = self._package.measured(
                        [layout.sheet] if layout.sheet else self._package.visible, readable
                    )
                case FileFormat.ODS:
                    measured_open_document(path, readable, most)
                case _:
                    check_loading(path)
                    readable = path
            with _loading():
                chosen = self._choose(_load(readable), layout, extents, finder)
            self._sheet, self._extent = chosen.sheet, chosen.extent
            where = {
                "sheet": chosen.sheet.name,
                "header_row": chosen.header_row,
                "headless": chosen.headless,
                "other_sheets": chosen.others,
            }
            self.layout = layout.model_copy(update=where)
            self._first_column = (self._sheet.start or (0, 0))[1]
            self._width = self._extent.reach(chosen.header_row)
            self._merged = self._tall_merges(chosen.header_row)
            self._rows = self._numbered()
            rows = list(islice(self._rows, chosen.header_row))
            if len(rows) < chosen.header_row:
                raise damaged()
            *self._above, self._head = rows
            self.header = self._head.cells
            if chosen.headless:
                self.header = unnamed(len(self._head.cells))
                self._rows = chain([self._head], self._rows)
            below = islice(self._numbered(), chosen.header_row - chosen.headless, None)
            self.sample = sampled(row for row in below if row.says_something)
            self.found = finder.find(
                self.header, self.sample, self._above[-1].cells if self._above else ()
            )
            if len(self.header) > MAX_COLUMNS - _MOST_ADDED:
                raise UnreadableFile(words.no_room_for_columns(self.layout.sheet, len(self.header)))
            opening.pop_all()

    def close(self) -> None:
        if self._package:
            self._package.close()

    def __iter__(self) -> Iterator[WorkbookRow]:
        return (row for row in self._rows if row.says_something)

    @contextmanager
    def whole(
        self, sink: Sink, width: int, names: Sequence[str]
    ) -> Iterator["_Edited | NewWorkbook"]:
        target = self._folder / "whole.xlsx"
        if self._package and not self.layout.is_written_anew:
            growth = Growth(self._head.number, width, names)
            with self._package.with_cells(self.layout.sheet, growth, target) as added:
                if not self.layout.headless:
                    added.add(self._head.number, names)
                yield _Edited(added)
        else:
            with NewWorkbook(target, self.layout.sheet, width) as copy:
                for row in self._above:
                    copy.add(row, [])
                if not self.layout.headless:
                    copy.add(self._head, names)
                yield copy
        _send(target, sink)

    @contextmanager
    def excerpt(self, sink: Sink, width: int, names: Sequence[str]) -> Iterator[NewWorkbook]:
        target = self._folder / "excerpt.xlsx"
        with NewWorkbook(target, self.layout.sheet, width, in_place=False) as copy:
            if not self.layout.headless:
                copy.add(self._head, names)
            yield copy
        _send(target, sink)

    @contextmanager
    def emptied(self, sink: Sink) -> Iterator["_EmptiedAnew | _EmptiedInPlace"]:
        target = self._folder / "emptied.xlsx"
        if self._package:
            in_place = _EmptiedInPlace()
            yield in_place
            self._package.empty(self.layout.sheet, in_place.rows, target)
        else:
            with NewWorkbook(target, self.layout.sheet, len(self.header)) as copy:
                for row in [*self._above, *([] if self.layout.headless else [self._head])]:
                    copy.add(row, [])
                yield _EmptiedAnew(copy)
        _send(target, sink)

    def _choose(
        self,
        workbook: "CalamineWorkbook",
        layout: Layout,
        extents: Mapping[str, Extent],
        finder: Finder,
    ) -> "_Chosen":
        """The sheet that was read before, or else the first whose header looks most like one."""
        if layout.sheet:
            sheet, extent = (
                workbook.get_sheet_by_name(layout.sheet),
                extents.get(layout.sheet, Extent()),
            )
            return _Chosen(
                sheet, extent, layout.header_row, layout.headless, others=layout.other_sheets
            )
        best: _Chosen | None = None
        likely: list[str] = []
        for name in _candidates(workbook):
            if self._package and name not in extents:
                continue
            sheet = workbook.get_sheet_by_name(name)
            head = sheet.to_python(skip_empty_area=False, nrows=HEAD) if sheet.end else []
            if not head:
                continue
            rows = [list(map(_text, values)) for values in head]
            header = header_among(rows, finder)
            headless = is_headless(header, rows, finder)
            fields = finder.find(*_table(header, headless, rows)).columns.keys()
            if _OF_PEOPLE & fields and len(fields) > 1:
                likely.append(name)
            if best is None or len(fields) > best.fields:
                extent = extents.get(name, Extent())
                best = _Chosen(sheet, extent, header.position + 1, headless, len(fields))
        if best is None:
            raise UnreadableFile(words.EMPTY_WORKBOOK)
        return replace(best, others=tuple(name for name in likely if name != best.sheet.name))

    def _numbered(self) -> Iterator[WorkbookRow]:
        before: list[Value] = [""] * self._first_column
        open_merges: dict[int, tuple[int, Value]] = {}
        for number, values in enumerate(self._sheet.iter_rows(), start=1):
            values = before + values
            values += [""] * (self._width - len(values))
            links = self._extent.links.get(number, NO_LINKS)
            merged = {
                at: value
                for at, (end, value) in open_merges.items()
                if number <= end and at < len(values) and values[at] == ""
            }
            for at, end in self._merged.get(number, ()):
                if at < len(values):
                    open_merges[at] = (end, values[at])
            cells = list(map(_text, values))
            says_something = any(cells)
            for at, value in merged.items():
                cells[at] = _text(value)
            row = WorkbookRow(
                number=number,
                cells=cells,
                links=links,
                values=values,
                merged=merged,
                says_something=says_something,
            )
            yield _without(row, self.layout.ours) if self.layout.ours else row

    def _tall_merges(self, header_row: int) -> Mapping[int, list[tuple[int, int]]]:
        """Cells that are merged over several rows below the header: by their first row, each one's
        column (from 0) and last row.
        """
        merges: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (top, left), (bottom, _) in self._extent.merges() or _merges_of(self._sheet):
            if header_row < top < bottom:
                merges[top].append((left, bottom))
        return merges


def _without(row: WorkbookRow, ours: Sequence[int]) -> WorkbookRow:
    """A row without the columns that are ours."""
    places = {at: place for place, at in enumerate(kept(range(len(row.cells)), ours))}
    return WorkbookRow(
        number=row.number,
        cells=kept(row.cells, ours),
        original=original_of(row.cells, ours),
        links={places[at]: link for at, link in row.links.items() if at in places},
        values=kept(row.values, ours),
        merged={places[at]: value for at, value in row.merged.items() if at in places},
        says_something=any(kept(row.cells, ours)),
    )


@dataclass(frozen=True)
class _Chosen:
    sheet: "CalamineSheet"
    extent: Extent
    header_row: int
    headless: bool
    fields: int = 0
    others: tuple[str, ...] = ()


def _table(
    header: Header, headless: bool, rows: Sequence[Sequence[str]]
) -> tuple[Sequence[str], list[Row], Sequence[str]]:
    """The header among the first rows of a sheet, those below it, and the one above it."""
    at = header.position
    below = rows[at if headless else at + 1 :]
    sample = [Row(number=number, cells=list(cells)) for number, cells in enumerate(below)]
    names = unnamed(len(rows[at])) if headless else rows[at]
    return names, sample, rows[at - 1] if at else ()


def _merges_of(sheet: "CalamineSheet") -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The merged cells of a sheet, as calamine knows them: first and last row, from 1, each with a
    column, from 0.
    """
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        yield (top + 1, left), (bottom + 1, right)


class _Edited:
    """The file's own workbook, whose rows get cells added."""

    def __init__(self, added: Added) -> None:
        self._added = added

    def add(self, row: WorkbookRow, cells: Sequence[str]) -> None:
        self._added.add(row.number, cells)


class _EmptiedInPlace:
    """Notes which rows of the file's own workbook are emptied. One that is dropped stays as a row
    without values: formulas and formats refer to rows by their place.
    """

    def __init__(self) -> None:
        self.rows: dict[int, Mapping[int, str]] = {}

    def keep(self, row: WorkbookRow) -> None:
        pass

    def blank(self, row: WorkbookRow, cells: Mapping[int, str]) -> None:
        self.rows[row.number] = cells

    def drop(self, row: WorkbookRow) -> None:
        self.rows[row.number] = {}


class _EmptiedAnew:
    """Writes a new workbook, whose rows have the places that they had."""

    def __init__(self, copy: NewWorkbook) -> None:
        self._copy = copy

    def keep(self, row: WorkbookRow) -> None:
        self._copy.add(row, [])

    def blank(self, row: WorkbookRow, cells: Mapping[int, str]) -> None:
        pass

    def drop(self, row: WorkbookRow) -> None:
        pass


def _load(path: Path) -> "CalamineWorkbook":
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(path)


def _candidates(workbook: "CalamineWorkbook") -> list[str]:
    """The sheets that a person sees, or all where none is to be seen."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    return [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible] or [
        sheet.name for sheet in sheets
    ]


@contextmanager
def _loading() -> Iterator[None]:
    """Whatever calamine finds wrong, in words."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError:
        raise protected() from None
    except CalamineError:
        raise damaged() from None
    except BaseException as error:
        # What calamine does not expect ends in a panic, which is not an `Exception`:
        # https://pyo3.rs, *Panics*
        if type(error).__name__ == "PanicException":
            raise damaged() from None
        raise


def protected() -> UnreadableFile:
    return UnreadableFile(words.LOCKED_WORKBOOK)


def _text(value: Value) -> str:
    """What a spreadsheet would show of a value, near enough to find names and addresses in it."""
    match value:
        case str():
            return value
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return f"{value:.0f}"
        case datetime():
            return value.isoformat(" ")
        case _:
            return str(value)


def _send(path: Path, sink: Sink) -> None:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            sink.write(chunk)
    path.unlink()
