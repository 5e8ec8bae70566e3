"""The month's statement: what each job used, written anew while things change."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.clock import Clock
from enrichment.domain.characters import harmless
from enrichment.domain.credits import month_before, month_of
from enrichment.domain.folder import statement_key
from enrichment.domain.statement import HEADER, Statement
from enrichment.store.budget import Budget

_EACH = 300  # seconds between two statements of a month


@dataclass(frozen=True)
class StateMonths:
    """Writes `reports/statements/<month>.csv` and a page beside it, for this month and the one
    before: results of batches that were sent in it may come in the next.

    `page` renders a statement as a self-contained HTML page.
    """

    budget: Budget
    bucket: Bucket
    page: Callable[[Statement], str]
    clock: Clock

    def run(self) -> int:
        """Write the statements that are not up to date; how many there were."""
        month = month_of(self.clock())
        return sum(map(self._state, (month_before(month), month)))

    def _state(self, month: str) -> bool:
        now, there = self.clock(), self.budget.month(month)
        if there.changes == there.stated or now - there.stated_at < _EACH:
            return False
        # The month is read before its lines: what changes between the two is stated next time.
        lines = sorted(self.budget.lines(month), key=lambda line: (line.file, line.job))
        statement = Statement(month, lines, there.account, self.budget.month_cap, now)
        for suffix, content_type, text in (
            (".csv", "text/csv; charset=utf-8", _csv(statement)),
            (".html", "text/html; charset=utf-8", self.page(statement)),
        ):
            with self.bucket.write(statement_key(month, suffix), content_type) as out:
                out.write(text.encode())
        self.budget.note_stated(month, there, now)
        return True


def _csv(statement: Statement) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    # The names of files and folders are their owners'.
    writer.writerows(map(harmless, line.cells()) for line in statement.lines)
    return out.getvalue()
