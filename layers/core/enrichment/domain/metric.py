"""What is measured: the metrics that alarms and the dashboard look at."""

from enum import StrEnum


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
