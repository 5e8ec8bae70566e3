"""Characters that no text should hold, but some files do, and texts without their accents."""

import re
import unicodedata

_HALF = re.compile("[\ud800-\udfff]")

_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")

# Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


def whole(text: str) -> str:
    """The text with U+FFFD in place of halves of characters, which cannot be written anywhere.

    >>> whole("Acme \\ud83d!")
    'Acme \N{REPLACEMENT CHARACTER}!'
    """
    return text if text.isascii() else _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def plain(text: str) -> str:
    """The text in lower case, without the accents of Latin letters.

    >>> plain("Łukasz MÜLLER"), plain("Андрей")
    ('lukasz muller', 'андрей')
    """
    if text.isascii():
        return text.lower()
    lower = text.casefold().translate(_LETTERS)
    without = _ACCENTS.sub("", unicodedata.normalize("NFD", lower))
    return unicodedata.normalize("NFC", without)
