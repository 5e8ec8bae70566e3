"""What the values of a column say of it: addresses, names, companies, numbers, texts.

It is taken from a sample, whose order makes no difference.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from heapq import nsmallest
from zlib import crc32

from enrichment import vocabulary
from enrichment.domain.cell import said
from enrichment.domain.characters import plain
from enrichment.domain.columns import Field
from enrichment.domain.linkedin import is_sales_navigator, person_urls

MOST_VALUES = 150  # of a column that are looked at
_LONG = 80  # characters of a text that is no name any more
_MOST_WORDS = 9
_LONGEST_UNSPACED = 7  # characters of a name in Chinese, Korean or Japanese, with a space
_ID = 12  # characters of a word with digits in it that is nobody's name

_EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]{2,}")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,24}\.?/?")
_FILE = re.compile(r".*\.(?:jpe?g|png|gif|svg|webp|pdf|docx?|xlsx?|csv|txt|html?)", re.IGNORECASE)
_URL = re.compile(r"(?:https?[:/]+|www\.)|(?:[\w-]+\.)+[a-z]{2,24}/", re.IGNORECASE)
_HOST = re.compile(r"(?:https?:?/+)?(?:www\.)?([^/?#:\s]+)", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


class ValueKind(StrEnum):
    """What a value is."""

    PROFILE = "people’s pages on LinkedIn"
    SALES = "pages of Sales Navigator"
    COMPANY_PAGE = "other pages of LinkedIn"
    EMAIL = "e-mail addresses"
    URL = "web addresses"
    DOMAIN = "domains"
    NUMBER = "numbers, dates or ids"
    ANSWER = "answers such as yes"
    LONG = "long texts"
    TEXT = "short texts"


@dataclass(frozen=True)
class Look:
    """A value at a glance. Of a text: how many words it has, whether the first or any is a given
    name, and whether it has a mark of a company. `host` is that of an address.
    """

    kind: ValueKind
    words: int = 0
    given_first: bool = False
    given: bool = False
    company: bool = False
    host: str = ""


@dataclass(frozen=True)
class Evidence:
    """What a column's values are, as shares (0 to 1) of those that were looked at; `filled` counts
    the rows of the sample in which it says something.
    """

    filled: int = 0
    distinct: int = 0
    looked: int = 0
    kinds: Mapping[ValueKind, float] = field(default_factory=dict)
    single: float = 0.0  # texts of one word
    several: float = 0.0  # texts of two to four words
    given_first: float = 0.0
    given: float = 0.0
    company: float = 0.0
    hosts: int = 0

    def share(self, *kinds: ValueKind) -> float:
        return sum(self.kinds.get(kind, 0.0) for kind in kinds)


NO_EVIDENCE = Evidence()


def evidence_of(values: Iterable[str]) -> Evidence:
    """What the values of a column say, whatever their order."""
    counted = Counter(values)
    texts = {value for value in counted if value and not value.isspace()}
    ordered = nsmallest(2 * MOST_VALUES, texts, key=_in_any_order)
    looked = [value for value in ordered if said(value)][:MOST_VALUES]
    if not looked:
        return NO_EVIDENCE
    looks = [look(text) for text in looked]
    count = len(looks)
    kinds = Counter(each.kind for each in looks)
    texts_of = [each for each in looks if each.kind is ValueKind.TEXT]

    def share(of: Iterable[Look]) -> float:
        return sum(1 for _ in of) / count

    return Evidence(
        filled=sum(counted[text] for text in texts),
        distinct=len(texts),
        looked=count,
        kinds={kind: number / count for kind, number in kinds.items()},
        single=share(each for each in texts_of if each.words == 1),
        several=share(each for each in texts_of if 2 <= each.words <= 4),
        given_first=share(each for each in texts_of if each.given_first),
        given=share(each for each in texts_of if each.given),
        company=share(each for each in texts_of if each.company),
        hosts=len({each.host for each in looks if each.host}),
    )


def _in_any_order(text: str) -> tuple[int, str]:
    """An order that depends on nothing but the text."""
    return crc32(text.encode(errors="replace")), text


@lru_cache(8192)
def look(value: str) -> Look:
    """What a value is."""
    text = value.strip()
    if len(text) > 4 * _LONG:
        return Look(ValueKind.LONG)
    found = _address(text)
    if found:
        return found
    letters = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    if digits >= max(letters, 1) or (digits and len(text) >= _ID and " " not in text):
        return Look(ValueKind.NUMBER)
    words = _WORDS.findall(text)
    if len(text) > _LONG or len(words) > _MOST_WORDS:
        return Look(ValueKind.LONG)
    folded = [plain(word) for word in words]
    if " ".join(folded) in vocabulary.word_set("values", "answer"):
        return Look(ValueKind.ANSWER)
    is_company = _is_company(text, folded)
    if is_company:
        return Look(ValueKind.TEXT, words=_count(text, folded), company=True)
    if _WITHOUT_SPACES.match(text):
        is_name = len(text) <= _LONGEST_UNSPACED and text.startswith(_family_names())
        return Look(ValueKind.TEXT, words=_count(text, folded), given=is_name)
    parts = [part for word in folded for part in word.split("-")]
    return Look(
        ValueKind.TEXT,
        words=_count(text, folded),
        given_first=bool(parts) and parts[0] in _given_names(),
        given=_may_be_name(text) or any(map(_is_of_people, parts)),
    )


def _is_of_people(word: str) -> bool:
    return word in _given_names() or word in vocabulary.word_set("values", "family_name_in_latin")


def _may_be_name(text: str) -> bool:
    """Whether a text is in a script of whose names we know none, from Armenian on."""
    return text[:1] >= "\u0530" and 2 <= len(text.split()) <= 4


def _address(text: str) -> Look | None:
    lower = text.lower()
    if "linkedin.com" in lower or lower.startswith(("in/", "/in/", "/pub/")):
        if urls := person_urls(text):
            is_sales = all(map(is_sales_navigator, urls))
            return Look(ValueKind.SALES if is_sales else ValueKind.PROFILE)
        if " " not in text:
            return Look(ValueKind.COMPANY_PAGE)
    if "@" in text and _EMAIL.search(text) and len(text) <= 2 * _LONG:
        return Look(ValueKind.EMAIL, host=lower.rpartition("@")[2].strip(" >\"'"))
    if "." not in text or " " in text:
        return None
    if _URL.match(text):
        host = _HOST.match(lower)
        return Look(ValueKind.URL, host=host[1] if host else "")
    is_domain = _DOMAIN.fullmatch(text) and not _FILE.fullmatch(text)
    return Look(ValueKind.DOMAIN, host=lower.strip("/")) if is_domain else None


def _count(text: str, folded: Sequence[str]) -> int:
    """The number of words; Chinese, Japanese and Korean names of two characters and more count as
    two.
    """
    if len(folded) == 1 and _WITHOUT_SPACES.match(text):
        return min(len(text), 2)
    return len(folded)


def _is_company(text: str, folded: Sequence[str]) -> bool:
    parts = () if text.isascii() else vocabulary.words("values", "company_part")
    if any(part in text for part in parts):
        return True
    if "&" in text and len(folded) > 1:
        return True
    if any(word in vocabulary.word_set("values", "company_word") for word in folded):
        return True
    last = text.rpartition(" ")[2] if " " in text else ""
    form = plain(last).replace(".", "").strip("(),")
    forms = vocabulary.word_set("values", "legal_form")
    return form in forms and (
        len(form) > 2 or "." in last or last.isupper() or len(folded) > 2 or "," in text
    )


@cache
def _family_names() -> tuple[str, ...]:
    """With which names in Chinese, Korean and Japanese begin."""
    groups: Mapping[str, str] = vocabulary.load("values")["family_name"]
    return tuple(" ".join(groups.values()).split())


@cache
def _given_names() -> frozenset[str]:
    groups: Mapping[str, str] = vocabulary.load("frequent_given_names")["given_name"]
    return frozenset(" ".join(groups.values()).split())


_NO_NAMES = (
    ValueKind.PROFILE,
    ValueKind.SALES,
    ValueKind.COMPANY_PAGE,
    ValueKind.EMAIL,
    ValueKind.URL,
    ValueKind.NUMBER,
    ValueKind.ANSWER,
    ValueKind.LONG,
)
_FEW = 3  # values from which it is concluded that a column of addresses is none
_FEW_NAMES = 5  # and one of names, which are more easily mistaken
_SEVERAL = 8  # values from which it is concluded that companies are people


def fit(wanted: Field, values: Evidence) -> float:
    """How well a column's values fit a field: from -1 (it is something else) over 0 (nothing is
    known) to 1.
    """
    if not values.looked:
        return 0.0
    found = _FITS[wanted](values)
    enough = _FEW if wanted in _ADDRESSED else _FEW_NAMES
    return max(found, 0.0) if values.looked < enough else found


def _profile_fit(values: Evidence) -> float:
    people = values.share(ValueKind.PROFILE, ValueKind.SALES)
    if people >= 0.5:
        return 0.95
    if people >= 0.1:
        return 0.3
    return -1.0


def _sales_fit(values: Evidence) -> float:
    return 0.95 if values.share(ValueKind.SALES) >= 0.3 else -1.0


def _email_fit(values: Evidence) -> float:
    share = values.share(ValueKind.EMAIL)
    return 0.95 if share >= 0.6 else 0.3 if share >= 0.15 else -1.0


def _site_fit(values: Evidence) -> float:
    share = values.share(ValueKind.URL, ValueKind.DOMAIN)
    if share < 0.15 or values.share(ValueKind.COMPANY_PAGE) > share:
        return -1.0
    if values.hosts <= 1 and values.distinct > _FEW:  # pages of one site
        return -0.8
    return 0.7 if share >= 0.6 else 0.2


def _domain_fit(values: Evidence) -> float:
    share = values.share(ValueKind.DOMAIN, ValueKind.URL, ValueKind.EMAIL)
    return 0.7 if share >= 0.6 else 0.2 if share >= 0.15 else -1.0


def _first_fit(values: Evidence) -> float:
    if values.share(*_NO_NAMES) >= 0.5:
        return -1.0
    if values.company >= 0.4:
        return -0.6
    return 0.8 if values.given_first >= 0.4 else 0.4 if values.given_first >= 0.15 else 0.1


def _last_fit(values: Evidence) -> float:
    if values.share(*_NO_NAMES) >= 0.5:
        return -1.0
    return 0.3 if values.single >= 0.5 and values.company < 0.3 else 0.1


def _full_fit(values: Evidence) -> float:
    if values.share(*_NO_NAMES) >= 0.5:
        return -1.0
    if values.company >= 0.3 and values.given_first < 0.3:
        return -0.9
    if values.several >= 0.5 and values.given >= 0.3:
        return 0.85
    if values.several >= 0.5 and values.given >= 0.1:
        return 0.5
    return 0.1


def _company_fit(values: Evidence) -> float:
    no_companies = values.share(*(kind for kind in _NO_NAMES if kind is not ValueKind.ANSWER))
    if no_companies >= 0.5 or values.share(ValueKind.ANSWER) >= 0.8:
        return -1.0
    if values.share(ValueKind.URL, ValueKind.DOMAIN) >= 0.7:
        return -1.0
    people = values.several >= 0.6 and values.given_first >= 0.5 and values.company < 0.1
    if people and values.looked >= _SEVERAL:
        return -0.6
    return 0.7 if values.company >= 0.2 else 0.4 if values.company >= 0.08 else 0.1


_ADDRESSED = frozenset(
    {Field.DOMAIN, Field.WEBSITE, Field.EMAIL, Field.LINKEDIN, Field.SALES_NAVIGATOR}
)
_FITS = {
    Field.FIRST_NAME: _first_fit,
    Field.LAST_NAME: _last_fit,
    Field.FULL_NAME: _full_fit,
    Field.FULL_NAME_FAMILY_FIRST: _full_fit,
    Field.SECOND_LAST_NAME: _last_fit,
    Field.NAME_PREFIX: _last_fit,
    Field.COMPANY: _company_fit,
    Field.DOMAIN: _domain_fit,
    Field.WEBSITE: _site_fit,
    Field.EMAIL: _email_fit,
    Field.LINKEDIN: _profile_fit,
    Field.SALES_NAVIGATOR: _sales_fit,
}
