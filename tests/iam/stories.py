"""Short histories of a stack that together ask for all that its roles may do."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Any

import httpx
import pytest

from enrichment.adapters import bucket
from enrichment.domain.folder import memory_key, source_key
from enrichment.domain.operating import Action
from enrichment.usecases.cancel import Deletion
from local.provider import contract
from tests.functional.runs import time_for
from tests.functional.world import Killed, batch_of, contacts
from tests.iam.world import WorldOfRoles

KEY = "incoming/email/leads.csv"
ANOTHER = "incoming/email/team/others.csv"
PEOPLE = "erase/people.csv"
DAY = 86_400
BAD_ROWS = ",Doe,a.example\r\nJohn,,b.example\r\n"
EVERYBODY = contacts(30)

Story = Callable[[WorldOfRoles], Any]


def whole_way(world: WorldOfRoles) -> str:
    """A file with rows to reject, below folders that say something of it."""
    world.upload("incoming/_columns.json", '{"Domain": "domain"}')
    world.upload("incoming/email/_limits.json", '{"credits_per_month": 100000}')
    world.upload("incoming/email/_notify.json", '{"notify": ["ops@acme.example"]}')
    return world.enrich(KEY, contacts(30) + BAD_ROWS)


def shown(world: WorldOfRoles) -> None:
    """How far a job is, on its page and that of its path, and in the list of jobs."""
    world.drop(KEY, contacts(3))
    world.inform()
    world.submit_all()
    world.inform()


def told(world: WorldOfRoles) -> None:
    """People are told of a job from its beginning to its end, with links to what came back."""
    world.drop(KEY, contacts(30) + BAD_ROWS)
    world.inform()
    world.submit_all()
    world.deliver()
    world.finish()
    world.inform()
    for key in world.keys("reports/"):
        world.s3.delete_object(Bucket="data", Key=key)
    world.inform()


def others_act(world: WorldOfRoles) -> None:
    """Lambda polls, logs, traces, and tells of failures; the door hands over a result."""
    world.let_others_act()


def estimate(world: WorldOfRoles) -> None:
    """Of a file of which somebody is known, as one of many rows of a batch and as one of few."""
    world.upload("estimate/_columns.json", '{"Domain": "domain"}')
    world.upload("incoming/email/_limits.json", '{"credits_per_month": 100000}')
    world.enrich(KEY, contacts(30))
    for name, number in (("many", 20), ("few", 3)):
        world.drop(f"estimate/email/{name}.csv", contacts(number) + BAD_ROWS)


def several_runs(world: WorldOfRoles) -> None:
    """Over one file; what the second should go on from is gone when the third begins."""
    key, (version, size) = KEY, world.upload(KEY, contacts(450))
    job = ""
    for rows in (100, 200):
        job = world.pipeline.split.run(key, version, size, time_for(rows)) or ""
    del world.s3.objects[memory_key(job, world.job(job).unfinished or "")]
    world.pipeline.split.run(key, version, size)


def repeated(world: WorldOfRoles) -> None:
    world.enrich(KEY, contacts(3))
    world.enrich(ANOTHER, contacts(3))


def refused(world: WorldOfRoles) -> None:
    world.drop("somewhere/leads.csv", contacts(3))


def nothing_to_send(world: WorldOfRoles) -> None:
    world.enrich(KEY, contacts(0) + BAD_ROWS)


def fixed_rejects(world: WorldOfRoles) -> None:
    job = whole_way(world)
    fixed = (world.rejected(KEY, job) or "").replace("\r\n,Doe", "\r\nAna,Doe")
    world.enrich(f"incoming/email/leads-{job}.csv", fixed)
    pass_by(world, 300)
    world.finish()


def broken_off(world: WorldOfRoles) -> None:
    """Large objects of which the writing is broken off."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bucket, "PART", 500)
        out_of_time(world)
        world.environments["split"] = world.environments["split"] | {"MAX_ROWS": "600"}
        split = world.of("split").split
        key = "incoming/email/long.csv"
        version, size = world.upload(key, contacts(601))
        split.run(key, version, size)


def out_of_time(world: WorldOfRoles) -> None:
    """A compilation goes on in the next run."""
    world.drop(KEY, contacts(150))
    world.submit_all()
    world.deliver()
    job = world.functions.compiles.pop()
    for _ in range(2):
        looks = iter([900, 0])
        world.pipeline.compile.run(job, lambda: next(looks, 0))  # noqa: B023
    world.pipeline.compile.run(job)


