"""Counts that alarms are set on, written as CloudWatch's embedded metric format to the log."""

from datetime import UTC, datetime

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE = "ContactEnrichment"


class Metrics:
    """Counts by name. A name is all that is written: no job, no contact.

    Args:
        stack: the dimension by which two stacks in one account are told apart.
    """

    def __init__(self, stack: str) -> None:
        self._stack = stack

    def count(self, name: str, times: int = 1) -> None:
        """Count something that happened."""
        with single_metric(
            name=name, unit=MetricUnit.Count, value=times, namespace=NAMESPACE
        ) as metric:
            metric.add_dimension("Stack", self._stack)
            # Lambda takes a line for INFO unless it has both, and drops it at LogLevel WARN or
            # ERROR; an alarm must not depend on that.
            # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
            metric.add_metadata("level", "ERROR")
            metric.add_metadata("timestamp", datetime.now(UTC).isoformat().replace("+00:00", "Z"))
