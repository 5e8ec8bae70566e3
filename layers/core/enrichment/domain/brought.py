"""What a job brought, as metrics tell it: by its type and by the first folder below the type.

Only folders that the parameter `MetricFolders` names are told apart, so that there are never more
metrics than it allows, and no folder's name is seen that nobody chose.
"""

from collections.abc import Collection, Mapping

from enrichment.domain.metric import Metric
from enrichment.domain.outcome import RowState
from enrichment.domain.report import Report

NO_FOLDER = "-"
OTHER_FOLDER = "other"


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
