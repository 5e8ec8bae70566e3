"""Characters that no text should hold, but some files do, those that make a formula of a text, and
texts without their accents.
"""

import re
import unicodedata

_HALF = re.compile("[\ud800-\udfff]")

_ACCENTS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")

# Letters that Unicode does not take apart.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})

# https://owasp.org/www-community/attacks/CSV_Injection, with the wide forms that spreadsheets in
# Japan take as well.
_STARTS_A_FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_PHONE_NUMBERS = re.compile(r"\+[1-9]\d{1,14}(; \+[1-9]\d{1,14})*")  # E.164


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


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before it if a spreadsheet could run it as a formula.

    E.164 phone numbers are the only text that may start with `+`.

    >>> harmless("+33612345678"), harmless("=1+1"), harmless("jane@acme.example")
    ('+33612345678', "'=1+1", 'jane@acme.example')
    """
    if not cell or cell[0].isalnum():
        return cell
    starts_a_formula = _STARTS_A_FORMULA.match(cell.lstrip(" ")) is not None
    return f"'{cell}" if starts_a_formula and not _PHONE_NUMBERS.fullmatch(cell) else cell
