"""Which column of a file is which field of a contact, told by the header alone."""

import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from types import MappingProxyType


class Field(StrEnum):
    """What the pipeline looks for in a file. Values are shown to people in reports."""

    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    FULL_NAME = "full name"
    COMPANY = "company"
    DOMAIN = "domain"
    WEBSITE = "website"
    EMAIL = "e-mail"
    LINKEDIN = "LinkedIn URL"
    SALES_NAVIGATOR = "Sales Navigator URL"


# Headers as CRMs and prospecting tools export them, compared without case, accents and punctuation. Where several columns of a
# file carry a name of the same field, the earlier name in the list wins: `Work email` says more than `Email`.
HEADERS: MappingProxyType[Field, tuple[str, ...]] = MappingProxyType(
    {
        Field.FIRST_NAME: ("first name", "firstname", "given name", "contact first name", "person first name", "forename"),
        Field.LAST_NAME: (
            "last name", "lastname", "surname", "family name", "contact last name", "person last name",
        ),
        Field.FULL_NAME: ("full name", "contact name", "name"),
        Field.COMPANY: (
            "company name", "company", "account name", "organization name", "organisation name", "organization",
            "organisation", "account", "person organization",
            "current company", "employer", "business name", "associated company",
        ),
        Field.DOMAIN: (
            "company domain name", "company domain", "domain", "domain name", "website domain", "email domain",
            "company website domain", "organization domain",
        ),
        Field.WEBSITE: (
            "company website", "website", "website url", "company website url", "company url", "organization website",
            "account website", "web site", "web page", "homepage", "url",
        ),
        Field.EMAIL: (
            "work email", "business email", "company email", "professional email", "corporate email", "email", "e mail",
            "person email work", "email address", "e mail address", "person email", "contact email", "primary email",
        ),
        Field.LINKEDIN: (
            "person linkedin url", "linkedin url", "linkedin profile url", "linkedin profile", "linkedin",
            "contact linkedin url", "linkedin person url", "linkedin link", "linkedin bio", "profile url",
            "person linkedin", "linkedin member url",
        ),
        Field.SALES_NAVIGATOR: ("sales navigator url",),
    }
)  # fmt: skip


def normalised(header: str) -> str:
    """A header for comparison: no accents, no case, words apart by one space.

    >>> normalised(" First_Name ")
    'first name'
    """
    decomposed = unicodedata.normalize("NFKD", header).casefold()
    letters = (character for character in decomposed if not unicodedata.combining(character))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def find_columns(header: Sequence[str]) -> dict[Field, int]:
    """The position of each field's column, from 0; fields without a column are absent."""
    positions: dict[str, int] = {}
    for position, name in enumerate(header):
        positions.setdefault(normalised(name), position)
    found = {}
    for field, names in HEADERS.items():
        known = [name for name in names if name in positions]
        if known:
            found[field] = positions[known[0]]
    return found
