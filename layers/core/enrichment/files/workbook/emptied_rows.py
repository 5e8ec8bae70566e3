"""Emptying rows of a workbook in place: cells keep their styles, and everything else stays as it
is. What a row said stands in several parts of the file: in its sheet, among the strings that all
sheets share, in the targets of links, and in comments.
"""

import re
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from enrichment.files.sheet import Readable
from enrichment.files.workbook.sizes import FIRST_CELL, column_of, row_of
from enrichment.files.workbook.xml import (
    Attributes,
    Follow,
    XmlStream,
    attribute,
    local_name,
    tag_at,
)

_NOWHERE = "https://erased.invalid/"
_OF_LINK = ("ref", "id")  # the attributes of a link that tell nobody
_NO_TEXT = '""'  # a formula for nothing: the list of a workbook's formulas stays right

# Whether an element that begins is replaced, and what is written in the place of one that ended.
Edit = tuple[Callable[[str, Attributes], bool], Callable[[str, bytes], bytes]]


@dataclass
class Uses:
    """Which shared strings and links the rows of a workbook use, those that are emptied and all
    others.
    """

    emptied_strings: set[int] = field(default_factory=set)
    other_strings: set[int] = field(default_factory=set)
    emptied_links: set[str] = field(default_factory=set)
    other_links: set[str] = field(default_factory=set)

    @property
    def strings(self) -> set[int]:
        """The strings that only emptied rows use."""
        return self.emptied_strings - self.other_strings

    @property
    def links(self) -> set[str]:
        """The links that only emptied rows use, by their relation."""
        return self.emptied_links - self.other_links

    def of_sheet(self, rows: Collection[int]) -> Follow:
        """Notes what a sheet uses, of which these rows are emptied."""

        def follow(parser: expat.XMLParserType) -> None:
            walk = _Uses(self, rows)
            parser.StartElementHandler = walk.start
            parser.CharacterDataHandler = walk.text
            parser.EndElementHandler = walk.end

        return follow


class _Uses:
    """One walk over a sheet."""

    def __init__(self, uses: Uses, rows: Collection[int]) -> None:
        self._uses, self._rows = uses, rows
        self._row, self._is_shared, self._index = 0, False, ""

    def start(self, name: str, attributes: Attributes) -> None:
        match local_name(name):
            case "row":
                self._row = row_of(attributes, self._row)
            case "c":
                self._is_shared = attributes.get("t") == "s"
                self._index = ""
            case "hyperlink":
                uses = self._uses
                is_emptied = _row_of_reference(attributes) in self._rows
                links = uses.emptied_links if is_emptied else uses.other_links
                links.add(attribute(attributes, "id"))

    def text(self, text: str) -> None:
        if self._is_shared:
            self._index += text

    def end(self, name: str) -> None:
        if local_name(name) == "c" and self._is_shared and self._index.strip().isdigit():
            is_emptied = self._row in self._rows
            strings = self._uses.emptied_strings if is_emptied else self._uses.other_strings
            strings.add(int(self._index))
        if local_name(name) == "c":
            self._is_shared = False


class Replaced:
    """XML on its way from `source` to `write`, of which elements are replaced.

    `open` is asked of each element that begins, and says whether to hold it; `close` is given what
    is held, as it is written, and gives what to write in its place.
    """

    def __init__(
        self,
        source: Readable,
        write: Callable[[bytes], object],
        open: Callable[[str, Attributes], bool],  # noqa: A002
        close: Callable[[str, bytes], bytes],
    ) -> None:
        self._write, self._begins, self._ends = write, open, close
        self._stream = XmlStream(source)
        self._stream.parser.StartElementHandler = self._start
        self._stream.parser.EndElementHandler = self._end
        self._changes: deque[tuple[int, int, bytes]] = deque()
        self._data, self._at = b"", 0  # what is not written yet, and where its first byte is
        self._held: int | None = None
        self._depth = 0

    def run(self) -> None:
        """Write everything."""
        while data := self._stream.read():
            self._data += data
            self._stream.parse(data)
            self._flush(self._stream.parser.CurrentByteIndex)
        self._stream.parse(b"")
        self._flush(self._at + len(self._data))

    def _flush(self, settled: int) -> None:
        for start, end, new in self._changes:
            self._write(self._data[: start - self._at] + new)
            self._data, self._at = self._data[end - self._at :], end
        self._changes.clear()
        until = max(self._at, settled if self._held is None else self._held)
        self._write(self._data[: until - self._at])
        self._data, self._at = self._data[until - self._at :], until

    def _start(self, name: str, attributes: Attributes) -> None:
        if self._held is not None:
            self._depth += 1
        elif self._begins(name, attributes):
            self._held, self._depth = self._stream.parser.CurrentByteIndex, 0

    def _end(self, name: str) -> None:
        if self._held is None:
            return
        if self._depth:
            self._depth -= 1
            return
        here = self._stream.parser.CurrentByteIndex
        end = here + len(self._tag(here))
        element = self._data[self._held - self._at : end - self._at]
        self._changes.append((self._held, end, self._ends(name, element)))
        self._held = None

    def _tag(self, byte: int) -> bytes:
        return tag_at(self._data, byte - self._at)


