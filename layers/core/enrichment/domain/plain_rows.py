"""The short way for rows in which nothing is unusual, which most rows of most files are."""

from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from enrichment.domain.columns import Columns, Field
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.duplicates import Identity, company_key, folded
from enrichment.domain.linkedin import person_key, plain_page, profile_in
from enrichment.domain.mending import is_whole, mended_text
from enrichment.domain.names import is_plain_name
from enrichment.domain.row_cells import FileRow
from enrichment.domain.row_contact import company_in
from enrichment.domain.websites import domain_among
from enrichment.domain.worth import is_no_company, is_plain_text, names_at_example

FIELDS = (
    Field.FIRST_NAME,
    Field.LAST_NAME,
    Field.COMPANY,
    Field.DOMAIN,
    Field.WEBSITE,
    Field.EMAIL,
    Field.LINKEDIN,
    Field.SALES_NAVIGATOR,
)
# Fields that change the name in the two columns of names.
_PARTS_OF_NAMES = frozenset({Field.NAME_PREFIX, Field.SECOND_LAST_NAME})
_REMEMBERED = 16_384  # names and companies, which come again and again


class _Employer(NamedTuple):
    """A company's domain, its name, and what tells the name from others, as far as it is said."""

    domain: str | None
    name: str | None
    key: str | None


class PlainRows:
    """Makes contacts of plain rows: both names of one usual word, a company that is one, nothing to
    be mended.

    Of any other row it makes none, and the long way decides (`RowCells`, `not_worth`,
    `contact_from`, `identity`), by whose rules these contacts are the same: a property holds it to
    that.
    """

    def __init__(self, width: int, columns: Columns, wanted: EnrichmentType) -> None:
        self._width, self._needs_page = width, wanted is not EnrichmentType.EMAIL
        self._placeholders = {"\n".join(folded(name).split()) for name in names_at_example()}
        self._fits = (
            {Field.FIRST_NAME, Field.LAST_NAME} <= columns.keys()
            and columns.keys().isdisjoint(_PARTS_OF_NAMES)
            and all(len(at) == 1 for at in columns.values())
        )
        # A field without a column is taken from an empty cell behind the row's own.
        self._take = itemgetter(*(columns.get(field, (width,))[0] for field in FIELDS))

    def contact(self, row: FileRow) -> tuple[Contact, Identity] | None:
        """The contact of a plain row, and how it is told from others; None for any other row."""
        if not self._fits or len(row.cells) != self._width or row.links:
            return None
        return self._of(*self._take([*row.cells, ""]))

    def _of(
        self,
        first: str,
        last: str,
        company: str,
        domain: str,
        website: str,
        email: str,
        page: str,
        lead: str,
    ) -> tuple[Contact, Identity] | None:
        first_half, last_half = _half(first), _half(last)
        names = f"{first_half}\n{last_half}"
        if not (first_half and last_half) or names in self._placeholders:
            return None
        url = _page(page) if page else None
        if url is None and (page or lead or self._needs_page):
            return None
        employer = _employer(company, domain, website)
        if employer is None:
            return None
        found, name, key = employer
        if found is None and email:
            if not is_whole(email):
                return None
            found = domain_among("", "", email)
        if not (found or name or self._needs_page):
            return None
        profile = person_key(url) if url else None
        return Contact(first, last, found, name, url), Identity(profile, names, found, key)


def _page(cell: str) -> str | None:
    plain = plain_page(cell)
    if plain or not is_whole(cell):
        return plain
    return profile_in({Field.LINKEDIN: cell}).url


@lru_cache(_REMEMBERED)
def _half(cell: str) -> str:
    """One half of a name that is sent as it stands, folded; empty for any other cell."""
    return folded(cell) if is_plain_name(cell) and is_plain_text(cell) else ""


@lru_cache(_REMEMBERED)
def _employer(company: str, domain: str, website: str) -> _Employer | None:
    """What a row says of the company; None where there is more to be said."""
    name, problem = company_in(company)
    if problem or mended_text(company) != company or is_no_company(name):
        return None
    if not is_whole(f"{domain} {website}"):
        return None
    key = company_key(name) if name else None
    return _Employer(domain_among(domain, website, ""), name or None, key)
