"""The numbers at the top of a report's page."""

from dataclasses import dataclass

from enrichment.adapters.page_template import counted
from enrichment.domain.outcome import TO_FIX, RowState
from enrichment.domain.report import Credits, Report
from enrichment.domain.shares import percent

SENT = (
    RowState.FOUND,
    RowState.NOT_FOUND,
    RowState.AWAITED,
    RowState.TIMED_OUT,
    RowState.AMBIGUOUS,
)


@dataclass(frozen=True)
class Figure:
    """One number to see at a glance."""

    label: str
    value: str
    note: str = ""


def figures(report: Report) -> list[Figure]:
    """The numbers of an answer, or of an estimate; other reports have none."""
    match report.status:
        case "done" | "first_answer" | "ended" | "cancelled":
            return _of_answer(report)
        case "estimated":
            return _of_estimate(report)
        case _:
            return []


def _of_answer(report: Report) -> list[Figure]:
    found = report.counts.get(RowState.FOUND, 0)
    sent = sum(report.counts.get(state, 0) for state in SENT)
    note = f"{percent(found, sent)} of {counted(sent, 'contact')}" if sent else ""
    spent = report.credits
    price = f"{spent.settled:,}" if spent else "–"
    return [
        Figure("Rows", f"{report.rows:,}"),
        Figure("Found", f"{found:,}", note),
        *_free(report),
        _to_fix(report),
        Figure("Credits", price, (_doubt(spent) or spent.cost) if spent else ""),
    ]


def _of_estimate(report: Report) -> list[Figure]:
    spent, same = report.credits, report.counts.get(RowState.DUPLICATE_OF, 0)
    sent = spent.contacts_sent if spent else 0
    return [
        Figure("Contacts to send", f"{sent:,}", f"of {counted(report.rows, 'row')}"),
        *_free(report),
        Figure("Duplicates", f"{same:,}", "counted once" if same else ""),
        _to_fix(report),
        _estimated(spent) if spent else Figure("Credits", "–"),
    ]


def _free(report: Report) -> list[Figure]:
    """Rows that cost nothing, though they have an answer."""
    named = (("Already there", report.already_there), ("Known", report.known))
    return [Figure(label, f"{saved.rows:,}", "cost nothing") for label, saved in named if saved]


def _to_fix(report: Report) -> Figure:
    rows = sum(report.counts.get(state, 0) for state in TO_FIX)
    return Figure("To fix", f"{rows:,}", "cost nothing" if rows else "")


def _estimated(spent: Credits) -> Figure:
    if spent.expected is None:
        return Figure("Credits, at most", f"{spent.at_most:,}", spent.cost)
    most = f"at most {spent.at_most:,}"
    return Figure("Credits, expected", f"{spent.expected:,}", spent.expected_cost or most)


def _doubt(spent: Credits) -> str:
    return f"and up to {spent.possibly_charged:,} more" if spent.possibly_charged else ""
