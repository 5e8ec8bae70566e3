"""Rows that could be sent, but are not worth a credit: no person at a company stands in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from enrichment import vocabulary
from enrichment.domain.cell import said, tidy
from enrichment.domain.characters import plain
from enrichment.domain.columns import Field
from enrichment.domain.name_order import is_given
from enrichment.words import rows as words

_NAMES = (Field.FIRST_NAME, Field.LAST_NAME, Field.FULL_NAME, Field.FULL_NAME_FAMILY_FIRST)

_WEB = (Field.EMAIL, Field.DOMAIN, Field.WEBSITE)

_EXAMPLE = re.compile(r"(?:^|[@/.])(?:example|test|domain|company)\.(?:com|org|net)\b")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
_WEBSITE = re.compile(
    r"https?://|\bwww\.|^[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|co|fr|de|es|it|uk)$", re.I
)
_NUMBER = re.compile(r"[+(]?\d[\d\s()./-]{5,}")
# M?ller, J�r�me, ????, Ã¼: a character that is lost for good.
_GARBLED = re.compile(r"\ufffd|\w\?+\w|\?{2,}|[ÂÃ][\x80-\xbf\u0152-\u0192\u2013-\u2122]")
_WORDS = re.compile(r"[^\s,;|()\[\]/]+")
_MASHED = re.compile(r"(\w)\1{2,}|[bcdfghjklmnpqrstvwxz]{7,}")  # aaa, sdfghjkl
_POSSESSIVE = re.compile(r"\w\w['’]s$")
_EAST_ASIAN = re.compile("[\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_CASES = re.compile(r"\s*[/|,;(){}\[\]·•–—]\s*|\s-\s")


def not_worth(cells: Mapping[Field, str]) -> str | None:
    """Why a row is not worth a credit by the name in it, as a sentence for its owner; None if it
    may be.

    Args:
        cells: the row's text by field.
    """
    first, last = cells.get(Field.FIRST_NAME, ""), cells.get(Field.LAST_NAME, "")
    text = f"{first} {last}" if first and last else cells.get(Field.FULL_NAME, "")
    return None if is_plain_text(text) else _after_all(cells)


def _after_all(cells: Mapping[Field, str]) -> str | None:
    names = _names(cells)
    text = " ".join(filter(None, names))
    if not text:
        return None
    if text.lower() in names_at_example():
        return words.TEST if any(_EXAMPLE.search(cells.get(at, "")) for at in _WEB) else None
    return _about(names, text)


def _names(cells: Mapping[Field, str]) -> list[str]:
    """The cells that the name of a row is taken from: its two halves, or all."""
    halves = [cells.get(field, "") for field in _NAMES[:2]]
    return halves if all(map(said, halves)) else [cells.get(field, "") for field in _NAMES]


def is_plain_text(text: str) -> bool:
    """Whether a text is of words in Latin letters that no rule looks for."""
    if not (text.isascii() or _LATIN.fullmatch(text)):
        return False
    found = plain(text).split()
    if not all(map(_is_plain_word, found)) or all(len(word) == 1 for word in found):
        return False
    return " ".join(found) not in names_at_example()


def names_at_example() -> frozenset[str]:
    """Names, in lower case, that are placeholders at example.com, though people everywhere else
    bear them.
    """
    return vocabulary.word_set("worth", "at_example")


# No mark but a hyphen, no letter three times.
_PLAIN = re.compile(r"(?!.*(\w)\1\1|.*[bcdfghjklmnpqrstvwxz]{7})[a-z-]*[a-z][a-z-]*")


# Letters with accents, but for those of which garbled text is full.
_LATIN = re.compile("[A-Za-zÀÁÄ-ÖØ-âä-öø-ž -]+")


@lru_cache(16_384)
def _is_plain_word(word: str) -> bool:
    return bool(_PLAIN.fullmatch(word)) and word not in _special()


@cache
def _special() -> frozenset[str]:
    """All words that a rule below looks for."""
    tables = ("test", "placeholder", "office", "company", "in_manuals", "role")
    spoken = [plain(word) for table in tables for word in vocabulary.words("worth", table)]
    nothing = vocabulary.words("cells", "placeholder_as_written")
    texts = (*spoken, *_totals(), *nothing)
    return frozenset(part for text in texts for part in text.lower().split())


@cache
def _totals() -> frozenset[str]:
    return frozenset(map(plain, vocabulary.words("cells", "total")))


def _about(names: Sequence[str], text: str) -> str | None:
    found = (word.strip(".:!\"'’“”*") for word in _WORDS.findall(plain(tidy(text))))
    folded = [word.replace(".", "") for word in found if word]
    if not any(map(said, names)):
        return words.TEST if any(map(str.isalnum, text)) else None
    for tells, reason in (
        (_is_address, words.ADDRESS_AS_NAME),
        (_is_number, words.NUMBER_AS_NAME),
        (_is_garbled, words.GARBLED),
    ):
        if any(tells(name) for name in names):
            return reason
    return _by_words(folded, text)


def _by_words(folded: Sequence[str], text: str) -> str | None:
    if _is_total(folded):
        return words.TOTAL
    if _is_test(folded):
        return words.TEST
    if _is_office(folded):
        return words.OFFICE
    return words.COMPANY_AS_NAME if _is_company(folded, text) else None


def _is_address(name: str) -> bool:
    return bool(_ADDRESS.fullmatch(name.strip()) or _WEBSITE.search(name.strip()))


def _is_number(name: str) -> bool:
    return bool(_NUMBER.fullmatch(name.strip()))


def _is_garbled(name: str) -> bool:
    return bool(_GARBLED.search(name))


def _is_total(folded: Sequence[str]) -> bool:
    spoken = " ".join(word for word in folded if not word.replace(",", "").isdigit())
    return spoken in _totals()


def _is_test(folded: Sequence[str]) -> bool:
    """Test Müller, Foo Bar, Max Mustermann, Asdf; but one word alone may be half a name: Blank."""
    bare = [word.strip("0123456789#-_") for word in folded]
    if not vocabulary.word_set("worth", "test").isdisjoint(bare):
        return True
    placeholder = vocabulary.word_set("worth", "placeholder")
    filled = [word for word in bare if word]
    if len(filled) > 1 and len(filled[0]) == 1 and set(filled) == {filled[0]}:  # x x
        return True
    only = len(filled) > 1 and all(
        word in placeholder or _MASHED.fullmatch(word) for word in filled
    )
    return only or " ".join(folded) in vocabulary.word_set("worth", "in_manuals")


def _is_office(folded: Sequence[str]) -> bool:
    office = vocabulary.word_set("worth", "office")
    if " ".join(folded) in vocabulary.word_set("worth", "role"):
        return True
    return folded[0] in office or all(word in office for word in folded)


def _is_company(folded: Sequence[str], text: str) -> bool:
    """Whether a word stands in a name that stands in nobody's: Hotel, GmbH, Sons, 酒店."""
    company = vocabulary.word_set("worth", "company")
    if not company.isdisjoint(folded):
        return True
    if _EAST_ASIAN.search(text):
        return any(word.endswith(ending) for word in folded for ending in _east_asian_endings())
    return any(map(_POSSESSIVE.search, folded))


