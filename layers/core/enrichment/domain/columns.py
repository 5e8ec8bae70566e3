"""Which column of a file is which field of a contact, told by the header alone."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from itertools import chain

from enrichment import vocabulary


class Field(StrEnum):
    """What the pipeline looks for in a file. Values are shown to people in reports."""

    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    FULL_NAME = "full name"
    FULL_NAME_FAMILY_FIRST = "full name, family name first"  # by its header: Apellidos, Nombre
    SECOND_LAST_NAME = "second last name"  # beside `last name`: Apellido Materno
    NAME_PREFIX = "name prefix"  # of the last name: Tussenvoegsel, as in van der
    COMPANY = "company"
    DOMAIN = "domain"
    WEBSITE = "website"
    EMAIL = "e-mail"
    LINKEDIN = "LinkedIn URL"
    SALES_NAVIGATOR = "Sales Navigator URL"


class _Headers(Mapping[Field, tuple[str, ...]]):
    """The names of each field's column, best first, as the vocabulary spells them."""

    def __getitem__(self, field: Field) -> tuple[str, ...]:
        tables = (vocabulary.words("headers", table) for table in _tables(field))
        return tuple(chain.from_iterable(tables))

    def __iter__(self) -> Iterator[Field]:
        return iter(Field)

    def __len__(self) -> int:
        return len(Field)


HEADERS = _Headers()

_HALVES = (Field.FIRST_NAME, Field.LAST_NAME)


def normalised(header: str) -> str:
    """A header for comparison: its letters and digits, without case and accents.

    >>> normalised(" First_Name "), normalised("firstName"), normalised("Prénom")
    ('firstname', 'firstname', 'prenom')
    """
    decomposed = unicodedata.normalize("NFKD", header).casefold()
    return "".join(filter(str.isalnum, decomposed))


def find_columns(header: Sequence[str]) -> dict[Field, int]:
    """The position of each field's column, from 0; fields without a column are absent."""
    positions: dict[str, int] = {}
    for position, name in enumerate(header):
        positions.setdefault(normalised(name), position)
    found = {}
    for field in Field:
        if columns := _columns(positions, *_tables(field)):
            found[field] = columns[0]
    for position in _columns(positions, "person_name"):
        found.setdefault(_part_of_name(found), position)
    for position in _columns(positions, "name"):
        is_company = _is_of_company(found, positions)
        found.setdefault(Field.COMPANY if is_company else _part_of_name(found), position)
    for position in _columns(positions, "contact"):
        found.setdefault(Field.FULL_NAME, position)
    for position in _columns(positions, "address"):
        is_profile = bool(_columns(positions, "connection_list"))
        found.setdefault(Field.LINKEDIN if is_profile else Field.WEBSITE, position)
    return found


def _tables(field: Field) -> tuple[str, ...]:
    """The tables of `headers.toml` for a field, best first."""
    if field is Field.EMAIL:  # `Work email` says more than `Email`, in whatever language
        return "work_email", "email"
    return (field.name.lower(),)


@cache
def _known(table: str) -> tuple[str, ...]:
    return tuple(map(normalised, vocabulary.words("headers", table)))


def _columns(positions: Mapping[str, int], *tables: str) -> list[int]:
    """Where the words of some tables stand in a header, best first."""
    return [positions[name] for table in tables for name in _known(table) if name in positions]


def _part_of_name(found: Collection[Field]) -> Field:
    """What a person's `name` is: beside one half of it the other one (`Vorname, Name`, `Nome,
    Cognome`), otherwise all of it.
    """
    missing = [half for half in _HALVES if half not in found]
    return missing[0] if len(missing) == 1 else Field.FULL_NAME


def _is_of_company(found: Collection[Field], positions: Mapping[str, int]) -> bool:
    """Whether a mere `name` is a company's: nothing else names the company, and persons have their
    own column or none.
    """
    if Field.COMPANY in found or any(half in found for half in _HALVES):
        return False
    return Field.FULL_NAME in found or bool(_columns(positions, "company_list"))
