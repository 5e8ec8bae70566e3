"""The report as a page to look at: one self-contained HTML file, no script, every text escaped."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from enrichment.adapters.page_template import counted, template
from enrichment.adapters.report_savings import already_sentence, known_sentence, savings
from enrichment.domain.columns import Field
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.found import SURE_ENOUGH
from enrichment.domain.outcome import NOUNS, TO_FIX, RowState, moment
from enrichment.domain.report import Credits, Report
from enrichment.words import credits as words
from enrichment.words.operating import ACTIONS, NOBODY_SAID

# How each state is named and explained to people, in the order of the chart. The template colours
# it by its value.
STATES = {
    RowState.FOUND: ("Found", "Pronto found what you asked for"),
    RowState.NOT_FOUND: ("Not found", "Pronto looked and found nothing"),
    RowState.TO_SEND: ("To send", "would be sent to Pronto"),
    RowState.ALREADY_THERE: ("Already there", "have what you look for; cost nothing"),
    RowState.DUPLICATE_OF: ("Duplicates", "the same person as in an earlier row, counted once"),
    RowState.REJECTED: ("Rejected", "cannot be sent as they are; fix them and drop them again"),
    RowState.NOT_WORTH: ("Not worth it", "nothing good would come of them; cost nothing"),
    RowState.OVER_BUDGET: ("Over budget", "left out, as a limit on credits was reached"),
    RowState.NOT_SENT: ("Not sent", "the job ended before their turn"),
    RowState.ERASED: ("Erased", "the person was erased; nothing is kept of the row"),
    RowState.NOT_SAMPLED: ("Not in the sample", "could be sent; cost nothing so far"),
    RowState.AWAITED: ("Awaited", "sent; this file is amended when the answer comes"),
    RowState.TIMED_OUT: ("Timed out", "sent, but no answer came in time"),
    RowState.AMBIGUOUS: ("Ambiguous", "sent, but nobody saw whether Pronto took them"),
}
_SENT = (
    RowState.FOUND,
    RowState.NOT_FOUND,
    RowState.AWAITED,
    RowState.TIMED_OUT,
    RowState.AMBIGUOUS,
)

_LOOKED_FOR = {
    EnrichmentType.EMAIL: "work e-mails",
    EnrichmentType.PHONE: "phone numbers",
    EnrichmentType.PERSONAL_EMAIL: "personal e-mails",
}

# What the provider's words for an e-mail mean; it may use others.
_QUALITIES = {
    "deliverable": "the mailbox takes mail",
    "valid": "the mailbox takes mail",
    "catch-all": "the company takes mail for any name, so this may bounce",
    "invalid": "mail to it will bounce",
    "N/A": "Pronto does not say",
    "": "Pronto does not say",
}

# Fields that most files have; nobody misses the others.
_USUAL = [
    field
    for field in Field
    if field not in (Field.FULL_NAME_FAMILY_FIRST, Field.SECOND_LAST_NAME, Field.NAME_PREFIX)
]

_MOST_BARS = 10
_MOST_NAMES = 40
_LONGEST_CELL = 160  # characters; the files have the whole
_LONGEST_TEXT = 300
_LONGEST_EXAMPLE = 60


@dataclass(frozen=True)
class Figure:
    """One number to see at a glance."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Segment:
    """One state's piece of the stacked bar (in per cent of its width), and its line of the
    table.
    """

    state: RowState
    label: str
    meaning: str
    rows: int
    share: str
    start: str
    width: str
    middle: str
    roomy: bool


@dataclass(frozen=True)
class Bar:
    """One horizontal bar; its share is that of all the rows in its chart."""

    label: str
    note: str
    rows: int
    share: str
    width: str


@dataclass(frozen=True)
class FileLink:
    """A file of the bucket; `href` leads there from the page in any copy of the bucket, None where
    no path can.
    """

    label: str
    key: str
    href: str | None


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
    """A row that was not sent: its cells by header."""

    row: int
    reason: str
    cells: list[tuple[str, str]]


