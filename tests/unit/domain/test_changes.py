"""Changes of jobs, as others read them.

`python -m tests.unit.domain.test_changes` writes the schema anew after the model has changed.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from enrichment.domain.changes import JobChanged, news
from enrichment.domain.job import ENDED, Halt, JobState
from enrichment.domain.message import Link, message_of, subject_of, title_of
from enrichment.domain.told import Change, Told
from enrichment.words import changes as words
from tests.unit.builders import TEXT, a_job

PUBLISHED = Path(__file__).parents[3] / "docs" / "events.schema.json"
LARGEST = 262_144  # bytes of an event, and of a message
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html


def schema() -> str:
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema"
    } | JobChanged.model_json_schema(mode="serialization")
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def an_event(**fields: object) -> JobChanged:
    plain = {
        "job": "ksgtgakgr42pzzlr",
        "number": 1,
        "change": "done",
        "at": 1,
        "stack": "enrichment",
        "bucket": "data",
        "region": "eu-west-1",
        "file": "incoming/email/a.csv",
        "title": "a.csv: 2 of 3 found",
        "console": "https://console.test/a",
        "sentence": "2 of 3 contacts found.",
        "started_at": 0,
        "deadline_at": 2,
        "report": "reports/email/a.html",
        "data": "reports/email/a.json",
    }
    return JobChanged.model_validate(plain | fields)


def told(change: Change, **fields: object) -> Told:
    return Told.model_validate({"change": change, "number": 4, "at": 9} | fields)


def test_the_published_schema_is_the_models() -> None:
    assert PUBLISHED.read_text() == schema(), (
        "write it anew: python -m tests.unit.domain.test_changes"
    )
    published = json.loads(PUBLISHED.read_text())
    Draft202012Validator.check_schema(published)
    validator = Draft202012Validator(published)
    event = json.loads(an_event().model_dump_json())
    validator.validate(event)
    assert not validator.is_valid(event | {"change": "lost"})
    assert not validator.is_valid({name: event[name] for name in event if name != "number"})


@pytest.mark.parametrize(
    ("state", "answer", "change"),
    [
        (JobState.SPLITTING, None, None),
        (JobState.RUNNING, None, Change.STARTED),
        (JobState.PAUSED, None, Change.PAUSED),
        (JobState.COMPILING, "done", None),
        (JobState.OVERTAKEN, "first_answer", None),
        (JobState.DELIVERED, "first_answer", Change.FIRST_ANSWER),
        (JobState.LATE, "first_answer", Change.FIRST_ANSWER),
        (JobState.DELIVERED, "done", Change.DONE),
        (JobState.DONE, "cancelled", Change.CANCELLED),
        (JobState.DONE, "ended", Change.ENDED),
        (JobState.DONE, None, None),
        (JobState.DONE, "writing", None),
        (JobState.FAILED, "failed", Change.FAILED),
        (JobState.REFUSED, "refused", Change.REFUSED),
        (JobState.REPEATED, None, None),
        (JobState.ESTIMATED, "estimated", Change.ESTIMATED),
    ],
)
def test_what_is_told_of_a_job_of_which_nothing_was_told(
    state: JobState, answer: str | None, change: Change | None
) -> None:
    latest = news(a_job(state=state), answer, 7)  # type: ignore[arg-type]  # pytest knows no Literal
    assert (latest.change if latest else None) == change
    if latest:
        assert (latest.number, latest.at) == (1, 7)


@pytest.mark.parametrize(
    ("before", "job", "change"),
    [
        (told(Change.STARTED), a_job(state="RUNNING"), None),
        (told(Change.PAUSED, halt="BAD_KEY"), a_job(state="RUNNING"), Change.RESUMED),
        (told(Change.RESUMED), a_job(state="RUNNING"), None),
        (told(Change.DONE), a_job(state="RUNNING", reopened_at=5), Change.RESUMED),
        (told(Change.PAUSED, halt="BAD_KEY"), a_job(state="PAUSED", halt=Halt.BAD_KEY), None),
        (
            told(Change.PAUSED, halt="BAD_KEY"),
            a_job(state="PAUSED", halt=Halt.NO_CREDITS),
            Change.PAUSED,
        ),
        (told(Change.DONE), a_job(state="DONE"), None),
        (told(Change.FIRST_ANSWER), a_job(state="DONE"), Change.DONE),
        (told(Change.DONE), a_job(state="DONE", reopened_at=5), Change.DONE),
        (told(Change.DONE, reopened_at=5), a_job(state="DONE", reopened_at=5), None),
    ],
)
def test_what_is_told_after_something_else(before: Told, job: object, change: Change) -> None:
    now = a_job().model_validate({**job.model_dump(), "told": before})  # type: ignore[attr-defined]
    latest = news(now, "done" if now.state in ENDED else None, 10)
    assert (latest.change if latest else None) == change
    assert latest is None or latest.number == 5


@given(name=TEXT, change=st.sampled_from(Change), contacts=st.integers(0, 10**9))
def test_a_subject_is_one_that_sns_takes_whatever_the_file_is_called(
    name: str, change: Change, contacts: int
) -> None:
    """https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""
    what = words.happened(change, words.found(contacts, contacts), contacts)
    for long in (name, name * 50):
        subject = subject_of(long, what)
        assert subject.isascii()
        assert subject.isprintable()
        assert subject.strip() == subject
        assert len(subject) < 100
        assert subject.endswith(what)


@pytest.mark.parametrize("letter", ["a", "é", "\u2028", "\x07", "😀", '"'])
def test_an_event_and_a_message_are_small_whatever_the_file_is_called(letter: str) -> None:
    key = letter * (1024 // len(letter.encode()))
    known = {"file": key, "report": key, "data": key, "enriched": key, "rejected": key}
    title = title_of({"found": 2, "contacts": 3, "change": "done", **known})
    event = an_event(**known, title=title, console=f"https://console.test/{'%F0' * 1024}")
    links = [Link("Report", f"https://s3.test/{'%F0' * 1024}?{'t' * 2000}")] * 3
    message = message_of(event, links, 1)

    assert len(event.model_dump_json().encode()) < LARGEST / 4
    assert len(message.text.encode()) < LARGEST / 4
    assert "\x07" not in message.text
    assert message.subject.endswith(": 2 of 3 found")
    assert message.text.splitlines()[1] == ""


if __name__ == "__main__":
    PUBLISHED.write_text(schema())
