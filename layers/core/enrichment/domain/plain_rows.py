"""The short way for rows in which nothing is unusual, which most rows of most files are."""

from functools import lru_cache
from operator import itemgetter

from enrichment.domain.columns import Columns, Field
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.linkedin import plain_page, profile_in
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


class PlainRows:
    """Makes contacts of plain rows: both names of one usual word, a company that is one, nothing to
    be mended.

    Of any other row it makes none, and the long way decides (`RowCells`, `not_worth`,
    `contact_from`), by whose rules these contacts are the same: a property holds it to that.
    """

    def __init__(self, width: int, columns: Columns, wanted: EnrichmentType) -> None:
        self._width, self._needs_page = width, wanted is not EnrichmentType.EMAIL
        self._placeholders = names_at_example()
        self._fits = (
            {Field.FIRST_NAME, Field.LAST_NAME} <= columns.keys()
            and columns.keys().isdisjoint(_PARTS_OF_NAMES)
            and all(len(at) == 1 for at in columns.values())
        )
        # A field without a column is taken from an empty cell behind the row's own.
        self._take = itemgetter(*(columns.get(field, (width,))[0] for field in FIELDS))

    def contact(self, row: FileRow) -> Contact | None:
        """The contact of a plain row; None for any other."""
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
    ) -> Contact | None:
        first_half, last_half = _half(first), _half(last)
        if not (first_half and last_half) or f"{first_half} {last_half}" in self._placeholders:
            return None
        url = _page(page) if page else None
        if url is None and (page or lead or self._needs_page):
            return None
        employer = _employer(company, domain, website)
        if employer is None:
            return None
        found, name = employer
        if found is None and email:
            if not is_whole(email):
                return None
            found = domain_among("", "", email)
        if not (found or name or self._needs_page):
            return None
        return Contact(first, last, found, name or None, url)


def _page(cell: str) -> str | None:
    plain = plain_page(cell)
    if plain or not is_whole(cell):
        return plain
    return profile_in({Field.LINKEDIN: cell}).url


@lru_cache(_REMEMBERED)
def _half(cell: str) -> str:
    """One half of a name that is sent as it stands, in lower case; empty for any other cell."""
    return cell.lower() if is_plain_name(cell) and is_plain_text(cell) else ""


@lru_cache(_REMEMBERED)
def _employer(company: str, domain: str, website: str) -> tuple[str | None, str] | None:
    """The domain, if there is one, and the name of a company, empty if the row has none; None where
    there is more to be said.
    """
    name, problem = company_in(company)
    if problem or mended_text(company) != company or is_no_company(name):
        return None
    if not is_whole(f"{domain} {website}"):
        return None
    return domain_among(domain, website, ""), name
