"""Metrics, written to the log in CloudWatch's embedded metric format.

A line has the name of the stack, the names and values of metrics, and for what a job brought its
type and folder (see `enrichment.domain.brought`). It names no job, no file and no contact.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from enrichment.domain.metric import Metric

NAMESPACE = "ContactEnrichment"


class Metrics:
    """Tells values to CloudWatch.

    Args:
        stack: the dimension by which two stacks in one account are told apart.
    """

    def __init__(self, stack: str) -> None:
        self._stack = stack

    def count(self, metric: Metric, times: int = 1) -> None:
        """Count something that happened."""
        self.tell({metric: times})

    def tell(self, values: Mapping[Metric, float], **by: str) -> None:
        """Tell values of this moment, in one line; nothing where there are none.

        Args:
            values: by their metrics.
            by: further dimensions, by their names.
        """
        if not values:
            return
        line = AmazonCloudWatchEMFProvider(namespace=NAMESPACE)
        for name, value in {"Stack": self._stack, **by}.items():
            line.add_dimension(name, value)
        for metric, number in values.items():
            line.add_metric(metric.value, metric.unit, number)
        # Lambda takes a line for INFO unless it has both, and drops it at LogLevel WARN or ERROR;
        # an alarm must not depend on that.
        # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
        line.add_metadata("level", "ERROR")
        line.add_metadata("timestamp", datetime.now(UTC).isoformat().replace("+00:00", "Z"))
        line.flush_metrics()
