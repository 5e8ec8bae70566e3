"""Rejected files that come back: what tells them, and which rows of the first file theirs are.

leads-3ic7muh3zve3er74 fixed.csv
First Name,Last Name,rejection_reason,rejected_row
Ana,Silva,The last name is missing,14
"""

import re
from collections.abc import Sequence

from enrichment.domain.outcome import REASON_COLUMN, ROW_COLUMN

_JOB = re.compile(r"(?<![A-Za-z0-9])[a-z2-7]{16}(?![A-Za-z0-9])")
_ROW = re.compile(r"([0-9]{1,9})(?:\.0)?")  # spreadsheets make numbers of numbers


def our_columns(header: Sequence[str]) -> tuple[int, ...]:
    """Where the columns of a rejected file stand, from 0: that of rows, then that of reasons. Empty
    unless both are there; of several of a name, the last that `fresh` would have named is ours.

    >>> our_columns(["Name", "rejection_reason", "Rejected_Row "]), our_columns(["rejected_row"])
    ((2, 1), ())
    """
    positions = [_latest(name, header) for name in (ROW_COLUMN, REASON_COLUMN)]
    return tuple(at for at in positions if at is not None) if None not in positions else ()


def _latest(name: str, header: Sequence[str]) -> int | None:
    numbered = re.compile(rf"{name}(?:_([0-9]{{1,4}}))?")
    found = [
        (int(match[1] or 1), at)
        for at, text in enumerate(header)
        if (match := numbered.fullmatch(text.strip().casefold()))
    ]
    return max(found)[1] if found else None


def original_row(text: str) -> int | None:
    """The row that a cell of our column names; None if it names none.

    >>> original_row(" 14 "), original_row("14.0"), original_row("row 14")
    (14, 14, None)
    """
    match = _ROW.fullmatch(text.strip())
    return int(match[1]) if match else None


def jobs_named(key: str) -> list[str]:
    """What may be ids of jobs in the name of a file, the last one first: each answer has its own
    behind those that its file was named after.

    >>> jobs_named("incoming/email/leads-3ic7muh3zve3er74 fixed (1).csv")
    ['3ic7muh3zve3er74']
    """
    return _JOB.findall(key.rpartition("/")[2])[::-1]
