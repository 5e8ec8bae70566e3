"""What is looked for in a file, and what its columns are usually called."""

import unicodedata
from collections.abc import Iterator, Mapping
from enum import StrEnum
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


class Held(StrEnum):
    """What a row may have already of what is looked for. Such columns are never sent, and only
    tell which rows need not be.
    """

    WORK_EMAIL = "work e-mail"  # of an earlier answer; other columns of e-mails are a `Field`
    PHONE = "phone"
    PERSONAL_EMAIL = "personal e-mail"


Columns = Mapping[Field, tuple[int, ...]]
"""The positions of each field's columns, from 0, the most trusted first; fields without a column
are absent.
"""

# A row may have these in any of several columns. Names come from one set of columns: a first name
# and a last name of two sets would make a person who does not exist.
OF_SEVERAL_COLUMNS = frozenset(
    {
        Field.COMPANY,
        Field.DOMAIN,
        Field.WEBSITE,
        Field.EMAIL,
        Field.LINKEDIN,
        Field.SALES_NAVIGATOR,
    }
)


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


_WITHOUT_STROKES = str.maketrans("ıłøđ", "ilod")  # which Unicode does not decompose


def normalised(header: str) -> str:
    """A header for comparison: its letters and digits, without case and accents.

    >>> normalised(" First_Name "), normalised("firstName"), normalised("Prénom")
    ('firstname', 'firstname', 'prenom')
    """
    decomposed = unicodedata.normalize("NFKD", header).casefold().translate(_WITHOUT_STROKES)
    return "".join(filter(str.isalnum, decomposed))


def _tables(field: Field) -> tuple[str, ...]:
    """The tables of `headers.toml` for a field, best first."""
    if field is Field.EMAIL:  # `Work email` says more than `Email`, in whatever language
        return "work_email", "email"
    return (field.name.lower(),)
