"""The receipt of an erasure: what was erased where, in numbers that prove themselves. It names
nobody: each person is a row of the file that was dropped.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Fate = Literal["erased", "not_found", "ambiguous", "incomplete", "nobody"]


class ErasedPerson(BaseModel):
    """What became of one row of the dropped file."""

    model_config = ConfigDict(frozen=True)

    row: int
    fate: Fate
    people: int = Field(
        default=0, description="different people whom the name may mean, where it is not sure"
    )


class ErasedObject(BaseModel):
    """What became of one object; of a report, `rows` are the values that it shows."""

    model_config = ConfigDict(frozen=True)

    key: str
    rows_before: int = 0
    rows_erased: int = 0
    rows_after: int = 0
    versions: tuple[str, ...] = Field(
        default=(), description="earlier versions that were deleted for good"
    )

    @property
    def adds_up(self) -> bool:
        return self.rows_before - self.rows_erased == self.rows_after

    def also(self, other: "ErasedObject") -> "ErasedObject":
        """Both of two looks at the same object, the later one last."""
        first, last = (self, other) if self.rows_erased else (other, other)
        if not other.rows_before:  # only versions were deleted
            first = last = self
        return ErasedObject(
            key=self.key,
            rows_before=first.rows_before,
            rows_erased=self.rows_erased + other.rows_erased,
            rows_after=last.rows_after,
            versions=tuple(dict.fromkeys([*self.versions, *other.versions])),
        )


class Receipt(BaseModel):
    """Answers 'is this person gone'. Times are epoch seconds.

    `found_again` counts what a second search found, which is 0 where the erasure is `complete`.
    """

    model_config = ConfigDict(frozen=True, title="Receipt of an erasure")

    erasure: str
    complete: bool
    message: str = ""
    people: tuple[ErasedPerson, ...] = ()
    objects: tuple[ErasedObject, ...] = ()
    results_erased: int = Field(default=0, description="in the table, and set aside")
    ledger_entries_erased: int = 0
    not_searched: tuple[str, ...] = Field(
        default=(), description="objects that cannot be read as rows, or not be written as such"
    )
    found_again: int = 0
    started_at: int
    finished_at: int

    @property
    def adds_up(self) -> bool:
        return all(each.adds_up for each in self.objects)
