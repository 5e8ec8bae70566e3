"""The report as a page to look at: one self-contained HTML file, no script, every text escaped."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.adapters import report_charts as charts
from enrichment.adapters import report_progress as progress
from enrichment.adapters.page_template import brief, template
from enrichment.adapters.report_figures import figures
from enrichment.adapters.report_headline import headline, price
from enrichment.adapters.report_links import FileLink, link
from enrichment.adapters.report_savings import savings
from enrichment.domain.columns import Field
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.found import SURE_ENOUGH
from enrichment.domain.next_steps import Step, next_steps
from enrichment.domain.outcome import NOUNS, TO_FIX, moment, second
from enrichment.domain.report import INTERIM, Report, Taken
from enrichment.domain.verdict import verdict
from enrichment.words import credits as words
from enrichment.words import progress as progress_words
from enrichment.words.operating import ACTIONS, NOBODY_SAID

_LOOKED_FOR = {
    EnrichmentType.EMAIL: "work e-mails",
    EnrichmentType.PHONE: "phone numbers",
    EnrichmentType.PERSONAL_EMAIL: "personal e-mails",
}

# Fields that most files have; nobody misses the others.
_USUAL = [
    field
    for field in Field
    if field not in (Field.FULL_NAME_FAMILY_FIRST, Field.SECOND_LAST_NAME, Field.NAME_PREFIX)
]

_LINKED = re.compile(r"(.*?)\[(.*)\](.*)", re.DOTALL)

_MOST_NAMES = 40
_LONGEST_CELL = 160  # characters; the files have the whole
_LONGEST_EXAMPLE = 60


@dataclass(frozen=True)
class Action:
    """Something to do next: a sentence whose middle leads somewhere, and the folder or key that
    ends it.
    """

    before: str
    linked: str
    after: str
    link: FileLink | None
    place: str


@dataclass(frozen=True)
class ActionTold:
    """What an operator did, as the page tells it."""

    when: str
    what: str
    who: str


@dataclass(frozen=True)
class Names:
    """As many names as are worth a look, and how many there are besides."""

    shown: list[str]
    more: int


@dataclass(frozen=True)
class Column:
    """A column of the file and what it is, or looks like; `examples` are values of it."""

    field: str
    header: str
    sure: str
    why: str
    examples: list[str]


@dataclass(frozen=True)
class Example:
    """A row that was not sent: its cells by header, and how many others are like it."""

    row: int
    others: int
    reason: str
    cells: list[tuple[str, str]]


def page(report: Report) -> str:
    """Render a report."""
    return template("report.html.j2").render(
        report=report,
        name=report.file.split("/")[-1],
        verdict=verdict(report),
        headline=headline(report),
        actions=[_action(report, step) for step in next_steps(report)],
        figures=figures(report) or progress.interim_figures(report),
        savings=savings(report),
        files=_files(report),
        **_progress(report),
        **_rows(report),
        **_columns(report),
        **_details(report),
    )


def _progress(report: Report) -> dict[str, object]:
    return {
        "is_interim": report.status in INTERIM,
        "refresh_after": progress.refresh_after(report),
        "bar": progress.bar(report),
        "lines": progress.lines(report),
        "batch_by_batch": progress_words.BATCH_BY_BATCH,
        "curve": charts.curve(report),
        "box": charts.BOX,
    }


def _rows(report: Report) -> dict[str, object]:
    segments = charts.segments(report.counts)
    return {
        "segments": segments,
        "balance": charts.balance(segments, report.rows),
        "qualities": charts.qualities(report),
        "mailed": sum(report.email_quality.values()),
        "whose_qualities": charts.whose_qualities(report),
        "reasons": charts.reasons(report),
        "unsent": sum(reason.rows for reason in report.reasons),
        "sample": _sample(report),
        "doubtful": _names(report.ambiguous_rows),
    }


def _columns(report: Report) -> dict[str, object]:
    taken = {column.header for column in (*report.taken, *report.held)}
    fields = {column.field for column in report.taken}
    return {
        "columns": list(map(_taken, report.taken)),
        "held": list(map(_taken, report.held)),
        "unused": [
            _column(each.looks_like, each.header, each.why, each.examples) for each in report.unused
        ],
        "sure_enough": SURE_ENOUGH,
        "mapping": json.dumps(report.mapping, ensure_ascii=False, indent=2)
        if report.mapping
        else "",
        "missing": [field.value for field in _USUAL if field.value not in fields],
        "seen": _names(map(_named, report.columns_seen)),
        "kept": _names(_named(header) for header in report.columns_seen if header not in taken),
    }


def _details(report: Report) -> dict[str, object]:
    return {
        "looked_for": _LOOKED_FOR[report.type] if report.type else "",
        "by_operators": _by_operators(report),
        "credits": _credits(report),
        "began": second(report.started_at),
        "written": second(report.finished_at),
        "finished": moment(report.finished_at),
        "took": _duration(report.seconds),
        "data": _data(report),
    }


def _action(report: Report, step: Step) -> Action:
    parts = _LINKED.fullmatch(step.text)
    before, linked, after = parts.groups() if parts else (step.text, "", "")
    leads_to = link(report, linked or step.key, step.key) if step.key else None
    return Action(before, linked, after, leads_to, step.place)


def _sample(report: Report) -> list[Example]:
    return [
        Example(
            row=each.row,
            others=each.rows - 1,
            reason=brief(each.reason),
            cells=[
                (_named(header), brief(cell.strip(), _LONGEST_CELL))
                for header, cell in each.cells.items()
            ],
        )
        for each in report.sample
    ]


def _sure(percent: int | None) -> str:
    return "–" if percent is None else f"{percent}%"


def _taken(column: Taken) -> Column:
    return _column(column.field, column.header, column.why, column.examples, _sure(column.sure))


def _column(field: str, header: str, why: str, examples: Iterable[str], sure: str = "") -> Column:
    shown = [brief(example, _LONGEST_EXAMPLE) for example in examples]
    return Column(field, _named(header), sure, why, shown)


def _files(report: Report) -> list[FileLink]:
    files = []
    if report.enriched:
        files.append(link(report, "All rows, with what was found", report.enriched))
    if report.rejected:
        files.append(link(report, _of_rejected(report), report.rejected))
    if report.mends:
        files.append(link(report, "The answer that these rows go into, too", report.mends.enriched))
    if report.earlier:
        files.append(link(report, "The earlier result", report.earlier.enriched))
        files.append(link(report, "The earlier report", report.earlier.report))
    return files


def _of_rejected(report: Report) -> str:
    to_fix = any(report.counts.get(state) for state in TO_FIX)
    return "Rows to fix and drop again" if to_fix else "Rows that were not sent, to drop again"


def _data(report: Report) -> FileLink:
    return link(
        report, "The numbers of this page", output_key(REPORTS, report.file, report.job, ".json")
    )


def _credits(report: Report) -> str:
    """What the job cost, as a sum that can be checked."""
    spent = report.credits
    if not spent or not report.type:
        return ""
    thing, total = NOUNS[report.type], price(report)
    if report.status == "estimated":
        most = words.at_most(spent.contacts_sent, thing, spent.price, spent.most_each, total)
        return f"{most} {spent.experience}".rstrip()
    return words.bill(
        spent.contacts_sent, spent.things_found, thing, spent.price, total, spent.possibly_charged
    )


def _by_operators(report: Report) -> list[ActionTold]:
    return [
        ActionTold(moment(each.at), ACTIONS.get(each.action, each.action), each.by or NOBODY_SAID)
        for each in report.actions
    ]


def _names(names: Iterable[str]) -> Names:
    every = list(names)
    return Names(every[:_MOST_NAMES], len(every[_MOST_NAMES:]))


def _named(header: str) -> str:
    return brief(header.strip(), _LONGEST_CELL) or "(no name)"


def _duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "under a second"