def page(report: Report) -> str:
    """Render a report."""
    segments = _segments(report.counts)
    taken = {column.header for column in (*report.taken, *report.held)}
    fields = {column.field for column in report.taken}
    return template("report.html.j2").render(
        report=report,
        name=report.file.split("/")[-1],
        headline=headline(report),
        figures=_figures(report),
        segments=segments,
        balance=_balance(segments, report.rows),
        qualities=_bars(
            [(word, rows) for word, rows in report.email_quality.items()], "answer", _QUALITIES
        ),
        reasons=_bars(
            [(_brief(reason.reason), reason.rows) for reason in report.reasons], "reason"
        ),
        unsent=sum(reason.rows for reason in report.reasons),
        mailed=sum(report.email_quality.values()),
        sample=_sample(report),
        savings=savings(report),
        files=_files(report),
        data=_data(report),
        columns=[
            _column(each.field, each.header, each.why, each.examples, _sure(each.sure))
            for each in report.taken
        ],
        held=[
            _column(each.field, each.header, each.why, each.examples, _sure(each.sure))
            for each in report.held
        ],
        unused=[
            _column(each.looks_like, each.header, each.why, each.examples) for each in report.unused
        ],
        sure_enough=SURE_ENOUGH,
        mapping=json.dumps(report.mapping, ensure_ascii=False, indent=2) if report.mapping else "",
        missing=[field.value for field in _USUAL if field.value not in fields],
        seen=_names(_named(header) for header in report.columns_seen),
        kept=_names(_named(header) for header in report.columns_seen if header not in taken),
        doubtful=_names(report.ambiguous_rows),
        looked_for=_LOOKED_FOR[report.type] if report.type else "",
        actions=_actions(report),
        credits=_credits(report),
        finished=moment(report.finished_at),
        took=_duration(report.seconds),
    )


_EARLY = {"ended": "This job was ended early.", "cancelled": "This job was cancelled."}


def headline(report: Report) -> str:
    """What happened to the file, in one or a few short sentences."""
    match report.status:
        case "refused":
            return "This file was not processed."
        case "paused":
            return f"The job for {counted(report.rows, 'row')} is paused."
        case "repeated":
            return "This file was enriched before, so nothing was sent again."
        case "estimated":
            contacts = report.credits.contacts_sent if report.credits else 0
            price = f", for {_reckoned(report)}" if contacts and report.credits else ""
            short = (
                "A limit on credits is too low for all of them."
                if any(cap.hit for cap in report.caps)
                else ""
            )
            if report.earlier:
                return (
                    "This file was enriched before: dropped as it is, it costs nothing. Nothing was"
                    " sent."
                )
            would = f"{counted(contacts, 'contact')} would be sent{price}."
            spared = (already_sentence(report), known_sentence(report))
            told = (would, *spared, short, "Nothing was sent.")
            return " ".join(filter(None, told))
        case "failed":
            return "The output of this file could not be written."
        case _:
            early = _EARLY.get(report.status)
            return " ".join([*([early] if early else []), *_happened(report)])


def _happened(report: Report) -> list[str]:
    rows = {state: report.counts.get(state, 0) for state in RowState}
    sent, left = (
        sum(rows[state] for state in _SENT),
        rows[RowState.OVER_BUDGET] + rows[RowState.NOT_SENT],
    )
    sentences = [
        (
            f"{rows[RowState.FOUND]:,} of {counted(sent, 'contact')} found"
            f"{' in the sample' if report.trial else ''}."
            if sent
            else "No contact was sent."
        )
    ]
    sentences += filter(None, (already_sentence(report), known_sentence(report)))
    if fix := rows[RowState.REJECTED]:
        sentences.append(f"{counted(fix, 'row')} {'needs' if fix == 1 else 'need'} a fix.")
    if worthless := rows[RowState.NOT_WORTH]:
        verb = "was" if worthless == 1 else "were"
        sentences.append(f"{counted(worthless, 'row')} {verb} not worth a credit.")
    if left:
        sentences.append(f"{counted(left, 'row')} {'was' if left == 1 else 'were'} left out.")
    if waiting := rows[RowState.AWAITED]:
        verb = "waits" if waiting == 1 else "wait"
        sentences.append(f"{counted(waiting, 'row')} still {verb} for an answer.")
    if late := rows[RowState.TIMED_OUT]:
        sentences.append(f"{counted(late, 'row')} got no answer in time.")
    if doubtful := rows[RowState.AMBIGUOUS]:
        sentences.append(f"{counted(doubtful, 'row')} may or may not have reached Pronto.")
    return sentences


