"""Each alarm goes off when what it is about happens, by the metric that is really told then, and
none does on a good day.

What happens, happens to the real pipeline, functions or queues. Only what AWS tells of itself, the
runs of functions that failed, say, is put beside it, under the names that AWS gives to it:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import httpx
import pytest

from checks.transform import source
from enrichment.adapters.queue import DeadLetters
from enrichment.domain.token import RowRef, SigningKeys, sign
from enrichment.errors import SettingsError
from enrichment.pipeline import Pipeline, deployed
from enrichment.store.results_by_batch import ResultsByBatch
from enrichment.usecases.webhook import Message
from tests.functional.cloudwatch import CloudWatch, Told, alarms, given
from tests.functional.lambdas import invoke
from tests.functional.world import DEADLINE, World, contacts
from tests.iam.stack import FUNCTIONS

KEY = "incoming/email/leads.csv"
MINUTE, HOUR = 60, 3600
RESOURCES = source()["Resources"]


def watched(world: World) -> CloudWatch:
    """A CloudWatch to which a world tells its metrics."""
    cloudwatch = CloudWatch()
    world.pipeline.metrics = Told(cloudwatch, world.clock)
    return cloudwatch


def sweeps(world: World, minutes: int, finish: bool = True) -> None:
    """So many minutes, with a sweep in each."""
    for _ in range(minutes):
        world.now += MINUTE
        world.pipeline.sweep.run()
        if finish:
            world.finish()


# What happens to jobs and at the door, as stories in a world


def is_paused(world: World) -> None:
    world.provider.answers = [httpx.Response(401, json={"error": "Invalid API key"})]
    world.drop(KEY, contacts(5))
    world.submit_all()
    sweeps(world, 2)


def is_in_doubt(world: World) -> None:
    world.provider.answers = [httpx.ReadTimeout("no answer")]
    world.drop(KEY, contacts(5))
    world.submit_all()
    sweeps(world, 16)


def is_never_written(world: World) -> None:
    world.drop(KEY, contacts(5))
    sweeps(world, (DEADLINE + HOUR) // MINUTE + 1, finish=False)


def cannot_be_written(world: World) -> None:
    world.drop(KEY, contacts(5))
    world.submit_all()
    world.deliver()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ResultsByBatch, "of", out_of_memory)
        for _ in range(3):
            with pytest.raises(MemoryError):
                world.finish()
            world.now += 1200
            world.pipeline.sweep.run()
    world.finish()


def out_of_memory(*_: object) -> None:
    raise MemoryError


def spends(world: World) -> None:
    world.allow_in_a_month(250)
    world.pipeline.budget.month_cap = 250
    world.drop(KEY, contacts(100))
    world.submit_all()
    sweeps(world, 1)


def is_left_alone(world: World) -> None:
    world.enrich(KEY, contacts(5))
    world.now += 24 * HOUR
    sweeps(world, 1)


def receives(world: World, *bodies: str) -> None:
    messages = [Message(str(place), body.encode(), world.now) for place, body in enumerate(bodies)]
    world.pipeline.webhook.run_all(messages, lambda: 60)


def is_lied_to(world: World) -> None:
    ref = RowRef("ksgtgakgr42pzzlr", 1, 2)
    token = sign(ref, SigningKeys(b"another key"))
    receives(world, json.dumps({"custom": {"token": token}, "status": "finished"}))


def gets_something_else(world: World) -> None:
    receives(world, "no result")


def gets_two_results_for_a_row(world: World) -> None:
    world.drop(KEY, contacts(5))
    world.submit_all()
    first = world.provider.webhooks[0]
    receives(world, json.dumps(first), json.dumps(first | {"email": "other@company1.example"}))


STORIES: dict[str, Callable[[World], None]] = {
    "PausedJobsAlarm": is_paused,
    "UnknownBatchesAlarm": is_in_doubt,
    "OverdueJobsAlarm": is_never_written,
    "PoisonedJobsAlarm": cannot_be_written,
    "BudgetAlarm": spends,
    "NoUploadsAlarm": is_left_alone,
    "ForgedWebhooksAlarm": is_lied_to,
    "MalformedWebhooksAlarm": gets_something_else,
    "StrayResultsAlarm": gets_two_results_for_a_row,
}


@pytest.mark.parametrize("alarm", STORIES)
def test_an_alarm_goes_off_by_what_the_pipeline_tells(world: World, alarm: str) -> None:
    cloudwatch = watched(world)
    STORIES[alarm](world)

    assert alarm in cloudwatch.going_off(world.now)


def test_a_pause_and_a_doubt_are_told_until_they_end(world: World) -> None:
    cloudwatch = watched(world)
    is_paused(world)
    sweeps(world, 6)
    assert "PausedJobsAlarm" in cloudwatch.going_off(world.now)
    sweeps(world, 15)  # its key is accepted
    world.submit_all()
    world.deliver()
    sweeps(world, 6)
    assert cloudwatch.going_off(world.now) == set()


def test_a_doubt_that_a_result_ends_soon_is_not_told(world: World) -> None:
    cloudwatch = watched(world)
    world.provider.answers = [httpx.ReadTimeout("no answer")]
    world.provider.accept_before_answer = True
    world.drop(KEY, contacts(5))
    world.submit_all()
    sweeps(world, 9)
    world.deliver()
    sweeps(world, 9)
    assert cloudwatch.going_off(world.now) == set()


# What waits in queues, and what nobody could handle


class Queue:
    """A queue of moto that is as the template has it, with its dead letters."""

    def __init__(self, name: str) -> None:
        self.sqs: Any = boto3.client("sqs", "us-east-1")
        policy = RESOURCES[name]["Properties"].get("RedrivePolicy")
        attributes: Any = (
            {"FifoQueue": "true"} if RESOURCES[name]["Properties"].get("FifoQueue") else {}
        )
        self.dead = Queue(policy["deadLetterTargetArn"]["Fn::GetAtt"][0]) if policy else None
        self.attempts = int(policy["maxReceiveCount"]) if policy else 0
        if self.dead:
            redrive = {"deadLetterTargetArn": self.dead.arn, "maxReceiveCount": self.attempts}
            attributes["RedrivePolicy"] = json.dumps(redrive)
        self.name = name
        called = f"{name}.fifo" if "FifoQueue" in attributes else name
        self.url = self.sqs.create_queue(QueueName=called, Attributes=attributes)["QueueUrl"]

    @property
    def arn(self) -> str:
        return self._attributes()["QueueArn"]

    def send(self, body: str) -> None:
        fifo = {"MessageGroupId": "one", "MessageDeduplicationId": body}
        self.sqs.send_message(
            QueueUrl=self.url, MessageBody=body, **(fifo if ".fifo" in self.url else {})
        )

    def fail(self) -> None:
        """Have every attempt at a message fail, and one more that finds none."""
        for _ in range(self.attempts + 1):
            self.sqs.receive_message(QueueUrl=self.url, VisibilityTimeout=0)

    def tell(self, cloudwatch: CloudWatch, now: int) -> None:
        """Tell its attributes, and the age of its oldest message, as SQS does each minute."""
        found = self._attributes()
        visible = int(found["ApproximateNumberOfMessages"])
        hidden = int(found["ApproximateNumberOfMessagesNotVisible"])
        counts = {"Visible": visible, "NotVisible": hidden}
        for suffix, count in counts.items():
            metric = f"ApproximateNumberOfMessages{suffix}"
            cloudwatch.put(now, "AWS/SQS", metric, count, QueueName=self.name)
        if visible:
            [message] = self.sqs.receive_message(
                QueueUrl=self.url, AttributeNames=["SentTimestamp"], VisibilityTimeout=0
            )["Messages"]
            age = now - int(message["Attributes"]["SentTimestamp"]) // 1000
            metric = "ApproximateAgeOfOldestMessage"
            cloudwatch.put(now, "AWS/SQS", metric, age, QueueName=self.name)

    def _attributes(self) -> dict[str, str]:
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        return dict(found["Attributes"])


WAITING = {"WaitingBatchesAlarm": "SubmitQueue", "WaitingResultsAlarm": "WebhookQueue"}
DEAD = {
    "DeadBatchesAlarm": "SubmitQueue",
    "DeadResultsAlarm": "WebhookQueue",
    "FailedSweepsAlarm": "Ticks",
}


@pytest.mark.moto
@pytest.mark.parametrize(("alarm", "name"), WAITING.items())
def test_an_alarm_goes_off_when_a_message_waits_for_long(
    world: World, alarm: str, name: str
) -> None:
    cloudwatch, queue, now = CloudWatch(), Queue(name), int(time.time())
    queue.send("{}")
    longest = alarms()[alarm]["Threshold"]
    queue.tell(cloudwatch, now + longest)
    assert alarm not in cloudwatch.going_off(now + longest)

    queue.tell(cloudwatch, now + longest + MINUTE)
    assert alarm in cloudwatch.going_off(now + longest + MINUTE)


@pytest.mark.moto
@pytest.mark.parametrize(("alarm", "name"), DEAD.items())
def test_an_alarm_goes_off_when_a_message_cannot_be_handled(
    world: World, alarm: str, name: str
) -> None:
    cloudwatch, queue, now = CloudWatch(), Queue(name), 1_800_000_000
    queue.send("{}")
    assert queue.dead
    for minute in range(20):
        queue.dead.tell(cloudwatch, now + minute * MINUTE)
    assert cloudwatch.going_off(now + 19 * MINUTE) == set()

    queue.fail()
    for minute in range(20, 40):
        queue.dead.tell(cloudwatch, now + minute * MINUTE)
    assert cloudwatch.going_off(now + 39 * MINUTE) == {alarm}


@pytest.mark.moto
def test_an_alarm_goes_off_when_an_event_cannot_be_handled_though_the_sweeper_looks_at_it(
    world: World,
) -> None:
    """It hides what it looks at, so that only both counts together tell."""
    cloudwatch, queue, now = CloudWatch(), Queue("FailedEvents"), 1_800_000_000
    queue.send(json.dumps({"requestPayload": {"nobody": "knows"}}))
    letters = DeadLetters(queue.sqs, queue.url)
    for minute in range(16):
        list(letters.look())
        queue.tell(cloudwatch, now + minute * MINUTE)
    assert cloudwatch.going_off(now + 15 * MINUTE) == {"FailedEventsAlarm"}


# Functions


def test_an_alarm_goes_off_when_three_runs_of_a_function_fail(
    account: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TABLE")
    for function in FUNCTIONS:
        cloudwatch, going_off = CloudWatch(), []
        for at in range(0, 3 * MINUTE, MINUTE):
            deployed.cache_clear()
            with pytest.raises(SettingsError):
                invoke(function)
            name = f"{function.title()}Function"
            cloudwatch.put(at, "AWS/Lambda", "Errors", 1, FunctionName=name)
            going_off.append(cloudwatch.going_off(at))
        assert going_off == [set(), set(), {f"{function.title()}ErrorsAlarm"}]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_alarm_goes_off_when_lambda_has_no_room_for_a_function(function: str) -> None:
    cloudwatch, name = CloudWatch(), f"{function.title()}Function"
    for at in range(0, 10 * MINUTE, MINUTE):
        cloudwatch.put(at, "AWS/Lambda", "Throttles", 3, FunctionName=name)
    assert cloudwatch.going_off(4 * MINUTE) == set()
    assert cloudwatch.going_off(9 * MINUTE) == {f"{function.title()}ThrottlesAlarm"}


# The door, which no function serves


def answered(status: int) -> int:
    """What the door answers when SQS answers so."""
    integration = RESOURCES["ProntoMethod"]["Properties"]["Integration"]
    responses = integration["IntegrationResponses"]
    matching = (
        each for each in responses if re.fullmatch(each.get("SelectionPattern", ".*"), str(status))
    )
    return int(next(matching)["StatusCode"])


def answers(*statuses: int) -> CloudWatch:
    """What API Gateway tells of its answers."""
    cloudwatch = CloudWatch()
    for status in statuses:
        for metric, first in (("4XXError", 4), ("5XXError", 5)):
            counted = status // 100 == first
            cloudwatch.put(0, "AWS/ApiGateway", metric, counted, ApiName="test", Stage="prod")
    return cloudwatch


def test_an_alarm_goes_off_when_the_door_cannot_accept_a_result() -> None:
    assert answers(answered(200)).going_off(0) == set()
    assert answers(answered(200), answered(500)).going_off(0) == {"DoorErrorsAlarm"}


def test_an_alarm_goes_off_when_the_door_refuses_many() -> None:
    few = [answered(400)] * 20
    assert answers(*few).going_off(0) == set()
    assert answers(*few, 429).going_off(0) == {"DoorRefusalsAlarm"}


# All of them


def test_every_alarm_is_made_to_go_off() -> None:
    titles = [function.title() for function in FUNCTIONS]
    functions = {f"{title}{kind}Alarm" for title in titles for kind in ("Errors", "Throttles")}
    door = {"DoorErrorsAlarm", "DoorRefusalsAlarm"}
    queues = {*WAITING, *DEAD, "FailedEventsAlarm"}
    assert {*STORIES, *functions, *door, *queues} == alarms().keys()


def test_an_alarm_looks_at_what_its_parameters_are_called_after() -> None:
    for name, value in given():
        match value:
            case {"Ref": "AWS::StackName"}:
                assert name == "Stack"
            case {"Ref": resource}:
                assert resource == name
            case {"Fn::GetAtt": reference}:
                assert reference in (f"{name}.QueueName", [name, "QueueName"])
    assert RESOURCES["Api"]["Properties"]["Name"] == {"Ref": "AWS::StackName"}
    assert RESOURCES["ApiStage"]["Properties"]["StageName"] == "prod"


def hours(world: World) -> Iterator[str]:
    """A good day: three files, with results as they come, and the sweeper beside it."""
    for hour, folder in enumerate(("email", "email/q3", "email/q4")):
        key = f"incoming/{folder}/leads.csv"
        job = world.drop(key, contacts(120).replace("Doe", f"Lee{'o' * hour}"))
        world.submit_all()
        sweeps(world, 3)
        world.deliver()
        world.finish()
        sweeps(world, 57)
        yield job


def test_no_alarm_goes_off_on_a_good_day(world: World) -> None:
    cloudwatch = watched(world)
    for job in hours(world):
        assert world.job(job).state == "DONE"
        moments = range(world.now - HOUR, world.now, 5 * MINUTE)
        assert [cloudwatch.going_off(moment) for moment in moments] == [set()] * 12
    assert {point.metric for point in cloudwatch.points} >= {"Rows", "OpenJobs", "CreditsCharged"}
