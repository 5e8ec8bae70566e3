"""The report as a page to look at: one self-contained HTML file, no script, every cell escaped."""

from datetime import UTC, datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from enrichment.domain.outcome import RowState
from enrichment.domain.report import Report

# How each state is named and coloured for people; the order is that of the chart.
_LOOK = {
    RowState.FOUND: ("Found", "#1a7f5a"),
    RowState.NOT_FOUND: ("Not found", "#9aa5b1"),
    RowState.DUPLICATE_OF: ("Duplicates", "#5b7db1"),
    RowState.REJECTED: ("Rejected", "#c9662c"),
    RowState.OVER_BUDGET: ("Over budget", "#b08900"),
    RowState.NOT_SENT: ("Not sent", "#a8483f"),
    RowState.TIMED_OUT: ("Timed out", "#7a5ea8"),
    RowState.AMBIGUOUS: ("Ambiguous", "#8a1f4d"),
}


def page(report: Report) -> str:
    """Render a report."""
    shares = [
        {"label": label, "colour": colour, "rows": rows, "share": 100 * rows / report.rows, "state": state}
        for state, (label, colour) in _LOOK.items()
        if (rows := report.counts.get(state, 0))
    ]
    return _template().render(report=report, shares=shares, finished=_moment(report.finished_at), took=_duration(report.seconds))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("enrichment.adapters", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = "{:,}".format
    environment.filters["percent"] = lambda share: f"{share:.0f} %" if share >= 1 else "< 1 %"
    return environment.get_template("report.html.j2")


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d %B %Y, %H:%M UTC")


def _duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "under a second"