def _figures(report: Report) -> list[Figure]:
    count = report.counts.get
    to_fix = sum(count(state, 0) for state in TO_FIX)
    fix = Figure(
        "To fix",
        f"{to_fix:,}",
        "cost nothing" if to_fix else "",
    )
    spent = report.credits
    price = (
        _estimated(spent)
        if spent and report.status == "estimated"
        else Figure("Credits", f"{spent.settled:,}", _doubt(spent) or spent.cost)
        if spent
        else Figure("Credits", "–")
    )
    already = report.already_there
    there = [Figure("Already there", f"{already.rows:,}", "cost nothing")] if already else []
    if known := report.known:
        there.append(Figure("Known", f"{known.rows:,}", "cost nothing"))
    match report.status:
        case "done" | "first_answer" | "ended" | "cancelled":
            found, sent = count(RowState.FOUND, 0), sum(count(state, 0) for state in _SENT)
            note = f"{_percent(found, sent)} of {counted(sent, 'contact')}" if sent else ""
            return [
                Figure("Rows", f"{report.rows:,}"),
                Figure("Found", f"{found:,}", note),
                *there,
                fix,
                price,
            ]
        case "estimated":
            sent, same = (spent.contacts_sent if spent else 0), count(RowState.DUPLICATE_OF, 0)
            return [
                Figure("Contacts to send", f"{sent:,}", f"of {counted(report.rows, 'row')}"),
                *there,
                Figure("Duplicates", f"{same:,}", "counted once" if same else ""),
                fix,
                price,
            ]
        case _:
            return []


def _segments(counts: Mapping[RowState, int]) -> list[Segment]:
    """The states that have rows, as they lie side by side in the stacked bar."""
    present = {state: counts[state] for state in STATES if counts.get(state)}
    total, start, segments = sum(present.values()), 0.0, []
    for (state, rows), width in zip(present.items(), _widths(list(present.values())), strict=True):
        label, meaning = STATES[state]
        segments.append(
            Segment(
                state=state,
                label=label,
                meaning=meaning,
                rows=rows,
                share=_percent(rows, total),
                start=f"{start:.3f}%",
                width=f"{width:.3f}%",
                middle=f"{start + width / 2:.3f}%",
                roomy=width
                > 4 + 2.5 * len(f"{rows:,}"),  # a digit takes 2.5 % of the bar on a phone
            )
        )
        start += width
    return segments


def _widths(rows: Sequence[int]) -> list[float]:
    """Widths in per cent that add up to 100. One row among a million still gets a sliver that is
    seen.
    """
    widths = [_visible(100 * each / sum(rows)) for each in rows]
    return [100 * width / sum(widths) for width in widths]


def _visible(width: float) -> float:
    return max(width, 1.5)


def _balance(segments: Sequence[Segment], rows: int) -> str:
    """The sum of the table, written out."""
    total = sum(segment.rows for segment in segments)
    if total != rows:
        return (
            f"Together {counted(total, 'row')}, but the file has {rows:,}. Please tell the"
            " platform team."
        )
    terms = " + ".join(f"{segment.rows:,}" for segment in segments)
    return (
        f"{terms} = {rows:,}. " if len(segments) > 1 else ""
    ) + "Every row of your file is accounted for."


def _bars(
    rows: Sequence[tuple[str, int]], noun: str, notes: Mapping[str, str] | None = None
) -> list[Bar]:
    """The largest bars, then one for all others together."""
    ranked = sorted(rows, key=lambda each: -each[1])
    shown, others = ranked[:_MOST_BARS], ranked[_MOST_BARS:]
    if others:
        shown = [
            *shown,
            (f"{counted(len(others), f'other {noun}')}", sum(each for _, each in others)),
        ]
    total = sum(each for _, each in ranked)
    return [
        Bar(
            label=_brief(label) or "(no word)",
            note=(notes or {}).get(label, ""),
            rows=each,
            share=f"{_percent(each, total)} of {counted(total, 'row')}",
            width=f"{_visible(100 * each / total):.3f}%",
        )
        for label, each in shown
        if each
    ]


def _sample(report: Report) -> list[Example]:
    return [
        Example(
            row=each.row,
            reason=_brief(each.reason),
            cells=[
                (_named(header), _brief(cell.strip(), _LONGEST_CELL))
                for header, cell in each.cells.items()
            ],
        )
        for each in report.sample
    ]


