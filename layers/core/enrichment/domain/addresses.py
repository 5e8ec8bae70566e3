"""E-mail addresses in a cell that are somebody's own."""

import re
from collections.abc import Callable
from functools import cache

from enrichment.domain.cell import tidy
from enrichment.vocabulary import word_set

_LONGEST_LOCAL = 64  # characters before the @, RFC 5321
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# An address as mail is sent to (RFC 5321, without quotes), in ASCII before the @.
_LABEL = r"[^\s@.,;:|/<>\"()\[\]{}]+"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)")
# Most are written like this, and need not be looked for among quotes and other text.
_PLAIN = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
# Jane <jane@acme.com>; jane@acme.com/doe@acme.com
_BETWEEN = re.compile(r"[\s,;:|/<>\"“”„«»‘’()\[\]{}]+")
_AFTER_FIRST_WORD = re.compile(r"[^a-z]")


def first_address(cell: str, is_wanted: Callable[[str], bool]) -> str:
    """The first address in a cell that may be one person's, at a host that is wanted; empty if
    there is none.

    What is no address is passed over, and so are mailboxes such as info@ and placeholders such as
    none@.

    >>> first_address("info@acme.com, Jane <jane@acme.com>", lambda host: host == "acme.com")
    'jane@acme.com'
    """
    whole = _ADDRESS.fullmatch(cell) if _PLAIN.fullmatch(cell) else None
    for found in (whole,) if whole else map(_ADDRESS.fullmatch, _texts(cell)):
        if found and is_wanted(found[2]) and _is_somebodys(found[1]):
            return found[0]
    return ""


def addresses_in(text: str) -> frozenset[str]:
    """All addresses in a text that may be one person's, in lower case.

    >>> sorted(addresses_in("Jane <Jane@acme.com>; info@acme.com"))
    ['jane@acme.com']
    """
    found = map(_ADDRESS.fullmatch, _texts(text))
    return frozenset(each[0].lower() for each in found if each and _is_somebodys(each[1]))


def _texts(cell: str) -> list[str]:
    return [text.strip(".'") for text in _BETWEEN.split(tidy(cell))] if "@" in cell else []


def _is_somebodys(local: str) -> bool:
    lower = local.lower()
    first = lower if lower.isalpha() else _AFTER_FIRST_WORD.split(lower, maxsplit=1)[0]
    mailboxes, placeholders = _nobodys()
    return first not in mailboxes and lower not in placeholders and len(local) <= _LONGEST_LOCAL


@cache
def _nobodys() -> tuple[frozenset[str], frozenset[str]]:
    return word_set("mailboxes", "mailbox"), word_set("mailboxes", "placeholder")
