"""The report's data, as others read it.

`python -m tests.unit.domain.test_report` writes the schema anew after the model has changed.
"""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from enrichment.domain.report import Report
from tests.unit.builders import EXAMPLES

PUBLISHED = Path(__file__).parents[3] / "docs" / "report.schema.json"


def schema() -> str:
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema"
    } | Report.model_json_schema(mode="serialization")
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def test_the_published_schema_is_the_models() -> None:
    assert PUBLISHED.read_text() == schema(), (
        "write it anew: python -m tests.unit.domain.test_report"
    )


@pytest.mark.parametrize("status", EXAMPLES)
def test_reports_are_what_the_published_schema_says(status: str) -> None:
    published = json.loads(PUBLISHED.read_text())
    Draft202012Validator.check_schema(published)
    validator = Draft202012Validator(published)

    report = json.loads(EXAMPLES[status].model_dump_json())
    validator.validate(report)
    assert Report.model_validate(report) == EXAMPLES[status]
    assert not validator.is_valid(report | {"status": "lost"})
    assert not validator.is_valid(report | {"rows": "many"})
    assert not validator.is_valid(
        {name: value for name, value in report.items() if name != "sample"}
    )


def test_a_report_of_an_earlier_version_is_read_as_it_was_written() -> None:
    stored = json.loads(EXAMPLES["done"].model_dump_json())
    later = ("progress", "history", "with_quality", "bucket", "region")
    earlier = {name: value for name, value in stored.items() if name not in later}
    for row in earlier["sample"]:
        del row["rows"]

    report = Report.model_validate(earlier)

    told = json.loads(report.model_dump_json())
    assert {name: told[name] for name in earlier if name != "sample"} == {
        name: value for name, value in earlier.items() if name != "sample"
    }
    assert [row.rows for row in report.sample] == [1, 1, 1]
    assert (report.history, report.with_quality, report.bucket) == ((), {}, "")


if __name__ == "__main__":
    PUBLISHED.write_text(schema())
