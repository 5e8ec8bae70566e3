"""People are told of what changed: by events, by messages, and those whom their folders name."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from enrichment.domain.job import Halt, JobState
from enrichment.domain.operating import Action
from enrichment.errors import NotTold
from enrichment.usecases.cancel import Deletion
from tests.functional.world import ENVIRONMENT, World, contacts

KEY = "incoming/email/q3/leads.csv"
OWN, SALES = ENVIRONMENT["JOB_TOPIC"], ENVIRONMENT["NOTIFY_TOPICS"]
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "events.schema.json").read_text())


def changes(world: World) -> list[str]:
    return [told["change"] for told in world.bus.told]


def is_plain(told: dict[str, Any]) -> bool:
    """Whether what is told can be put between quotes, as the transformer for chats does."""
    return not {'"', "\\", "\n"} & {*told["sentence"], *told["note"]}


def look(world: World, seconds: int = 20) -> None:
    world.now += seconds
    world.inform()


def test_a_job_is_told_from_its_beginning_to_its_end_each_change_once(world: World) -> None:
    job = world.drop(KEY, contacts(200) + ",Doe,a.example\r\n")
    look(world)
    world.submit_all()
    look(world)
    world.deliver(world.provider.webhooks[:150])
    world.now += 600
    world.pipeline.sweep.run()
    world.finish()
    look(world)
    world.deliver(world.provider.webhooks[150:])
    world.now += 300
    world.pipeline.sweep.run()
    world.finish()
    look(world)
    look(world)

    assert changes(world) == ["started", "first_answer", "done"]
    assert [told["number"] for told in world.bus.told] == [1, 2, 3]
    [started, first, done] = world.bus.told
    report = world.report(KEY, job)
    assert (started["rows"], started["contacts"], started["found"]) == (201, 200, 0)
    assert first["counts"]["awaited"] == 50
    assert "50 rows still wait" in first["note"]
    assert done["counts"] == {state: rows for state, rows in report["counts"].items() if rows}
    assert (done["contacts"], done["found"]) == (200, report["counts"]["found"])
    assert (done["credits"], done["cost"]) == (
        report["credits"]["settled"],
        report["credits"]["cost"],
    )
    assert (done["enriched"], done["rejected"]) == (report["enriched"], report["rejected"])
    assert world.read(done["report"])
    assert json.loads(world.read(done["data"]) or "")["job"] == job
    for event in world.bus.events:
        assert (event["Source"], event["DetailType"]) == (
            "contact-enrichment",
            "Enrichment Job Changed",
        )
        Draft202012Validator(SCHEMA).validate(json.loads(event["Detail"]))
    assert all(map(is_plain, world.bus.told))


def test_the_message_has_the_sentence_the_numbers_and_links(world: World) -> None:
    job = world.enrich(KEY, contacts(20) + ",Doe,a.example\r\n")
    look(world)
    [message] = world.bus.messages
    [told] = world.bus.told
    found = f"{told['found']} of 20"

    assert message["TopicArn"] == OWN
    assert message["Subject"] == f"leads.csv: {found} found"
    assert message["Message"] == (
        f"{KEY}\n\n{found} contacts found. 1 row needs a fix.\n\n"
        f"Rows: 21\nContacts: 20\nFound: {told['found']}\n"
        f"Credits: {told['credits']} ({told['cost']})\n\n"
        f"Report:\nhttps://data.test/reports/email/q3/leads-{job}.html?signed=43200\n"
        "All rows, with what was found:\n"
        f"https://data.test/enriched/email/q3/leads-{job}.csv?signed=43200\n"
        f"Rows to fix:\nhttps://data.test/rejected/email/q3/leads-{job}.csv?signed=43200\n\n"
        "These links work for whoever has them, until 15 January 2027, 20:00 UTC at the latest;"
        " AWS may end them earlier.\n\n"
        "In AWS’s console, for those who may read the bucket:\n"
        "https://us-east-1.console.aws.amazon.com/s3/object/data?region=us-east-1"
        f"&prefix=reports%2Femail%2Fq3%2Fleads-{job}.html\n\nJob {job}\n"
    )


def test_without_hours_for_links_only_the_consoles_is_told(world: World) -> None:
    world.enrich(KEY, contacts(3))
    world.another(LINK_HOURS="0").inform.run([world.job_of(KEY, "1")])

    world.drop("incoming/email/unknown.csv", contacts(4))
    elsewhere = world.another(LINK_HOURS="0", AWS_REGION="")
    elsewhere.inform.run([world.job_of("incoming/email/unknown.csv", "1")])

    message, unknown = world.bus.messages
    assert "http" not in unknown["Message"]
    assert "signed=" not in message["Message"]
    assert "console.aws.amazon.com" in message["Message"]
    assert "until" not in message["Message"]


def test_a_pause_is_told_in_our_own_words_again_for_another_cause_and_so_is_its_end(
    world: World,
) -> None:
    world.provider.behaviour.balance = 0
    job = world.drop(KEY, contacts(3))
    look(world)
    world.submit_all()
    look(world)
    world.pipeline.jobs.change(job, halt=Halt.UNEXPECTED, halt_message="Jane1 is nobody")
    look(world)
    look(world)
    world.provider.behaviour.balance = 100
    world.pipeline.operate.run(job, Action.RESUME)
    look(world)
    world.submit_all()
    look(world)

    assert changes(world) == ["started", "paused", "paused", "resumed"]
    assert all(map(is_plain, world.bus.told))
    assert "too few credits" in world.bus.told[1]["note"]
    assert "undocumented way" in world.bus.told[2]["note"]
    assert "Jane1" not in str(world.bus.events) + str(world.bus.messages)


def cancelled(world: World) -> str:
    job = world.drop(KEY, contacts(3))
    world.s3.delete_object(Bucket="data", Key=KEY)
    world.pipeline.cancel.run(Deletion(KEY, "mark", marked=True, at=world.now))
    world.finish()
    return job


def ended(world: World) -> str:
    job = world.drop(KEY, contacts(3))
    world.pipeline.operate.run(job, Action.GIVE_UP)
    world.finish()
    return job


def repeated(world: World) -> str:
    world.enrich("incoming/email/first.csv", contacts(3))
    world.inform()
    world.bus.events.clear()
    return world.drop(KEY, contacts(3))


@pytest.mark.parametrize(
    ("change", "happens", "subject"),
    [
        ("cancelled", cancelled, "leads.csv: cancelled, nothing was sent"),
        ("ended", ended, "leads.csv: ended early, nothing was sent"),
        ("repeated", repeated, "leads.csv: enriched before"),
        ("refused", lambda world: world.drop(KEY, "nothing"), "leads.csv: not processed"),
        (
            "estimated",
            lambda world: world.drop("estimate/email/leads.csv", contacts(3)),
            "leads.csv: estimate, 3 to send",
        ),
    ],
)
def test_every_other_end_is_told(
    world: World, change: str, happens: Callable[[World], str], subject: str
) -> None:
    job = happens(world)
    look(world)
    look(world)

    assert changes(world) == [change]
    [told] = world.bus.told
    assert told["job"] == job
    assert is_plain(told)
    assert world.bus.messages[-1]["Subject"] == subject
    assert ("Credits:" in world.bus.messages[-1]["Message"]) == (change in ("cancelled", "ended"))


def test_a_job_that_an_operator_reopens_is_told_again_even_if_nobody_saw_it_run(
    world: World,
) -> None:
    job = world.enrich(KEY, contacts(3))
    look(world)
    world.now += 100
    world.pipeline.jobs.reopen(job, world.now, world.now + 3600)
    world.pipeline.completion.finish_if_complete(job)
    world.finish()
    look(world)
    world.pipeline.jobs.reopen(job, world.now + 1, world.now + 3600)
    look(world)

    assert changes(world) == ["done", "done", "resumed"]


def test_a_run_that_dies_before_it_noted_what_it_told_tells_it_again_under_the_same_number(
    world: World,
) -> None:
    job = world.drop(KEY, contacts(3))

    class Dying(type(world.pipeline.jobs)):  # type: ignore[misc]  # its kind is known at run time
        def note_told(self, *_: Any) -> None:
            raise RuntimeError

    dying = replace(world.pipeline.tell, jobs=Dying(world.pipeline.table))
    with pytest.raises(RuntimeError):
        dying.run(world.job(job))
    look(world)
    look(world)

    assert [(told["change"], told["number"]) for told in world.bus.told] == [("started", 1)] * 2


def test_an_event_that_is_not_taken_is_an_error_after_the_page_was_written(world: World) -> None:
    job = world.drop(KEY, contacts(3))
    world.bus.refusals.append("ThrottlingException")

    with pytest.raises(NotTold, match="ThrottlingException"):
        look(world)
    assert world.report(KEY, job)["status"] == "sending"
    assert world.bus.messages == []
    look(world)
    assert changes(world) == ["started"]


def test_folders_name_who_is_told_of_all_files_below_them(world: World) -> None:
    world.upload("incoming/_notify.json", '{"notify": ["OPS@acme.example"]}')
    world.upload(
        "incoming/email/q3/_notify.json",
        json.dumps({"notify": [SALES, "sales@acme.example", "eve@evil.example"]}),
    )
    job = world.drop(KEY, contacts(3))
    look(world)
    world.drop("incoming/phone/leads.csv", contacts(3))
    look(world)

    own, theirs, *_ = world.bus.messages
    assert (own["TopicArn"], theirs["TopicArn"]) == (OWN, SALES)
    assert own["MessageAttributes"] == {
        "change": {"DataType": "String", "StringValue": "started"},
        "to": {
            "DataType": "String.Array",
            "StringValue": '["ops@acme.example", "sales@acme.example"]',
        },
    }
    report = world.report(KEY, job)
    assert report["notify"] == ["ops@acme.example", SALES, "sales@acme.example"]
    assert report["not_notified"] == ["eve@evil.example"]
    page = world.read(f"reports/email/q3/leads-{job}.html") or ""
    assert "sales@acme.example" in page
    assert "eve@evil.example" in page
    [refused] = [told for told in world.bus.messages if "phone" in told["Message"]]
    assert refused["MessageAttributes"]["to"]["StringValue"] == '["ops@acme.example"]'


def test_folders_together_name_no_more_than_fifty(world: World) -> None:
    for folder in ("", "/email", "/email/q3"):
        names = [f"{n}{folder.replace('/', '-')}@acme.example" for n in range(17)]
        world.upload(f"incoming{folder}/_notify.json", json.dumps({"notify": names}))
    job = world.drop(KEY, contacts(3))

    assert "name 51 to be told, more than the 50" in world.report(KEY, job)["message"]


def test_a_topic_that_is_gone_keeps_nobody_else_from_being_told(world: World) -> None:
    world.upload("incoming/_notify.json", json.dumps({"notify": [SALES]}))
    world.bus.gone.add(SALES)
    world.enrich(KEY, contacts(3))
    look(world)
    look(world)

    assert [message["TopicArn"] for message in world.bus.messages] == [OWN]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 999,
        "[]",
        '{"notify": "ops@acme.example"}',
        '{"notify": [1]}',
        '{"notify": ["ops"]}',
        '{"notify": ["a@b.example\\n"]}'.replace("\\n", "\\u0007x"),
        '{"notify": [], "also": []}',
        json.dumps({"notify": ["a@b.example"] * 21}),
        json.dumps({"notify": [f"{'a' * 320}@b.example"]}),
        f'{{"notify": []{" " * 1_000}}}',
    ],
    ids=range(11),
)
def test_what_cannot_be_used_is_answered_in_words_and_nothing_is_sent(
    world: World, text: str
) -> None:
    world.upload("incoming/email/_notify.json", text)
    job = world.drop(KEY, contacts(3))
    look(world)

    assert world.report(KEY, job)["status"] == "refused"
    assert "incoming/email/_notify.json" in world.report(KEY, job)["message"]
    assert changes(world) == ["refused"]
    assert world.pipeline.split.run("incoming/email/_notify.json", "1", 2) is None


def test_what_an_erasure_wrote_is_nobodys_upload_and_nothing_is_told_of_it(world: World) -> None:
    world.enrich(KEY, contacts(5))
    look(world)
    world.erase("erase/people.csv", "First Name,Last Name,Domain\nJane2,Doe,company2.example\n")
    version = max(int(version) for key, version in world.versions() if key == KEY)
    rewritten = world.pipeline.split.run(KEY, str(version), 10)
    look(world)

    assert rewritten
    assert world.job(rewritten).state is JobState.REPEATED
    assert changes(world) == ["done"]


def test_a_report_of_an_earlier_version_that_cannot_be_read_keeps_no_other_job_waiting(
    world: World,
) -> None:
    old = world.enrich(KEY, contacts(3))
    place = f"reports/email/q3/leads-{old}.json"
    world.upload(place, json.dumps({"job": old, "status": "done"}))
    world.drop("incoming/email/new.csv", contacts(4))
    look(world)

    assert [told["file"] for told in world.bus.told] == ["incoming/email/new.csv"]


def test_a_job_of_an_earlier_version_is_told_as_it_is_now(world: World) -> None:
    """Until 0.5 nothing was noted of what people were told."""
    job = world.enrich(KEY, contacts(3))
    item = next(item for item in world.items() if item["sk"]["S"] == "JOB")
    assert item["state"]["S"] == "DONE"
    old = {
        name: value
        for name, value in item.items()
        if name not in ("told", "told_number", "notify", "not_notified")
    }
    world.dynamodb.put_item(TableName="table", Item=old)
    look(world)
    look(world)

    assert changes(world) == ["done"]
    assert world.job(job).told
