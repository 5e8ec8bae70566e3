"""What the header of a column says of it: by a usual name as a whole, or else by its words.

>>> meaning("Contact: First Name").field, meaning("What is your LinkedIn profile?").field
(<Field.FIRST_NAME: 'first name'>, <Field.LINKEDIN: 'LinkedIn URL'>)
>>> meaning("Account Owner").aside
'is about somebody else, such as an owner or a referrer'
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType

from enrichment import vocabulary
from enrichment.domain.columns import HEADERS, Field, normalised
from enrichment.domain.outcome import REASON_COLUMN, RESULT_COLUMNS, ROW_COLUMN
from enrichment.words import columns as words

# Of columns whose header names a role, or a kind of company: others are trusted more.
RANK_OF_ROLES = 10

_LONGEST = 150  # characters; what is longer is a text, not a header
_LONGEST_RUN = 5  # words of a phrase
_SURE, _LIKELY, _RATHER, _PERHAPS, _UNLIKELY = 0.9, 0.75, 0.6, 0.5, 0.3

_LINKEDIN = re.compile(r"linked[\s_-]?in", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[0-9])")
_PARENTHESES = re.compile(r"[(\[{].*?[)\]}]")
_WORD = re.compile(r"[^\W_]+")
_NO_HEADER = re.compile(r"@|://|\bwww\.|^[\W\d_]*$")


class Kind(StrEnum):
    """What a header can mean beside a field: what only its neighbours or its values tell."""

    NAME = "name"  # of a person or of a company
    PERSONS_NAME = "person_name"  # the whole of it, or a half
    CONTACT = "contact"  # a person's name, if no other column is
    PARTY = "party"  # whoever buys: a person's name, or a company's
    ADDRESS = "address"  # a website, or somebody's profile


@dataclass(frozen=True)
class Meaning:
    """What a header says.

    `field` or `kind` is what it names, `weight` how sure that is (0 to 1), and `rank` its trust
    among all that name the same, the least first. `aside` tells why it is none of what is looked
    for, though it may look like it: to follow the column's name.
    """

    field: Field | None = None
    kind: Kind | None = None
    weight: float = 0.0
    rank: tuple[int, int] = (0, 0)
    aside: str = ""


NOTHING = Meaning()


@lru_cache(8192)
def meaning(header: str) -> Meaning:
    """What a header says by itself."""
    text = header.strip()
    if not text or len(text) > _LONGEST or _NO_HEADER.search(text):
        return NOTHING
    name = normalised(text)
    return _usual().get(name) or (
        Meaning(aside=words.OURS) if our_column(text) else _by_words(_of_fields(_concepts(text)))
    )


@lru_cache(4096)
def in_group(group: str, header: str) -> Meaning:
    """What a header says below the name of a group of columns, such as `Name` below `Company`."""
    own, both = meaning(header), meaning(f"{group} {header}")
    if both.aside or both.field:
        weak = own.field and not both.aside and both.weight < own.weight
        return own if weak else both
    return own


@lru_cache(8192)
def is_known(text: str) -> bool:
    """Whether a cell consists of nothing but words of headers."""
    if not text.strip() or len(text) > _LONGEST or _NO_HEADER.search(text):
        return False
    if normalised(text) in _usual():
        return True
    concepts = list(_concepts(text))
    return bool(concepts) and "" not in concepts and set(concepts) != {"filler"}


@lru_cache(4096)
def concepts_in(header: str) -> frozenset[str]:
    """The concepts of a header's words, those in parentheses as well; an empty one if there is a
    word that is unknown.
    """
    if len(header) > _LONGEST or _NO_HEADER.search(header):
        return frozenset()
    return frozenset(_recognised(_tokens(unicodedata.normalize("NFKC", header)))) - {"filler"}


def our_column(header: str) -> str:
    """Which of the columns that we add to a file a header names, with whatever number; empty for
    any other.

    >>> our_column("enriched_email_2"), our_column("Work e-mail")
    ('enriched_email', '')
    """
    name = re.sub(r"_\d+$", "", header.strip().casefold())
    return name if name in (*RESULT_COLUMNS, REASON_COLUMN, ROW_COLUMN) else ""


@cache
def _usual() -> Mapping[str, Meaning]:
    """The usual names as wholes."""
    usual = {}
    for table, weight in (("name", 0.6), ("person_name", 0.8), ("contact", 0.6), ("address", 0.5)):
        for rank, word in enumerate(vocabulary.words("headers", table)):
            usual[normalised(word)] = Meaning(kind=Kind(table), weight=weight, rank=(0, rank))
    for field, names in HEADERS.items():
        for rank, name in enumerate(names):
            usual[normalised(name)] = Meaning(field, weight=_SURE, rank=(0, rank))
    return usual


_CONCEPTS_OF_FIELDS = {
    Field.FIRST_NAME: "first",
    Field.LAST_NAME: "last",
    Field.FULL_NAME: "full",
    Field.FULL_NAME_FAMILY_FIRST: "family_first",
    Field.SECOND_LAST_NAME: "second_last",
    Field.NAME_PREFIX: "name_prefix",
    Field.COMPANY: "company",
    Field.DOMAIN: "domain",
    Field.WEBSITE: "website",
    Field.EMAIL: "email",
    Field.LINKEDIN: "linkedin",
    Field.SALES_NAVIGATOR: "sales_navigator",
}


_CONCEPTS_OF_PEOPLE = ("person", "role", "party")  # before the fields: `contact person` is a name


@cache
def _phrases() -> Mapping[str, str]:
    """The concept of each word and phrase."""
    alone = {normalised(word) for word in vocabulary.words("header_words", "only_alone")}
    phrases: dict[str, str] = {}
    for concept in _CONCEPTS_OF_PEOPLE:
        for word in vocabulary.words("header_words", concept):
            phrases.setdefault(normalised(word), concept)
    for field, concept in _CONCEPTS_OF_FIELDS.items():
        for name in map(normalised, HEADERS[field]):
            if name not in alone:
                phrases.setdefault(name, concept)
    for concept in vocabulary.load("header_words"):
        if concept != "only_alone":
            for word in vocabulary.words("header_words", concept):
                phrases.setdefault(normalised(word), concept)
    return phrases


def _concepts(text: str) -> Iterator[str]:
    """The concepts in a header, in its order; an empty one for each word that is unknown."""
    text = unicodedata.normalize("NFKC", text)
    inner = " ".join(_PARENTHESES.findall(text))
    found = list(_recognised(_tokens(_PARENTHESES.sub(" ", text))))
    if text.startswith("(") or not any(
        concept not in ("", "filler", "second") for concept in found
    ):
        yield from _recognised(_tokens(text))
        return
    yield from found
    beside = [concept for concept in _recognised(_tokens(inner)) if concept]
    yield from (concept for concept in beside if concept in _IN_PARENTHESES)


_IN_PARENTHESES = frozenset(
    {"personal", "no_mail", "work", "somebody_else", "former", "second", "first", "last"}
)

# What is told apart only to see what a row has already: `domain/held_columns.py`.
_OF_FIELDS = MappingProxyType(
    {"phone": "attribute", "fax": "attribute", "company_phone": "attribute", "no_mail": "personal"}
)


def _of_fields(concepts: Iterable[str]) -> tuple[str, ...]:
    return tuple(_OF_FIELDS.get(concept, concept) for concept in concepts)


def _tokens(text: str) -> list[str]:
    text = _HUMP.sub(" ", _LINKEDIN.sub(" linkedin ", text.replace("'", " ").replace("’", " ")))
    return [word for word in (normalised(part) for part in _WORD.findall(text)) if word]


def _recognised(tokens: Sequence[str]) -> Iterator[str]:
    """The concepts of words: as few unknown ones as can be, and as few phrases."""
    phrases = _phrases()
    best: list[tuple[int, int, tuple[str, ...]]] = [(0, 0, ())]
    for end in range(1, len(tokens) + 1):
        ways = []
        for start in range(max(0, end - _LONGEST_RUN), end):
            unknown, count, before = best[start]
            concept = phrases.get("".join(tokens[start:end]))
            if concept or end - start == 1:
                parts = (concept,) if concept else _parts(tokens[start])
                ways.append((unknown + parts.count(""), count + len(parts), (*before, *parts)))
        best.append(min(ways, key=lambda way: way[:2]))
    yield from best[-1][2]


# Short words that are met in other ones by chance: `workshop` is no shop.
_NO_PARTS = frozenset(
    {"company_by_kind", "filler", "job", "no_mail", "party", "personal", "role", "second", "work"}
)


@lru_cache(4096)
def _parts(token: str) -> tuple[str, ...]:
    """The concepts of a word that is put together from known ones, as in German, Japanese or
    `attendeename`.
    """
    if len(token) > 40:
        return ("",)
    shortest = 3 if token.isascii() else 1
    phrases = _phrases()
    apart = _NO_PARTS if token.isascii() else frozenset[str]()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
    for end in range(1, len(token) + 1):
        for start in range(end):
            head = best[start]
            concept = phrases.get(token[start:end]) if end - start >= shortest else None
            concept = None if concept in apart else concept
            known = best[end]
            if head is not None and concept and (known is None or len(head) + 1 < len(known)):
                best[end] = (*head, concept)
    return best[-1] or ("",)


def _by_words(concepts: tuple[str, ...]) -> Meaning:
    """What a header says that is no usual name, by the concepts of its words."""
    said = frozenset(concepts) - {"", "filler"}
    found = (_addressed(said) or _named(said, concepts)) if said else None
    if found is None or found.aside:
        return found or NOTHING
    if {"second", "person"} <= said:
        return Meaning(aside=words.SECOND_PERSON)
    for concept, aside in (("somebody_else", words.SOMEBODY_ELSE), ("former", words.FORMER)):
        if concept in said:
            return Meaning(aside=aside)
    unknown = concepts.count("")
    weight = found.weight * (1, 0.8, 0.6)[unknown] if unknown < 3 else _UNLIKELY
    if unknown and not said & _DISTINCT:
        weight = _PERHAPS if unknown == 1 and said & _OF_HALVES else _UNLIKELY
    by_kind = found.field is Field.COMPANY and "company" not in said
    rank = 1 + bool({"second", "party"} & said) + RANK_OF_ROLES * (by_kind or "role" in said)
    return Meaning(found.field, found.kind, weight, (rank, 10 + unknown))


_DISTINCT = frozenset({"email", "linkedin", "sales_navigator", "domain"})
_OF_HALVES = frozenset({"first", "last", "company"})
_OF_COMPANY = frozenset({"company", "company_by_kind"})
_OF_PERSON = frozenset({"person", "role"})


_ADDRESSES = (
    ("sales_navigator", Field.SALES_NAVIGATOR),
    ("linkedin", Field.LINKEDIN),
    ("domain", Field.DOMAIN),
    ("email", Field.EMAIL),
    ("website", Field.WEBSITE),
)
_OF_NAMES = frozenset({"name", "full", "first", "last"})


def _addressed(said: frozenset[str]) -> Meaning | None:
    """What a header says that names an address: of LinkedIn, mail, a site."""
    field = next((field for concept, field in _ADDRESSES if concept in said), None)
    if field is None and "url" in said and said & _OF_COMPANY:
        field = Field.WEBSITE
    if field is None:
        is_address = "url" in said and said <= {"url", *_OF_PERSON}
        return Meaning(kind=Kind.ADDRESS, weight=_PERHAPS) if is_address else None
    if "attribute" in said:
        return Meaning(aside=words.ATTRIBUTE)
    if said & _OF_NAMES and field is not Field.DOMAIN:  # the name on LinkedIn, or on mail
        return None if field is Field.LINKEDIN else Meaning(aside=words.ATTRIBUTE)
    if field not in (Field.LINKEDIN, Field.SALES_NAVIGATOR):
        aside = words.PERSONAL if "personal" in said else ""
    else:
        of_company = said & {*_OF_COMPANY, "website"} and not said & _OF_PERSON
        aside = words.COMPANY_PAGE if of_company else ""
    return Meaning(aside=aside) if aside else Meaning(field, weight=_LIKELY)


_NAMES = (
    ("family_first", Field.FULL_NAME_FAMILY_FIRST),
    ("second_last", Field.SECOND_LAST_NAME),
    ("name_prefix", Field.NAME_PREFIX),
    ("first", Field.FIRST_NAME),
    ("last", Field.LAST_NAME),
    ("full", Field.FULL_NAME),
)


def _named(said: frozenset[str], concepts: Sequence[str]) -> Meaning | None:
    """What a header says that names a person or a company."""
    if said & _OF_COMPANY:
        said -= {"work"}
    if said & _OF_NAMES - {"name"}:
        said -= {"url"}  # `profile.firstName`
    if said & {"attribute", "url", "work", "personal"}:
        return Meaning(aside=words.ATTRIBUTE)
    if "job" in said:
        return _of_job(said, concepts)
    if {"first", "last"} <= said:
        family_first = concepts.index("last") < concepts.index("first")
        field = Field.FULL_NAME_FAMILY_FIRST if family_first else Field.FULL_NAME
        return Meaning(field, weight=_LIKELY)
    for concept, field in _NAMES:
        if concept in said:
            second = "second" in said and concept != "second_last"
            return Meaning(aside=words.SECOND_PERSON) if second else Meaning(field, weight=_LIKELY)
    return _whose(said, concepts)


def _of_job(said: frozenset[str], concepts: Sequence[str]) -> Meaning:
    """What a header says that names a job: `position_1_companyName` its company."""
    if "company" not in said or concepts.index("company") < concepts.index("job"):
        return Meaning(aside=words.ATTRIBUTE)
    return (
        Meaning(aside=words.FORMER) if "second" in said else Meaning(Field.COMPANY, weight=_LIKELY)
    )


def _whose(said: frozenset[str], concepts: Sequence[str]) -> Meaning | None:
    """What a header says that is a name, or names a person or a company."""
    of_company, of_person = said & _OF_COMPANY, said & _OF_PERSON
    if "name" in said and of_company and of_person:
        of_company = _OF_COMPANY & {_beside_name(concepts)}
    if of_company and of_person and "name" not in said and _is_last(concepts, _OF_PERSON):
        return Meaning(kind=Kind.PARTY, weight=_PERHAPS)  # `Company Contact`
    if of_company:
        by_kind = "company" not in said
        return Meaning(Field.COMPANY, weight=_RATHER if by_kind else _LIKELY)
    if of_person:
        if "second" in said:
            return Meaning(aside=words.SECOND_PERSON)
        named = "name" in said
        return Meaning(
            kind=Kind.PERSONS_NAME if named else Kind.CONTACT,
            weight=_LIKELY if named else _PERHAPS,
        )
    if "party" in said:
        return Meaning(kind=Kind.PARTY, weight=_PERHAPS)
    return Meaning(kind=Kind.NAME, weight=_PERHAPS) if "name" in said else None


def _is_last(concepts: Sequence[str], among: frozenset[str]) -> bool:
    """Whether a header ends with one of some concepts."""
    known = [concept for concept in concepts if concept not in ("", "filler")]
    return known[-1] in among


def _beside_name(concepts: Sequence[str]) -> str:
    """Whose name it is: in `company contact name` the contact's, in `nom du contact de
    l'entreprise` too.
    """
    known = [concept for concept in concepts if concept not in ("", "filler")]
    at = known.index("name")
    return known[at - 1] if at else known[1]