def known_people(world: WorldOfRoles) -> None:
    """Many and few whom another file knows, and some who wait there in the parts of a batch."""
    world.enrich(KEY, contacts(30))
    world.enrich(ANOTHER, contacts(20))
    world.enrich("incoming/email/few.csv", contacts(3))
    world.provider.invalid = {"Jane101"}
    people = contacts(8, lambda n: f"Jane{n + 99},Doe,company{n}.example")
    world.drop("incoming/email/new.csv", people)
    world.submit_all()
    world.messages.take()
    world.enrich("incoming/email/same.csv", people + "Ana,Doe,a.example\r\n")


def no_credits_left(world: WorldOfRoles) -> None:
    """Of the folder: the known come back all the same, few and many, the others end."""
    world.enrich(KEY, contacts(30))
    world.upload("incoming/email/poor/_limits.json", '{"credits_per_month": 0}')
    world.enrich("incoming/email/poor/many.csv", contacts(20))
    world.enrich("incoming/email/poor/few.csv", contacts(3))
    new = contacts(3, lambda n: f"Ana{n},Doe,company{n}.example")
    world.enrich("incoming/email/poor/new.csv", new)


def paused(world: WorldOfRoles) -> None:
    """A job that an operator resumes."""
    job = world.drop(KEY, contacts(3))
    world.provider.answers = [httpx.Response(401, json={"error": "Invalid API key"})]
    world.submit_all()
    world.pipeline.operate.run(job, Action.RESUME)
    world.submit_all()


def operated(world: WorldOfRoles) -> None:
    """An operator looks, pauses a job that waits for credits, and lets it go on; and tries letters
    again: of a batch, of a result, and of events whose functions failed.
    """
    job = world.drop(KEY, contacts(3))
    world.provider.answers = [httpx.Response(422, json={"error": contract.CREDITS_MESSAGE})]
    world.submit_all()
    operate = world.pipeline.operate
    for event in (
        {"action": "jobs", "folder": "email"},
        {"action": "show", "job": KEY},
        {"action": "check"},
        {"action": "pause", "job": job, "by": "arn:aws:iam::111122223333:user/ana"},
        {"action": "resume", "job": job},
    ):
        assert "error" not in operate.answer(event).model_dump()
    version, size = world.upload(ANOTHER, contacts(3))
    people, _ = world.upload(PEOPLE, contacts(1))
    upload = {"object": {"key": ANOTHER, "version-id": version, "size": size}}
    letters = world.environments["operate"]
    for url, body in (
        ("SUBMIT_DEAD_LETTERS_URL", {"job": job, "batch": 1}),
        ("WEBHOOK_DEAD_LETTERS_URL", {}),
        ("FAILED_EVENTS_URL", {"detail": upload}),
        ("FAILED_EVENTS_URL", {"detail": {"object": {"key": PEOPLE, "version-id": people}}}),
        ("FAILED_EVENTS_URL", {"requestPayload": {"job": job}}),
    ):
        world.queues.put(letters[url], json.dumps(body))
    assert operate.answer({"action": "redrive"}).model_dump()["left"] == 0
    assert world.functions.splits
    assert world.functions.compiles
    assert world.functions.erasures


def unheard(world: WorldOfRoles) -> None:
    """A batch whose acceptance nobody saw is sent again by an operator, who then ends the job."""
    job = world.drop(KEY, contacts(3))
    world.provider.answers = [httpx.ReadTimeout("nobody answers")]
    world.submit_all()
    world.pipeline.operate.run(job, Action.RESEND)
    world.pipeline.operate.run(job, Action.GIVE_UP)
    world.finish()


def given_back(world: WorldOfRoles) -> None:
    """A message whose batch cannot be read."""
    job = world.drop(KEY, contacts(3))
    world.s3.objects = {key: [] for key in world.s3.objects}
    with suppress(Exception):
        world.pipeline.submit.run(job, 1, "receipt")


def strange_result(world: WorldOfRoles) -> None:
    """A second, different result for a row."""
    world.drop(KEY, contacts(3))
    world.submit_all()
    first = world.provider.webhooks[0]
    world.deliver([first, first | {"email": "another@company1.example"}])


def settled_twice(world: WorldOfRoles) -> None:
    """While an output is written, the stream tells of the results that it settles."""
    world.drop(KEY, contacts(3))
    world.submit_all()
    results = world.provider.webhooks
    for result in results:
        world.pipeline.webhook.run(json.dumps(result).encode())
    world.now += 2 * DAY
    world.pipeline.sweep.run()
    first_of(world, "transact", lambda: world.tell(map(batch_of, results)))
    world.finish()


