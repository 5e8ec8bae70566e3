"""A person's first and last name, from their own columns or from a full name that is divided."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from enrichment import vocabulary
from enrichment.domain import name_order as order
from enrichment.domain.cell import damage, excess, said
from enrichment.domain.characters import plain
from enrichment.domain.columns import Field
from enrichment.domain.manner import WESTERN, Manner
from enrichment.domain.name_text import (
    JOINING,
    before_symbols,
    is_initial,
    name_alone,
    trimmed,
    undecorated,
    without_brackets,
    without_credentials,
    without_initials,
    without_last_initials,
    without_maiden_name,
    without_titles,
)
from enrichment.domain.spelling import UNSPELLED, Spelling, may_be_backward, spelling_of
from enrichment.words import rows as words

if TYPE_CHECKING:
    from nameparser import Parser, Token

MAX_NAME = 100  # characters; the longest real ones are half as long, and LinkedIn takes 20 and 40
MAX_FULL_NAME = 2 * MAX_NAME  # what is longer is a text, and is not parsed


# The plain names, which most are: one word a cell, or two or three in a full name, without a mark
# but a hyphen or an apostrophe in the middle.
_WORD = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:[-'][A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)*"
_PLAIN = re.compile(_WORD)
_PLAIN_FULL = re.compile(rf"{_WORD} (?:{_WORD} )?{_WORD}")
_TWO_WITH_SLASH = re.compile(r"[^\W\d_]{2,} ?/ ?[^\W\d_]{2,}")  # Olga / Boris
_HAN = re.compile(r"[\u4e00-\u9fff々][\u3041-\u30ff\u4e00-\u9fff々]{1,6}")


@dataclass(frozen=True)
class Name:
    """The names to send, and what is wrong with them; they are usable if nothing is.

    A name with problems may still have a `guess`, good enough where the row's LinkedIn page tells
    who it is.
    """

    first: str
    last: str
    problems: tuple[str, ...] = ()
    guess: tuple[str, str] | None = field(default=None, compare=False)


def name_in(cells: Mapping[Field, str], manner: Manner = WESTERN, page: str | None = None) -> Name:
    """The name in a row: from the columns of both names, and from the full name where one of these
    two says nothing.

    A full name that can be divided gives both, so that no name is put together from two cells.

    Args:
        cells: the row's text by field.
        manner: how full names stand in the file.
        page: the canonical address of the person's LinkedIn page.
    """
    first, last = cells.get(Field.FIRST_NAME, ""), _last_cell(cells)
    if is_plain_name(first) and is_plain_name(last):
        return Name(first, last)
    if not (first or last) and (full := cells.get(Field.FULL_NAME, "")):
        address = cells.get(Field.EMAIL, "")
        is_open = may_be_backward(full, address, page)
        spelling = spelling_of(address, page) if is_open else UNSPELLED
        if division := _divided_plain(full, manner, spelling):
            return Name(*division)
    return _from_cells(first, last, cells, manner, page)


def _from_cells(
    first_cell: str, last_cell: str, cells: Mapping[Field, str], manner: Manner, page: str | None
) -> Name:
    first, last = _own_first(first_cell), _own_last(last_cell)
    spelling = spelling_of(cells.get(Field.EMAIL, ""), page)
    if first and last:
        return _checked(order.call_name(first, last), last, cells, spelling)
    full_field, full = _full(cells)
    if not said(full):
        return _checked(first, last, cells, spelling)
    name = _from_full(full_field, full, manner, spelling)
    if name.first and name.last:
        return name
    if not (first or last):
        first, last = name.first, name.last
    own = _checked(first, last, cells, spelling)
    return Name(first, last, (*own.problems, *name.problems), name.guess)


def _from_full(field_: Field, cell: str, manner: Manner, spelling: Spelling) -> Name:
    text = said(cell)
    if problem := damage(cell) or excess(text, MAX_FULL_NAME):
        return Name("", "", (words.about(field_, problem),))
    if field_ is Field.FULL_NAME_FAMILY_FIRST:
        manner = replace(manner, family_first=True, family_before_comma=True)
    first, last = divided(text, manner, spelling)
    if first and last:
        return _checked(first, last, {}, spelling)
    return Name(first, last, (words.about(field_, words.NOT_DIVIDED),), _guess(text))


def _guess(full: str) -> tuple[str, str] | None:
    """First and last name of one who is told by more than the name, as the West writes them."""
    parts = without_credentials(without_titles(name_alone(full).partition(",")[0].split()))
    if len(parts) < 2 or _name_two_people(parts):
        return None
    first, last = _usable_both(parts[0], parts[-1])
    return (first, last) if first and last else None


def divided(full: str, manner: Manner = WESTERN, spelling: Spelling = UNSPELLED) -> tuple[str, str]:
    """First and last name in a full one; empty what cannot be told.

    Prefixes belong to the last name; titles, credentials, nicknames, middle names and what people
    add on LinkedIn are left out. A last name that was cut down to an initial, as LinkedIn shows
    those of strangers, is that initial.

    Which word is which is told by a comma, by the script, by words that belong to one language
    (patronymics, Vietnamese, Chinese and Korean surnames, Spanish given names), by capitals, by the
    manner of the file, and by the row's own address and page. What can be read in two ways is not
    divided: two words before a comma and others after it, and two people.

    >>> divided("Dr. Jane M. van der Berg, PhD")
    ('Jane', 'van der Berg')
    >>> divided("Иванов Иван Иванович")
    ('Иван', 'Иванов')
    """
    return _divided_plain(full, manner, spelling) or _divided(full, manner, spelling)


def _divided_plain(full: str, manner: Manner, spelling: Spelling) -> tuple[str, str] | None:
    """The short way for the name that most people have; None for any other."""
    if manner.family_first or not _PLAIN_FULL.fullmatch(full):
        return None
    folded = plain(full).split()
    if len(folded) > 2 and (manner.two_surnames or not _in_double_names().isdisjoint(folded)):
        return None
    if not _telling_words().isdisjoint(folded):
        return None
    first, _, last = full.partition(" ")
    last = last.rpartition(" ")[2]
    if spelling is not UNSPELLED and spelling.order(first, last) < 0:
        return None
    return first, last


@cache
def _telling_words() -> frozenset[str]:
    """All words that mean something in a name of two words, in lower case without accents."""
    from nameparser import Lexicon  # 70 ms of a cold start

    lexicon = Lexicon.default()
    ours = vocabulary.load("names").keys() - {"second_given", "with_particle"}
    tables = (
        *(vocabulary.word_set("names", table) for table in ours),
        vocabulary.word_set("given_names", "hungarian"),
        lexicon.titles,
        lexicon.suffix_acronyms,
        lexicon.suffix_words,
        lexicon.particles,
        lexicon.conjunctions,
        lexicon.bound_given_names,
        lexicon.maiden_markers,
    )
    return frozenset(plain(word) for table in tables for word in table)


@cache
def _in_double_names() -> frozenset[str]:
    """What means something only in a longer name."""
    return vocabulary.word_set("given_names", "iberian")


def _divided(full: str, manner: Manner, spelling: Spelling) -> tuple[str, str]:
    text = name_alone(full)
    if _goes_on_with_another(full):
        return "", ""
    if "," in text:
        return _by_comma(text, manner, spelling)
    parts = without_credentials(without_titles(without_maiden_name(text.split())))
    parts = without_last_initials(parts, 2)
    if _name_two_people(parts):
        return "", ""
    if len(parts) > 1 and (division := _by_words(parts, manner, spelling)):
        return _usable_both(*division)
    if len(parts) == 1 and _HAN.fullmatch(parts[0]):
        return _in_han(parts[0], manner)
    return _parsed(" ".join(parts) if len(parts) > 1 else text)


def _by_words(parts: Sequence[str], manner: Manner, spelling: Spelling) -> tuple[str, str] | None:
    full = without_initials(parts) if len(parts) > 2 else parts
    unclear = any(is_initial(part) for part in full if part not in JOINING)
    if manner.family_first and (count := _trailing_capitals(full)):  # Sophie NOËL
        return order.given_name(full[:-count]), " ".join(full[-count:])
    if len(full) < 2 or unclear or _leading_capitals(list(parts)):
        return None
    if division := order.by_culture(full, manner, spelling):
        return division
    told = spelling.order(full[0], full[-1])
    known = [order.is_given(plain(full[0])), order.is_given(plain(full[-1]))]
    starts = plain(full[0]) in vocabulary.word_set("names", "particle") and len(full) > 2
    backward = told < 0 or (manner.family_first and told == 0) or (starts and known[1])
    if backward and known != [True, False]:
        return order.family_first(full, manner)
    return None


def _parsed(text: str) -> tuple[str, str]:
    """A name without a comma, as the West writes it or its script demands.

    nameparser is frozen over its defaults: neither the global configuration of older versions nor
    a locale reaches it. It never raises. 0.3 ms a name.
    """
    from nameparser import Role

    name = _parser().parse(text)
    tokens = [
        token for token in name.tokens if token.role in (Role.GIVEN, Role.MIDDLE, Role.FAMILY)
    ]
    given = [token for token in tokens if token.role is not Role.FAMILY]
    if count := _leading_capitals([token.text for token in tokens]):  # DUPONT Jean
        capitals = " ".join(token.text for token in tokens[:count])
        return _usable_both(tokens[count].text, capitals)
    own = [token.text for token in given if "initial" not in token.tags]
    family = name.family
    while len(own) > 1 and family and plain(own[-1]) in vocabulary.word_set("names", "particle"):
        family = f"{own.pop()} {family}"  # nameparser knows no Dalla, Zur and Ten
    first = order.given_name(own) if own and name.given else name.given
    parts = without_titles(text.split())
    if len(parts) == 2 and not (name.given and name.family):
        return _usable_both(*parts)  # to nameparser, Sultan is a title and Aas a degree
    return _usable_both(_longer(first, name.given, given), family)


def _longer(first: str, given: str, tokens: "Sequence[Token]") -> str:
    """nameparser's given name where it is of several words, such as Abdul Rahman."""
    is_initial_first = bool(tokens) and "initial" in tokens[0].tags
    return given if given.startswith(f"{first} ") and not is_initial_first else first


