"""The numbers of a report, counted row by row while the output is written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from enrichment.domain.outcome import UNSENT, Outcome, RowState
from enrichment.domain.report import Reason, RejectedRow

Key = TypeVar("Key", RowState, str)

_SAMPLE = 10  # rows that differ
_MAX_SHOWN = 200  # characters of a cell


class _Kind(NamedTuple):
    """What is counted of a row: `is_known` and the others are as in `Outcome`, `numbers` those that
    were found, and `quality` the provider's word for its e-mail.
    """

    state: RowState
    is_fixed: bool
    is_known: bool
    again: bool
    spared: bool
    numbers: int
    quality: str

    @property
    def things(self) -> int:
        """What was found: an e-mail, or numbers, of which one row may have several."""
        return max(1, self.numbers) if self.state is RowState.FOUND else 0


class RowCounts:
    """Counts outcomes while the output is written: how many rows there are of a kind. What a report
    tells is summed up from the kinds, of which there are few.

    Args:
        columns: the header of each column that was looked at, by its position; what a sample shows.
    """

    def __init__(self, columns: Mapping[int, str]) -> None:
        self._columns = columns
        # By `_Kind`, which takes longer to create.
        self._kinds: defaultdict[tuple[RowState, bool, bool, bool, bool, int, str], int]
        self._kinds = defaultdict(int)
        self._reasons: Counter[str] = Counter()
        self._ambiguous: list[list[int]] = []
        self._sample: dict[tuple[str, ...], RejectedRow] = {}

    def count(self, row: int, cells: Sequence[str], outcome: Outcome) -> None:
        """Count one row. Rows come in the order of their numbers."""
        state, result = outcome.state, outcome.result
        self._kinds[
            state,
            outcome.is_fixed,
            outcome.origin is not None,
            outcome.again,
            outcome.spared,
            len(result.phones),
            result.quality,
        ] += 1
        if state is RowState.AMBIGUOUS:
            if self._ambiguous and self._ambiguous[-1][1] == row - 1:
                self._ambiguous[-1][1] = row
            else:
                self._ambiguous.append([row, row])
        if state in UNSENT:
            self._reasons[outcome.reason or outcome.detail] += 1
            self._show(row, cells, outcome)

    def _show(self, row: int, cells: Sequence[str], outcome: Outcome) -> None:
        """Take a row that was not sent as an example, or count it with the one that is like it."""
        shown = {
            name: cells[at][:_MAX_SHOWN] for at, name in self._columns.items() if at < len(cells)
        }
        alike = (outcome.reason or outcome.detail, *shown.values())
        if first := self._sample.get(alike):
            self._sample[alike] = first.model_copy(update={"rows": first.rows + 1})
        elif len(self._sample) < _SAMPLE:
            self._sample[alike] = RejectedRow(row=row, cells=shown, reason=outcome.detail)

    def _all(self) -> Iterator[tuple[_Kind, int]]:
        """The kinds in the order in which they came, and their rows."""
        return ((_Kind(*kind), rows) for kind, rows in self._kinds.items())

    def _own(self) -> Iterator[tuple[_Kind, int]]:
        """Those that this job may have paid for, or saved."""
        return ((kind, rows) for kind, rows in self._all() if not kind.is_fixed)

    @property
    def known(self) -> int:
        """Rows that were not sent because their people were known."""
        return sum(rows for kind, rows in self._own() if kind.is_known)

    @property
    def again(self) -> int:
        """Rows that were sent though their people were known."""
        return sum(rows for kind, rows in self._own() if kind.again)

    @property
    def again_things(self) -> int:
        """What was found for these."""
        return sum(rows * kind.things for kind, rows in self._own() if kind.again)

    @property
    def spared(self) -> int:
        """Rows that would have been sent, had they not what is looked for."""
        return sum(rows for kind, rows in self._own() if kind.spared)

    @property
    def things(self) -> int:
        """What was found."""
        return sum(rows * kind.things for kind, rows in self._own())

    @property
    def rows(self) -> int:
        return sum(self._kinds.values())

    def counts(self) -> dict[RowState, int]:
        states = _added((kind.state, rows) for kind, rows in self._all())
        return {state: states[state] for state in RowState}

    def fixed(self) -> dict[RowState, int]:
        """Of these, the rows that another job sent, and bills."""
        states = _added((kind.state, rows) for kind, rows in self._all() if kind.is_fixed)
        return {state: states[state] for state in RowState if states[state]}

    def own(self) -> dict[RowState, int]:
        """The rows by state without those."""
        states = _added((kind.state, rows) for kind, rows in self._own())
        return {state: states[state] for state in RowState}

    def email_quality(self) -> dict[str, int]:
        """Rows by the provider's word for the e-mail that it found, the most frequent first."""
        words = _added((kind.quality, rows) for kind, rows in self._all() if kind.quality)
        return dict(words.most_common())

    def with_quality(self) -> dict[RowState, int]:
        """These rows by state."""
        return dict(_added((kind.state, rows) for kind, rows in self._all() if kind.quality))

    def ambiguous_rows(self) -> tuple[str, ...]:
        """The ambiguous rows as ranges."""
        return tuple(
            str(first) if first == last else f"{first}–{last}" for first, last in self._ambiguous
        )

    def reasons(self) -> tuple[Reason, ...]:
        """The reasons, the most frequent first."""
        return tuple(
            Reason(reason=reason, rows=rows) for reason, rows in self._reasons.most_common()
        )

    def sample(self) -> tuple[RejectedRow, ...]:
        """The first rows that were not sent, each of those that are alike once."""
        return tuple(self._sample.values())


def _added(counts: Iterable[tuple[Key, int]]) -> Counter[Key]:
    """How many there are of each, in the order in which they came."""
    added: Counter[Key] = Counter()
    for key, rows in counts:
        added[key] += rows
    return added
