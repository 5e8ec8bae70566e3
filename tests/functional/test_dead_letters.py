"""A dead letter is thrown away once its work is done, and left where it is until then."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import boto3
import pytest

from enrichment.adapters.queue import DeadLetters, SubmitQueue
from tests.functional.accounts import REGION
from tests.functional.world import World, contacts

pytestmark = pytest.mark.moto

KEY = "incoming/email/leads.csv"


def new_queue() -> str:
    return str(boto3.client("sqs", REGION).create_queue(QueueName=uuid4().hex)["QueueUrl"])


def tidied(world: World, body: Any) -> bool:
    """Whether a letter with that body is thrown away."""
    sqs, queue_url = boto3.client("sqs", REGION), new_queue()
    sqs.send_message(
        QueueUrl=queue_url, MessageBody=body if isinstance(body, str) else json.dumps(body)
    )
    cleared = replace(
        world.pipeline.clear_dead_letters, queues=(DeadLetters(sqs, queue_url),)
    ).run()
    left = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    assert (
        int(left["ApproximateNumberOfMessages"])
        + int(left["ApproximateNumberOfMessagesNotVisible"])
        == 1 - cleared
    )
    return cleared == 1


def test_a_message_for_a_batch_is_thrown_away_once_the_batch_was_sent(world: World) -> None:
    job = world.drop(KEY, contacts(2))
    letter = {"job": job, "batch": 1}
    assert not tidied(world, letter)

    world.submit_all()

    assert tidied(world, letter)


def test_a_failed_start_is_thrown_away_once_its_work_was_done(world: World) -> None:
    version, size = world.upload(KEY, contacts(2))
    upload = {
        "requestPayload": {"detail": {"object": {"key": KEY, "version-id": version, "size": size}}}
    }
    assert not tidied(world, upload)
    job = world.pipeline.split.run(KEY, version, size)
    assert tidied(world, upload)

    assert not tidied(world, {"requestPayload": {"job": job}})
    world.submit_all()
    world.deliver()
    world.finish()
    assert tidied(world, {"requestPayload": {"job": job}})


@pytest.mark.parametrize("body", ["not json", "[]", "{}", {"requestPayload": "text"}, {"job": 7}])
def test_a_letter_that_nobody_understands_is_left_for_an_operator(world: World, body: Any) -> None:
    assert not tidied(world, body)


@pytest.mark.usefixtures("world")
def test_messages_carry_a_job_and_a_batch_and_wait_for_as_long_as_they_are_told() -> None:
    sqs, queue_url = boto3.client("sqs", REGION), new_queue()
    queue = SubmitQueue(sqs, queue_url)
    queue.send([("job", number) for number in range(1, 24)])
    queue.send([("job", 99)], delay=5000)

    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    assert (
        attributes["ApproximateNumberOfMessages"],
        attributes["ApproximateNumberOfMessagesDelayed"],
    ) == ("23", "1")
    received = sqs.receive_message(QueueUrl=queue_url)["Messages"][0]["Body"]
    assert set(json.loads(received)) == {"job", "batch"}


def test_results_that_could_not_be_stored_go_back_to_their_queue(world: World) -> None:
    sqs, dead, home = boto3.client("sqs", REGION), new_queue(), new_queue()
    bodies = {f"result {n}, “é”" for n in range(23)}
    for body in bodies:
        sqs.send_message(QueueUrl=dead, MessageBody=body)

    clear = replace(world.pipeline.clear_dead_letters, queues=(DeadLetters(sqs, dead, home),))
    assert clear.run() == 23
    assert clear.run() == 0

    back: set[str] = set()
    while messages := sqs.receive_message(QueueUrl=home, MaxNumberOfMessages=10).get("Messages"):
        back |= {message["Body"] for message in messages}
    assert back == bodies
