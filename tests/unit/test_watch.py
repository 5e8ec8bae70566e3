"""What watches: the dashboard and the alarms, held against what the pipeline tells and against the
pages that say what to do.
"""

import re
from itertools import combinations
from typing import Any

import pytest

from checks.transform import ROOT, watching
from enrichment.adapters.metrics import NAMESPACE
from enrichment.domain.metric import Metric
from tests.iam.stack import FUNCTIONS
from tests.unit.dashboard import body, metrics_of

TEMPLATE = watching()
ALARMS = {
    name: resource["Properties"]
    for name, resource in TEMPLATE["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
}


WIDGETS = [widget for widget in body()["widgets"] if widget["type"] == "metric"]


def test_alarms_and_dashboard_look_at_what_is_told_and_at_all_of_it() -> None:
    looked_at = {
        alarm["MetricName"] for alarm in ALARMS.values() if alarm.get("Namespace") == NAMESPACE
    }
    for widget in WIDGETS:
        for *names, options in metrics_of(widget):
            looked_at |= {names[1]} if names[:1] == [NAMESPACE] else set()
            looked_at |= set(re.findall(r'MetricName="(\w+)"', options.get("expression", "")))
    assert looked_at == set(Metric)


def test_the_dashboard_shows_all_alarms() -> None:
    [widget] = [widget for widget in body()["widgets"] if widget["type"] == "alarm"]
    assert widget["properties"]["alarms"] == list(ALARMS)


def test_the_dashboard_answers_three_questions() -> None:
    asked = [
        widget["properties"]["markdown"] for widget in body()["widgets"] if widget["type"] == "text"
    ]
    assert asked == ["## Is it working?", "## What does it cost?", "## Where is it stuck?"]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget["properties"]["title"])
def test_a_widget_calculates_with_what_it_has(widget: dict[str, Any]) -> None:
    rows = metrics_of(widget)
    ids = [options["id"] for *_, options in rows if "id" in options]
    assert len(ids) == len(set(ids))
    for *names, options in rows:
        if not names and "SEARCH" not in options["expression"]:
            used = set(re.findall(r"\b[a-z]\w*\b", options["expression"]))
            assert used <= set(ids), options
        assert options.get("label") or not options.get("visible", True), options


def test_no_widget_lies_over_another() -> None:
    places = [
        {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        for widget in body()["widgets"]
    ]
    assert all(not one & other for one, other in combinations(places, 2))
    assert max(x for place in places for x, _ in place) == 23


def test_the_dashboard_tells_functions_apart() -> None:
    for metric in ("Errors", "Throttles"):
        shown = [
            (names[3], options["label"])
            for widget in WIDGETS
            for *names, options in metrics_of(widget)
            if names[1:2] == [metric]
        ]
        assert shown == [(f"{function.title()}Function", function) for function in FUNCTIONS]


def test_each_alarm_has_its_page() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    _, _, rest = page.partition("\n## Alarms\n")
    alarms_part = re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    sections = re.split(r"^### ", alarms_part, flags=re.MULTILINE)[1:]
    told = [
        name for section in sections for name in re.findall(r"`(\w+)`", section.splitlines()[0])
    ]
    assert sorted(told) == sorted(ALARMS)
    for section in sections:
        for part in ("**Means:**", "**Look:**", "**Do:**"):
            assert part in section, (part, section.splitlines()[0])
