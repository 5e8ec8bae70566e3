"""The plan of a job: what becomes of each row, decided once, stored before anything is sent.

It is a file of JSON lines, one a row and in the file's order, so that a batch is a range of its
bytes and compiling reads it beside the original. Rows are numbered as a spreadsheet shows them: the
header is row 1 where the file starts with it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from typing import Literal

from pydantic import TypeAdapter
from pydantic_core import CoreConfig, SchemaValidator

from enrichment.domain.contact import Contact


@dataclass(slots=True)
class PlannedRow:
    """One line of the plan; exactly one of the fields after `row` is set, but for `spared`.

    `already` is what the row has of what is looked for: an address, or phone numbers. `spared`
    tells that such a row would have been sent otherwise. `not_sampled` is the first row of the
    person, for a copy as for that row itself: it could be sent, but is not in the sample. Until 0.4
    the plan said which rows were over budget. `erased` tells that its person was erased, and
    whether the row was a contact.

    Nobody changes one; see `Contact` for why it is not frozen.
    """

    row: int
    contact: Contact | None = None
    rejected: str | None = None
    not_worth: str | None = None
    already: tuple[str, ...] | None = None
    spared: bool | None = None
    duplicate_of: int | None = None
    over_budget: bool | None = None
    not_sampled: int | None = None
    erased: Literal["contact", "row"] | None = None

    def line(self) -> bytes:
        """The row as one line of JSON, without what is None; lines of the kinds of which there are
        many are written here, in a third of the time that a library takes.
        """
        if self.contact is not None:
            return f'{{"row":{self.row},"contact":{self.contact.json()}}}\n'.encode()
        if self.already is not None:
            has = ",".join(map(quoted, self.already))
            spared = ',"spared":true' if self.spared else ""
            return f'{{"row":{self.row},"already":[{has}]{spared}}}\n'.encode()
        return _ROWS.dump_json(self, exclude_none=True) + b"\n"


_ROWS = TypeAdapter(PlannedRow)
# TypeAdapter takes no configuration for a data class.
_LINES = SchemaValidator(_ROWS.core_schema, CoreConfig(hide_input_in_errors=True))


def planned_row(line: bytes) -> PlannedRow:
    """A row by its line.

    Raises:
        ValueError: it is no line of a plan; what it holds is not in the message.
    """
    row: PlannedRow = _LINES.validate_json(line)
    return row


# How the line of a contact begins that says its names without escapes.
_NAMES = re.compile(
    rb'\{"row":(\d+),"contact":\{"firstname":"([^"\\]*)","lastname":"([^"\\]*)"[,}]'
)


def named_row(line: bytes) -> PlannedRow:
    """A row by its line, which is one of a plan; of its contact the names alone, or all of it. It
    takes half of the time.
    """
    if named := _NAMES.match(line):
        row, first, last = named.groups()
        return PlannedRow(int(row), Contact(first.decode(), last.decode()))
    return planned_row(line)


def contact_start(row: int) -> bytes:
    """How the line of a row begins if it is a contact."""
    return f'{{"row":{row},"contact":{{'.encode()


def named_start(row: int, first: str, last: str) -> bytes:
    """How it begins if it is a contact of these names, and not otherwise. Half characters, which no
    line has, are none of them.

    >>> named_start(5, "Zoë", "Doe")
    b'{"row":5,"contact":{"firstname":"Zo\\xc3\\xab","lastname":"Doe"'
    """
    first, last = quoted(first), quoted(last)
    text = f'{{"row":{row},"contact":{{"firstname":{first},"lastname":{last}'
    return text.encode("utf-8", "surrogatepass")


def erased_line(line: bytes) -> bytes:
    """The line of a row of which nothing is told any more; as long as it was, since batches are
    ranges of bytes.

    >>> erased_line(b'{"row":5,"rejected":"The last name is missing"}\\n')
    b'{"row":5,"erased":"row"}                       \\n'
    """
    planned = planned_row(line)
    end = line[len(line.rstrip(b"\r\n")) :]
    was = planned.erased or ("contact" if planned.contact else "row")
    text = f'{{"row":{planned.row},"erased":"{was}"}}'.encode()
    return text.ljust(len(line) - len(end)) + end


def contacts_erased(lines: bytes, rows: Collection[int] | None = None) -> int:
    """How many contacts of a part of a plan, or of certain rows of it, were erased."""
    planned = map(planned_row, lines.splitlines())
    return sum(each.erased == "contact" and (rows is None or each.row in rows) for each in planned)


@dataclass(frozen=True)
class Span:
    """Where one batch stands in a plan: its number of contacts, its first and last row, and its
    bytes (`end` exclusive).
    """

    size: int
    first_row: int
    last_row: int
    start: int
    end: int


@dataclass(frozen=True)
class PlannedContact:
    """One contact of a plan, and where its line stands in it (`end` exclusive)."""

    row: int
    contact: Contact
    start: int
    end: int


def contacts_of(
    lines: bytes, start: int, rows: Collection[int] | None = None
) -> list[PlannedContact]:
    """The contacts in a part of a plan that begins at byte `start`, or those of certain rows; lines
    of rows that are not sent are passed over.
    """
    contacts = []
    for line in lines.splitlines(keepends=True):
        planned = planned_row(line)
        if planned.contact and (rows is None or planned.row in rows):
            contacts.append(PlannedContact(planned.row, planned.contact, start, start + len(line)))
        start += len(line)
    return contacts
