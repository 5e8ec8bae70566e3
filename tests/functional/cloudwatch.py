"""CloudWatch as far as alarms need it: points of metrics, and the definitions of alarms in
`watch.yaml` held against them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from operator import ge, gt
from types import MappingProxyType
from typing import Any, NamedTuple

from checks.transform import source, watching
from enrichment.adapters.metrics import Metrics
from enrichment.clock import Clock
from enrichment.domain.metric import Metric

STACK = "test"
_COMPARED = {"GreaterThanThreshold": gt, "GreaterThanOrEqualToThreshold": ge}
_STATISTICS: Mapping[str, Callable[[list[float]], float]] = MappingProxyType(
    {"Sum": sum, "Maximum": max, "Minimum": min}
)


@cache
def alarms() -> dict[str, dict[str, Any]]:
    """The definitions of all alarms by their names in the template."""
    found = watching()["Resources"].items()
    return {
        name: dict(resource["Properties"])
        for name, resource in found
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


class Point(NamedTuple):
    """A value of a metric at a time in epoch seconds."""

    at: int
    namespace: str
    metric: str
    dimensions: frozenset[tuple[str, str]]
    value: float


@dataclass
class CloudWatch:
    """All points so far. A dimension's value that the template takes from a parameter is the
    parameter's name here, but for `Stack`.
    """

    points: list[Point] = field(default_factory=list)

    def put(self, at: int, namespace: str, metric: str, value: float, **dimensions: str) -> None:
        """What a service of AWS tells of itself."""
        told = frozenset(dimensions.items())
        self.points.append(Point(at, namespace, metric, told, value))

    def read(self, log: str, at: int) -> None:
        """Take the metrics out of what a function printed."""
        for line in map(json.loads, filter(lambda line: '"_aws"' in line, log.splitlines())):
            for told in line["_aws"]["CloudWatchMetrics"]:
                for names in told["Dimensions"]:
                    dimensions = frozenset((name, line[name]) for name in names)
                    for metric in told["Metrics"]:
                        for value in line[metric["Name"]]:
                            self.points.append(
                                Point(at, told["Namespace"], metric["Name"], dimensions, value)
                            )

    def is_alarm(self, alarm: Mapping[str, Any], now: int) -> bool:
        """Whether an alarm is in ALARM when its last period ends `now`."""
        assert alarm["TreatMissingData"] == "notBreaching"
        compared, periods = _COMPARED[alarm["ComparisonOperator"]], alarm["EvaluationPeriods"]
        values = (self._value(alarm, now, back) for back in range(periods))
        return all(value is not None and compared(value, alarm["Threshold"]) for value in values)

    def going_off(self, now: int) -> set[str]:
        """The names of all alarms that are in ALARM."""
        return {name for name, alarm in alarms().items() if self.is_alarm(alarm, now)}

    def _value(self, alarm: Mapping[str, Any], now: int, back: int) -> float | None:
        """What an alarm compares, so many periods ago."""
        if "Metrics" not in alarm:
            return self._statistic(alarm, alarm["Statistic"], alarm["Period"], now, back)
        [expression] = [one["Expression"] for one in alarm["Metrics"] if "Expression" in one]
        stats = {one["Id"]: one["MetricStat"] for one in alarm["Metrics"] if "MetricStat" in one}
        assert set(expression.split(" + ")) == stats.keys()
        parts = [
            self._statistic(stat["Metric"], stat["Stat"], stat["Period"], now, back)
            for stat in stats.values()
        ]
        return None if None in parts else sum(part for part in parts if part is not None)

    def _statistic(
        self, metric: Mapping[str, Any], statistic: str, period: int, now: int, back: int
    ) -> float | None:
        end = now - back * period
        wanted = frozenset((each["Name"], _named(each["Value"])) for each in metric["Dimensions"])
        values = [
            point.value
            for point in self.points
            if (point.namespace, point.metric) == (metric["Namespace"], metric["MetricName"])
            and point.dimensions == wanted
            and end - period < point.at <= end
        ]
        return _STATISTICS[statistic](values) if values else None


class Told(Metrics):
    """The metrics as functions write them, read back by a CloudWatch."""

    def __init__(self, cloudwatch: CloudWatch, clock: Clock) -> None:
        super().__init__(STACK)
        self._cloudwatch, self._clock = cloudwatch, clock

    def tell(self, values: Mapping[Metric, float], **by: str) -> None:
        with redirect_stdout(StringIO()) as out:
            super().tell(values, **by)
        self._cloudwatch.read(out.getvalue(), self._clock())


def given() -> Iterator[tuple[str, Any]]:
    """What the template gives to what watches, by the names of the parameters."""
    yield from source()["Resources"]["Watch"]["Properties"]["Parameters"].items()


def _named(value: Any) -> str:
    name = value["Ref"] if isinstance(value, dict) else value
    return STACK if name == "Stack" else str(name)
