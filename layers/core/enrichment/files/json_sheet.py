"""JSON Lines and JSON arrays: each object is a row, and its keys, those of objects in it too, are
columns.

What is written keeps the text of each object and of everything between them; only members are
added.
"""

import json
import re
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO

from enrichment.domain.characters import whole
from enrichment.domain.found import Finder
from enrichment.domain.layout import FileFormat, Layout
from enrichment.errors import UnreadableFile
from enrichment.files.sheet import MAX_COLUMNS, Row, Sink, kept, sampled
from enrichment.words import files as words

_CHUNK = 1 << 16
_MAX_OBJECT = 1 << 20  # characters
_SPACE = re.compile(r"[ \t\r\n]*")
_BETWEEN = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")  # members of an object
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
# Numbers stay as they are written.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_DEPTH = 3  # objects in objects whose members become columns; what is deeper stays JSON


@dataclass(kw_only=True, slots=True)
class ObjectRow(Row):
    """A row and the text of its object; `before` is what stands between it and the object above
    it.
    """

    text: str
    before: str


class ObjectSheet:
    """One pass over a file of JSON objects; rows are numbered by the object, from 1. Memory does
    not grow with the file.

    Args:
        text: the file, opened at its start; it must be seekable, since columns are only known when
            all objects were seen.
        layout: its format is JSON Lines or a JSON array.
        finder: tells what the keys are.

    Raises:
        UnreadableFile: at construction, when the content is not JSON objects.
    """

    def __init__(self, text: TextIO, layout: Layout, finder: Finder) -> None:
        self.layout = layout
        start = text.tell()
        keys: dict[str, None] = {}
        for _, _, members in _objects(text, layout.format):
            keys.update(dict.fromkeys(members))
            if len(keys) > MAX_COLUMNS:
                raise UnreadableFile(words.too_many_keys(MAX_COLUMNS))
        self._left_out = [name for at, name in enumerate(keys) if at in layout.ours]
        self._numbers = list(keys)[layout.ours[0]] if layout.ours else ""
        self.header = kept(keys, layout.ours)
        self._text = text
        self._after = ""
        text.seek(start)
        self.sample = sampled(self)
        self.found = finder.find(self.header, self.sample, ())
        text.seek(start)

    def __iter__(self) -> Iterator[ObjectRow]:
        objects = _objects(self._text, self.layout.format)
        number = 0
        while True:
            try:
                before, text, members = next(objects)
            except StopIteration as end:
                self._after = end.value
                return
            number += 1
            yield ObjectRow(
                number=number,
                cells=[members.get(key, "") for key in self.header],
                original=members.get(self._numbers, "") if self._left_out else "",
                text=_without(text, self._left_out) if self._left_out else text,
                before=before,
            )

    @contextmanager
    def whole(self, sink: Sink, _width: int, names: Sequence[str]) -> Iterator["_Copy"]:
        yield (copy := _Copy(self.layout, sink, names))
        copy.verbatim(self._after)

    @contextmanager
    def excerpt(self, sink: Sink, _width: int, names: Sequence[str]) -> Iterator["_Copy"]:
        is_array = self.layout.format is FileFormat.JSON_ARRAY
        between = ",\n" if is_array else "\n"
        copy = _Copy(self.layout, sink, names, first="", between=between)
        copy.verbatim("[\n" if is_array else "")
        yield copy
        copy.verbatim("\n]\n" if is_array else "\n")

    @contextmanager
    def emptied(self, sink: Sink) -> Iterator["_Emptied"]:
        copy = _Copy(self.layout, sink, ())
        emptied = _Emptied(copy, self.header, self.layout.encoding)
        yield emptied
        emptied.end()
        copy.verbatim(self._after)


class _Copy:
    """Writes objects with members added, each after what stood before it in the file, or after what
    is given.
    """

    def __init__(
        self,
        layout: Layout,
        sink: Sink,
        names: Sequence[str],
        first: str | None = None,
        between: str | None = None,
    ) -> None:
        self._encoding, self._sink, self._names = layout.encoding, sink, names
        self._before, self._between = first, between
        if layout.byte_order_mark:
            self.verbatim("\ufeff")

    def verbatim(self, text: str) -> None:
        self._sink.write(text.encode(self._encoding))

    def add(self, row: ObjectRow, cells: Sequence[str]) -> None:
        self.verbatim(row.before if self._before is None else self._before)
        self._before = self._between
        self.verbatim(
            _with_members(row.text, dict(zip(self._names, cells, strict=True)), self._encoding)
        )


class _Emptied:
    """Writes objects as they are, or with nothing but their keys. What stood before an object that
    is dropped stands before the next one where it was the first.
    """

    def __init__(self, copy: _Copy, header: Sequence[str], encoding: str) -> None:
        self._copy, self._header = copy, header
        self._ascii_only = not encoding.startswith("utf")
        self._before: str | None = None
        self._is_first = True

    def keep(self, row: ObjectRow) -> None:
        self._write(row, row.text)

    def blank(self, row: ObjectRow, cells: Mapping[int, str]) -> None:
        left = _emptied(json.loads(row.text))
        left |= {self._header[at]: text for at, text in cells.items() if self._header[at] in left}
        self._write(row, json.dumps(left, ensure_ascii=self._ascii_only))

    def drop(self, row: ObjectRow) -> None:
        if self._is_first and self._before is None:
            self._before = row.before

    def end(self) -> None:
        """Write what stood before the first object, if none is left."""
        if self._is_first:
            self._copy.verbatim(self._before or "")

    def _write(self, row: ObjectRow, text: str) -> None:
        before = row.before if self._before is None else self._before
        self._copy.verbatim(before + text)
        self._before, self._is_first = None, False


