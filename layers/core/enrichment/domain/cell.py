"""What a cell says: its text in one spelling, nothing where a program wrote a word for nothing, or
why it cannot be sent.
"""

import re
import unicodedata
from functools import cache

from enrichment import vocabulary
from enrichment.words import rows as words

# They join letters of Persian and Indic names, and show nothing at the end of a word.
_JOINERS = "\u200c\u200d"

# Control characters (category Cc); marks that turn the direction of text around, which can hide
# what is written; and what a lost character leaves behind: U+FFFD, or half of a surrogate pair.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LOST = re.compile(r"[\ufffd\ud800-\udfff]")


def tidy(cell: str) -> str:
    """The text in Unicode's composed form (NFC), words apart by one space, without characters that
    show nothing.

    >>> tidy("\\xa0Jane  Mary\\u200b ")
    'Jane Mary'
    """
    if cell.isprintable() or cell.isascii():
        text = " ".join(cell.split())
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    words = (word.strip(_JOINERS) for word in _visible(cell).split())
    return unicodedata.normalize("NFC", " ".join(word for word in words if word))


def said(cell: str) -> str:
    """The tidied text; empty if it has neither letters nor digits, or is a usual word for
    nothing.
    """
    text = tidy(cell)
    if not (text[:1].isalnum() or any(map(str.isalnum, text))):
        return ""
    as_written, in_any_case, longest = _placeholders()
    if len(text) <= longest and (text in as_written or text.casefold() in in_any_case):
        return ""
    return text


def damage(cell: str) -> str | None:
    """What is wrong with characters inside the text, to follow the name of its field; None if
    nothing.
    """
    if cell.isprintable() and "\ufffd" not in cell:
        return None
    inner = _visible(cell).strip()
    if _LOST.search(inner):
        return words.LOST_CHARACTER
    if found := _CONTROL.search(inner):
        return words.LINE_BREAK if found[0] in "\r\n" else words.CONTROL_CHARACTER
    return None


def excess(text: str, limit: int) -> str | None:
    """That a text has more than `limit` characters, to follow the name of its field; None if it has
    not.
    """
    return words.too_long(limit) if len(text) > limit else None


@cache
def _placeholders() -> tuple[frozenset[str], frozenset[str], int]:
    """The words for nothing, as they are written and in any case; and the characters of the
    longest text that can be one.

    Folding case can make a text longer (`ß` becomes `ss`), but not shorter: characters never
    vanish in it.
    """
    as_written = vocabulary.word_set("cells", "placeholder_as_written")
    in_any_case = vocabulary.word_set("cells", "placeholder")
    return as_written, in_any_case, max(map(len, as_written | in_any_case))


def _visible(cell: str) -> str:
    if cell.isprintable() or cell.isascii():
        return cell
    return "".join(
        character
        for character in cell
        if unicodedata.category(character) != "Cf"
        or character in _JOINERS
        or _CONTROL.match(character)
    )