def _by_comma(text: str, manner: Manner, spelling: Spelling) -> tuple[str, str]:
    """Doe, Jane M.; García López, Juan; Jane Doe, PhD."""
    before, *after = (part.split() for part in text.split(","))
    after = [part for part in map(without_titles, after) if part and _is_of_name(part)]
    before = without_credentials(without_titles(before))
    if not after:
        alone = " ".join(before)
        return _divided(alone, manner, spelling) if len(before) > 1 else ("", _usable(alone))
    given = without_initials(without_credentials(after[0]))
    if not before or _name_two_people([*given, *before]):
        return "", ""
    if not _is_family(before, given, manner, spelling):
        return "", ""
    return _usable_both(order.given_names(given, before, manner), " ".join(before))


def _is_of_name(part: Sequence[str]) -> bool:
    """Whether what stands behind a comma is more than credentials."""
    return without_credentials(["Doe", *part]) != ["Doe"]


def _is_family(
    before: Sequence[str], given: Sequence[str], manner: Manner, spelling: Spelling
) -> bool:
    particles = vocabulary.word_set("names", "particle")
    names = [word for word in before if plain(word) not in particles]
    if len(names) < 2 or manner.family_before_comma:
        return True
    if spelling.order(given[0], names[0]) > 0 or spelling.order(given[0], names[-1]) > 0:
        return True
    return order.is_given(plain(given[0])) and not order.is_given(plain(before[0]))


