"""What happened to a file, in a few words: the sentence below its name, and the costs in it."""

from enrichment.adapters.page_template import counted
from enrichment.adapters.report_figures import SENT
from enrichment.adapters.report_progress import interim_headline
from enrichment.adapters.report_savings import already_sentence, known_sentence
from enrichment.domain.outcome import RowState
from enrichment.domain.report import INTERIM, Report
from enrichment.domain.verdict import answered_of
from enrichment.words import verdicts

_EARLY = {"ended": "This job was ended early.", "cancelled": "This job was cancelled."}


def headline(report: Report) -> str:
    """What happened to the file, in one or a few short sentences."""
    match report.status:
        case status if status in INTERIM:
            return interim_headline(report)
        case "refused":
            return "This file was not processed."
        case "repeated":
            return "This file was enriched before, so nothing was sent again."
        case "estimated":
            return _of_estimate(report)
        case "failed":
            return "The output of this file could not be written."
        case _:
            told = (_EARLY.get(report.status), _unanswered(report), *_happened(report))
            return " ".join(filter(None, told))


def price(report: Report) -> str:
    """The credits that an answer cost, or that an estimate would at most, and money for them."""
    if not (spent := report.credits):
        return ""
    total = spent.at_most if report.status == "estimated" else spent.settled
    return counted(total, "credit") + (f" ({spent.cost})" if spent.cost else "")


def _of_estimate(report: Report) -> str:
    if report.earlier:
        return (
            "This file was enriched before: dropped as it is, it costs nothing. Nothing was sent."
        )
    contacts = report.credits.contacts_sent if report.credits else 0
    cost = f", for {_reckoned(report)}" if contacts else ""
    is_short = any(cap.hit for cap in report.caps)
    told = (
        f"{counted(contacts, 'contact')} would be sent{cost}.",
        already_sentence(report),
        known_sentence(report),
        "A limit on credits is too low for all of them." if is_short else "",
        "Nothing was sent.",
    )
    return " ".join(filter(None, told))


def _reckoned(report: Report) -> str:
    """What a file would cost: what is expected, where that can be told, and the most."""
    most = f"at most {price(report)}"
    if not (spent := report.credits) or spent.expected is None:
        return most
    money = f" ({spent.expected_cost})" if spent.expected_cost else ""
    return f"about {counted(spent.expected, 'credit')}{money}, {most}"


def _unanswered(report: Report) -> str:
    """How many rows have no answer, where that is more than a few."""
    answered = answered_of(report.counts)
    if answered.is_few:
        return ""
    return verdicts.unanswered(answered.lacking, answered.rows, answered.among)


def _happened(report: Report) -> list[str]:
    rows = {state: report.counts.get(state, 0) for state in RowState}
    sent = sum(rows[state] for state in SENT)
    sample = " in the sample" if report.trial else ""
    found = f"{rows[RowState.FOUND]:,} of {counted(sent, 'contact')} found{sample}."
    left_out = rows[RowState.OVER_BUDGET] + rows[RowState.NOT_SENT]
    told = (
        found if sent else "No contact was sent.",
        already_sentence(report),
        known_sentence(report),
        _said(rows[RowState.REJECTED], "needs a fix", "need a fix"),
        _said(rows[RowState.NOT_WORTH], "was not worth a credit", "were not worth a credit"),
        _said(left_out, "was left out", "were left out"),
        _said(rows[RowState.AWAITED], "still waits for an answer", "still wait for an answer"),
        _said(rows[RowState.TIMED_OUT], "got no answer in time", "got no answer in time"),
        _said(
            rows[RowState.AMBIGUOUS],
            "may or may not have reached Pronto",
            "may or may not have reached Pronto",
        ),
    )
    return [sentence for sentence in told if sentence]


def _said(rows: int, of_one: str, of_many: str) -> str:
    """What there is to say of so many rows; nothing of none."""
    return f"{counted(rows, 'row')} {of_one if rows == 1 else of_many}." if rows else ""
