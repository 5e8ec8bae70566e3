"""What a careful person would make of files of the corpus: `README.md` has their columns, a table
in `truth/` has a line for each of their rows.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CORPUS = Path(__file__).parent
FILES = CORPUS / "files"
TRUTH = CORPUS / "truth"

SENT, DUPLICATE = "sent", "duplicate_of"
NAMES = ("first name", "last name")
COMPANY = ("company", "domain", "linkedin")
_REFUSED = "refused"
_ANYTHING = "*"
_OR = "|"


@dataclass(frozen=True)
class TrueColumn:
    """What is to be taken for one field; `optional` may be taken as well or not, and `same` has the
    other ways to write a header that stands in two rows.
    """

    field: str
    headers: tuple[str, ...]
    in_order: bool
    optional: frozenset[str]
    same: dict[str, str]

    def is_met_by(self, taken: tuple[str, ...]) -> bool:
        headers = [self.same.get(header, header) for header in map(letters, taken)]
        needed = [header for header in headers if header not in self.optional]
        if self.in_order:
            return needed == [*self.headers]
        return sorted(needed) == sorted(self.headers)


@dataclass(frozen=True)
class TrueRow:
    """What must come of one row; each cell of its line has all that would be right."""

    row: int
    line: dict[str, str]

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(self.line["state"].split(_OR))

    def allows(self, field: str, value: str) -> bool:
        """Whether a field of a contact is as it should be; case makes no difference."""
        right = self.line[field].split(_OR)
        return right == [_ANYTHING] or value.casefold() in map(str.casefold, right)


@dataclass(frozen=True)
class TrueFile:
    """What must come of one file of the corpus."""

    name: str
    type: str
    columns_cell: str

    @property
    def is_refused(self) -> bool:
        return self.columns_cell == _REFUSED

    @property
    def path(self) -> Path:
        return FILES / self.name

    @property
    def table(self) -> Path:
        return (TRUTH / self.name).with_suffix(".csv")

    @cached_property
    def columns(self) -> dict[str, TrueColumn]:
        return {column.field: column for column in map(_column, self.columns_cell.split(" · "))}

    @cached_property
    def rows(self) -> dict[int, TrueRow]:
        with self.table.open(encoding="utf-8", newline="") as lines:
            return {int(line["row"]): TrueRow(int(line["row"]), line) for line in _lines(lines)}


def true_files() -> list[TrueFile]:
    """The files whose lines in the README say what they stand for."""
    return [
        TrueFile(file, line["type"], line["columns"])
        for file, line in readme_lines().items()
        if "what it stands for" in line
    ]


def readme_lines() -> dict[str, dict[str, str]]:
    """The lines of all tables of the README by their files, each by the names of its columns."""
    text = (CORPUS / "README.md").read_text(encoding="utf-8")
    return {line["file"].strip("`"): line for line in _table_lines(text)}


def letters(header: str) -> str:
    """A header for comparison: its letters and digits, without case."""
    return "".join(filter(str.isalnum, header.casefold())) or header.strip()


def _column(part: str) -> TrueColumn:
    """One field: `e-mail=Work Email > Email > ((Email 2))`; with `+`, any order will do; with `or`,
    any of the spellings.
    """
    field, _, cell = part.partition("=")
    spellings = [header.split(" or ") for header in re.split(" [>+] ", cell)]
    optional = frozenset(letters(first) for first, *_ in spellings if _is_optional(first))
    headers = tuple(letters(first) for first, *_ in spellings)
    return TrueColumn(
        field,
        tuple(header for header in headers if header not in optional),
        " + " not in cell,
        optional,
        {letters(other): letters(first) for first, *others in spellings for other in others},
    )


def _is_optional(header: str) -> bool:
    return header.startswith("((") and header.endswith("))")


def _lines(text: Iterator[str]) -> Iterator[dict[str, str]]:
    for line in csv.DictReader(text):
        assert None not in line, f"too many cells: {line}"
        yield {name: cell or "" for name, cell in line.items()}


def _table_lines(text: str) -> Iterator[dict[str, str]]:
    names: list[str] = []
    for line in text.splitlines():
        if not line.startswith("| "):
            names = names if line.startswith("|-") else []
            continue
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if names:
            yield dict(zip(names, cells, strict=True))
        else:
            names = cells
