"""Reading the XML of workbooks as a stream, so that memory does not grow with a sheet.

A document type declaration is refused wherever one stands: no spreadsheet program writes one, and
entities are what XML bombs are made of.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from enrichment.errors import UnreadableFile
from enrichment.files.sheet import Readable
from enrichment.words import files as words

MAX_DEPTH = 256  # of elements in elements
_MAX_TOKEN = 1 << 22  # bytes of one tag or comment, which parsers hold in memory
CHUNK = 1 << 18
_NAMES = 1_000  # of elements and attributes, which are remembered
_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")

Attributes = dict[str, str]
Follow = Callable[[expat.XMLParserType], None]  # sets the handlers of a parser


class XmlStream:
    """Feeds a source to a parser that refuses what spreadsheet programs do not write, and what
    would fill the memory.

    Only UTF-8 is read, as calamine does; a zero byte tells that it is UTF-16.
    """

    def __init__(self, source: Readable) -> None:
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self._source = source
        self._fed = 0

    def read(self) -> bytes:
        return self._source.read(CHUNK)

    def parse(self, data: bytes) -> None:
        """Parse what was read; nothing means that it was the end.

        Raises:
            UnreadableFile: it is not well-formed.
        """
        if b"\0" in data:
            raise damaged()
        try:
            self.parser.Parse(data, not data)
        except expat.ExpatError:
            raise damaged() from None
        self._fed += len(data)
        if self._fed - self.parser.CurrentByteIndex > _MAX_TOKEN:
            raise UnreadableFile(words.too_long_text(_MAX_TOKEN))


def read_xml(source: Readable, follow: Follow, copy: IO[bytes] | None = None) -> None:
    """Read an XML document as a stream, copying it on the way.

    Raises:
        UnreadableFile: it is not well-formed, or it declares a document type.
    """
    stream = XmlStream(source)
    follow(stream.parser)
    while data := stream.read():
        stream.parse(data)
        if copy:
            copy.write(data)
    stream.parse(b"")


def on_start(start: Callable[[str, Attributes], None]) -> Follow:
    """Calls `start` with each element, as long as they are not nested so deeply that their names
    alone would fill the memory.
    """

    def follow(parser: expat.XMLParserType) -> None:
        depth = 0

        def begin(name: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            if depth > MAX_DEPTH:
                raise damaged()
            start(name, attributes)

        def end(_name: str) -> None:
            nonlocal depth
            depth -= 1

        parser.StartElementHandler = begin
        parser.EndElementHandler = end

    return follow


def tag_at(data: bytes | bytearray, at: int = 0) -> bytes:
    """The tag that begins at a byte of a part.

    Raises:
        UnreadableFile: none does.
    """
    match = _TAG.match(data, at)
    if not match:
        raise damaged()
    return match[0]


def damaged() -> UnreadableFile:
    """The refusal of a workbook whose parts cannot be read."""
    return UnreadableFile(words.DAMAGED_WORKBOOK)


@lru_cache(_NAMES)
def local_name(name: str) -> str:
    return name if ":" not in name else name.partition(":")[2] or name


def attribute(attributes: Mapping[str, str], local: str) -> str:
    """The value of an attribute whatever its prefix."""
    return next((value for name, value in attributes.items() if local_name(name) == local), "")


def _refuse_doctype(*_: object) -> None:
    raise UnreadableFile(words.DOCUMENT_TYPE)
