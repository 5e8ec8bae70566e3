"""What is measured: the metrics that alarms and the dashboard look at, and by what they are told
apart.

What a job brought is told by its type and by the first folder below the type. Only folders that the
parameter `MetricFolders` names are told apart, so that there are never more metrics than it allows,
and no folder's name is seen that nobody chose.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from enrichment.domain.outcome import RowState
from enrichment.domain.report import Report

NO_FOLDER = "-"
OTHER_FOLDER = "other"


class Metric(StrEnum):
    """Each metric by its name in CloudWatch."""

    # What a job brought, as its outputs are written
    ROWS = "Rows"  # rows of files whose answer was written
    SENT = "ContactsSent"  # contacts that were sent, each time
    FOUND = "RowsFound"  # rows for which something was found, now or for an earlier file
    NOT_FOUND = "RowsNotFound"  # rows for which nothing was found
    AWAITED = "RowsAwaited"  # rows of first answers whose result is awaited
    AMBIGUOUS = "RowsAmbiguous"  # rows that may have been sent and charged
    CREDITS = "CreditsCharged"  # credits for what was found
    FIRST_ANSWER = "FirstAnswerSeconds"  # from the upload to the first output
    FINAL_ANSWER = "FinalAnswerSeconds"  # from the upload to the first output that awaits nothing

    # What happened
    PAUSED_JOBS = "PausedJobs"  # jobs that were paused
    POISONED_JOBS = "PoisonedJobs"  # jobs whose output could not be written
    FORGED = "ForgedWebhooks"  # results whose token none of our keys signed
    MALFORMED = "MalformedWebhooks"  # messages at the door that are no results
    STRAY = "StrayResults"  # genuine results that fit no row, or second ones
    RELEASED = "BatchesReleased"  # batches that the provider did not take, to be sent again
    DIVIDED = "BatchesDivided"  # batches of which two parts are sent instead
    REQUEUED = "BatchesRequeued"  # batches whose message was lost

    # How things stand, as each sweep sees them; one that is 0 is left out
    OPEN_JOBS = "OpenJobs"  # jobs that are not done
    JOBS_ON_HOLD = "JobsOnHold"  # of these, those that are paused, but not by an operator
    OVERDUE_JOBS = "OverdueJobs"  # jobs without an answer an hour after their deadline
    UNKNOWN_BATCHES = "UnknownBatches"  # batches that may have been sent, since ten minutes
    OLDEST_UNSENT = "OldestUnsentSeconds"  # since the upload of the oldest batch that is not sent
    LAST_UPLOAD = "HoursSinceUpload"  # since the last file was dropped
    BUDGET_USED = "BudgetUsedPercent"  # of CreditsPerMonth, reserved or charged in this month

    @property
    def unit(self) -> str:
        """The unit, as CloudWatch calls it."""
        if self.endswith("Seconds"):
            return "Seconds"
        return "Percent" if self.endswith("Percent") else "Count"


def folder_of(key: str, told_apart: Collection[str]) -> str:
    """The folder by which a job is counted.

    >>> folder_of("incoming/email/max_credits=9/q3/leads.csv", {"q3"})
    'q3'
    >>> folder_of("incoming/email/q3/leads.csv", {"q4"}), folder_of("incoming/email/a.csv", {"q3"})
    ('other', '-')
    """
    _, _, *folders = key.split("/")[:-1]
    first = next((folder for folder in folders if "=" not in folder), NO_FOLDER)
    return first if first in {NO_FOLDER, *told_apart} else OTHER_FOLDER


def brought(report: Report) -> dict[Metric, int]:
    """What a job brought by now; nothing where its file could not be read."""
    if report.credits is None:
        return {}
    own = {state: rows - report.fixed.get(state, 0) for state, rows in report.counts.items()}
    return {
        Metric.ROWS: report.rows,
        Metric.SENT: report.credits.contacts_sent,
        Metric.FOUND: own.get(RowState.FOUND, 0),
        Metric.NOT_FOUND: own.get(RowState.NOT_FOUND, 0),
        Metric.AWAITED: own.get(RowState.AWAITED, 0),
        Metric.AMBIGUOUS: own.get(RowState.AMBIGUOUS, 0),
        Metric.CREDITS: report.credits.settled,
    }


def news(now: Mapping[Metric, int], told: Mapping[str, int]) -> dict[Metric, int]:
    """What is to be told of a job that was told of before, so that all that is told adds up.

    >>> news({Metric.FOUND: 5, Metric.ROWS: 9}, {"RowsFound": 3, "Rows": 9})
    {<Metric.FOUND: 'RowsFound'>: 2}
    """
    differences = {metric: value - told.get(metric, 0) for metric, value in now.items()}
    return {metric: value for metric, value in differences.items() if value}
