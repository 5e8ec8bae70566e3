"""Which columns of a file may hold already what is looked for: phones, personal e-mails, and what
an earlier answer of ours has.

Such columns are never sent, and whether there are any makes no difference to the others.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from enrichment.domain.columns import Held
from enrichment.domain.found import SURE_ENOUGH, Found, HeldColumn, SampleRow, UnusedColumn
from enrichment.domain.header_rows import groups_of
from enrichment.domain.header_words import concepts_in, our_column
from enrichment.words import columns as words

_OURS: Mapping[str, Held] = MappingProxyType(
    {
        "enriched_email": Held.WORK_EMAIL,
        "enriched_phone": Held.PHONE,
        "enriched_personal_email": Held.PERSONAL_EMAIL,
    }
)

_PHONES = frozenset({"phone", "fax", "company_phone"})
_OF_PERSON = frozenset({"person", "role", "second", "work", "personal", ""})
_OF_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "fax": words.FAX,
        "company_phone": words.COMPANY_PHONE,
        "company": words.COMPANY_PHONE,
        "company_by_kind": words.COMPANY_PHONE,
        "somebody_else": words.SOMEBODY_ELSE,
        "former": words.FORMER,
    }
)

# +33 6 12 34 56 78, 0033…; and any text with as many digits as a number
_ABROAD = re.compile(r"\s*'?(?:\+|00)\s*[1-9][\d\s()./-]{6,20}")
_NUMBER = re.compile(r"(?:\D*\d){6,15}\D*")
_ADDRESS = re.compile(r".*\w@\w.*", re.DOTALL)
_FEWEST, _MANY = 3, 8  # values from which something is concluded


def with_held(
    found: Found,
    header: Sequence[str],
    rows: Sequence[SampleRow],
    above: Sequence[str],
    among: Collection[int],
) -> Found:
    """What was found, and in which other columns rows may have what is looked for.

    `among` are the positions that are looked at.
    """
    taken = {each.position for each in found.taken}
    looked_right = {each.position for each in found.unused}
    by_roles = any("role" in concepts_in(header[at]) for at in taken)
    groups = groups_of(above, header) if any(above) else [""] * len(header)
    guesses = {
        at: guess
        for at in sorted(set(among) - taken)
        if (guess := _guess(header[at], groups[at], _values(rows, at), by_roles))
    }
    held = (
        HeldColumn(held=guess.held, position=at, sure=guess.sure, why=guess.why)
        for at, guess in guesses.items()
        if guess.sure >= SURE_ENOUGH
    )
    left = (
        UnusedColumn(field=guess.held, position=at, why=guess.why)
        for at, guess in guesses.items()
        if guess.sure < SURE_ENOUGH and at not in looked_right
    )
    return Found(taken=found.taken, held=(*found.held, *held), unused=(*found.unused, *left))


@dataclass(frozen=True)
class _Guess:
    """What a column holds: how sure (in per cent), and why it is taken, or else is not."""

    held: Held
    sure: int
    why: str


def _values(rows: Sequence[SampleRow], at: int) -> list[str]:
    cells = (row.cells[at] for row in rows if at < len(row.cells))
    return [cell for cell in cells if cell and not cell.isspace()]


def _guess(header: str, group: str, values: Sequence[str], by_roles: bool) -> _Guess | None:
    """What a column holds.

    Args:
        header: its own.
        group: the name of the group that it belongs to; empty for none.
        values: a sample of its cells that are not empty.
        by_roles: whether the file names its people by their roles, such as founders.
    """
    if ours := our_column(header):
        return _Guess(_OURS[ours], 100, words.EARLIER_ANSWER) if ours in _OURS else None
    concepts = concepts_in(f"{group} {header}".strip())
    if concepts & _PHONES:
        return _phone(concepts, values, by_roles)
    if {"email", "personal"} <= concepts:
        return _personal_email(concepts, values, by_roles)
    if not concepts - {""} and _share(values, _ABROAD) >= 0.6 and not _is_shared(values):
        return _Guess(Held.PHONE, 75, words.WHY[False, True])
    return None


def _phone(concepts: frozenset[str], values: Sequence[str], by_roles: bool) -> _Guess | None:
    share = _share(values, _NUMBER)
    if len(values) >= _FEWEST and share < 0.15:
        return None
    if why := _whose(concepts, by_roles):
        return _Guess(Held.PHONE, 0, why) if share else None
    if not concepts <= {"phone", *_OF_PERSON}:  # its type, its country, its extension
        return None
    if _is_shared(values):
        return _Guess(Held.PHONE, 0, words.SHARED_NUMBERS)
    return _by_header(Held.PHONE, concepts, share)


def _personal_email(
    concepts: frozenset[str], values: Sequence[str], by_roles: bool
) -> _Guess | None:
    share = _share(values, _ADDRESS)
    is_other = not concepts <= {"email", *_OF_PERSON} - {"work"} or _whose(concepts, by_roles)
    if is_other or (len(values) >= _FEWEST and share < 0.15):
        return None
    return _by_header(Held.PERSONAL_EMAIL, concepts, share)


def _by_header(held: Held, concepts: frozenset[str], share: float) -> _Guess:
    is_sure, agrees = "" not in concepts, share >= 0.5
    sure = (85 if is_sure else 70) + 10 * agrees
    return _Guess(held, sure, words.WHY[True, agrees])


def _whose(concepts: frozenset[str], by_roles: bool) -> str:
    """Whose it is, if not that of the row's person."""
    if {"second", "person"} <= concepts:
        return words.SECOND_PERSON
    if "role" in concepts and not by_roles:
        return words.SOMEBODY_ELSE
    return next((why for concept, why in _OF_OTHERS.items() if concept in concepts), "")


def _share(values: Sequence[str], kind: re.Pattern[str]) -> float:
    return sum(map(bool, map(kind.fullmatch, values))) / len(values) if values else 0.0


def _is_shared(values: Sequence[str]) -> bool:
    """Whether several people have the same, as they have a switchboard."""
    return len(values) >= _MANY and len(set(values)) <= 0.6 * len(values)
