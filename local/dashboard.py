"""`make dashboard`: the dashboard of the stack that runs, as a page.

CloudWatch's own console draws it on AWS. Here its definition is taken from the stack, and the
values from what the stack told: metrics as CloudWatch has them, queues as they are now. It
understands what `watch.yaml` uses of CloudWatch's expressions: searches, `SUM` and `MAX` over what
they find, and arithmetic.
"""

import ast
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from operator import add, mul, truediv
from typing import Any

from local import stack
from local.stack import FOLDER, Stack

PAGE = FOLDER / "dashboard.html"
_SPAN = 3 * 3600  # seconds back from now
_SEARCH = re.compile(
    r"SEARCH\('\{(?P<names>[^}]+)\} (?P<terms>.+)', '(?P<stat>\w+)', (?P<period>\d+)\)"
)
_TERM = re.compile(r'(\w+)="([^"]*)"')
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: add,
    ast.Mult: mul,
    ast.Div: truediv,
}
_GATHERED: Mapping[str, Callable[[Sequence[float]], float]] = {"SUM": sum, "MAX": max}
_COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f")

Values = Mapping[int, float]  # by the beginning of their period, in epoch seconds


@dataclass(frozen=True)
class Line:
    """What is drawn: values under a name."""

    label: str
    values: Values


class Source:
    """The metrics of a stack, as far as it has told them."""

    def __init__(self, running: Stack) -> None:
        self._cloudwatch: Any = running.client("cloudwatch")
        self._sqs: Any = running.client("sqs")
        self.now = int(time.time())

    def body(self) -> dict[str, Any]:
        """The definition of the stack's dashboard."""
        [entry] = self._cloudwatch.list_dashboards()["DashboardEntries"]
        found = self._cloudwatch.get_dashboard(DashboardName=entry["DashboardName"])
        return dict(json.loads(found["DashboardBody"]))

    def states(self) -> dict[str, str]:
        """The states of all alarms, by their ARNs."""
        pages = self._cloudwatch.get_paginator("describe_alarms").paginate()
        alarms = (alarm for page in pages for alarm in page["MetricAlarms"])
        return {alarm["AlarmArn"]: alarm["StateValue"] for alarm in alarms}

    def values(
        self, namespace: str, name: str, dimensions: Mapping[str, str], stat: str, period: int
    ) -> Values:
        """A metric's values."""
        if namespace == "AWS/SQS":
            return self._of_queue(dimensions["QueueName"], name)
        named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        found = self._cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=named,
            StartTime=self.now - _SPAN,
            EndTime=self.now + period,
            Period=period,
            Statistics=[stat],
        )
        return {int(one["Timestamp"].timestamp()): one[stat] for one in found["Datapoints"]}

    def search(self, namespace: str, names: set[str], terms: Mapping[str, str]) -> list[Any]:
        """The metrics that have just these dimensions, and these values."""
        name = terms["MetricName"]
        listed = self._cloudwatch.list_metrics(Namespace=namespace, MetricName=name)["Metrics"]
        found = [{one["Name"]: one["Value"] for one in each["Dimensions"]} for each in listed]
        wanted = {key: value for key, value in terms.items() if key != "MetricName"}
        return [each for each in found if each.keys() == names and wanted.items() <= each.items()]

    def _of_queue(self, name: str, metric: str) -> Values:
        """What SQS tells of a queue right now; the embedded AWS keeps no past of it."""
        attribute = metric.removesuffix("Visible") if not metric.endswith("NotVisible") else metric
        url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return {self.now: float(found[attribute])} if attribute in found else {}


class Widget:
    """A widget's lines."""

    def __init__(self, source: Source, properties: Mapping[str, Any]) -> None:
        self._source, self._properties = source, properties
        self._found: dict[str, list[Line]] = {}

    def lines(self) -> list[Line]:
        """What it shows, in order."""
        rows = list(written_out(self._properties["metrics"]))
        for names, options in sorted(rows, key=_depends):
            found = list(self._of(names, options))
            self._found[options.get("id", str(len(self._found)))] = found
            options["lines"] = found
        return [
            line for _, options in rows if options.get("visible", True) for line in options["lines"]
        ]

    def _of(self, names: Sequence[str], options: Mapping[str, Any]) -> Iterator[Line]:
        label = options.get("label", "")
        if not names and (search := _SEARCH.fullmatch(options["expression"])):
            yield from self._searched(search, label)
        elif not names:
            yield Line(label, self._calculated(options["expression"]))
        else:
            namespace, name, *rest = names
            dimensions = dict(zip(rest[::2], rest[1::2], strict=True))
            stat, period = self._properties["stat"], self._properties["period"]
            yield Line(label, self._source.values(namespace, name, dimensions, stat, period))

    def _searched(self, search: re.Match[str], label: str) -> Iterator[Line]:
        namespace, *names = search["names"].split(",")
        terms = dict(_TERM.findall(search["terms"]))
        for dimensions in self._source.search(namespace, set(names), terms):
            values = self._source.values(
                namespace, terms["MetricName"], dimensions, search["stat"], int(search["period"])
            )
            yield Line(_named(label, dimensions), values)

    def _calculated(self, expression: str) -> Values:
        tree = ast.parse(expression, mode="eval").body
        lines = [line for found in self._found.values() for line in found]
        moments = sorted({moment for line in lines for moment in line.values})
        values = ((moment, self._at(tree, moment)) for moment in moments)
        return {moment: value for moment, value in values if value is not None}

    def _at(self, part: ast.expr, moment: int) -> float | None:
        """A part of an expression at a moment; None where it has no value then."""
        match part:
            case ast.Constant(value=int(number)):
                return float(number)
            case ast.Name(id=name):
                return self._found[name][0].values.get(moment)
            case ast.Call(func=ast.Name(id=gather), args=[ast.Name(id=name)]):
                values = [
                    line.values[moment] for line in self._found[name] if moment in line.values
                ]
                return float(_GATHERED[gather](values)) if values else None
            case ast.BinOp(left=left, op=operator, right=right):
                one, other = self._at(left, moment), self._at(right, moment)
                if one is None or other is None or (isinstance(operator, ast.Div) and not other):
                    return None
                return _OPERATORS[type(operator)](one, other)
        raise ValueError(f"this is not understood here: {ast.unparse(part)}")


