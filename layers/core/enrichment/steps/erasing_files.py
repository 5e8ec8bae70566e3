"""Files of rows from which people are erased: each is searched, and written anew without them."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from zipfile import ZipFile, is_zipfile

from enrichment.adapters.bucket import Bucket, Version
from enrichment.domain.columns import Columns
from enrichment.domain.erasees import Candidate, Search, Traces, traces_of
from enrichment.domain.layout import Layout
from enrichment.domain.limits import NO_LIMITS
from enrichment.domain.manner import manner_of
from enrichment.domain.mapping import ByMapping
from enrichment.domain.outcome import RESULT_COLUMNS, RowState
from enrichment.domain.reading import Reading
from enrichment.domain.receipt import ErasedObject
from enrichment.domain.returned import original_row
from enrichment.domain.row_cells import RowCells
from enrichment.errors import UnreadableFile
from enrichment.files.archives import packed
from enrichment.files.opening import opened, reopened
from enrichment.files.sheet import Row, Sheet
from enrichment.words import rows as words

_SMALL = 4_000_000  # bytes of a file that are looked at as a whole
_UNPACKED = 100_000_000  # bytes that such a workbook may unpack to
_MARKUP = re.compile(r"<[^>]*>")
_GONE = frozenset({"", RowState.ERASED, words.ERASED})  # what a row may say that tells of nobody


@dataclass(frozen=True)
class Looked:
    """What a search of one version found: how the file is written, None where that did not matter;
    and who may be named, by the row of the job's file.
    """

    layout: Layout | None
    named: dict[int, list[Candidate]] = field(default_factory=dict)
    is_whole: bool = True  # False where sheets that are not read may name somebody


@dataclass(frozen=True)
class EraseFromFiles:
    """Searches files of rows, and empties rows of them. `remove` leaves no row where one was; but a
    row of a file that a job reads is only emptied, since its results are known by its number.
    """

    bucket: Bucket
    remove: bool

    def look(
        self, key: str, version: str, search: Search, reading: Reading | None = None
    ) -> Looked | None:
        """Search a version for people; None where it is gone.

        Args:
            key: of the object.
            version: of it.
            search: whom to find.
            reading: how its job reads it, if it is the file of one.

        Raises:
            FileError: it cannot be read as rows.
        """
        if self._is_nobodys(key, version, search):
            return Looked(None)
        with self._opened(key, version, reading) as sheet:
            if sheet is None:
                return None
            columns = reading.columns if reading else sheet.found.columns
            traces, named = RowReader(sheet, columns), dict[int, list[Candidate]]()
            for row in sheet:
                texts = [*row.cells, *row.links.values()]
                if search.may_name(texts) and (found := search.candidates(traces.of(row, texts))):
                    named.setdefault(_number(row), []).extend(found)
            is_whole = not (sheet.layout.other_sheets and self._may_name(key, version, search))
            return Looked(sheet.layout, named, is_whole)

    def layout(self, key: str, version: str, reading: Reading | None) -> Layout | None:
        """How a version is written; None where it is gone.

        Raises:
            FileError: it cannot be read as rows.
        """
        with self._opened(key, version, reading) as sheet:
            return sheet.layout if sheet else None

    def _may_name(self, key: str, version: str, search: Search) -> bool:
        """Whether somebody may be named in any part of a workbook."""
        stream = self.bucket.read(key, version)
        content = stream.read(_SMALL + 1) if stream else b""
        if len(content) > _SMALL or not is_zipfile(io.BytesIO(content)):
            return True
        with ZipFile(io.BytesIO(content)) as archive:
            parts = [each for each in archive.namelist() if each.endswith((".xml", ".rels"))]
            if sum(archive.getinfo(each).file_size for each in parts) > _UNPACKED:
                return True
            texts = (archive.read(each).decode(errors="replace") for each in parts)
            return any(search.may_name([_MARKUP.sub("\n", text)]) for text in texts)

    def _is_nobodys(self, key: str, version: str, search: Search) -> bool:
        """Whether it is sure from a file's bytes that it names nobody."""
        stream = self.bucket.read(key, version)
        content = stream.read(_SMALL + 1) if stream else b""
        return len(content) <= _SMALL and not search.may_be_in(content)

    def has_left(
        self,
        key: str,
        version: str,
        is_named: Callable[[int], bool],
        reading: Reading | None = None,
    ) -> bool:
        """Whether a row that is to be erased still says something.

        Raises:
            FileError: it cannot be read as rows.
        """
        with self._opened(key, version, reading) as sheet:
            rows = sheet or ()
            return any(is_named(_number(row)) and not is_gone(row.cells) for row in rows)

    def empty(
        self,
        file: Version,
        layout: Layout,
        is_named: Callable[[int], bool],
        to: str,
        is_read: bool,
    ) -> tuple[ErasedObject, str]:
        """Write a version anew, without the rows that are to be erased.

        Args:
            file: what is read.
            layout: how it is written.
            is_named: tells rows by their number in the job's file.
            to: the key that is written.
            is_read: whether a job reads it, by the numbers of its rows.

        Returns:
            What became of it, and the new version.
        """
        key, version = file.key, file.id
        content_type = self.bucket.content_type(key, version)
        if layout.rewritten != layout:
            content_type = layout.rewritten.content_type
        whole = layout.model_copy(update={"ours": ()})
        stream = self.bucket.read(key, version)
        if stream is None:
            raise UnreadableFile("")
        before = erased = 0
        numbers = self._numbers(key, version, layout)
        with (
            reopened(stream, whole) as open_file,
            self.bucket.rewrite(to, content_type) as out,
            packed(out, layout.packing, layout.member) as sink,
            open_file.sheet.emptied(sink) as copy,
        ):
            marks = _marks(open_file.sheet.header)
            for row, number in zip(open_file.sheet, numbers, strict=True):
                says = not is_gone(row.cells)
                before += says
                if not (says and is_named(number)):
                    copy.keep(row)
                elif self.remove and not is_read:
                    copy.drop(row)
                    erased += 1
                else:
                    copy.blank(row, marks)
                    erased += 1
        after = self._rows(to, out.version, whole.rewritten)
        done = ErasedObject(key=to, rows_before=before, rows_erased=erased, rows_after=after)
        return done, out.version

    def _numbers(self, key: str, version: str, layout: Layout) -> Iterator[int]:
        """The numbers of a file's rows in the file of its job."""
        stream = self.bucket.read(key, version)
        if stream is not None:
            with reopened(stream, layout) as file:
                yield from map(_number, file.sheet)

    def _rows(self, key: str, version: str, layout: Layout) -> int:
        """How many rows of a file say something."""
        stream = self.bucket.read(key, version)
        try:
            if stream is None:
                return 0
            with reopened(stream, layout) as file:
                return sum(not is_gone(row.cells) for row in file.sheet)
        except UnreadableFile:  # no row is left
            return 0

    @contextmanager
    def _opened(self, key: str, version: str, reading: Reading | None) -> Iterator[Sheet | None]:
        stream = self.bucket.read(key, version)
        if stream is None:
            yield None
        elif reading:
            with reopened(stream, reading.layout) as file:
                yield file.sheet
        else:
            with opened(stream, NO_LIMITS, ByMapping()) as file:
                yield file.sheet


class RowReader:
    """Tells the traces of the rows of a sheet."""

    def __init__(self, sheet: Sheet, columns: Columns) -> None:
        self._cells = RowCells(columns)
        sample = [row for row in sheet.sample if len(row.cells) >= self._cells.width]
        self._manner = manner_of(sheet.header, map(self._cells.of, sample))

    def of(self, row: Row, texts: list[str]) -> Traces:
        missing = self._cells.width - len(row.cells)
        if missing > 0:
            row = Row(row.number, [*row.cells, *[""] * missing], row.links)
        return traces_of(texts, self._cells.of(row), self._manner)


def is_gone(cells: list[str]) -> bool:
    """Whether a row tells of nobody."""
    return _GONE.issuperset(map(str.strip, cells))


def _number(row: Row) -> int:
    """The number of a row in the first file; rows of rejected files say it."""
    return original_row(row.original) or row.number


def _marks(header: Sequence[str]) -> dict[int, str]:
    """What an erased row of an answer says in the columns of results."""
    says = {RESULT_COLUMNS[0]: RowState.ERASED, RESULT_COLUMNS[-1]: words.ERASED}
    names = [name.strip().casefold() for name in header]
    return {names.index(name): str(text) for name, text in says.items() if name in names}
