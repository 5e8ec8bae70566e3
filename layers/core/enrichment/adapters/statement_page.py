"""A month's statement as a page to look at."""

from dataclasses import dataclass
from urllib.parse import quote

from enrichment.adapters.page_template import template
from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.outcome import moment
from enrichment.domain.statement import Line, Statement

_MOST_LINES = 500  # the file beside the page has all


@dataclass(frozen=True)
class Entry:
    """A line, and where its report is, seen from the page."""

    line: Line
    report: str


def page(statement: Statement) -> str:
    """Render a statement as a self-contained HTML page."""
    newest = sorted(statement.lines, key=lambda line: line.moved_at, reverse=True)
    return template("statement.html.j2").render(
        statement=statement,
        entries=[Entry(line, _report_of(line)) for line in newest[:_MOST_LINES]],
        more=len(newest[_MOST_LINES:]),
        written=moment(statement.at),
    )


def _report_of(line: Line) -> str:
    key = output_key(REPORTS, line.file, line.job, ".html").removeprefix(f"{REPORTS}/")
    return "../" + quote(key)
