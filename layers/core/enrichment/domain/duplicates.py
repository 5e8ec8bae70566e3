"""When two rows name the same person, so that the second is not paid for.

A row that is wrongly called a copy gets somebody else's phone number, and nobody notices. One that
is wrongly sent costs a few credits, and the report counts it. So only differences of the keyboard
are overlooked: case, Unicode form, spaces, kinds of apostrophes and hyphens. Accents are not: José
and Jose may be two people.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from enrichment import vocabulary
from enrichment.domain.contact import Contact
from enrichment.domain.linkedin import person_key

_TYPED_ALIKE = str.maketrans(
    dict.fromkeys("’‘ʼ`´", "'") | dict.fromkeys("‐‑–", "-") | dict.fromkeys("\u200c\u200d", "")
)

_REMEMBERED = 16_384  # names and companies of a file, of which rows have the same again and again


class Identity(NamedTuple):
    """What tells a person: the LinkedIn page, and the name with the company's domain and name, as
    far as they are known.

    Two rows name the same person if they have the same page; or the same name at the same domain;
    or the same name at the same company, unless each has a domain of its own: companies share names
    more easily than domains. Namesakes are told apart by their pages, where these can be compared
    (`namespace`).
    """

    profile: str | None
    name: str
    domain: str | None = None
    company: str | None = None

    @property
    def namespace(self) -> str | None:
        """Of the profile: those of two namespaces cannot be compared, such as a public page and one
        of Sales Navigator.
        """
        return self.profile and self.profile.partition("/")[0]


def identity(contact: Contact) -> Identity:
    """How a contact is told from others."""
    page, company = contact.linkedin_url, contact.company_name
    return Identity(
        person_key(page) if page else None,
        f"{folded(contact.firstname)}\n{folded(contact.lastname)}",
        contact.domain,
        company_key(company) if company else None,
    )


@lru_cache(_REMEMBERED)
def folded(text: str) -> str:
    """A text without the differences of the keyboard."""
    if text.isascii():
        return " ".join(text.replace("`", "'").lower().split())
    composed = unicodedata.normalize("NFKC", text.translate(_TYPED_ALIKE)).casefold()
    return " ".join(unicodedata.normalize("NFKC", composed).split())


@lru_cache(_REMEMBERED)
def company_key(name: str) -> str:
    """A company's name without its legal form."""
    legal_forms = vocabulary.word_set("legal_forms", "legal_form")
    words = folded(name).replace(".", "").replace(",", " ").split()
    while len(words) > 1 and words[-1] in legal_forms:
        words.pop()
    return " ".join(words)