def _emptied(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an object without their values; the keys stay, which are columns."""
    return {
        key: _emptied(value) if isinstance(value, dict) else None for key, value in members.items()
    }


def _with_members(text: str, members: Mapping[str, str], encoding: str) -> str:
    """The text of an object with members added at its end, indented as its first one is."""
    body = text[:-1].rstrip()
    closing = text[len(body) :]
    space = _SPACE.match(text, 1)
    indent = space[0] if space and "\n" in space[0] else " "
    ascii_only = not encoding.startswith("utf")
    added = [
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=ascii_only)}"
        for name, value in members.items()
    ]
    return body + ("" if body == "{" else "," + indent) + ("," + indent).join(added) + closing


def _without(text: str, names: Collection[str]) -> str:
    """The text of an object without its members of these names. What stands around the others stays
    as it is.
    """
    left: list[str] = []
    at = 1
    lead = text[at : _end_of(_SPACE, text, at)]
    while text[start := _end_of(_BETWEEN, text, at)] != "}":
        name, end = _DECODER.raw_decode(text, start)
        _, end = _DECODER.raw_decode(text, _end_of(_COLON, text, end))
        if name not in names:
            left.append((text[at:start] if left else lead) + text[start:end])
        at = end
    return "{" + "".join(left) + text[at:]


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Where what a pattern matches at a position ends; it may match nothing."""
    match = pattern.match(text, at)
    return match.end() if match else at


def looks_like_objects(start: str) -> FileFormat | None:
    """The format of a text that begins like JSON objects, else None."""
    if re.match(r"\s*\[\s*(\{|\]|$)", start):
        return FileFormat.JSON_ARRAY
    return FileFormat.JSON_LINES if re.match(r"\s*\{\s*[\"}]", start) else None


def _objects(
    text: TextIO, kind: FileFormat
) -> Generator[tuple[str, str, dict[str, str]], None, str]:
    """What stands before each object, its text and its members as cells; at the end, what stands
    after the last.
    """
    scanner = _Scanner(text)
    is_array = kind is FileFormat.JSON_ARRAY
    number = 0
    while True:
        character = scanner.peek()
        if is_array and character == ("," if number else "["):
            scanner.skip()
            character = scanner.peek()
        elif is_array and character != "]":
            raise UnreadableFile(words.damaged_list(number))
        if is_array and character == "]":
            scanner.skip()
            if scanner.peek():
                raise UnreadableFile(words.MORE_THAN_A_LIST)
            break
        if not character:
            break
        before = scanner.taken()
        number += 1
        if character != "{":
            raise UnreadableFile(words.no_object(number))
        members = scanner.members(number)
        yield before, scanner.taken(), members
    if not number:
        raise UnreadableFile(words.NO_OBJECTS)
    return scanner.taken()


class _Scanner:
    """Reads a text piece by piece; what it has gone over can be taken."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._from = self._at = 0

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._at - self._from > _MAX_OBJECT:
                raise UnreadableFile(words.too_much_space(_MAX_OBJECT))
            if not self._more():
                return ""

    def skip(self) -> None:
        self._at += 1

    def taken(self) -> str:
        """The text since it was last taken."""
        text = self._buffer[self._from : self._at]
        self._from = self._at
        return text

    def members(self, number: int) -> dict[str, str]:
        """The members of the object that begins here; `number` names it in an error."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
                cells = dict(_cells(value))
            except RecursionError:
                raise UnreadableFile(words.too_deep_object(number)) from None
            except json.JSONDecodeError:
                if len(self._buffer) - self._from > _MAX_OBJECT or not self._more():
                    raise UnreadableFile(words.damaged_object(number, _MAX_OBJECT)) from None
            else:
                self._at = end
                return cells

    def _more(self) -> bool:
        data = self._text.read(_CHUNK)
        self._buffer = self._buffer[self._from :] + data
        self._at -= self._from
        self._from = 0
        return bool(data)


def _cells(
    members: Mapping[str, Any], prefix: str = "", depth: int = 1
) -> Iterator[tuple[str, str]]:
    """The members as text; those of inner objects by a path of keys, such as
    `organization.name`.
    """
    for key, value in members.items():
        match value:
            case None:
                yield prefix + whole(key), ""
            case str():
                yield prefix + whole(key), whole(value)
            case bool():
                yield prefix + whole(key), str(value).lower()
            case dict() if value and depth < _DEPTH:
                yield from _cells(value, f"{prefix}{whole(key)}.", depth + 1)
            case _:
                yield prefix + whole(key), whole(json.dumps(value, ensure_ascii=False))
