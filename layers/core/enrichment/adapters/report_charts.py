"""The charts of a report's page: rows by state, bars, and how a job went on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from enrichment.adapters.page_template import brief, counted
from enrichment.domain.outcome import RowState
from enrichment.domain.report import Point, Report
from enrichment.domain.shares import shares

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

# What the provider's words for an e-mail mean; it may use others.
_QUALITIES = {
    "deliverable": "the mailbox takes mail",
    "valid": "the mailbox takes mail",
    "catch-all": "the company takes mail for any name, so this may bounce",
    "invalid": "mail to it will bounce",
    "N/A": "Pronto does not say",
    "": "Pronto does not say",
}
_MOST_BARS = 10


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
class Curve:
    """How a job went on: the points of two lines, in a box of `BOX` whose top is `top` contacts."""

    answered: str
    found: str
    area: str
    top: int
    points: Sequence[Point]


BOX = (600, 150)  # width and height


def segments(counts: Mapping[RowState, int]) -> list[Segment]:
    """The states that have rows, as they lie side by side in the stacked bar."""
    present = {state: counts[state] for state in STATES if counts.get(state)}
    start, made = 0.0, []
    all_rows = list(present.values())
    for state, share, width in zip(present, shares(all_rows), _widths(all_rows), strict=True):
        label, meaning = STATES[state]
        rows = present[state]
        made.append(
            Segment(
                state=state,
                label=label,
                meaning=meaning,
                rows=rows,
                share=share,
                start=f"{start:.3f}%",
                width=f"{width:.3f}%",
                middle=f"{start + width / 2:.3f}%",
                roomy=width
                > 4 + 2.5 * len(f"{rows:,}"),  # a digit takes 2.5 % of the bar on a phone
            )
        )
        start += width
    return made


def _widths(rows: Sequence[int]) -> list[float]:
    """Widths in per cent that add up to 100. One row among a million still gets a sliver that is
    seen.
    """
    widths = [_visible(100 * each / sum(rows)) for each in rows]
    return [100 * width / sum(widths) for width in widths]


def _visible(width: float) -> float:
    return max(width, 1.5)


def balance(parts: Sequence[Segment], rows: int) -> str:
    """The sum of the table, written out."""
    total = sum(part.rows for part in parts)
    if total != rows:
        return (
            f"Together {counted(total, 'row')}, but the file has {rows:,}. Please tell the"
            " platform team."
        )
    terms = " + ".join(f"{part.rows:,}" for part in parts)
    return (
        f"{terms} = {rows:,}. " if len(parts) > 1 else ""
    ) + "Every row of your file is accounted for."


def reasons(report: Report) -> list[Bar]:
    """Why rows were not sent."""
    return _bars([(brief(each.reason), each.rows) for each in report.reasons], "reason")


def qualities(report: Report) -> list[Bar]:
    """How good the e-mails are, by the provider's word."""
    return _bars(list(report.email_quality.items()), "answer", _QUALITIES)


def whose_qualities(report: Report) -> str:
    """Which rows they are of, where not all of them are those that were found; as a sum that is
    right, or nothing.
    """
    parts = {state: rows for state in STATES if (rows := report.with_quality.get(state))}
    if sum(parts.values()) != sum(report.email_quality.values()):
        return ""  # by an earlier version, which did not count that
    found = report.counts.get(RowState.FOUND, 0)
    if set(parts) <= {RowState.FOUND} and parts.get(RowState.FOUND, 0) == found:
        return ""
    terms = [_term(state, rows, report.counts.get(state, 0)) for state, rows in parts.items()]
    return f"{counted(sum(parts.values()), 'row')} with an e-mail: {' + '.join(terms)}."


def _term(state: RowState, rows: int, of: int) -> str:
    """How many rows of a state have an e-mail with the provider's word."""
    all_of_them = f"{rows:,} of {of:,}" if rows < of else f"{rows:,}"
    if state is RowState.DUPLICATE_OF:
        noun = "copy" if rows == 1 else "copies"
        has = "has" if rows == 1 else "have"
        return f"{rows:,} {noun}, which {has} the e-mail of the row that was sent"
    lacking = (
        " (Pronto gave no word for the others)" if state is RowState.FOUND and rows < of else ""
    )
    return f"{all_of_them} {STATES[state][0].lower()}{lacking}"


def _bars(
    rows: Sequence[tuple[str, int]], noun: str, notes: Mapping[str, str] | None = None
) -> list[Bar]:
    """The largest bars, then one for all others together."""
    ranked = sorted((each for each in rows if each[1]), key=lambda each: -each[1])
    shown, others = ranked[:_MOST_BARS], ranked[_MOST_BARS:]
    if others:
        shown = [
            *shown,
            (f"{counted(len(others), f'other {noun}')}", sum(each for _, each in others)),
        ]
    total = sum(each for _, each in shown)
    return [
        Bar(
            label=brief(label) or "(no word)",
            note=(notes or {}).get(label, ""),
            rows=each,
            share=f"{share} of {counted(total, 'row')}",
            width=f"{_visible(100 * each / total):.3f}%",
        )
        for (label, each), share in zip(shown, shares([each for _, each in shown]), strict=True)
    ]


def curve(report: Report) -> Curve | None:
    """How a job went on; None where there is no time between two points, or nothing to be seen."""
    points = sorted(report.history, key=lambda point: point.at)
    most = max((max(point.answered, point.found) for point in points), default=0)
    if not most or points[0].at == points[-1].at:
        return None
    top = max(most, report.progress.contacts if report.progress else 0)
    answered = _line([(point.at, point.answered) for point in points], top)
    found = _line([(point.at, point.found) for point in points], top)
    width, height = BOX
    return Curve(answered, found, f"0,{height} {found} {width},{height}", top, points)


def _line(values: Sequence[tuple[int, int]], top: int) -> str:
    """The points of a line that rises to `top`."""
    (begin, _), (end, _) = values[0], values[-1]
    width, height = BOX
    return " ".join(
        f"{width * (at - begin) / (end - begin):.1f},{height - height * value / top:.1f}"
        for at, value in values
    )
