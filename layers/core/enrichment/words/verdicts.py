"""The words for how a job stands."""

from types import MappingProxyType

# By the names of `Status`.
STATUSES: MappingProxyType[str, str] = MappingProxyType(
    {
        "received": "Received",
        "reading": "Being read",
        "sending": "Being sent",
        "waiting": "Waiting for answers",
        "writing": "Being written",
        "done": "Done",
        "first_answer": "First answer",
        "ended": "Ended early",
        "cancelled": "Cancelled",
        "failed": "Not written",
        "paused": "Paused",
        "refused": "Not processed",
        "estimated": "Estimate",
        "repeated": "Enriched before",
    }
)
IN_PART = "Partly unanswered"
FEW_ANSWERED = "Mostly unanswered"
NONE_ANSWERED = "Nothing answered"
# Of which rows it is told how many are unanswered.
ALL = ""
WITHOUT_COPIES = ", not counting copies and erased rows,"
IN_SAMPLE = " in the sample"


def all_but(rows: int) -> str:
    """Of a job of whose rows only a few have no answer."""
    return f"Done, but for {rows:,} {'row' if rows == 1 else 'rows'}"


def unanswered(lacking: int, rows: int, among: str) -> str:
    """How many of some rows have no answer."""
    noun, verb = "row" if rows == 1 else "rows", "is" if lacking == 1 else "are"
    return f"{lacking:,} of {rows:,} {noun}{among} {verb} unanswered."
