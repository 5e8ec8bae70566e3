"""What the owner of a file can do next, the first thing first, by what its report says."""

from collections.abc import Iterator
from dataclasses import dataclass

from enrichment.domain.folder import ENRICHED, ESTIMATE, INCOMING, output_key, request_of
from enrichment.domain.outcome import TO_FIX, RowState
from enrichment.domain.report import Report
from enrichment.errors import FileError
from enrichment.words import jobs
from enrichment.words import next_steps as words


@dataclass(frozen=True)
class Step:
    """One thing to do.

    `text` is a sentence without its full stop; what stands in brackets leads to `key`, the object
    that it is about. `place` is the folder, or key, that ends the sentence.
    """

    text: str
    key: str = ""
    place: str = ""


def next_steps(report: Report) -> list[Step]:
    """What to do next; never empty."""
    match report.status:
        case "received" | "reading" | "sending" | "waiting" | "writing" | "paused":
            return list(_under_way(report))
        case "refused":
            return [_after_refusal(report)]
        case "failed":
            return [Step(words.NEVER_AGAIN)]
        case "repeated":
            return list(_of_copy(report))
        case "estimated":
            return list(_after_estimate(report))
        case "done" | "first_answer" | "ended" | "cancelled":
            return list(_with_answer(report)) or [Step(words.NOTHING)]


def _under_way(report: Report) -> Iterator[Step]:
    if report.enriched:
        yield Step(words.OPEN_EARLIER_ANSWER, report.enriched)
    if _is_estimate(report):
        yield Step(words.ESTIMATE_COMES)
        return
    yield _meanwhile(report)
    if report.status != "writing":
        yield Step(words.STOP, report.file, report.file)


def _meanwhile(report: Report) -> Step:
    """What to do while a job is under way."""
    if report.status != "paused" and report.enriched:
        return Step(words.WAIT_FOR_REST)
    text = words.WHEN_MENDED if report.status == "paused" else words.COMES_BACK
    return Step(text, place=_folder_of(output_key(ENRICHED, report.file, report.job, "")))


def _after_refusal(report: Report) -> Step:
    if report.message == jobs.FILE_IS_GONE:
        return Step(words.ASK_FOR_LOST)
    place = _folder_of(report.file) if _is_understood(report.file) else ""
    return Step(words.CHANGE if place else words.PUT_ELSEWHERE, place=place)


def _is_understood(key: str) -> bool:
    """Whether the folders of a file ask for something."""
    try:
        request_of(key)
    except FileError:
        return False
    return True


def _of_copy(report: Report) -> Iterator[Step]:
    if report.earlier:
        yield Step(words.OPEN_EARLIER_REPORT, report.earlier.report)
        yield Step(words.OPEN_EARLIER_RESULT, report.earlier.enriched)
    else:
        yield Step(words.ASK_FOR_EARLIER)
    yield Step(words.PAY_AGAIN, place=f"{_without(_real_folder(report), 'force')}force=true/")


def _after_estimate(report: Report) -> Iterator[Step]:
    if report.earlier:
        yield Step(words.OPEN_EARLIER_REPORT, report.earlier.report)
        yield Step(words.OPEN_EARLIER_RESULT, report.earlier.enriched)
    elif left_out := max((cap.left_out for cap in report.caps if cap.hit), default=0):
        yield Step(words.ASK_ABOUT_LIMIT.format(_counted(left_out, "contact")))
    contacts, folder = report.credits.contacts_sent if report.credits else 0, _real_folder(report)
    if contacts:
        yield Step(words.send(_counted(contacts, "contact")), place=folder)
    elif report.known:
        yield Step(words.KNOWN_FOR_NOTHING, place=folder)
    elif not report.earlier:
        yield Step(words.NOTHING_TO_SEND)
    to_fix = sum(report.counts.get(state, 0) for state in TO_FIX)
    if to_fix and report.rejected:
        yield Step(words.fix(_rows(to_fix)), report.rejected, folder)


def _with_answer(report: Report) -> Iterator[Step]:
    count = report.counts.get
    if report.enriched:
        yield Step(words.OPEN_ENRICHED, report.enriched)
    if over := count(RowState.OVER_BUDGET, 0):
        yield Step(words.raise_limit(_rows(over)))
    yield from _with_rejected(report)
    if count(RowState.NOT_SAMPLED, 0):
        # With force=true, the sample would be paid for again.
        place = _without(_without(_folder_of(report.file), "sample"), "force")
        yield Step(words.REST_OF_SAMPLE, place=place)
    for state, text in (
        (RowState.AWAITED, words.wait),
        (RowState.TIMED_OUT, words.late),
        (RowState.AMBIGUOUS, words.ask_about_ambiguous),
    ):
        if rows := count(state, 0):
            yield Step(text(_rows(rows)))


def _with_rejected(report: Report) -> Iterator[Step]:
    """What to do with the file of rows that were not sent, if there is one."""
    to_fix = sum(report.counts.get(state, 0) for state in TO_FIX)
    others = sum(report.counts.get(state, 0) for state in (RowState.OVER_BUDGET, RowState.NOT_SENT))
    if not report.rejected or not to_fix + others:
        return
    if not others:
        text = words.fix(_rows(to_fix))
    elif to_fix:
        text = words.fix_and_drop(_rows(to_fix), _rows(others))
    else:
        text = words.drop(_rows(others))
    folder = _without(_folder_of(report.file), "sample")
    if request_of(report.file).max_credits == 0:  # below it nothing is ever sent
        folder = _without(folder, "max_credits")
    yield Step(text, report.rejected, folder)


def _folder_of(key: str) -> str:
    return key[: key.rfind("/") + 1]


def _is_estimate(report: Report) -> bool:
    return report.file.startswith(f"{ESTIMATE}/")


def _real_folder(report: Report) -> str:
    """Where a file is dropped to be sent; an estimate's own folder is not that."""
    folder = _folder_of(report.file)
    return f"{INCOMING}/{folder.removeprefix(f'{ESTIMATE}/')}" if _is_estimate(report) else folder


def _without(folder: str, option: str) -> str:
    """A folder that does not ask for an option.

    >>> _without("incoming/email/sample=50/q3/", "sample")
    'incoming/email/q3/'
    """
    parts = folder.split("/")[:-1]
    return "".join(f"{part}/" for part in parts if not part.startswith(f"{option}="))


def _rows(number: int) -> str:
    return _counted(number, "row")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
