"""What people are told of a change, in an event and in a message."""

from types import MappingProxyType

STARTED = "The file is being sent to Pronto."
RESUMED = "The job goes on: contacts are sent to Pronto again."
PAUSED = "The job is paused."
SEE_REPORT = "The report says why, and what to do."
WAIT = "You are told when there is an answer."
CONSOLE = "In AWS’s console, for those who may read the bucket"
REPORT, ENRICHED, REJECTED = "Report", "All rows, with what was found", "Rows to fix"

# What happened, behind a file's name in a subject; in ASCII. What is found replaces {found}.
_HAPPENED = MappingProxyType(
    {
        "started": "being sent",
        "paused": "paused",
        "resumed": "being sent again",
        "first_answer": "{found} so far",
        "done": "{found}",
        "ended": "ended early, {found}",
        "cancelled": "cancelled, {found}",
        "failed": "the answer could not be written",
        "refused": "not processed",
        "repeated": "enriched before",
        "estimated": "estimate, {contacts} to send",
    }
)


def happened(change: str, found: str, contacts: int) -> str:
    """What happened, in a few words."""
    return _HAPPENED[change].format(found=found, contacts=f"{contacts:,}")


def found(found: int, contacts: int) -> str:
    return f"{found:,} of {contacts:,} found" if contacts else "nothing was sent"


def numbers(rows: int, contacts: int) -> str:
    """How large a file is; empty where it was not read."""
    return f"Rows: {rows:,}\nContacts: {contacts:,}" if rows else ""


def came_of(found: int, spent: int, cost: str) -> str:
    """What came of it so far, and what it cost in credits and, if that is known, money."""
    return f"Found: {found:,}\nCredits: {spent:,}{f' ({cost})' if cost else ''}"


def works_until(until: str) -> str:
    return (
        f"These links work for whoever has them, until {until} at the latest; AWS may end them"
        " earlier."
    )


def job(job_id: str) -> str:
    return f"Job {job_id}"
