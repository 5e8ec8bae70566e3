"""The dashboard is drawn from its own definition, whatever a stack has told."""

from collections.abc import Mapping
from typing import Any

import pytest

from local.dashboard import Line, Source, Values, Widget, page
from tests.unit.dashboard import body


class Told(Source):
    """A stack that told one value of each metric, in two folders."""

    def __init__(self, told: Mapping[str, Values]) -> None:
        self.told, self.now = told, 600

    def body(self) -> dict[str, Any]:
        text = body()
        [alarms] = [each for each in text["widgets"] if each["type"] == "alarm"]
        named = {"alarms": [f"{name}-1" for name in alarms["properties"]["alarms"]]}
        others = [each for each in text["widgets"] if each["type"] != "alarm"]
        return {"widgets": [*others, alarms | {"properties": alarms["properties"] | named}]}

    def states(self) -> dict[str, str]:
        alarms = self.body()["widgets"][-1]["properties"]["alarms"]
        return dict.fromkeys(alarms, "OK")

    def values(self, _namespace: str, name: str, *_: Any) -> Values:
        return self.told.get(name, {})

    def search(self, _namespace: str, _names: set[str], terms: Mapping[str, str]) -> list[Any]:
        folders = ("q3", "other") if terms["MetricName"] in self.told else ()
        return [{"Stack": "one", "Type": "email", "Folder": folder} for folder in folders]


def drawn(title: str, **told: Values) -> list[Line]:
    source = Told(told)
    [widget] = [
        each for each in source.body()["widgets"] if each["properties"].get("title") == title
    ]
    return Widget(source, widget["properties"]).lines()


def test_what_is_found_is_named_by_type_and_folder() -> None:
    assert drawn("Rows of answers, by type and folder", Rows={0: 3.0}) == [
        Line("email/q3", {0: 3.0}),
        Line("email/other", {0: 3.0}),
    ]


def test_what_is_calculated_is_calculated_where_there_is_all_of_it() -> None:
    title = "Found, of 100 rows that were answered"
    told = {"RowsFound": {0: 3.0, 300: 3.0}, "RowsNotFound": {0: 1.0}}
    assert drawn(title, **told) == [Line("found", {0: 75.0})]
    assert drawn(title) == [Line("found", {})]


def test_the_longest_of_several_is_told_in_minutes() -> None:
    [first, final] = drawn(
        "Minutes from an upload to its answer, the longest", FirstAnswerSeconds={0: 90.0}
    )
    assert first == Line("first answer", {0: 1.5})
    assert final == Line("final answer", {})


@pytest.mark.parametrize("told", [{}, {"OpenJobs": {0: 2.0, 300: 4.0}, "Errors": {0: 1.0}}])
def test_the_page_shows_every_widget(told: dict[str, Values]) -> None:
    text = page(Told(told))
    for widget in body()["widgets"]:
        assert widget["properties"].get("title", "") in text
    assert ("open jobs: 4" in text) == bool(told)
