"""Files that cannot be processed are answered with a report in words; nothing is sent for them,
nothing loops.
"""

from dataclasses import replace

import pytest

from enrichment.domain.job import JobState
from tests.functional.world import Killed, World, contacts

GOOD = contacts(2)


@pytest.mark.parametrize(
    ("key", "content", "words"),
    [
        ("incoming/email/empty.csv", "", "empty"),
        ("incoming/email/blank.csv", "\r\n\r\n", "empty"),
        ("incoming/email/header.csv", "First Name,Last Name,Domain\r\n", "no rows below"),
        (
            "incoming/email/columns.csv",
            "Colour,Size\r\nred,4\r\n",
            "no column for: first name and last name, or full name; nor for: company or domain",
        ),
        (
            "incoming/email/company.csv",
            "First Name,Last Name\r\nJane,Doe\r\n",
            "no column for: company or domain",
        ),
        ("incoming/phone/linkedin.csv", GOOD, "LinkedIn URL"),
        ("incoming/email/image.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "an image"),
        ("incoming/email/excel.csv", b"PK\x03\x04\x14\0", "Excel workbook"),
        (
            "incoming/email/open.csv",
            'First Name,Last Name,Domain\r\nJane,"Doe,a.example\r\n',
            "never closed",
        ),
        ("incoming/fax/leads.csv", GOOD, "does not say what to look for"),
        ("incoming/leads.csv", GOOD, "incoming/email/"),
        ("uploads/leads.csv", GOOD, "“uploads” are not processed"),
        ("leads.csv", GOOD, "the top of the bucket"),
        (
            "incoming/email/speed=fast/leads.csv",
            GOOD,
            "“speed=fast” is an option that does not exist",
        ),
        ("incoming/phone/countries=XX/leads.csv", GOOD, "is not a country code"),
        ("incoming/email/countries=FR/leads.csv", GOOD, "means nothing for email"),
    ],
)
def test_a_file_that_cannot_be_processed_is_answered_in_words(
    world: World, key: str, content: str | bytes, words: str
) -> None:
    job = world.enrich(key, content)

    report = world.report(key, job)
    page = world.read(next(name for name in world.keys("reports/") if name.endswith(".html")))
    assert words in report["message"]
    assert report["status"] == "refused"
    assert page
    assert "This file was not processed" in page
    assert world.job(job).state is JobState.REFUSED
    assert world.provider.requests == []
    assert world.messages.take() == []
    assert world.keys("enriched/") == []


def test_the_report_of_a_file_without_usable_columns_lists_those_it_has(world: World) -> None:
    key = "incoming/email/columns.csv"

    job = world.enrich(key, "Colour,Größe\r\nred,4\r\n")

    assert world.report(key, job)["columns_seen"] == ["Colour", "Größe"]


def test_what_the_pipeline_writes_itself_and_folders_made_by_hand_are_no_uploads(
    world: World,
) -> None:
    for key in (
        "enriched/email/a.csv",
        "rejected/email/a.csv",
        "reports/a.html",
        "work/jobs/x/plan.jsonl",
        "incoming/email/",
    ):
        assert world.drop(key, GOOD) == ""
    assert world.items() == []


def test_a_file_that_turns_out_unreadable_far_down_is_refused_before_anything_is_sent(
    world: World,
) -> None:
    content = contacts(3000) + 'Jane,"Doe,a.example\r\n'

    job = world.enrich("incoming/email/leads.csv", content)

    assert world.job(job).state is JobState.REFUSED
    assert world.provider.requests == []


def test_a_file_that_kills_every_run_is_answered_after_three_attempts(world: World) -> None:
    version, size = world.upload("incoming/email/leads.csv", GOOD)

    def die() -> str:
        raise Killed

    split = replace(world.pipeline.split, new_id=die)
    for _ in range(3):
        with pytest.raises(Killed):
            split.run("incoming/email/leads.csv", version, size)
    job = split.run("incoming/email/leads.csv", version, size)

    assert job
    assert "several attempts" in world.report("incoming/email/leads.csv", job)["message"]
    assert world.job(job).state is JobState.REFUSED


@pytest.mark.moto
def test_a_file_deleted_before_it_is_read_is_answered(world: World) -> None:
    version, size = world.upload("incoming/email/leads.csv", GOOD)
    world.s3.delete_object(Bucket="data", Key="incoming/email/leads.csv", VersionId=version)

    job = world.pipeline.split.run("incoming/email/leads.csv", version, size)

    assert "deleted" in world.report("incoming/email/leads.csv", job or "")["message"]


@pytest.mark.moto
def test_a_file_deleted_while_its_job_runs_ends_the_job_with_a_report(world: World) -> None:
    job = world.drop("incoming/email/leads.csv", GOOD)
    world.s3.delete_object(
        Bucket="data", Key="incoming/email/leads.csv", VersionId=world.job(job).version
    )
    world.submit_all()
    world.deliver()
    world.finish()

    assert world.job(job).state is JobState.DONE
    assert "deleted" in world.report("incoming/email/leads.csv", job)["message"]