def _in_han(name: str, manner: Manner) -> tuple[str, str]:
    """A name in Chinese characters that no space parts; which are the surname only a list tells."""
    japanese = vocabulary.word_set("names", "japanese_surname")
    if not manner.chinese:
        for end in (3, 2, 1) if manner.japanese else (3, 2):
            if name[:end] in japanese and len(name) - end in (1, 2, 3):
                return name[end:], name[:end]
        return "", name
    parsed = _chinese_parser().parse(name)
    if parsed.given or len(name) > 3:
        return parsed.given, parsed.family
    return name[1:], name[0]  # surnames of two characters are all known


@cache
def _parser() -> "Parser":
    from nameparser import Parser  # 70 ms of a cold start, and most files have both columns

    return Parser()


@cache
def _chinese_parser() -> "Parser":
    from nameparser import locales, parser_for

    return parser_for(locales.ZH)


def _last_cell(cells: Mapping[Field, str]) -> str:
    """The last name of a row with what stands of it in columns of its own."""
    last = cells.get(Field.LAST_NAME, "")
    if prefix := cells.get(Field.NAME_PREFIX, ""):
        last = _with_prefix(said(prefix), last)
    if second := said(cells.get(Field.SECOND_LAST_NAME, "")):
        last = last if plain(last).endswith(plain(second)) else f"{last} {second}".strip()
    return last


def _with_prefix(prefix: str, last: str) -> str:
    """Tussenvoegsel: van der, Berg. A column of prefixes may have titles, too."""
    particles = vocabulary.word_set("names", "particle")
    parts = plain(prefix).rstrip(".").split()
    is_part = bool(parts) and all(part in particles for part in parts)
    return f"{prefix} {last}" if is_part and not plain(last).startswith(plain(prefix)) else last


