"""Persons across files: which contacts are one person, and what the ledger says of a person.

Within a file, `Identity` tells. Across files it is stricter: what was found may be months old and
of another team, and nobody compares the two. So a person has one key, of what tells them best, and
marks that must not contradict:

- an e-mail is sought for a name at a domain, or at a company where no domain is known; two with
  that name who have different LinkedIn pages are two people;
- a phone number or a personal e-mail is sought for a LinkedIn page; whoever has it at another
  domain or company than before has changed companies, and is looked up anew.

Keys and marks are keyed hashes: nobody can tell without the stack's secret whether somebody is
known.
"""

import hmac
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.duplicates import identity
from enrichment.domain.token import RowRef

_KEY, _MARK = 20, 10  # bytes that are kept of a key's hash, and of a mark's
_MOST_BEFORE = 5  # rows that an entry remembers, of some 43 bytes each: it stays one write unit


class Person(NamedTuple):
    """A contact to the ledger. `key` is that of the person, for one type and its countries; `own`
    is the key of those whom their marks tell apart from the first one with the same `key`. A mark
    that is not known is empty.
    """

    key: str
    own: str
    marks: tuple[str, ...]

    def is_told_apart(self, marks: Sequence[str]) -> bool:
        """Whether a person of the same key, with these marks, is somebody else: by the first mark
        that both have.
        """
        both = ((mine, its) for mine, its in zip(self.marks, marks, strict=True) if mine and its)
        mine, its = next(both, ("", ""))
        return mine != its


def person_of(
    contact: Contact, wanted: EnrichmentType, countries: Sequence[str], secret: bytes
) -> Person:
    """Who a contact is to the ledger.

    Args:
        contact: that can be sent for `wanted`.
        wanted: what is looked up.
        countries: whose phone numbers are preferred, in any order.
        secret: that keys the hashes.
    """
    who = identity(contact)
    page = f"page\n{who.profile}" if who.profile else ""
    domain = f"domain\n{who.domain}" if who.domain else ""
    company = f"company\n{who.company}" if who.company else ""
    told, marks = page, [domain, company]
    if wanted is EnrichmentType.EMAIL:
        told, marks = f"{who.name}\n{domain or company}", [page]
    asked = f"{wanted}\n{','.join(sorted(countries))}\n{told}"
    first_mark = next(filter(None, marks), "")
    return Person(
        _hashed(secret, asked, _KEY),
        _hashed(secret, f"{asked}\nown\n{first_mark}", _KEY),
        tuple(mark and _hashed(secret, mark, _MARK) for mark in marks),
    )


def _hashed(secret: bytes, text: str, length: int) -> str:
    """The first `length` bytes of a keyed hash, in hexadecimal digits."""
    return hmac.digest(secret, text.encode("utf-8", "surrogatepass"), "sha256")[:length].hex()


class Entry(BaseModel):
    """What the ledger says of a person: the row that was or will be sent for them, in which batch,
    and which attempt of it, its `claim`, took the person. What came of it is that row's result.

    `before` are the rows that had the person before, the last one first. A result that comes late
    for one of them is the person's, too.

    From `expires_at` (epoch seconds) on it says nothing, also where the table has not deleted it
    yet.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    job: str
    batch: int
    row: int
    claim: str
    marks: tuple[str, ...]
    expires_at: int
    before: tuple[RowRef, ...] = ()

    @property
    def ref(self) -> RowRef:
        return RowRef(self.job, self.batch, self.row)

    @property
    def rows(self) -> tuple[RowRef, ...]:
        """All rows of which a result would be the person's."""
        return (self.ref, *self.before)

    def is_of(self, other: "Entry") -> bool:
        """Whether both are about the same row of the same job."""
        return (self.job, self.row) == (other.job, other.row)

    def in_place_of(self, other: "Entry") -> "Entry":
        """This entry, once it is put where another one is."""
        others = (ref for ref in other.rows if (ref.job, ref.row) != (self.job, self.row))
        return self.model_copy(update={"before": tuple(others)[:_MOST_BEFORE]})


class Reuse(NamedTuple):
    """For how many seconds results are used again: those that found something, 0 for none at all,
    and those that found nothing.
    """

    found: int
    not_found: int

    @property
    def is_on(self) -> bool:
        return self.found > 0

    @property
    def longest(self) -> int:
        return max(self.found, self.not_found)

    def allows(self, is_found: bool, age: int) -> bool:
        """Whether a result of an age in seconds may be used again."""
        return age < (self.found if is_found else self.not_found)