def lost(world: WorldOfRoles) -> None:
    """Events, messages, stream records, runs and letters are lost; the sweeper finds their work."""
    world.upload("incoming/email/unseen.csv", contacts(3))
    world.drop(KEY, contacts(3))
    job, number = world.messages.take()[0]
    letters = world.environments["sweep"]
    world.queues.put(letters["SUBMIT_DEAD_LETTERS_URL"], json.dumps({"job": job, "batch": number}))
    pass_by(world, 600)
    world.submit_all()
    for result in world.provider.webhooks:
        world.pipeline.webhook.run(json.dumps(result).encode())
    for url, body in (
        ("SUBMIT_DEAD_LETTERS_URL", {"job": job, "batch": number}),
        ("FAILED_EVENTS_URL", {"detail-type": "Scheduled Event"}),
        ("WEBHOOK_DEAD_LETTERS_URL", {}),
    ):
        world.queues.put(letters[url], json.dumps(body))
    pass_by(world, 600)
    world.finish()


def single_result_lost(world: WorldOfRoles) -> None:
    """The provider is asked for it."""
    world.drop(KEY, contacts(1))
    world.submit_all()
    pass_by(world, 600)


def died_paused(world: WorldOfRoles) -> None:
    """A run that pauses its job and dies before it tells; the sweeper tells, and looks for the end
    of it.
    """
    world.drop(KEY, contacts(3))
    world.provider.answers = [httpx.Response(401, json={"error": "Invalid API key"})]
    with suppress(Killed):
        first_of(world, "update", partial(die, world), after=2)  # it notes the balance, and pauses
        world.submit_all()
    pass_by(world, 3600)
    pass_by(world, 3600)


def not_written(world: WorldOfRoles) -> None:
    """An output that fails, until an operator has it tried again."""
    job = world.drop(KEY, contacts(3))
    world.submit_all()
    world.deliver()
    for _ in range(4):
        with suppress(Killed):
            first_of(world, "write", partial(die, world), of=world.s3)
            world.pipeline.compile.run(job)
        world.s3.guard = let
        world.now += 1200
    world.pipeline.compile.run(job)
    world.pipeline.operate.run(job, Action.COMPILE)


def cancelled(world: WorldOfRoles) -> None:
    """By deleting the file: as S3 tells, or for good, or as the sweeper sees it."""
    for key, tells in ((KEY, True), (ANOTHER, False), ("incoming/email/gone.csv", None)):
        version = world.job(world.drop(key, contacts(3, _named(key)))).version
        if tells is None:
            world.s3.delete_object(Bucket="data", Key=key, VersionId=version)
            world.pipeline.cancel.run(Deletion(key, version, marked=False, at=world.now))
            continue
        world.s3.delete_object(Bucket="data", Key=key)
        if tells:
            world.pipeline.cancel.run(Deletion(key, "mark", marked=True, at=world.now))
    pass_by(world, 300)
    world.finish()


def _named(key: str) -> Callable[[int], str]:
    return lambda n: f"Jane{n},Doe,{key[-8:-4]}{n}.example"


def erased(world: WorldOfRoles) -> None:
    """People, from files and answers to them, estimates, results, the ledger and a job that runs;
    the result of one comes later.
    """
    rejected = "Ana,,a.example,ana@a.example\r\n"
    header = contacts(0).replace("Domain", "Domain,Email")
    world.upload("incoming/email/_limits.json", '{"credits_per_month": 100000}')
    again = "incoming/email/refresh=true/leads.csv"
    world.enrich(again, header + rejected + "Jane2,Doe,company2.example,\r\n")
    world.drop("estimate/email/leads.csv", header + rejected)
    world.drop(ANOTHER, contacts(12))
    world.submit_all()
    late = next(each for each in world.provider.webhooks if "company3.e" in json.dumps(each))
    world.drop("incoming/email/new.csv", contacts(4, lambda n: f"Jane{n},Roe,company{n}.example"))
    world.erase(PEOPLE, f"{EVERYBODY}Jane1,Roe,company1.example\r\n")
    world.erase("erase/more.csv", "Email\r\nana@a.example\r\n")
    world.deliver([late])
    world.submit_all()
    world.submit_all()
    world.finish()


