"""When two rows name the same person, so that the second is not paid for."""

import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from enrichment.domain.contact import Contact


@dataclass(frozen=True)
class Identity:
    """Two ways to tell a person: the LinkedIn page, and the name at a company. Either may be None."""

    profile: str | None
    name: str | None


def identity(contact: Contact) -> Identity:
    """How a contact is told from others: letters are compared without case and in one Unicode form."""
    profile = None
    if contact.linkedin_url:
        profile = unquote(urlsplit(contact.linkedin_url).path).strip("/").casefold()
    company = contact.domain or contact.company_name
    name = "\n".join(map(_folded, (contact.firstname, contact.lastname, company))) if company else None
    return Identity(profile, name)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
