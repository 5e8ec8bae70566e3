"""A person's first and last name, from their own columns or from a full name that is divided."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from enrichment import vocabulary
from enrichment.domain.cell import damage, excess, said, tidy
from enrichment.domain.columns import Field
from enrichment.words import rows as words

if TYPE_CHECKING:
    from nameparser import Token

MAX_NAME = 100  # characters; the longest real ones are half as long, and LinkedIn takes 20 and 40
MAX_FULL_NAME = 2 * MAX_NAME  # what is longer is a text, and is not parsed

# (she/her), [MBA]
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>|（[^（）]*）")
# Jane Doe - MBA; Jane Doe at Acme; Jane Doe #hiring
_AFTER_A_NAME = re.compile(r":?\s(?:[-–—~/:]+|at|@)\s.*|:\s.*|\s[@#].*")
_APOSTROPHES = "`´"  # symbols to Unicode, apostrophes to whoever typed O`Brien


@dataclass(frozen=True)
class Name:
    """The names to send, and what is wrong with them; they are usable if nothing is."""

    first: str
    last: str
    problems: tuple[str, ...] = ()


def name_in(cells: Mapping[Field, str]) -> Name:
    """The name in a row: from the columns of both names, and from the full name where one of these
    two says nothing.

    A full name that can be divided gives both, so that no name is put together from two cells.
    """
    first, last = (_own(cells.get(field, "")) for field in (Field.FIRST_NAME, Field.LAST_NAME))
    if first and last:
        return _checked(first, last, cells)
    full = cells.get(Field.FULL_NAME, "")
    problem = None
    if text := said(full):
        problem = damage(full) or excess(text, MAX_FULL_NAME)
        given, family = ("", "") if problem else divided(text)
        if given and family:
            return _checked(given, family, {})
        problem = problem or words.NOT_DIVIDED
        if not (first or last):
            first, last = given, family
    name = _checked(first, last, cells)
    return (
        Name(first, last, (*name.problems, words.about(Field.FULL_NAME, problem)))
        if problem
        else name
    )


def divided(full: str) -> tuple[str, str]:
    """First and last name in a full one; empty what cannot be told.

    Prefixes belong to the last name; titles, credentials, nicknames, middle names and what people
    add on LinkedIn are left out. Names are taken to be in the order of their script, and those
    before a comma or in capitals alone to be last names. What can be read in two ways is not
    divided: two words before a comma and others after it, two people, and a last name that is cut
    down to an initial, as LinkedIn shows those of strangers.

    >>> divided("Dr. Jane M. van der Berg, PhD")
    ('Jane', 'van der Berg')
    """
    # Importing it takes some 70 ms of a cold start, and most files have both columns. `parse` is
    # frozen over its defaults: neither the global configuration of older versions nor a locale
    # reaches it. It never raises. 0.3 ms a name.
    from nameparser import Role, parse

    text = _undecorated(_before_symbols(_AFTER_A_NAME.sub("", full)))
    name = parse(text)
    tokens = [
        token for token in name.tokens if token.role in (Role.GIVEN, Role.MIDDLE, Role.FAMILY)
    ]
    given = [token for token in tokens if token.role is not Role.FAMILY]
    family = [token for token in tokens if token.role is Role.FAMILY]
    if any("conjunction" in token.tags for token in given):  # Jane & John Doe
        return "", ""
    if "," in text and given and given[0].span and given[0].span.start > text.index(","):
        # García López, Juan; Jane Doe, Realtor
        if sum(not token.tags & {"particle", "conjunction"} for token in family) > 1:
            return "", ""
    elif count := _leading_capitals([token.text for token in tokens]):  # DUPONT Jean
        capitals = " ".join(token.text for token in tokens[:count])
        return _usable(tokens[count].text), _usable(capitals)
    return _usable(_first(name.given, given)), _usable(_last(name.family, family))


def _first(name: str, tokens: "Sequence[Token]") -> str:
    """The first name, without an initial before it: M. Jean Dupont, J. Edgar Hoover."""
    if tokens and "initial" in tokens[0].tags:
        return next((token.text for token in tokens if "initial" not in token.tags), name)
    return name


def _last(name: str, tokens: "Sequence[Token]") -> str:
    """The last name; nothing where only an initial is left of it: Jane D."""
    is_initial = len(tokens) == 1 and "initial" in tokens[0].tags and name.endswith(".")
    return "" if is_initial else name.rstrip(".;:")


def _checked(first: str, last: str, cells: Mapping[Field, str]) -> Name:
    """The names with what is wrong with each, in itself or in the cell that it was taken from."""
    problems = []
    for field, text in ((Field.FIRST_NAME, first), (Field.LAST_NAME, last)):
        problem = (
            (damage(cells.get(field, "")) or excess(text, MAX_NAME)) if text else words.MISSING
        )
        if problem:
            problems.append(words.about(field, problem))
    return Name(first, last, tuple(problems))


def _own(cell: str) -> str:
    """The name in a column of its own. A comma ends it: credentials follow."""
    return _undecorated(said(cell).partition(",")[0])


def _undecorated(text: str) -> str:
    """Without brackets, emojis and other symbols, and words that have no letters; empty if that is
    all there is.
    """
    text = _no_part_of_a_name().sub("", _BRACKETED.sub(" ", text))
    text = tidy("".join(" " if _is_symbol(character) else character for character in text))
    words = [
        word for word in text.split() if word == "&" or "," in word or any(map(str.isalpha, word))
    ]
    return " ".join(words) if any(map(str.isalpha, text)) else ""


@cache
def _no_part_of_a_name() -> re.Pattern[str]:
    """What ends a name: Jane Doe | CEO; Jane Doe, she/her."""
    pronouns = "|".join(map(re.escape, vocabulary.words("cells", "pronoun")))
    return re.compile(rf"[(\[{{<（|•▪●►].*|,?\s*\b(?:{pronouns})\s?/.*", re.IGNORECASE)


def _before_symbols(full: str) -> str:
    """Up to the first symbol that two words stand before: Jane Doe 🚀 AI; but Jane 🚀 Doe."""
    symbols = (
        at
        for at, character in enumerate(full)
        if _is_symbol(character) and len(_undecorated(full[:at]).split()) > 1
    )
    return full[: next(symbols, None)]


def _is_symbol(character: str) -> bool:
    """Whether it is an emoji or another symbol: categories S and Co, marks that style an emoji
    (U+FE0F, U+20E3).
    """
    if character.isascii() and character.isalpha():
        return False
    category = unicodedata.category(character)
    return (
        (category[0] == "S" and character not in _APOSTROPHES)
        or category in ("Co", "Me")
        or "\ufe00" <= character <= "\ufe0f"
    )


def _leading_capitals(words: list[str]) -> int:
    """How many words at the start are in capitals, if that sets them apart from all the others; two
    letters are initials.
    """
    count = next((at for at, word in enumerate(words) if not word.isupper()), 0)
    is_name = any(sum(map(str.isalpha, word)) > 2 for word in words[:count])
    return count if is_name and not any(map(str.isupper, words[count:])) else 0


def _usable(name: str) -> str:
    return name if all(word.lstrip("'’‘ʼ`´")[:1].isalpha() for word in name.split()) else ""