def erased_in_parts(world: WorldOfRoles) -> None:
    """From large objects, of which the writing is broken off at first."""
    world.enrich(KEY, EVERYBODY)
    version, _ = world.upload(PEOPLE, contacts(1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bucket, "PART", 100)
        with suppress(Killed):
            first_of(world, "part", partial(die, world), of=world.s3)
            world.pipeline.erase.run(PEOPLE, version)
        world.s3.guard = let
        pass_by(world, 1000)
        for people in world.functions.erasures:
            world.pipeline.erase.run(*people)


def erased_where_noted(world: WorldOfRoles) -> None:
    """From what runs left to the next: of split, whom it had seen; of compile, what it had read."""
    several_runs(world)
    out_of_time(world)
    world.erase(PEOPLE, contacts(450))


def erased_from_fixed_rows(world: WorldOfRoles) -> None:
    """From the rows that another file brought home, by the address that was found."""
    fixed_rejects(world)
    notes = [key for key in world.keys("work/jobs/") if "/fixed-" in key]
    found = re.findall(r"[\w.]+@[\w.]+", "".join(world.read(key) or "" for key in notes))
    world.erase(PEOPLE, "Email\r\n" + "\r\n".join(found))


def erased_twice(world: WorldOfRoles) -> None:
    """From a result that was set aside, and from a batch of which nobody knows what became."""
    strange_result(world)
    world.drop(ANOTHER, contacts(3, lambda n: f"Jane{n},Roe,company{n}.example"))
    world.provider.answers = [httpx.ReadTimeout("nobody answers")]
    world.submit_all()
    world.erase(PEOPLE, f"{EVERYBODY}Jane1,Roe,company1.example\r\n")


def erased_from_the_providers_words(world: WorldOfRoles) -> None:
    """Of the refusal for which a job is paused."""
    world.drop(KEY, contacts(3))
    refusal = {"error": "Plan limit reached, says Jane1 Doe of company1.example"}
    world.provider.answers = [httpx.Response(422, json=refusal)]
    world.submit_all()
    world.erase(PEOPLE, contacts(1))


def erased_from_a_replaced_file(world: WorldOfRoles) -> None:
    """What is left of it lies elsewhere. Rows that were rejected come back fixed, and once the file
    is gone its job says so.
    """
    file = contacts(5) + BAD_ROWS
    job = world.drop(KEY, file)
    world.upload(KEY, contacts(1, lambda n: f"Zoe{n},Poe,zoo{n}.example"))
    world.erase(PEOPLE, contacts(1))
    world.submit_all()
    world.submit_all()
    world.deliver()
    world.finish()
    fixed = (world.rejected(KEY, job) or "").replace("\r\n,Doe", "\r\nAna,Doe")
    world.enrich(f"incoming/email/leads-{job}.csv", fixed)
    world.s3.objects[source_key(job)] = []
    pass_by(world, 300)
    world.finish()


def erasing_out_of_time(world: WorldOfRoles) -> None:
    """The next run is started; it dies, and the sweeper starts another one."""
    world.enrich(KEY, contacts(3))
    version, _ = world.upload(PEOPLE, contacts(1))
    world.pipeline.erase.run(PEOPLE, version, lambda: 0)
    with suppress(Killed):
        first_of(world, "delete", partial(die, world), of=world.s3)
        world.pipeline.erase.run(PEOPLE, version)
    pass_by(world, 1000)
    for _ in range(2):  # until the folder's turn comes
        pass_by(world, 180)
    world.pipeline.erase.run(PEOPLE, version)
    event = {"detail": {"object": {"key": PEOPLE, "version-id": version}}}
    world.queues.put(world.environments["sweep"]["FAILED_EVENTS_URL"], json.dumps(event))
    pass_by(world, 60)


def pass_by(world: WorldOfRoles, seconds: int) -> None:
    """Let time pass, and the sweeper look."""
    world.now += seconds
    world.pipeline.sweep.run()


def let(_: str, act: Callable[[], Any]) -> Any:
    return act()


def die(world: WorldOfRoles) -> None:
    raise Killed


def first_of(
    world: WorldOfRoles, name: str, happens: Callable[[], None], of: Any = None, after: int = 0
) -> None:
    """Have something happen just before the first call of a name, at the table by default; or
    `after` some of them.
    """
    client, calls = of or world.dynamodb, count()

    def guard(called: str, act: Callable[[], Any]) -> Any:
        if called == name and next(calls) == after:
            client.guard = let
            happens()
        return act()

    client.guard = guard


STORIES: tuple[Story, ...] = (
    others_act,
    shown,
    told,
    whole_way,
    estimate,
    several_runs,
    repeated,
    refused,
    nothing_to_send,
    fixed_rejects,
    broken_off,
    out_of_time,
    known_people,
    no_credits_left,
    paused,
    operated,
    unheard,
    given_back,
    strange_result,
    settled_twice,
    lost,
    single_result_lost,
    died_paused,
    not_written,
    cancelled,
    erased,
    erased_in_parts,
    erased_where_noted,
    erased_from_fixed_rows,
    erased_twice,
    erased_from_the_providers_words,
    erased_from_a_replaced_file,
    erasing_out_of_time,
)