@cache
def _east_asian_endings() -> tuple[str, ...]:
    company = vocabulary.words("worth", "company")
    return tuple(word for word in company if _EAST_ASIAN.search(word))


@lru_cache(16_384)
def is_no_company(company: str) -> bool:
    """Whether a company's cell says that there is none: Self-employed, Freelance / Selbständig."""
    no_company = vocabulary.word_set("worth", "no_company")
    parts = [part.strip(" .!*-") for part in _CASES.split(plain(tidy(company)).replace(".", ""))]
    return any(parts) and all(part in no_company for part in parts if part)


def are_people(rows: Iterable[Mapping[Field, str]], header: Iterable[str] = ()) -> bool:
    """Whether the rows of a file look like people rather than companies, places or nothing.

    They do not if most names are those of companies; if some are, and most of the others may be,
    while few have a given name that is known; if there are hardly any given names at all; or if
    there are few beside columns of things, such as a price.
    """
    texts = [text for cells in rows if (text := named(cells))]
    companies = sum(_about([text], text) is not None for text in texts)
    if len(texts) < _FEW or companies * 2 > len(texts):
        return len(texts) < _FEW
    maybe = companies + sum(map(_may_be_company, texts))
    given = sum(map(_has_given_name, texts))
    some = companies * 10 > len(texts) > 4 * given and maybe * 2 > len(texts)
    hardly_any = len(texts) >= _MANY and given * 20 < len(texts) and maybe * 4 > 3 * len(texts)
    things = vocabulary.word_set("worth", "header_of_things")
    of_things = given * 5 < len(texts) and not things.isdisjoint(map(plain, header))
    return not (some or hardly_any or of_things)


_FEW, _MANY = 5, 20  # names: fewer tell nothing, or nothing without a word of a company


def named(cells: Mapping[Field, str]) -> str:
    """All that stands where a row has a name."""
    return " ".join(filter(None, map(str.strip, _names(cells))))


def _may_be_company(text: str) -> bool:
    """Whether a name is longer or shorter than most people's, or has a number, a sign or a word of
    shops and places, whose like are borne as well: Park, Grand, Saint.
    """
    if _EAST_ASIAN.search(text) or not text[0].isascii():
        return False  # words are written otherwise there
    found = plain(text).split()
    odd = vocabulary.word_set("worth", "company_or_surname")
    is_odd = len(found) == 1 or len(found) > 4 or not odd.isdisjoint(found)
    return is_odd or any(word in "&+/-" or word.isdigit() for word in found)


def _has_given_name(text: str) -> bool:
    return any(is_given(word.strip(".,")) for word in plain(text).split())
