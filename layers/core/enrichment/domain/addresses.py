"""E-mail addresses in a cell that are somebody's own."""

import re
from functools import lru_cache

from enrichment import vocabulary
from enrichment.domain.cell import tidy

_LONGEST_LOCAL = 64  # characters before the @, RFC 5321
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# An address as mail is sent to (RFC 5321, without quotes), in ASCII before the @.
_LABEL = r"[^\s@.,;:|/<>\"()\[\]{}]+"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)")
# Jane <jane@acme.com>; jane@acme.com/doe@acme.com
_BETWEEN = re.compile(r"[\s,;:|/<>\"()\[\]{}]+")
_FIRST_WORD = re.compile(r"[a-z]*")


def addresses_in(cell: str) -> list[tuple[str, str]]:
    """The addresses in a cell that may be one person's, in its order, each with its host.

    What is no address is passed over, and so are mailboxes such as info@ and placeholders such as
    none@.

    >>> addresses_in("Jane <jane@acme.com>; info@acme.com")
    [('jane@acme.com', 'acme.com')]
    """
    whole = _ADDRESS.fullmatch(cell)
    found = [whole] if whole else map(_ADDRESS.fullmatch, _texts(cell))
    return [(each[0], each[2]) for each in found if each and _is_somebodys(each[1])]


def _texts(cell: str) -> list[str]:
    return [text.strip(".'") for text in _BETWEEN.split(tidy(cell))] if "@" in cell else []


@lru_cache(1024)
def _is_somebodys(local: str) -> bool:
    lower = local.lower()
    first = _FIRST_WORD.match(lower)
    return not (
        len(local) > _LONGEST_LOCAL
        or lower in vocabulary.word_set("mailboxes", "placeholder")
        or (first and first[0] in vocabulary.word_set("mailboxes", "mailbox"))
    )
