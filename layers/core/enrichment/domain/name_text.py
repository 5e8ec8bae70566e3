"""What stands in a cell beside somebody's name, and the name without it."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from enrichment import vocabulary
from enrichment.domain.cell import tidy
from enrichment.domain.characters import plain

# (she/her), [MBA]
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>|（[^（）]*）")
_QUOTED = re.compile(r'(?<!\w)(?:"[^"]+"|“[^”]+”|„[^“”]+[“”]|«[^»]+»)(?!\w)')
# Jane Doe - MBA; Jane Doe at Acme; Jane Doe #hiring
_AFTER_A_NAME = re.compile(r":?\s(?:[-–—~/:]+|at|@)\s.*|:\s.*|\s[@#].*")
_APOSTROPHES = "`´"  # symbols to Unicode, apostrophes to whoever typed O`Brien
_SYMBOL = re.compile(r"[^\x00-\x7f]|[$+<=>^`|~]")  # what may be one
_INITIAL = re.compile(r"[^\W\d_]\.?(?:[^\W\d_]\.)*")
JOINING = ("y", "e", "i")  # between the two last names of one: Ortega y Gasset
_AT_THE_END = ".;:!?*_-–—/"


def undecorated(text: str) -> str:
    """Without brackets, nicknames, emojis and other symbols, and words that have no letters; empty
    if that is all there is.
    """
    text = _no_part_of_a_name().sub("", without_brackets(text))
    text = _QUOTED.sub(" ", text) if any(map(str.isalpha, _QUOTED.sub("", text))) else text
    if _SYMBOL.search(text):
        text = "".join(" " if _is_symbol(character) else character for character in text)
    words = [
        word
        for word in tidy(text).split()
        if word == "&" or "," in word or any(map(str.isalpha, word))
    ]
    return " ".join(words) if any(map(str.isalpha, text)) else ""


def without_brackets(text: str) -> str:
    """Without what stands in brackets."""
    return _BRACKETED.sub(" ", text)


def name_alone(full: str) -> str:
    """A full name without what people write behind it: Jane Doe at Acme; Jane Doe 🚀 AI."""
    return undecorated(before_symbols(_AFTER_A_NAME.sub("", full), 1))


def without_titles(words: Sequence[str]) -> list[str]:
    """Without the titles at the start; a word that is left alone stays."""
    start = 0
    while start < len(words) - 1 and _is_title(words[start]):
        start += 1
    return list(words[start:])


def without_credentials(words: Sequence[str]) -> list[str]:
    """Without the credentials at the end; a word that is left alone stays."""
    end = len(words)
    while end > 1 and _is_credential(words[end - 1], words[: end - 1]):
        end -= 1
    return list(words[:end])


def without_maiden_name(words: Sequence[str]) -> list[str]:
    """Without the name that somebody bore earlier: Jane Doe née Smith."""
    markers = vocabulary.word_set("names", "maiden")
    at = next((at for at, word in enumerate(words) if at and word.lower() in markers), len(words))
    return list(words[:at])


def without_initials(words: Sequence[str]) -> list[str]:
    """Without the initials beside a name: Jane M.; all, where there are only initials."""
    inner = range(1, len(words) - 1)
    return [
        word
        for at, word in enumerate(words)
        if not is_initial(word) or (at in inner and word in JOINING)
    ] or list(words)


def without_last_initials(words: Sequence[str], most: int) -> list[str]:
    """Without the initials behind so many words: Gustavo Amaya V."""
    end = len(words)
    while end > most and is_initial(words[end - 1]) and words[end - 1].endswith("."):
        end -= 1
    return list(words[:end])


def trimmed(name: str) -> str:
    """Without the marks at its end; an initial keeps its full stop. Empty without letters."""
    if not any(map(str.isalpha, name)):
        return ""
    return name if is_initial(name) else name.rstrip(_AT_THE_END)


def is_initial(word: str) -> bool:
    """Whether it is a letter or several: D, D., J.R."""
    return bool(_INITIAL.fullmatch(word)) and not _is_syllable(word)


def _is_syllable(word: str) -> bool:
    """Whether a single letter is a name: in Chinese, Japanese and Korean script."""
    return word[0] >= "\u2e80"


def _is_title(word: str) -> bool:
    key = plain(word).rstrip(".").replace(".", "").lstrip("-")
    return key in vocabulary.word_set("names", "title") or (
        word.endswith(".") and key in vocabulary.word_set("names", "title_with_full_stop")
    )


def _is_credential(word: str, others: Sequence[str]) -> bool:
    key = word.replace(".", "").strip("-/")
    if plain(key) in vocabulary.word_set("names", "credential"):
        return True
    is_set_apart = not all(other.isupper() for other in others)
    return key in vocabulary.word_set("names", "credential_in_capitals") and is_set_apart


@cache
def _no_part_of_a_name() -> re.Pattern[str]:
    """What ends a name: Jane Doe | CEO; Jane Doe, she/her."""
    pronouns = "|".join(map(re.escape, vocabulary.words("cells", "pronoun")))
    return re.compile(rf"[(\[{{<（|•▪●►].*|,?\s*\b(?:{pronouns})\s?/.*", re.IGNORECASE)


def before_symbols(text: str, least: int) -> str:
    """Up to the first symbol that more than so many words stand before: of two, Jane Doe 🚀 AI, but
    not Jane 🚀 Doe.
    """
    if not _SYMBOL.search(text):
        return text
    symbols = (
        at
        for at, character in enumerate(text)
        if _is_symbol(character)
        and character != "\ufffd"
        and len(undecorated(text[:at]).split()) > least
    )
    return text[: next(symbols, None)]


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