class EmptiedSheet:
    """What to write in place of the cells and links of rows that are emptied; `marks` are the texts
    that such a row has, by row and column.
    """

    def __init__(self, rows: Mapping[int, Mapping[int, str]]) -> None:
        self._rows = rows
        self._row, self._column = 0, -1
        self._attributes: Attributes = {}

    @property
    def both(self) -> "Edit":
        """How a sheet is replaced."""
        return self.open, self.close

    def open(self, name: str, attributes: Attributes) -> bool:
        """Whether an element is replaced."""
        match local_name(name):
            case "row":
                self._row, self._column = row_of(attributes, self._row), -1
            case "c":
                self._column = column_of(attributes, self._row, self._column)
                self._attributes = attributes
                return self._row in self._rows
            case "hyperlink":
                self._attributes = attributes
                return _row_of_reference(attributes) in self._rows
        return False

    def close(self, name: str, element: bytes) -> bytes:
        """What is written in its place."""
        if local_name(name) == "hyperlink":
            kept = {
                each: value
                for each, value in self._attributes.items()
                if local_name(each) in _OF_LINK or each.startswith("xmlns")
            }
            return f"<{name}{_written(kept)}/>".encode()
        prefix = name.removesuffix("c")
        style: dict[str, str] = {
            each: self._attributes[each] for each in ("r", "s") if each in self._attributes
        }
        if mark := self._rows[self._row].get(self._column):
            text = f"<{prefix}is><{prefix}t>{escape(mark)}</{prefix}t></{prefix}is>"
            return f'<{name}{_written(style)} t="inlineStr">{text}</{name}>'.encode()
        formula = _formula(prefix, element)
        if not formula:
            return f"<{name}{_written(style)}/>".encode()
        return f"<{name}{_written(style)}>".encode() + formula + f"</{name}>".encode()


def emptied_strings(doomed: Collection[int]) -> Edit:
    """How shared strings are replaced that nobody uses any more."""
    number = -1

    def begins(name: str, _attributes: Attributes) -> bool:
        nonlocal number
        if local_name(name) != "si":
            return False
        number += 1
        return number in doomed

    def ends(name: str, _element: bytes) -> bytes:
        return f"<{name}><{name.removesuffix('si')}t/></{name}>".encode()

    return begins, ends


def emptied_links(doomed: Collection[str]) -> Edit:
    """How the targets of links are replaced."""
    held: Attributes = {}

    def begins(name: str, attributes: Attributes) -> bool:
        held.clear()
        held.update(attributes)
        return local_name(name) == "Relationship" and attributes.get("Id") in doomed

    def ends(name: str, _element: bytes) -> bytes:
        return f"<{name}{_written(held | {'Target': _NOWHERE})}/>".encode()

    return begins, ends


def emptied_comments(rows: Collection[int]) -> Edit:
    """How comments on cells of rows are replaced."""

    def begins(name: str, attributes: Attributes) -> bool:
        return local_name(name) == "comment" and _row_of_reference(attributes) in rows

    def ends(name: str, element: bytes) -> bytes:
        prefix = name.removesuffix("comment")
        opening = tag_at(element).removesuffix(b"/>").removesuffix(b">") + b">"
        return opening + f"<{prefix}text><{prefix}t/></{prefix}text></{name}>".encode()

    return begins, ends


def _formula(prefix: str, element: bytes) -> bytes:
    """The formula that a cell keeps: that of other cells which share it, or one for nothing."""
    tag = f"{prefix}f".encode()
    found = re.search(rb"<" + tag + rb"[\s/>].*?(?:/>|</" + tag + rb">)", element, re.DOTALL)
    if not found:
        return b""
    opening = tag_at(found[0])
    if b"ref=" in opening and b"shared" in opening:
        return found[0]
    return b"<" + tag + b">" + escape(_NO_TEXT).encode() + b"</" + tag + b">"


def _written(attributes: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())


def _row_of_reference(attributes: Attributes) -> int:
    """The row of the first cell that an element is about."""
    first = FIRST_CELL.match(attributes.get("ref", ""))
    return int(first[2]) if first else 0
