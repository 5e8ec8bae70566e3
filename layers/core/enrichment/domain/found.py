"""What the columns of a file are taken for, and how that was concluded."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from enrichment.domain.columns import Columns, Field, Held

SURE_ENOUGH = 60  # per cent, below which a column is not taken


class TakenColumn(BaseModel):
    """A column that is taken for a field; `sure` is in per cent, None where an earlier version took
    it, `why` follows the column's name.
    """

    model_config = ConfigDict(frozen=True)

    field: Field
    position: int
    sure: int | None = None
    why: str = ""


class HeldColumn(BaseModel):
    """A column that is looked at to see what a row has already; `sure` is in per cent, `why`
    follows the column's name.
    """

    model_config = ConfigDict(frozen=True)

    held: Held
    position: int
    sure: int
    why: str


class UnusedColumn(BaseModel):
    """A column that looks right for a field, or for what rows may have, but is not taken, and
    why.
    """

    model_config = ConfigDict(frozen=True)

    field: Field | Held
    position: int
    why: str


class Found(BaseModel):
    """What a file's columns are taken for; of several for one field the most trusted is first.
    `held` are those of all types, whichever the file is enriched for.
    """

    model_config = ConfigDict(frozen=True)

    taken: tuple[TakenColumn, ...] = ()
    held: tuple[HeldColumn, ...] = ()
    unused: tuple[UnusedColumn, ...] = ()

    @cached_property
    def columns(self) -> Columns:
        return {
            field: positions
            for field in Field
            if (positions := tuple(each.position for each in self.taken if each.field is field))
        }

    def with_held_only(self, held: Held | None) -> "Found":
        """What matters to a file of which rows may have what is looked for as `held`; None where
        that is of no interest.
        """
        return Found(
            taken=self.taken,
            held=tuple(each for each in self.held if each.held is held),
            unused=tuple(
                each
                for each in self.unused
                if each.field is held or not isinstance(each.field, Held)
            ),
        )


NOTHING_FOUND = Found()


class SampleRow(Protocol):
    """What is needed of a row: its cells, and where cells link to, by position."""

    @property
    def cells(self) -> list[str]: ...
    @property
    def links(self) -> Mapping[int, str]: ...


class Finder(Protocol):
    """Tells headers and what the columns below them are."""

    def likeness(self, cells: Sequence[str], above: Sequence[str], /) -> float:
        """How much a row looks like a header; `above` is the row above it, which may name groups of
        columns.
        """

    def find(
        self, header: Sequence[str], sample: Sequence[SampleRow], above: Sequence[str], /
    ) -> Found:
        """What the columns below a header are, by a sample of the rows below it."""