def _sure(percent: int | None) -> str:
    return "–" if percent is None else f"{percent}%"


def _column(field: str, header: str, why: str, examples: Iterable[str], sure: str = "") -> Column:
    shown = [_brief(example, _LONGEST_EXAMPLE) for example in examples]
    return Column(field, _named(header), sure, why, shown)


def _files(report: Report) -> list[FileLink]:
    files = []
    if report.enriched:
        files.append(_link(report, "All rows, with what was found", report.enriched))
    if report.rejected:
        files.append(_link(report, "Rows to fix and drop again", report.rejected))
    if report.mends:
        files.append(
            _link(report, "The answer that these rows go into, too", report.mends.enriched)
        )
    if report.earlier:
        files.append(_link(report, "The earlier result", report.earlier.enriched))
        files.append(_link(report, "The earlier report", report.earlier.report))
    return files


def _data(report: Report) -> FileLink:
    return _link(
        report, "The numbers of this page", output_key(REPORTS, report.file, report.job, ".json")
    )


def _link(report: Report, label: str, key: str) -> FileLink:
    return FileLink(
        label, key, relative_href(output_key(REPORTS, report.file, report.job, ".html"), key)
    )


def relative_href(here: str, there: str) -> str | None:
    """The way from one object to another, by folders.

    None where a key has segments that paths do not: browsers and copies of the bucket resolve `..`,
    `.` and `//`, S3 does not.

    >>> relative_href("reports/email/a-1.html", "enriched/email/50 %.csv")
    '../../enriched/email/50%20%25.csv'
    """
    above, segments = here.split("/")[:-1], there.split("/")
    if {"", ".", ".."} & {*above, *segments}:
        return None
    return "../" * len(above) + "/".join(quote(segment, safe="") for segment in segments)


def _credits(report: Report) -> str:
    """What the job cost, as a sum that can be checked."""
    spent = report.credits
    if not spent or not report.type:
        return ""
    thing, total = NOUNS[report.type], _price(report)
    if report.status == "estimated":
        most = words.at_most(spent.contacts_sent, thing, spent.price, spent.most_each, total)
        return f"{most} {spent.experience}".rstrip()
    return words.bill(
        spent.contacts_sent, spent.things_found, thing, spent.price, total, spent.possibly_charged
    )


def _estimated(spent: Credits) -> Figure:
    if spent.expected is None:
        return Figure("Credits, at most", f"{spent.at_most:,}", spent.cost)
    most = f"at most {spent.at_most:,}"
    return Figure("Credits, expected", f"{spent.expected:,}", spent.expected_cost or most)


def _reckoned(report: Report) -> str:
    """What a file would cost: what is expected, where that can be told, and the most."""
    most = f"at most {_price(report)}"
    if not (spent := report.credits) or spent.expected is None:
        return most
    money = f" ({spent.expected_cost})" if spent.expected_cost else ""
    return f"about {counted(spent.expected, 'credit')}{money}, {most}"


def _doubt(spent: Credits) -> str:
    return f"and up to {spent.possibly_charged:,} more" if spent.possibly_charged else ""


def _price(report: Report) -> str:
    if not (spent := report.credits):
        return ""
    total = spent.at_most if report.status == "estimated" else spent.settled
    return counted(total, "credit") + (f" ({spent.cost})" if spent.cost else "")


def _actions(report: Report) -> list[ActionTold]:
    return [
        ActionTold(moment(each.at), ACTIONS.get(each.action, each.action), each.by or NOBODY_SAID)
        for each in report.actions
    ]


def _names(names: Iterable[str]) -> Names:
    every = list(names)
    return Names(every[:_MOST_NAMES], len(every[_MOST_NAMES:]))


def _named(header: str) -> str:
    return _brief(header.strip(), _LONGEST_CELL) or "(no name)"


def _brief(text: str, most: int = _LONGEST_TEXT) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _percent(part: int, whole: int) -> str:
    """A share for people, which is neither 0% nor 100% unless it is none or all.

    >>> _percent(1, 3), _percent(1, 900), _percent(899, 900)
    ('33%', '<1%', '>99%')
    """
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    return ">99%" if 99 < share < 100 else f"{share:.0f}%"


def _duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "under a second"