def main() -> int:
    running = stack.current()
    if running is None:
        sys.stderr.write("No stack runs; start one with make up.\n")
        return 1
    PAGE.write_text(page(Source(running)))
    sys.stdout.write(f"{PAGE}\n")
    return 0


def page(source: Source) -> str:
    """The dashboard as a page of its own."""
    states = source.states()
    widgets = "\n".join(_drawn(widget, source, states) for widget in source.body()["widgets"])
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Dashboard</title><style>'
        "body{font:13px sans-serif;margin:12px;display:grid;gap:8px;"
        "grid-template-columns:repeat(24,1fr);grid-auto-rows:minmax(34px,auto)}"
        "section{border:1px solid #ccc;border-radius:4px;padding:6px;overflow:hidden}"
        "h2{margin:4px 0}h3{font-size:13px;margin:0 0 4px}svg{width:100%;height:150px}"
        ".alarms span{display:inline-block;margin:2px;padding:1px 5px;border-radius:3px}"
        ".OK{background:#cfe8cf}.ALARM{background:#d13212;color:#fff}"
        ".INSUFFICIENT_DATA{background:#eee}small span{margin-right:10px}"
        f"</style>\n{widgets}\n</html>\n"
    )


def _drawn(widget: Mapping[str, Any], source: Source, states: Mapping[str, str]) -> str:
    properties = widget["properties"]
    place = (
        f"grid-column:{widget['x'] + 1}/span {widget['width']};"
        f"grid-row:{widget['y'] + 1}/span {widget['height']}"
    )
    if widget["type"] == "text":
        return f'<h2 style="{place}">{escape(properties["markdown"].lstrip("# "))}</h2>'
    if widget["type"] == "alarm":
        inner = "".join(_alarm(arn, states) for arn in properties["alarms"])
        inner = f'<div class="alarms">{inner}</div>'
    else:
        inner = _chart(Widget(source, properties).lines(), source.now)
    return f'<section style="{place}"><h3>{escape(properties["title"])}</h3>{inner}</section>'


def _alarm(arn: str, states: Mapping[str, str]) -> str:
    [name] = re.findall(r"(\w+Alarm)-", arn)
    return f'<span class="{states[arn]}">{name}</span>'


def _chart(lines: Sequence[Line], now: int) -> str:
    """Lines over time, and the last value of each beside its name."""
    most = max((value for line in lines for value in line.values.values()), default=0) or 1
    first = min((moment for line in lines for moment in line.values), default=now)
    shapes, names = [], []
    for line, colour in zip(lines, _COLOURS * len(lines), strict=False):
        points = [
            (400 * (moment - first) / max(now - first, 1), 140 - 130 * value / most)
            for moment, value in sorted(line.values.items())
        ]
        drawn = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        shapes.append(
            f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        shapes += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>' for x, y in points]
        last = f"{line.values[max(line.values)]:,.4g}" if line.values else "no data"
        names.append(f'<span style="color:{colour}">■ {escape(line.label)}: {last}</span>')
    return (
        f'<svg viewBox="-5 0 410 150" preserveAspectRatio="none">{"".join(shapes)}</svg>'
        f"<small>{' '.join(names) or 'no data'}</small>"
    )


def _named(label: str, dimensions: Mapping[str, str]) -> str:
    """A label with the values of dimensions in it."""
    return re.sub(r"\$\{PROP\('Dim\.(\w+)'\)\}", lambda at: dimensions[at[1]], label)


def written_out(metrics: Sequence[Sequence[Any]]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """The metrics of a widget, in which `...` and `.` stand for what the one before has."""
    before: list[str] = []
    for *names, options in metrics:
        if names[:1] == ["..."]:
            names = [*before[: len(before) - len(names[1:])], *names[1:]]
        before = [before[at] if name == "." else name for at, name in enumerate(names)]
        yield before, dict(options)


def _depends(row: tuple[list[str], dict[str, Any]]) -> bool:
    """Whether a metric is calculated from others."""
    names, options = row
    return not names and "SEARCH" not in options["expression"]


if __name__ == "__main__":
    sys.exit(main())
