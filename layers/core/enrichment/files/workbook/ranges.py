"""Tables and filters of a workbook that end where columns are added grow over them, so that sorting
moves whole rows.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import quoteattr

_RANGE = re.compile(r"(\$?[A-Z]{1,3}\$?)([0-9]{1,7}):(\$?)([A-Z]{1,3})(\$?[0-9]{1,7})")
_REF = re.compile(rb"""(\sref\s*=\s*["'])([^"']*)(["'])""")
_COUNT = re.compile(rb"""(\scount\s*=\s*["'])[^"']*(["'])""")
_ID = re.compile(rb"""\sid\s*=\s*["']([0-9]{1,9})["']""")
_FILTER_NAME = re.compile(rb"(<(?:\w+:)?definedName\b[^>]*_xlnm\._FilterDatabase[^>]*>)([^<]*)")
_SHEET_OF_NAME = re.compile(rb"""\slocalSheetId\s*=\s*["']([0-9]{1,9})["']""")
_TABLE_TAG = re.compile(rb"<(?:\w+:)?(?:table|autoFilter|tableColumns|tableColumn)\b[^>]*>")
_END_OF_COLUMNS = re.compile(rb"</((?:\w+:)?)tableColumns\s*>")


@dataclass(frozen=True)
class Growth:
    """Columns `names` that are added at `column` (from 0) of a sheet whose header is in row
    `header_row`.
    """

    header_row: int
    column: int
    names: Sequence[str]

    def of(self, reference: str) -> str | None:
        """A range that begins with the header's row and ends where the columns are added, with
        them; None for any other.

        >>> Growth(1, 3, ["a", "b"]).of("$A$1:$C$9")
        '$A$1:$E$9'
        """
        match = _RANGE.fullmatch(reference)
        if (
            not match
            or int(match[2]) != self.header_row
            or column_number(match[4]) + 1 != self.column
        ):
            return None
        last = column_letters(self.column + len(self.names) - 1)
        return f"{match[1]}{match[2]}:{match[3]}{last}{match[5]}"

    def of_tag(self, tag: bytes) -> bytes:
        """A tag with the range in its `ref` grown, if it is one that grows."""
        match = _REF.search(tag)
        grown = self.of(match[2].decode(errors="replace")) if match else None
        return (
            tag
            if match is None or grown is None
            else tag[: match.start(2)] + grown.encode() + tag[match.end(2) :]
        )

    def of_table(self, xml: bytes) -> bytes:
        """The part of a table, grown by a column for each name, if it is one that grows."""
        table = _TABLE_TAG.search(xml)
        end = _END_OF_COLUMNS.search(xml)
        if (
            not table
            or not end
            or self.of_tag(table[0]) == table[0]
            or b'headerRowCount="0"' in table[0]
        ):
            return xml
        columns = [tag for tag in _TABLE_TAG.findall(xml) if b"tableColumn " in tag]
        ids = [int(found[1]) for tag in columns if (found := _ID.search(tag))]
        added = "".join(
            f'<{end[1].decode()}tableColumn id="{number}" name={quoteattr(name)}/>'
            for number, name in enumerate(self.names, start=max(ids, default=0) + 1)
        )
        xml = (
            xml[: end.start()]
            + added.encode("ascii", errors="xmlcharrefreplace")
            + xml[end.start() :]
        )

        def changed(tag: re.Match[bytes]) -> bytes:
            if b"tableColumns" in tag[0]:
                return _COUNT.sub(rb"\g<1>%d\g<2>" % (len(columns) + len(self.names)), tag[0])
            return tag[0] if b"tableColumn" in tag[0] else self.of_tag(tag[0])

        return _TABLE_TAG.sub(changed, xml)

    def of_names(self, xml: bytes, sheet: int) -> bytes:
        """The workbook's part, in which the name that Excel gives to the filter of a sheet (by its
        position from 0) is grown.
        """

        def changed(name: re.Match[bytes]) -> bytes:
            place, _, reference = name[2].decode(errors="replace").rpartition("!")
            of_sheet = _SHEET_OF_NAME.search(name[1])
            grown = self.of(reference) if of_sheet and int(of_sheet[1]) == sheet else None
            return name[0] if grown is None else name[1] + f"{place}!{grown}".encode()

        return _FILTER_NAME.sub(changed, xml)


@lru_cache(1_000)
def column_letters(column: int) -> str:
    """A column's name.

    >>> column_letters(0), column_letters(26)
    ('A', 'AA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A column's position from 0."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
