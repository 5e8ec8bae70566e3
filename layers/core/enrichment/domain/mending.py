"""Texts that a program has damaged before the file was saved, mended where it is certain how."""

import html
import re
from collections.abc import Mapping

from enrichment.domain.columns import Field

# What UTF-8 looks like when it is read as Windows-1252, Mac Roman, an encoding of MS-DOS or
# Windows-1251: a character that begins one, and another that is no letter beside it in any name.
_TWICE = re.compile(r"[Â-ô√├┬╬─][^\x00-\x7f]|(?:[РС][^\x00-\x7f]){2}")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,5}|#x[0-9A-Fa-f]{2,4});")


def mended(cells: Mapping[Field, str]) -> Mapping[Field, str]:
    """The cells of a row, with those mended that were encoded twice (`MÃ¼ller`), or for a web page
    (`M&uuml;ller`).
    """
    if is_whole("".join(cells.values())):
        return cells
    return {field: mended_text(text) for field, text in cells.items()}


def is_whole(text: str) -> bool:
    """Whether there is nothing in a text that could be mended."""
    return "&" not in text and (text.isascii() or not _TWICE.search(text))


def mended_text(text: str) -> str:
    """A cell by itself, mended in the same way."""
    if "&" in text and _ENTITY.search(text):
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if not text.isascii() and _TWICE.search(text):
        from ftfy import fix_encoding  # 65 ms, which only such files pay

        fixed = fix_encoding(text)
        text = _decoded_again(text) if fixed == text else fixed
    return text


def _decoded_again(text: str) -> str:
    """A text that is UTF-8 read as Windows-1252 as a whole, and letters if it is read right; ftfy
    leaves `DÄ…b` alone, which might be a name before an ellipsis.
    """
    try:
        again = b"".join(map(_byte, text)).decode()
    except UnicodeError:
        return text
    return again if all(letter.isascii() or letter.isalpha() for letter in again) else text


def _byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")
