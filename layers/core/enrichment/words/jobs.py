"""What a report says about a job."""

from collections.abc import Sequence
from types import MappingProxyType

# Why a job is paused, by the names of `Halt`.
PAUSES: MappingProxyType[str, str] = MappingProxyType(
    {
        "NO_KEY": (
            "The API key for Pronto is missing from this installation or cannot be read there; the"
            " platform team must store it"
        ),
        "BAD_KEY": (
            "Pronto does not accept the API key of this installation; the platform team must"
            " replace it"
        ),
        "NO_CONSENT": (
            "The Pronto account has not consented to the terms for personal e-mails; an admin must"
            " do so in Pronto"
        ),
        "NO_CREDITS": (
            "The Pronto account has too few credits left for this file; whoever pays for it can top"
            " it up"
        ),
        "PLAN_LIMIT": (
            "The Pronto account has reached a limit of its plan; an admin must wait until Pronto"
            " lifts it, or change the plan"
        ),
        "UNEXPECTED": "Pronto answered in an undocumented way, so nothing more was sent",
        "OPERATOR": "The platform team paused this job, so nothing more is sent for now",
    }
)
PATIENCE = (
    "Do not drop the file again: its job looks from time to time whether this is mended, and goes"
    " on by itself then. It waits until {until}, and ends then with what there is."
)
NO_PROBE = (
    "Do not drop the file again: its job goes on once the platform team lets it. It waits until"
    " {until}, and ends then with what there is."
)
UNNAMED = "in a place that the platform team can tell you"
ENDED = "The platform team ended this job before it was through."
# Why nothing more of a job was sent, by the names of `Canceller`.
_CANCELLED = MappingProxyType(
    {
        "owner": "The uploaded file was deleted while its job ran, so nothing more was sent.",
        "operator": "The platform team cancelled this job, so nothing more was sent.",
    }
)
FAILED = (
    "The output could not be written in several attempts. The results are kept, and nothing is sent"
    " or paid again: do not drop the file again. The platform team is told, and can try again once"
    " the cause is mended."
)
FILE_IS_GONE = (
    "The uploaded file was deleted for good while its job ran, so its rows can no longer be written"
    " beside the results. The results are kept; the platform team can get at them."
)
ESTIMATE_OF_A_COPY = "The same file was enriched before: dropped as it is, it costs nothing."
NO_HEADER = (
    "The file has no header: what its columns are was concluded from what is in them. The results"
    " follow each row without headings, in this order: enrichment_status, enriched_email,"
    " enriched_email_status, enriched_phone, enriched_personal_email,"
    " enriched_personal_email_status, enrichment_detail."
)

ANOTHER_FORMAT = (
    "The output is an Excel workbook (.xlsx) with the rows of the sheet that was read. Its formats"
    " and other sheets are only in your own file."
)


def pause(halt: str, providers_words: str) -> str:
    """Why a job is paused; the provider's own words follow in brackets."""
    return PAUSES[halt] + (f" (Pronto says: “{providers_words}”)" if providers_words else "")


def other_sheets(sheet: str, others: str) -> str:
    return (
        f"Only the sheet “{sheet}” was read. Others look like contacts, too: {others}. Save each of"
        " them as a file."
    )


def ambiguous(rows: int) -> str:
    """What to do about rows of which nobody saw whether they were accepted."""
    subject, them = ("1 row is", "it") if rows == 1 else (f"{rows:,} rows are", "them")
    return (
        f"{subject} ambiguous: sent, but nobody saw whether Pronto accepted {them}. Do not drop"
        " such rows again: they might be paid twice. If their results come, they are added here."
        " Otherwise the platform team can look into Pronto’s own list and resend them, or leave it."
    )


def repeated(key: str, is_done: bool) -> str:
    """Of a file whose content another job pays for; `key` is empty if it is not to be named."""
    state = "was enriched before" if is_done else "is being enriched already"
    where = f"as {key}" if key else UNNAMED
    return (
        f"The same file {state}, {where}, so nothing is sent or paid this time. If rows were left"
        " out then, they are in the earlier job’s rejected file, ready to drop. To pay for all rows"
        " once more, put the file into a folder named force=true."
    )


def cancelled(by: str, left: int) -> str:
    """Why nothing more was sent of a job, and what becomes of the rows that were left out."""
    others = " To have the other rows sent, drop the rejected file, which has them." if left else ""
    return f"{_CANCELLED[by]} What was sent before is delivered here.{others}"


def progress(settled: int, batches: int) -> str:
    return f"So far {settled:,} of {batches:,} batches are done."


def awaited(rows: int, until: str) -> str:
    """Of a first answer: how many rows still wait for a result, and until when."""
    subject = "1 row still waits" if rows == 1 else f"{rows:,} rows still wait"
    return (
        f"{subject} for an answer, which may come until {until}; this file is amended then. Do not"
        " drop such rows again: they were sent."
    )


def fixed(files: Sequence[tuple[str, int]]) -> str:
    """Which files brought rows back that were not sent at first; empty if none did."""
    if not files:
        return ""
    count = sum(rows for _, rows in files)
    subject = "1 row was" if count == 1 else f"{count:,} rows were"
    names = ", ".join(key for key, _ in files)
    bill = "the report of that file" if len(files) == 1 else "the reports of those files"
    return (
        f"{subject} fixed and dropped again as {names}; what came of that is in this answer, too,"
        f" and what it cost in {bill}."
    )


def mends(key: str) -> str:
    """Of the rejected file of an earlier job, fixed and dropped."""
    return (
        f"These rows are also written into the answer of {key}, within some minutes, but for those"
        " that an earlier file has fixed already."
    )


def earlier_failed(key: str) -> str:
    """Of a copy of a file whose output could not be written; `key` is empty if it is not to be
    named.
    """
    where = f"as {key}" if key else UNNAMED
    return (
        f"The same file was sent before, {where}, so nothing is sent or paid this time. Its"
        " results are kept, but its output could not be written; the platform team can try that"
        " again. To pay for all rows once more, put the file into a folder named force=true."
    )
