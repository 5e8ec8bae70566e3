"""Files of invented people, as a CRM exports them: ten columns, companies that many rows share,
every tenth name with letters beyond ASCII, and what real files have of gaps and copies.

The same number of rows gives the same file, byte for byte.
"""

import csv
import random
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import xlsxwriter


class Kind(NamedTuple):
    """The first two columns of a file; whether most rows have an e-mail: if so, half of the rows
    need not be sent; the share of rows that are copies; and whether it is a workbook.
    """

    names: tuple[str, str]
    has_emails: bool = True
    copies: float = 0.02
    suffix: str = ".csv"


TWO_NAMES = Kind(("First Name", "Last Name"))
ONE_NAME = Kind(("Full Name", "Phone"))
NO_EMAILS = Kind(TWO_NAMES.names, has_emails=False)
WORKBOOK = NO_EMAILS._replace(suffix=".xlsx")
MANY_COPIES = NO_EMAILS._replace(copies=0.1)
_DETAILS = (
    "Title",
    "Company",
    "Website",
    "Email",
    "LinkedIn URL",
    "City",
    "Country",
    "Notes",
)
_ROWS_OF_A_COMPANY = 40  # on average; some have hundreds, most a few


def write(path: Path, rows: int, kind: Kind = TWO_NAMES) -> None:
    """Write a file of so many rows below its header."""
    if kind == WORKBOOK:
        _write_workbook(path, _rows(rows, kind))
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_rows(rows, kind))


def _write_workbook(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)


def _rows(rows: int, kind: Kind) -> Iterator[Sequence[str]]:
    """The header, and so many rows."""
    yield (*kind.names, *_DETAILS)
    for first, last, *details in islice(_Crowd(rows, kind.copies).people(), rows):
        own = (f"{first} {last}".strip(), "") if kind == ONE_NAME else (first, last)
        if not kind.has_emails:
            details[_DETAILS.index("Email")] = ""
        yield (*own, *details)


class _Crowd:
    """People at companies, drawn by a chance that the number of rows decides."""

    def __init__(self, rows: int, copies: float) -> None:
        self._copies = copies
        self._random = random.Random(rows)
        self._words = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
        self._companies = [self._company() for _ in range(max(1, rows // _ROWS_OF_A_COMPANY))]

    def people(self) -> Iterator[Sequence[str]]:
        again: list[Sequence[str]] = []
        while True:
            if again and self._is(self._copies):
                yield self._random.choice(again)
                continue
            person = self._person()
            if self._is(0.001):
                again.append(person)
            yield person

    def _is(self, likelihood: float) -> bool:
        return self._random.random() < likelihood

    def _given(self, share: float, text: str) -> str:
        """The text in so many of the rows."""
        return text if self._is(share) else ""

    def _one(self, kind: str) -> str:
        return str(self._random.choice(self._words[kind]))

    def _made_up(self, syllables: int) -> str:
        return "".join(self._random.choices(self._words["syllable"], k=syllables))

    def _company(self) -> tuple[str, str, str]:
        """A company's name, its website as exports spell it, and its domain."""
        word = f"{self._made_up(3)}{self._random.randrange(1000)}"
        domain = f"{word}.{self._one('top_domain')}"
        return word.capitalize() + self._one("legal_form"), self._one("website"), domain

    def _person(self) -> Sequence[str]:
        at = int(len(self._companies) * self._random.random() ** 2)
        company, website, domain = self._companies[at]
        first = self._one("first_abroad" if self._is(0.05) else "first")
        last = (self._made_up(2) + self._one("ending")).capitalize()
        if self._is(0.05):
            last = self._one("last_abroad")
        user = f"{first}.{last}".lower()
        page = f"{first}-{last}-{self._random.randrange(16**6):06x}".lower()
        return (
            first,
            self._given(0.99, last),
            self._one("title"),
            self._given(0.97, company),
            self._given(0.80, website.format(domain)),
            self._given(0.73, f"{user}@{domain if self._is(0.8) else 'gmail.com'}"),
            self._given(0.60, f"https://www.linkedin.com/in/{page}"),
            self._one("city"),
            self._one("country"),
            self._one("note"),
        )
