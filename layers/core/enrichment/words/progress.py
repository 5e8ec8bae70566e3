"""What a page says of a job that is under way."""

RECEIVED = "Your file has arrived, and is read next."
READING = "Your file is being read."
WRITING = "The answer to your file is being written."
NOT_COUNTED = "not counted: an earlier version began this job"
ABOUT_NOW = "any moment now"
NOBODY_KNOWS = "nobody can tell yet"
NOT_WHILE_PAUSED = "nobody can tell while the job is paused"
OF_SENT = "of those sent"
OF_ANSWERED = "of those answered"
NO_PACE = "no answers of late"
BATCH_BY_BATCH = "Results are counted a batch at a time, so these numbers lag a little."


def paused(rows: str) -> str:
    return f"The job for {rows} is paused."


def so_far(answered: int, contacts: str, found: int) -> str:
    """Of a job that counts its contacts."""
    have = "has" if answered == 1 else "have"
    return f"{answered:,} of {contacts} {have} an answer so far, {found:,} found."


def by_batches(settled: int, batches: str) -> str:
    """Of a job whose contacts are not counted."""
    return f"{settled:,} of {batches} {'is' if settled == 1 else 'are'} done so far."


def a_minute(pace: float) -> str:
    """How many contacts are answered a minute."""
    shown = f"{pace:,.0f}" if pace >= 10 else f"{pace:.1f}"
    return f"{shown} contacts a minute"


def ready(when: str, at: str) -> str:
    return f"{when}, at {at}"


def too_late(at: str) -> str:
    """Of a job that would not be through in time."""
    return f"not before the job ends, but at {at} at this pace"


def ends(at: str) -> str:
    return f"{at}, with the answers that are there by then"


def within(seconds: int) -> str:
    """How long something takes still, about.

    >>> within(20), within(700), within(9000), within(300_000)
    ('in under a minute', 'in about 12 min', 'in about 2.5 h', 'in about 3 days')
    """
    if seconds < 60:
        return "in under a minute"
    if seconds < 90 * 60:
        return f"in about {seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"in about {seconds / 3600:.1f} h"
    return f"in about {seconds / 86400:.0f} days"
