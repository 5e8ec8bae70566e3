"""How the people who made a file write names: told once, by its header and some of its rows."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from enrichment import vocabulary
from enrichment.domain.characters import plain
from enrichment.domain.columns import Field
from enrichment.domain.spelling import spelling_of

_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_FEW = 3  # votes that are no evidence yet


@dataclass(frozen=True)
class Manner:
    """How full names stand in a file.

    Attributes:
        family_first: the family name stands first, in whatever script.
        family_before_comma: all that stands before a comma is the family name.
        two_surnames: people bear two, as in Spanish and Portuguese.
        chinese, japanese: what names in Chinese characters are that no space parts.
    """

    family_first: bool = False
    family_before_comma: bool = False
    two_surnames: bool = False
    chinese: bool = False
    japanese: bool = False


WESTERN = Manner()


def manner_of(header: Sequence[str], rows: Iterable[Mapping[Field, str]]) -> Manner:
    """What the header of a file and the cells of some of its rows tell."""
    votes: Counter[str] = Counter()
    for cells in rows:
        votes.update(_votes(cells))
    named = {plain(name).strip() for name in header}
    iberian = not named.isdisjoint(vocabulary.word_set("names", "header_in"))
    hungarian = not named.isdisjoint(vocabulary.word_set("names", "header_of_family_first"))
    return Manner(
        family_first=(hungarian and votes["backward"] >= votes["forward"])
        or _is_rule(votes["backward"], votes["forward"]),
        family_before_comma=_is_rule(votes["comma"], votes["no comma"] / 4),
        two_surnames=iberian or _FEW <= votes["iberian"] >= votes["other"],
        chinese=votes["chinese"] > 4 * votes["japanese"],
        japanese=votes["japanese"] > 0 and votes["chinese"] <= 4 * votes["japanese"],
    )


def _is_rule(for_it: float, against: float) -> bool:
    return for_it >= _FEW and for_it > 4 * against


def _votes(cells: Mapping[Field, str]) -> Iterable[str]:
    full = cells.get(Field.FULL_NAME, "").strip()
    if _HAN.search(full):
        yield "japanese" if _is_japanese(full, "".join(cells.values())) else "chinese"
    words = plain(full).replace(",", " ").split()
    if len(words) < 2:
        return
    yield "comma" if full.count(",") == 1 else "no comma"
    yield from _votes_of_names(words)
    if "," not in full:
        order = spelling_of(cells.get(Field.EMAIL, ""), None).order(words[0], words[-1])
        if order:
            yield "forward" if order > 0 else "backward"


def _is_japanese(name: str, row: str) -> bool:
    """Whether a row with Chinese characters in its name is Japanese, by kana or a surname of two
    or three of them.
    """
    surnames = vocabulary.word_set("names", "japanese_surname")
    return bool(_KANA.search(row)) or name[:2] in surnames or name[:3] in surnames


def _votes_of_names(words: Sequence[str]) -> Iterable[str]:
    given, iberian, surname = (
        vocabulary.word_set("given_names", table)
        for table in ("given", "iberian", "iberian_surname")
    )
    known = given | iberian
    is_iberian = (words[0] in iberian and words[-1] in surname) or (
        words[0] in surname and not iberian.isdisjoint(words[1:])
    )
    yield "iberian" if is_iberian else "other"
    if (words[0] in known) != (words[-1] in known):
        yield "forward" if words[0] in known else "backward"
