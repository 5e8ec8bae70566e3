"""The contact of one row, or why it cannot be sent (`docs/contract.md`, *Asking*)."""

from collections.abc import Mapping
from functools import lru_cache

from enrichment.domain.cell import damage, excess, said
from enrichment.domain.columns import Field
from enrichment.domain.contact import Contact, EnrichmentType, Rejection
from enrichment.domain.linkedin import profile_in
from enrichment.domain.manner import WESTERN, Manner
from enrichment.domain.names import name_in
from enrichment.domain.websites import company_domain
from enrichment.domain.worth import is_no_company
from enrichment.words import rows as words

MAX_COMPANY = (
    200  # characters; the provider states no limits [A], and what is longer is no company's name
)
_WEB = (Field.DOMAIN, Field.WEBSITE, Field.EMAIL)
_REMEMBERED = 16_384  # cells that are kept, since a company has many people in a list


def contact_from(
    cells: Mapping[Field, str], wanted: EnrichmentType, manner: Manner = WESTERN
) -> Contact | Rejection:
    """Build the contact of one row, or say what is missing.

    A first and a last name are always needed; `email` also needs a domain or a company, the other
    types a LinkedIn URL [S]. One contact that breaks a rule would cost the whole batch [S], so
    nothing doubtful is sent: what is bad rejects the row if it is needed, and is left out if it is
    not.

    Args:
        cells: the row's text by field; a field whose column the file lacks is absent.
        wanted: the enrichment type of the whole file.
        manner: how full names stand in it.
    """
    profile = profile_in(cells)
    name = name_in(cells, manner, profile.url)
    domain = company_domain(cells)
    company, bad_company = company_in(cells.get(Field.COMPANY, ""))
    given = (name.first, name.last)
    problems = list(name.problems)
    if name.guess and profile.url:  # the page tells who it is
        given, problems = name.guess, []
    if wanted is not EnrichmentType.EMAIL:
        if not profile.url:
            purpose = "a phone number" if wanted is EnrichmentType.PHONE else "a personal e-mail"
            problems.append(profile.problem.format(purpose))
    elif not domain and company and bad_company:
        problems.append(words.about(Field.COMPANY, bad_company))
    elif not (domain or company):
        problems.append(words.company_needed(any(said(cells.get(at, "")) for at in _WEB)))
    if problems:
        return Rejection(reason=words.sentence(problems))
    is_left_out = bad_company or _is_left_out(company, domain, wanted)
    return Contact(*given, domain, None if is_left_out else company, profile.url)


@lru_cache(_REMEMBERED)
def company_in(cell: str) -> tuple[str, str | None]:
    """What a cell says of the company, and what is wrong with that."""
    company = said(cell)
    return company, damage(cell) or excess(company, MAX_COMPANY)


def _is_left_out(company: str, domain: str | None, wanted: EnrichmentType) -> bool:
    """Whether a company says nothing, where the row is sent for something else."""
    is_needed = wanted is EnrichmentType.EMAIL and not domain
    return not company or (not is_needed and is_no_company(company))