def _full(cells: Mapping[Field, str]) -> tuple[Field, str]:
    fields = (Field.FULL_NAME_FAMILY_FIRST, Field.FULL_NAME)
    filled = (field for field in fields if said(cells.get(field, "")))
    full_field = next(filled, Field.FULL_NAME)
    return full_field, cells.get(full_field, "")


@lru_cache(16_384)
def is_plain_name(cell: str) -> bool:
    """Whether a cell holds nothing but one word of a name, so that no rule changes it."""
    return bool(_PLAIN.fullmatch(cell)) and len(cell) < MAX_NAME and cell.lower() not in _nothing()


@cache
def _nothing() -> frozenset[str]:
    """Words for nothing, which `said` knows."""
    tables = ("placeholder", "placeholder_as_written")
    return frozenset(word.lower() for table in tables for word in vocabulary.words("cells", table))


def _own_first(cell: str) -> str:
    """The first name in a column of its own. A comma ends it: credentials follow."""
    parts = undecorated(said(cell).partition(",")[0]).split()
    return trimmed(" ".join(without_initials(without_credentials(without_titles(parts)))))


def _own_last(cell: str) -> str:
    """The last name in a column of its own."""
    parts = undecorated(before_symbols(said(cell).partition(",")[0], 0)).split()
    parts = without_credentials(without_titles(without_maiden_name(parts)))
    return trimmed(" ".join(without_last_initials(parts, 1)))


def _goes_on_with_another(full: str) -> bool:
    """Whether a slash stands before another name: Olga Levin / Boris Levin."""
    first, *others = (part.split() for part in without_brackets(full).split("/"))
    return any(
        order.is_given(plain(other[0])) or (first and other[-1] == first[-1])
        for other in others
        if other
    )


def _name_two_people(parts: Sequence[str]) -> bool:
    """Whether a full name is that of two: Jane & John Doe; José y María Gil, but José Ortega y
    Gasset.
    """
    inner = [part.lower() for part in parts[1:-1]]
    if not vocabulary.word_set("names", "and_between_last_names").isdisjoint(inner):
        return True
    return len(parts) > 3 and (
        inner[0] in vocabulary.word_set("names", "and") and order.is_given(plain(parts[2]))
    )


def _is_initial_alone(last: str) -> bool:
    """Whether a last name is only an initial, as LinkedIn shows those of strangers: D.

    A letter without a full stop may be a name: Karthik S.
    """
    return last.endswith(".") and is_initial(last)


def _checked(first: str, last: str, cells: Mapping[Field, str], spelling: Spelling) -> Name:
    """The names with what is wrong with each, in itself or in the cell that it was taken from."""
    guess = None
    if first and _is_initial_alone(last):
        guess = first, last
        if name := spelling.in_full(first, last):
            last, guess = name, None
    problems = []
    for field_, text in ((Field.FIRST_NAME, first), (Field.LAST_NAME, last)):
        if problem := _problem(field_, text, cells.get(field_, "")):
            problems.append(words.about(field_, problem))
    if guess and problems != [words.about(Field.LAST_NAME, words.ONLY_AN_INITIAL)]:
        guess = None
    return Name(first, last, tuple(problems), guess)


def _problem(field_: Field, text: str, cell: str) -> str | None:
    if not text:
        return words.MISSING
    if problem := damage(cell) or damage(text) or excess(text, MAX_NAME):
        return problem
    if field_ is Field.FIRST_NAME and _TWO_WITH_SLASH.fullmatch(cell.strip()):
        return words.TWO_PEOPLE
    table = "and" if field_ is Field.FIRST_NAME else "and_between_last_names"
    if not vocabulary.word_set("names", table).isdisjoint(text.lower().split()[1:-1]):
        return words.TWO_PEOPLE
    return words.ONLY_AN_INITIAL if field_ is Field.LAST_NAME and _is_initial_alone(text) else None


def _trailing_capitals(words: Sequence[str]) -> int:
    """How many words at the end are in capitals, if that sets them apart from all the others."""
    return _leading_capitals(list(words[::-1]))


def _leading_capitals(words: list[str]) -> int:
    """How many words at the start are in capitals, if that sets them apart from all the others; two
    letters are initials.
    """
    count = next((at for at, word in enumerate(words) if not word.isupper()), 0)
    is_name = any(sum(map(str.isalpha, word)) > 2 for word in words[:count])
    return count if is_name and not any(map(str.isupper, words[count:])) else 0


def _usable_both(first: str, last: str) -> tuple[str, str]:
    return _usable(trimmed(first)), _usable(trimmed(last))


def _usable(name: str) -> str:
    return name if all(word.lstrip("'’‘ʼ`´")[:1].isalpha() for word in name.split()) else ""
