"""What operators ask for in a terminal, from the words that they type to what becomes of a job."""

import json
import time
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

import enrich
import enrichment
from enrich import answers
from enrich.commands import JobState as Typed
from enrich.doctor import State
from enrich.stack import erasure_of
from enrichment.domain.folder import job_id
from enrichment.domain.job import Halt, JobState
from enrichment.domain.operating import MOST_ACTIONS, ActionTaken
from enrichment.domain.standing import Standing
from enrichment.domain.summary import Summary
from enrichment.steps.checking import Checked
from enrichment.steps.showing import Doubt, JobView
from enrichment.usecases.operate import Done, Listed
from local.provider import contract
from tests.functional.terminal import WHO, Terminal, denied
from tests.functional.world import PRICE, World, contacts
from tests.iam.attacks import ATTACKS, may
from tests.iam.policies import Request
from tests.iam.stack import ACCOUNT, REGION, STACK, the_stack
from tests.iam.world import Queues

ROOT = Path(__file__).resolve().parents[2]
KEY, OTHER = "incoming/email/sales/leads.csv", "incoming/phone/leads.csv"
PHONES = "First Name,Last Name\r\nJane,Doe\r\n"


@pytest.fixture
def terminal(world: World, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    world.now = int(time.time())
    return Terminal(world, monkeypatch)


def ids(listed: Any) -> list[str]:
    return [job["id"] for job in listed["jobs"]]


def credits_run_out(world: World) -> None:
    world.provider.answers.append(httpx.Response(422, json={"error": contract.CREDITS_MESSAGE}))


def test_jobs_are_listed_newest_first_and_by_state_folder_and_age(terminal: Terminal) -> None:
    world = terminal.world
    world.now -= 7200
    first = world.enrich(KEY, contacts(3))
    world.now += 7000
    second = world.drop(OTHER, PHONES)

    assert ids(terminal.data("jobs")) == [second, first]
    assert ids(terminal.data("jobs", "--state", "refused")) == [second]
    assert ids(terminal.data("jobs", "--folder", "email/sales")) == [first]
    assert ids(terminal.data("jobs", "--folder", "incoming/email/sal")) == []
    assert ids(terminal.data("jobs", "--newer", "1h")) == [second]
    assert ids(terminal.data("jobs", "--older", "1h")) == [first]
    assert terminal.data("jobs", "--most", "1")["more"]
    shown = terminal.run("jobs").stdout
    assert shown.index("phone/leads.csv") < shown.index("email/sales/leads.csv")
    assert f"{3 * PRICE}" in shown or "DONE" in shown


def test_a_list_fits_its_terminal_and_keeps_the_end_of_each_path(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.world.drop(f"incoming/email/{'long-folder/' * 8}leads.csv", contacts(3))
    monkeypatch.setenv("COLUMNS", "80")
    lines = terminal.run("jobs").stdout.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert lines[1].endswith("/leads.csv")


def test_a_job_is_found_by_its_id_its_path_its_name_and_its_answer(terminal: Terminal) -> None:
    world = terminal.world
    job = world.enrich(KEY, contacts(3))
    for name in (job, KEY, "email/sales/leads.csv", "leads.csv", f"enriched/leads-{job}.csv"):
        assert terminal.data("show", name)["id"] == job

    again = world.drop(KEY, contacts(4))
    assert terminal.data("show", KEY)["id"] == again
    world.drop(OTHER, PHONES)
    several = terminal.run("show", "leads.csv")
    assert several.exit_code == 1
    assert KEY in several.stderr
    assert OTHER in several.stderr
    nothing = terminal.run("show", "nothing.csv")
    assert (nothing.exit_code, "there is no job nothing.csv" in nothing.stderr) == (1, True)


def test_a_job_that_an_operator_pauses_waits_for_an_operator(terminal: Terminal) -> None:
    world = terminal.world
    job = world.drop(KEY, contacts(150))
    batch = world.messages.take()[0]
    assert terminal.run("pause", "leads.csv").stdout.startswith(f"{job}: the job is paused")
    assert world.pipeline.submit.run(*batch) != "ACCEPTED"
    for _ in range(3):
        world.now += 1000
        world.pipeline.sweep.run()
        world.submit_all()
    assert world.job(job).state is JobState.PAUSED
    assert not world.provider.posts
    assert not world.metrics.counted["PausedJobs"]
    standing = Standing(world.now)
    standing.see(world.job(job))
    assert (standing.open_jobs, standing.on_hold) == (1, 0)

    assert "already" in terminal.run("pause", job).stdout
    assert "sends again" in terminal.run("resume", job).stdout
    assert terminal.run("resume", job).exit_code == 0
    world.submit_all()
    world.deliver()
    world.finish()
    assert len(world.provider.charged) == 150
    taken = world.job(job).actions
    assert [(each.action, each.by, each.who) for each in taken] == [
        ("pause", WHO, "ana"),
        ("resume", WHO, "ana"),
    ]
    report = world.report(KEY, job)
    assert [(each["action"], each["by"]) for each in report["actions"]] == [
        ("pause", "ana"),
        ("resume", "ana"),
    ]


def test_the_page_of_a_job_tells_what_operators_did(terminal: Terminal) -> None:
    job = terminal.world.drop(KEY, contacts(3))
    terminal.run("pause", job)
    terminal.world.inform()
    assert "Paused the job" in (terminal.world.read("reports/email/sales/leads.csv.html") or "")
    terminal.run("give-up", job, "--yes")
    terminal.world.finish()
    page = terminal.world.read(f"reports/email/sales/leads-{job}.html") or ""
    assert "What operators did" in page
    assert "Paused the job" in page
    assert WHO not in page


def test_an_operators_pause_replaces_that_of_the_provider(terminal: Terminal) -> None:
    world = terminal.world
    job = world.drop(KEY, contacts(3))
    credits_run_out(world)
    world.submit_all()
    assert world.job(job).halt is Halt.NO_CREDITS
    terminal.run("pause", job)
    world.now += 1800
    world.pipeline.sweep.run()
    assert (world.job(job).state, world.job(job).halt) == (JobState.PAUSED, Halt.OPERATOR)


def test_all_paused_jobs_are_resumed(terminal: Terminal) -> None:
    world = terminal.world
    paused = [
        world.drop(f"incoming/email/{name}.csv", contacts(n)) for name, n in (("a", 3), ("b", 4))
    ]
    world.drop("incoming/email/c.csv", contacts(5))
    for job in paused:
        terminal.run("pause", job)
    done = terminal.data("resume", "--all")["done"]
    assert {each["job"] for each in done} == set(paused)
    assert "No job is paused" in terminal.run("resume", "--all").stdout
    assert terminal.run("resume").exit_code == 2


def test_what_is_ambiguous_is_sent_again_only_after_its_cost_was_told_and_agreed_to(
    terminal: Terminal,
) -> None:
    world = terminal.world
    world.provider.answers = [httpx.ReadTimeout("no answer")]
    job = world.drop(KEY, contacts(5))
    world.submit_all()

    assert terminal.run("resend", job).exit_code == 2
    assert terminal.run("resend", "--ambiguous", job, "--json").exit_code == 2
    told = terminal.run("resend", "--ambiguous", job, say="n\n")
    assert "5 contacts in 1 batch" in " ".join(told.stdout.split())
    assert f"up to {5 * PRICE} credits twice" in " ".join(told.stdout.split())
    assert told.exit_code == 1
    assert not world.submit_all()

    assert "1 batch is sent again" in terminal.run("resend", "--ambiguous", job, say="y\n").stdout
    assert world.submit_all() == ["ACCEPTED"]
    assert terminal.run("resend", "--ambiguous", job).exit_code == 1


def test_a_job_that_is_cancelled_sends_nothing_more(terminal: Terminal) -> None:
    world = terminal.world
    job = world.drop(KEY, contacts(5))
    assert terminal.run("cancel", job, say="n\n").exit_code == 1
    assert world.job(job).cancelled_at is None
    terminal.run("cancel", job, "--yes")
    world.submit_all()
    assert not world.provider.posts
    assert "already" in terminal.run("cancel", job, "--yes").stdout
    assert [each.action for each in world.job(job).actions] == ["cancel"]


def test_what_makes_no_sense_is_refused_and_not_noted(terminal: Terminal) -> None:
    job = terminal.world.enrich(KEY, contacts(3))
    for words in (("pause",), ("compile",), ("give-up", "--yes"), ("resume",)):
        refused = terminal.run(*words, job)
        assert (refused.exit_code, job in refused.stderr) == (1, True)
    assert terminal.world.job(job).actions == ()


def test_of_many_actions_the_last_are_kept_however_many_note_theirs(world: World) -> None:
    job = world.drop(KEY, contacts(3))
    seen = world.job(job)
    for at in range(MOST_ACTIONS + 5):
        world.pipeline.jobs.note_action(seen, ActionTaken(action="pause", by=WHO, at=at))
    assert [each.at for each in world.job(job).actions] == [*range(5, MOST_ACTIONS + 5)]


def test_dead_letters_are_tried_again(terminal: Terminal) -> None:
    world = terminal.world
    queues = Queues(world, "https://queue.test")
    world.pipeline.clients.sqs = queues  # type: ignore[assignment]
    job = world.drop(KEY, contacts(3))
    (batch,) = queues.take()
    event = {"object": {"key": OTHER, "version-id": "1", "size": 3}}
    for name, body in (
        ("SUBMIT_DEAD_LETTERS_URL", {"job": batch[0], "batch": batch[1]}),
        ("WEBHOOK_DEAD_LETTERS_URL", {"email": "jane@company1.example"}),
        ("FAILED_EVENTS_URL", {"requestPayload": {"job": job}}),
        ("FAILED_EVENTS_URL", {"detail": event}),
        ("FAILED_EVENTS_URL", {"DDBStreamBatchInfo": {}}),
    ):
        queues.put(world.pipeline.environment[name], json.dumps(body))

    assert "5 tried again, 0 left" in terminal.run("redrive").stdout
    assert queues.take() == [batch]
    assert queues.others["https://webhooks.test"]
    assert world.functions.compiles == [job]
    assert world.functions.splits == [(OTHER, "1", 3)]
    assert terminal.data("redrive")["left"] == 0


def test_a_letter_that_nobody_understands_is_left_and_told(terminal: Terminal) -> None:
    world = terminal.world
    queues = Queues(world, "https://queue.test")
    world.pipeline.clients.sqs = queues  # type: ignore[assignment]
    count = {"Attributes": {"ApproximateNumberOfMessages": "1"}}
    queues.get_queue_attributes = lambda **_: count  # type: ignore[method-assign]
    queues.put(world.pipeline.environment["FAILED_EVENTS_URL"], "[]")
    left = terminal.run("redrive", "--wait", "0")
    assert left.exit_code == 1
    assert "0 tried again, 3 left" in left.stdout


def test_a_months_statement_is_printed(terminal: Terminal) -> None:
    world = terminal.world
    assert terminal.run("statement").exit_code == 1
    world.enrich(KEY, contacts(3))
    world.now += 600
    world.pipeline.sweep.run()
    month = f"{datetime.now(UTC):%Y-%m}"
    assert "leads.csv" in terminal.run("statement", month).stdout
    assert terminal.data("statement", month)["month"] == month


def test_people_are_erased_and_the_receipt_is_told(terminal: Terminal, tmp_path: Path) -> None:
    terminal.world.enrich(KEY, contacts(3))
    people = tmp_path / "people.csv"
    people.write_text(contacts(1))
    assert terminal.run("erase", str(people), say="n\n").exit_code == 1
    assert "Jane1" in (terminal.world.read(KEY) or "")
    told = terminal.data("erase", str(people), "--yes")
    assert told["complete"]
    assert told["key"].startswith("reports/erase/receipt-")
    assert "Jane1" not in (terminal.world.read(KEY) or "")
    assert erasure_of("data", "a/b.csv", "v1") == job_id("data", "a/b.csv", "v1")


def test_who_may_not_erase_learns_which_policy_lets_them(
    terminal: Terminal, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(contacts(1))
    terminal.answers["PutObject"] = denied
    refused = terminal.run("erase", str(people), "--yes")
    assert (refused.exit_code, "AdminPolicy" in refused.stderr) == (3, True)


def test_the_log_lines_of_a_job_are_printed_in_the_order_of_time(terminal: Terminal) -> None:
    job = terminal.world.drop(KEY, contacts(3))
    lines = [
        {"level": "INFO", "message": "submit", "job": job, "batch": 1, "done": "ACCEPTED"},
        {"level": "ERROR", "message": "sweep", "problems": [f"{job}: KeyError"]},
    ]
    terminal.answers["FilterLogEvents"] = lambda _: {
        "events": [
            {"timestamp": 1000 * at, "logStreamName": "s", "message": json.dumps(line)}
            for at, line in enumerate([*lines, lines[0]])
        ]
    }
    shown = terminal.run("tail", "leads.csv").stdout
    assert shown.count("submit") == 2
    assert "ERROR" in shown
    _, given = next(each for each in terminal.asked if each[0] == "FilterLogEvents")
    assert given["filterPattern"] == f'"{job}"'
    assert [
        json.loads(each) for each in terminal.run("tail", job, "--json").stdout.splitlines()
    ] == [
        *lines,
        lines[0],
    ]
    assert terminal.run("tail").exit_code == 2


def test_one_job_is_watched_until_it_ends(terminal: Terminal) -> None:
    job = terminal.world.enrich(KEY, contacts(3))
    (line,) = terminal.run("watch", job, "--json").stdout.splitlines()
    assert json.loads(line)["state"] == "DONE"
    assert "DONE" in terminal.run("watch", job).stdout


def test_a_stack_that_is_not_there_or_not_for_us_ends_with_a_sentence(terminal: Terminal) -> None:
    terminal.answers["DescribeStacks"] = denied
    refused = terminal.run("jobs")
    assert refused.exit_code == 3
    assert "OperatorPolicy" in refused.stderr
    assert "Traceback" not in refused.output
    another = {
        "StackName": "web",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": datetime.now(UTC),
    }
    terminal.answers["DescribeStacks"] = lambda _: {"Stacks": [another]}
    other = terminal.run("--stack", "web", "jobs")
    assert (other.exit_code, "web is no contact-enrichment stack" in other.stderr) == (3, True)
    terminal.answers["DescribeStacks"] = not_there
    missing = terminal.run("--stack", "other", "jobs")
    assert (missing.exit_code, "no stack other" in missing.stderr) == (3, True)


def not_there(_: dict[str, Any]) -> dict[str, Any]:
    said = "Stack with id other does not exist"
    raise ClientError({"Error": {"Code": "ValidationError", "Message": said}}, "DescribeStacks")


def every_command(terminal: Terminal) -> None:
    """All that an operator may do who is no administrator."""
    world = terminal.world
    world.enrich(OTHER, "First Name,Last Name,LinkedIn\r\nJane,Doe,linkedin.com/in/jane\r\n")
    world.now += 600
    world.pipeline.sweep.run()  # so that there is a statement
    job = world.drop(KEY, contacts(3))
    for words in (
        *(("jobs",), ("pause", job), ("resume", job), ("show", job), ("tail", job), ("doctor",)),
        *(("statement",), ("cancel", job, "--yes"), ("redrive", "--wait", "0")),
    ):
        terminal.run(*words)


def test_the_operators_policy_allows_what_the_commands_ask_for_and_no_more(
    terminal: Terminal,
) -> None:
    every_command(terminal)
    asked = [request for call in terminal.asked for request in requests_of(*call)]
    policy = the_stack().managed("OperatorPolicy")
    assert [request for request in asked if not policy.allow(request)] == []
    for statement in policy.statements:
        less = policy.without(statement)
        assert not all(map(less.allow, asked)), statement


def test_an_operator_whose_access_was_stolen_reads_no_contact_and_no_secret() -> None:
    policy = the_stack().managed("OperatorPolicy")
    assert {attack for attack in ATTACKS if may(policy, attack)} == {"operate", "read a report"}


OPERATE = {"Fn::GetAtt": ["OperateFunction", "Arn"]}
HERE = f"{REGION}:{ACCOUNT}"
GROUP = f"arn:aws:logs:{HERE}:log-group:/enrichment/{STACK}"
# The resources of each action that IAM is asked for, by the call of the command line.
ASKED: Mapping[str, tuple[str, Callable[[dict[str, Any]], tuple[str, ...]]]] = {
    **{
        call: (
            f"cloudformation:{call}",
            lambda _: (f"arn:aws:cloudformation:{HERE}:stack/{STACK}/0a",),
        )
        for call in ("DescribeStacks", "DescribeStackResources")
    },
    "Invoke": ("lambda:InvokeFunction", lambda _: (the_stack().resolved(OPERATE),)),
    "GetObject": ("s3:GetObject", lambda given: (f"arn:aws:s3:::data/{given['Key']}",)),
    "FilterLogEvents": ("logs:FilterLogEvents", lambda _: (GROUP, f"{GROUP}:*")),
    "GetQueueAttributes": (
        "sqs:GetQueueAttributes",
        lambda given: (f"arn:aws:sqs:{HERE}:{given['QueueUrl'].removesuffix('Url')}",),
    ),
    "DescribeAlarms": (
        "cloudwatch:DescribeAlarms",
        lambda _: (f"arn:aws:cloudwatch:{HERE}:alarm:{STACK}-*",),
    ),
    "ListSubscriptionsByTopic": (
        "sns:ListSubscriptionsByTopic",
        lambda _: (the_stack().resolved({"Ref": "AlarmTopic"}),),
    ),
    "DescribeSecret": (
        "secretsmanager:DescribeSecret",
        lambda given: (f"arn:aws:secretsmanager:{HERE}:secret:{given['SecretId']}-AbCdEf",),
    ),
    "GetAccount": ("apigateway:GET", lambda _: (f"arn:aws:apigateway:{REGION}::/account",)),
    "GetMetricData": ("cloudwatch:GetMetricData", lambda _: ("*",)),
    "GetAccountSettings": ("lambda:GetAccountSettings", lambda _: ("*",)),
    "GetCallerIdentity": ("sts:GetCallerIdentity", lambda _: ()),  # everybody may
}


def requests_of(call: str, given: dict[str, Any]) -> list[Request]:
    """What IAM is asked for a call of the command line."""
    if call == "ListObjectsV2":
        return [Request("s3:ListBucket", "arn:aws:s3:::data", {"s3:prefix": (given["Prefix"],)})]
    action, resources = ASKED[call]
    return [Request(action, resource) for resource in resources(given)]


def test_a_function_that_fails_is_told_by_its_kind_alone(terminal: Terminal) -> None:
    body = json.dumps({"errorType": "KeyError", "errorMessage": "Jane Doe"}).encode()
    failing = {"FunctionError": "Unhandled"}
    terminal.answers["Invoke"] = lambda _: {"Payload": BytesIO(body), **failing}
    failed = terminal.run("jobs")
    assert failed.exit_code == 4
    assert "KeyError" in failed.stderr
    assert "Jane" not in failed.output


def test_a_question_that_is_none_is_answered_with_what_there_is(world: World) -> None:
    answer = world.pipeline.operate.answer({"action": "explode", "job": "Jane"}).model_dump()
    assert "pause, resume" in answer["error"]
    assert "Jane" not in answer["error"]
    assert (
        "wrong here: job"
        in (world.pipeline.operate.answer({"action": "pause", "job": 1}).model_dump()["error"])
    )


def test_no_command_prints_anything_of_a_contact(terminal: Terminal, tmp_path: Path) -> None:
    """But for the paths of files."""
    world = terminal.world
    job = world.enrich(KEY, contacts(3, lambda n: f"Zoltan{n},Quux,canary{n}.example"))
    people = tmp_path / "people.csv"
    people.write_text(contacts(1, lambda n: f"Zoltan{n},Quux,canary{n}.example"))
    commands = (
        *(("jobs",), ("show", job), ("watch", job), ("pause", job), ("resume", "--all")),
        *(("statement",), ("doctor",), ("tail", job), ("erase", str(people), "--yes")),
    )
    for words in commands:
        for more in ((), ("--json",)):
            said = terminal.run(*words, *more).output.casefold()
            assert not [each for each in ("zoltan", "quux", "canary") if each in said], words


HEALTHY = [
    *("deployment", "versions", "clock", "secrets", "provider", "concurrency", "door", "queues"),
    *("dead letters", "functions", "alarms", "who is told", "jobs"),
]


def findings(terminal: Terminal) -> dict[str, dict[str, str]]:
    seen = json.loads(terminal.run("doctor", "--json").stdout)["findings"]
    return {each["check"]: each for each in seen}


def test_a_healthy_stack_has_no_findings(terminal: Terminal) -> None:
    assert {check: each["state"] for check, each in findings(terminal).items()} == dict.fromkeys(
        HEALTHY, "ok"
    )
    assert terminal.run("doctor").exit_code == 0


def metric(name: str, value: float) -> Any:
    def answer(given: dict[str, Any]) -> dict[str, Any]:
        wanted = [
            query["Id"]
            for query in given["MetricDataQueries"]
            if name
            in (
                query["MetricStat"]["Metric"]["MetricName"]
                + query["MetricStat"]["Metric"]["Dimensions"][0]["Value"]
            )
        ]
        return {"MetricDataResults": [{"Id": each, "Values": [value]} for each in wanted]}

    return answer


ALARM = {
    "AlarmName": "team-Watch-1A-PausedJobsAlarm-2B",
    "StateValue": "ALARM",
    "AlarmDescription": "why",
}
# What is wrong, by the call of AWS that tells it; the check that finds it, how bad, and what to do.
ILLS: tuple[tuple[str, Any, str, State, str], ...] = (
    (
        "DescribeSecret",
        lambda _: {"DeletedDate": datetime.now(UTC)},
        "secrets",
        State.BAD,
        "secret",
    ),
    (
        "GetAccountSettings",
        lambda _: {"AccountLimit": {"UnreservedConcurrentExecutions": 6}},
        "concurrency",
        State.BAD,
        "quota",
    ),
    (
        "GetAccount",
        lambda _: {"throttleSettings": {"rateLimit": 100, "burstLimit": 5000}},
        "door",
        State.LOOK,
        "WebhookRate",
    ),
    (
        "GetQueueAttributes",
        lambda _: {"Attributes": {"ApproximateNumberOfMessages": "2"}},
        "dead letters",
        State.BAD,
        "enrich redrive",
    ),
    ("GetMetricData", metric("OldestMessageWebhook", 1000), "queues", State.BAD, "raise Webhook"),
    ("GetMetricData", metric("OldestMessageSubmit", 7200), "queues", State.LOOK, "tail --errors"),
    ("GetMetricData", metric("Throttles", 3), "functions", State.LOOK, "Concurrent executions"),
    ("GetMetricData", metric("ErrorsSweep", 3), "functions", State.LOOK, "tail --errors"),
    ("DescribeAlarms", lambda _: {"MetricAlarms": [ALARM]}, "alarms", State.BAD, "why"),
    (
        "ListSubscriptionsByTopic",
        lambda _: {"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]},
        "who is told",
        State.BAD,
        "AlarmEmail",
    ),
)


@pytest.mark.parametrize(
    ("call", "answer", "check", "state", "do"), ILLS, ids=[f"{ill[0]} {ill[2]}" for ill in ILLS]
)
def test_what_is_wrong_is_found_and_the_doctor_says_what_to_do(
    terminal: Terminal, call: str, answer: Any, check: str, state: State, do: str
) -> None:
    terminal.answers[call] = answer
    seen = findings(terminal)
    assert {name for name, each in seen.items() if each["state"] != "ok"} == {check}
    assert seen[check]["state"] == state
    assert do in seen[check]["do"]


@pytest.mark.parametrize(
    ("answers_with", "do"),
    [
        (httpx.Response(401), "put a valid key"),
        (httpx.Response(500), "ProntoBaseUrl"),
        (httpx.ConnectError("nobody"), "whether it is down"),
    ],
    ids=["refused", "odd", "silent"],
)
def test_a_provider_that_cannot_be_used_is_told(
    terminal: Terminal, answers_with: httpx.Response | Exception, do: str
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        if isinstance(answers_with, Exception):
            raise answers_with
        return answers_with

    terminal.world.pipeline.clients.http = httpx.Client(transport=httpx.MockTransport(answer))
    assert do in findings(terminal)["provider"]["do"]


def test_a_key_that_is_missing_and_clocks_that_differ_are_told(terminal: Terminal) -> None:
    terminal.world.secrets.versions["api-key"] = [""]
    terminal.world.now += 500
    seen = findings(terminal)
    assert "secret" in seen["provider"]["do"]
    assert seen["clock"]["state"] == State.BAD


def test_what_waits_for_somebody_is_told(terminal: Terminal) -> None:
    job = terminal.world.drop(KEY, contacts(3))
    terminal.run("pause", job)
    assert job in findings(terminal)["jobs"]["do"]


def test_what_may_not_be_looked_at_keeps_no_other_check_waiting(terminal: Terminal) -> None:
    terminal.answers["DescribeAlarms"] = denied
    seen = findings(terminal)
    assert seen["alarms"]["state"] == State.UNKNOWN
    assert "OperatorPolicy" in seen["alarms"]["found"]
    assert list(seen) == HEALTHY
    assert terminal.run("doctor").exit_code == 1


def test_answers_are_what_the_function_says() -> None:
    for typed, model in (
        (answers.Summary, Summary),
        (answers.JobView, JobView),
        (answers.Listed, Listed),
        (answers.Doubt, Doubt),
        (answers.ActionTaken, ActionTaken),
        (answers.Checked, Checked),
        (answers.Done, Done),
    ):
        assert typed.__annotations__.keys() == set(model.model_fields)
    assert [each.name for each in Typed] == [each.value for each in JobState]


def test_the_command_line_has_the_versions_of_the_stack_and_of_the_tests(
    terminal: Terminal,
) -> None:
    project = tomllib.loads((ROOT / "ops" / "pyproject.toml").read_text())["project"]
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = (project["version"], whole["version"], enrich.__version__, enrichment.__version__)
    assert all(one == other for one, other in pairwise(versions))
    assert terminal.run("--version").stdout.strip() == enrich.__version__
    locked = (ROOT / "requirements.txt").read_text().splitlines()
    assert set(project["dependencies"]) <= {line.split(" ")[0] for line in locked}
