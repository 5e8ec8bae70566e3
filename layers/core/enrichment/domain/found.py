"""What the columns of a file are taken for, and how that was concluded."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from enrichment.domain.columns import Columns, Field

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


class UnusedColumn(BaseModel):
    """A column that looks right for a field but is not taken, and why."""

    model_config = ConfigDict(frozen=True)

    field: Field
    position: int
    why: str


class Found(BaseModel):
    """What a file's columns are taken for; of several for one field the most trusted is first."""

    model_config = ConfigDict(frozen=True)

    taken: tuple[TakenColumn, ...] = ()
    unused: tuple[UnusedColumn, ...] = ()

    @cached_property
    def columns(self) -> Columns:
        return {
            field: positions
            for field in Field
            if (positions := tuple(each.position for each in self.taken if each.field is field))
        }


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
