"""Characters that no text should hold, but some files do."""

import re

_HALF = re.compile("[\ud800-\udfff]")


def whole(text: str) -> str:
    """The text with U+FFFD in place of halves of characters, which cannot be written anywhere.

    >>> whole("Acme \\ud83d!")
    'Acme \N{REPLACEMENT CHARACTER}!'
    """
    return text if text.isascii() else _HALF.sub("\N{REPLACEMENT CHARACTER}", text)
