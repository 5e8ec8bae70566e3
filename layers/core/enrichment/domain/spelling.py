"""How a row's own e-mail address and LinkedIn page spell the name of its person."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from enrichment.domain.characters import plain

_NUMBER = re.compile(r"\d+$")
_BETWEEN = re.compile(r"[^\w]+|_+")
# What LinkedIn puts behind a name that is taken: jane-doe-5a1b2c3
_ID = re.compile(r"-(?=[0-9a-z]*\d)[0-9a-z]+$")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


@dataclass(frozen=True)
class Spelling:
    """The words before the `@` of an address, and those of a LinkedIn page's own name; empty where
    there is none.
    """

    address: str = ""
    page: str = ""

    def order(self, one: str, other: str) -> int:
        """1 if the given name is `one` and the family name `other`, by what is written; -1 the
        other way round; 0 if nothing tells.

        >>> Spelling("jdoe").order("Doe", "Jane"), Spelling(page="jane-doe").order("Jane", "Doe")
        (-1, 1)
        """
        forward = self._spells(one, other)
        backward = self._spells(other, one)
        return forward - backward

    def in_full(self, first: str, initial: str) -> str:
        """The last name of which a row has only the initial; empty if it is not written out."""
        start, given = plain(initial)[0], plain(first)
        for text in (self.page, self.address):
            words = _BETWEEN.split(text)
            if len(words) < 2 or words[0] != given:
                continue
            if words[1].startswith(start) and len(words[1]) > 1:
                return words[1].capitalize()
        return ""

    def _spells(self, given: str, family: str) -> bool:
        return any(
            self._spells_plain(first, last)
            for first in _spellings(given)
            for last in _spellings(family)
            if first and last
        )

    def _spells_plain(self, given: str, family: str) -> bool:
        if self.address.endswith(family):
            before = self.address[: -len(family)].rstrip("._-")
            if before in (given, given[0]):
                return True
        if not self.page.startswith(given):
            return False
        after = self.page[len(given) :]
        return after == family or (after[:1] == "-" and family in after.split("-"))


UNSPELLED = Spelling()


def may_be_backward(full: str, address: str, page: str | None) -> bool:
    """Whether a row may spell a full name the other way round, by a short look; if not, it need not
    be read.
    """
    first, _, last = full.lower().partition(" ")
    if not full.isascii():
        return bool(address or page)
    local = address.partition("@")[0].lower().rstrip("0123456789 ")
    return local.endswith(first) or bool(page and f"/in/{last.rpartition(' ')[2]}" in page)


def spelling_of(address: str, url: str | None) -> Spelling:
    """How a row spells a name, by its cell with an e-mail address and its person's page."""
    local = _NUMBER.sub("", plain(address.partition("@")[0].strip())) if "@" in address else ""
    name = (url or "").partition("/in/")[2]
    return Spelling(local, _ID.sub("", plain(unquote(name))) if name else "")


def _spellings(name: str) -> tuple[str, ...]:
    if name.isascii() and name.isalpha():
        return (name.lower(),)
    german = name.casefold().translate(_UMLAUTS)
    return tuple(_BETWEEN.sub("", plain(text)) for text in (name, german))
