"""The numbers of a report, counted row by row while the output is written."""

from collections import Counter
from collections.abc import Mapping, Sequence

from enrichment.domain.outcome import UNSENT, Outcome, RowState
from enrichment.domain.report import Reason, RejectedRow

_SAMPLE = 10  # rows that differ
_MAX_SHOWN = 200  # characters of a cell


class RowCounts:
    """Counts outcomes while the output is written.

    Args:
        columns: the header of each column that was looked at, by its position; what a sample shows.
    """

    def __init__(self, columns: Mapping[int, str]) -> None:
        self._columns = columns
        self._states: Counter[RowState] = Counter()
        self._fixed: Counter[RowState] = Counter()
        self._reasons: Counter[str] = Counter()
        self._qualities: Counter[str] = Counter()
        self._with_quality: Counter[RowState] = Counter()
        self._ambiguous: list[list[int]] = []
        self.known = 0  # rows that were not sent because their people were known
        self.again = 0  # rows that were sent though their people were known
        self.again_things = 0  # what was found for these
        self.spared = 0  # rows that would have been sent, had they not what is looked for
        self.things = 0  # what was found: e-mails, or numbers, of which one row may have several
        self._sample: dict[tuple[str, ...], RejectedRow] = {}

    def count(self, row: int, cells: Sequence[str], outcome: Outcome) -> None:
        """Count one row. Rows come in the order of their numbers."""
        self._states[outcome.state] += 1
        if outcome.is_fixed:
            self._fixed[outcome.state] += 1
        else:
            self._count_own(outcome)
        if outcome.state is RowState.AMBIGUOUS:
            if self._ambiguous and self._ambiguous[-1][1] == row - 1:
                self._ambiguous[-1][1] = row
            else:
                self._ambiguous.append([row, row])
        if quality := outcome.result.quality:
            self._qualities[quality] += 1
            self._with_quality[outcome.state] += 1
        if outcome.state in UNSENT:
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

    def _count_own(self, outcome: Outcome) -> None:
        """Count what this job may have paid for, or saved."""
        self.known += outcome.origin is not None
        self.again += outcome.again
        self.spared += outcome.spared
        if outcome.state is RowState.FOUND:
            things = max(1, len(outcome.result.phones))
            self.things += things
            self.again_things += things * outcome.again

    @property
    def rows(self) -> int:
        return self._states.total()

    def counts(self) -> dict[RowState, int]:
        return {state: self._states[state] for state in RowState}

    def fixed(self) -> dict[RowState, int]:
        """Of these, the rows that another job sent, and bills."""
        return {state: self._fixed[state] for state in RowState if self._fixed[state]}

    def own(self) -> dict[RowState, int]:
        """The rows by state without those."""
        return {state: self._states[state] - self._fixed[state] for state in RowState}

    def email_quality(self) -> dict[str, int]:
        """Rows by the provider's word for the e-mail that it found, the most frequent first."""
        return dict(self._qualities.most_common())

    def with_quality(self) -> dict[RowState, int]:
        """These rows by state."""
        return dict(self._with_quality)

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
