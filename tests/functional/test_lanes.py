"""A job has a few messages in the queue, however large it is: who comes next hardly waits, and
whatever happens to a message, all batches are sent once.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from time import sleep
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from enrichment.domain.batch import BatchState
from enrichment.domain.job import Job, JobState
from enrichment.domain.operating import Action
from enrichment.parallel import aside
from tests.functional.world import Killed, World, contacts

KEY, SMALL = "incoming/email/leads.csv", "incoming/email/small.csv"
LANES = 10  # twice as many as requests at a time
BATCHES = 35
Message = tuple[str, int]


@pytest.fixture
def world() -> World:
    """A world in which a run sends one batch, and batches are small."""
    world = World()
    world.pipeline.batch_size = 2
    world.pipeline.submit = replace(world.pipeline.submit, turn=0)
    return world


def drop(world: World, batches: int = BATCHES) -> str:
    return world.drop(KEY, contacts(2 * batches))


def run(world: World, queue: list[Message]) -> list[Message]:
    """Let the first message of a queue be handled; the queue then."""
    world.pipeline.submit.run(*queue[0])
    return queue[1:] + world.messages.take()


def sent(world: World) -> Counter[str]:
    """How often each contact was accepted."""
    return Counter(contact["custom"]["token"] for contact in world.provider.charged)


def sweep_until_sent(world: World, minutes: int) -> None:
    """Let the sweeper tick, and handle what is in the queue."""
    for _ in range(minutes):
        world.now += 60
        world.pipeline.sweep.run()
        while world.submit_all():
            pass


def test_a_small_file_does_not_wait_for_a_large_one(world: World) -> None:
    large = drop(world, 150)
    queue = world.messages.take()
    assert len(queue) == LANES
    for _ in range(57):
        queue = run(world, queue)
    small = world.drop(SMALL, contacts(4))
    queue += world.messages.take()
    before = 0
    while queue[0][0] != small:
        assert len(queue) <= LANES + 2
        queue = run(world, queue)
        before += 1

    assert before <= LANES
    while queue:
        assert Counter(job for job, _ in queue)[large] <= LANES
        queue = run(world, queue)
    assert len(sent(world)) == 304
    assert set(sent(world).values()) == {1}


def test_a_batch_takes_one_message_and_its_lane_goes_on_in_the_order_of_the_file(
    world: World,
) -> None:
    drop(world)
    queue, handled = world.messages.take(), []
    while queue:
        handled.append(queue[0][1])
        queue = run(world, queue)
    assert handled == list(range(1, BATCHES + 1))


def test_a_run_goes_on_with_its_lane_for_a_few_seconds_and_makes_one_request_at_a_time(
    world: World,
) -> None:
    at_once, most, lock = 0, 0, Lock()
    answer = world.provider

    def slowly(request: httpx.Request) -> httpx.Response:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        sleep(0.002)
        world.now += 1
        with lock:
            at_once -= 1
            return answer(request)

    transport = httpx.MockTransport(slowly)
    world.pipeline.provider._client = httpx.Client(transport=transport)
    world.pipeline.submit = replace(world.pipeline.submit, turn=5, aside=aside)
    job = drop(world, 200)
    world.pipeline.submit.run(*world.messages.take()[0])

    assert most == 1
    accepted = [
        batch.number
        for batch in world.pipeline.batches.of(world.job(job))
        if batch.state is BatchState.ACCEPTED
    ]
    assert accepted == [1, 11, 21, 31, 41]
    assert world.messages.take() == [(job, 51)]


def test_a_message_that_comes_twice_is_not_doubled_for_good(world: World) -> None:
    drop(world)
    queue = [message for message in world.messages.take() for _ in range(2)]
    handled = 0
    while queue:
        queue = run(world, queue)
        handled += 1
    assert handled == BATCHES + LANES
    assert set(sent(world).values()) == {1}


def test_a_lane_that_stopped_behind_other_jobs_goes_on_within_three_quarters_of_an_hour(
    world: World,
) -> None:
    job = drop(world, 600)
    _, *queue = world.messages.take()
    others = [("another job", number) for number in range(20)]
    for _ in range(45):
        queue = run(world, queue)
        world.pipeline.submit_queue.send([*queue, *others])
        world.now += 60
        world.pipeline.sweep.run()
        queue = [message for message in world.messages.take() if message not in others]

    assert sorted(number % LANES for _, number in queue) == list(range(LANES))
    assert {one for one, _ in queue} == {job}


@pytest.mark.parametrize("at", ["claim", "move"])
def test_a_lane_whose_run_was_killed_goes_on_after_some_minutes(world: World, at: str) -> None:
    job = drop(world)
    step: Callable[..., Any] = getattr(world.pipeline.batches, at)

    def die(*arguments: Any, **named: Any) -> Any:
        step(*arguments, **named)
        raise Killed

    setattr(world.pipeline.batches, at, die)
    queue = world.messages.take()
    with pytest.raises(Killed):
        world.pipeline.submit.run(*queue[0])
    setattr(world.pipeline.batches, at, step)
    while queue:
        queue = run(world, queue)  # the first of them as it comes again
    states = Counter(batch.state for batch in world.pipeline.batches.of(world.job(job)))
    assert states[BatchState.PLANNED] == 3  # of the first lane

    sweep_until_sent(world, 15)
    states = Counter(batch.state for batch in world.pipeline.batches.of(world.job(job)))
    assert states[BatchState.PLANNED] == 0
    assert set(sent(world).values()) == {1}


def test_a_batch_that_fails_whenever_it_is_tried_does_not_hold_up_its_lane(world: World) -> None:
    job = drop(world)
    read = world.pipeline.bucket.read_range
    broken = world.pipeline.batches.get(world.job(job), 11)
    assert broken

    def fail(key: str, start: int, end: int) -> bytes:
        if start == broken.start:
            raise ClientError({"Error": {"Code": "InternalError"}}, "GetObject")
        return read(key, start, end)

    world.pipeline.bucket.read_range = fail  # type: ignore[method-assign]
    for _ in range(30):
        for message in world.messages.take():
            try:
                world.pipeline.submit.run(*message)
            except ClientError:
                continue
        world.now += 60
        world.pipeline.sweep.run()

    batches = world.pipeline.batches.of(world.job(job))
    assert [batch.number for batch in batches if batch.state is BatchState.PLANNED] == [11]


def test_what_is_refused_for_now_does_not_fill_the_queue(world: World) -> None:
    world.pipeline.submit = replace(world.pipeline.submit, turn=5)
    drop(world)
    world.provider.answers = [httpx.Response(429, headers={"Retry-After": "30"})] * 40
    queue = world.messages.take()
    for _ in range(4):
        for message in queue:
            world.pipeline.submit.run(*message)
        world.now += 30
        queue = world.messages.take()
        assert len(queue) == LANES
    world.provider.answers = []
    while queue:
        queue = run(world, queue)
    assert len(sent(world)) == 2 * BATCHES
    assert set(sent(world).values()) == {1}


def test_a_batch_that_was_taken_too_long_before_its_turn_is_not_sent_then(world: World) -> None:
    world.pipeline.submit = replace(world.pipeline.submit, turn=5)
    answer = world.provider

    def slowly(request: httpx.Request) -> httpx.Response:
        world.now += 61
        return answer(request)

    world.pipeline.provider._client = httpx.Client(transport=httpx.MockTransport(slowly))
    job = drop(world)
    world.pipeline.submit.run(job, 1)
    second = world.pipeline.batches.get(world.job(job), 11)
    assert second
    assert (second.state, second.reserved) == (BatchState.PLANNED, None)
    assert (job, 11) in world.messages.take()


def test_a_job_that_was_paused_asks_for_one_batch_of_each_lane(world: World) -> None:
    job = drop(world)
    queue = world.messages.take()
    for _ in range(13):
        queue = run(world, queue)
    world.pipeline.operate.run(job, Action.PAUSE)
    while queue:
        queue = run(world, queue)
    world.pipeline.operate.run(job, Action.RESUME)
    queue = world.messages.take()
    assert [number for _, number in queue] == list(range(14, 24))
    while queue:
        queue = run(world, queue)
    assert len(sent(world)) == 2 * BATCHES


def test_a_job_that_tries_one_batch_after_a_pause_has_all_of_its_lanes_soon(world: World) -> None:
    world.provider.behaviour.consent = False
    job = world.drop("incoming/personal_email/leads.csv", linked(2 * BATCHES))
    world.submit_all()
    assert world.job(job).state is JobState.PAUSED
    world.provider.behaviour.consent = True
    world.now += 900
    world.pipeline.sweep.run()
    (trial,) = world.messages.take()
    world.pipeline.submit.run(*trial)
    world.now += 120
    world.pipeline.sweep.run()
    assert {number for _, number in world.messages.take()} == {11, *range(2, 11)}


def test_while_there_are_no_credits_a_batch_of_each_lane_waits(world: World) -> None:
    world.allow_in_a_month(2 * LANES * 2)
    drop(world)
    queue = world.messages.take()
    for _ in range(100):
        if not queue:
            world.now += 31
            queue = world.messages.take()
        assert len(queue) <= LANES
        queue = run(world, queue)
    assert len(sent(world)) == 2 * LANES


def test_a_job_that_an_earlier_version_began_has_a_message_for_each_batch(world: World) -> None:
    job = drop(world)
    world.messages.take()
    world.pipeline.jobs.change(job, lanes=0, cut=0)
    queue = [(job, number) for number in range(1, BATCHES + 1)]
    while queue:
        queue = run(world, queue)
    found: Job = world.job(job)
    assert found.is_all_sent
    assert set(sent(world).values()) == {1}


def linked(number: int) -> str:
    """A file of contacts with LinkedIn pages."""
    rows = (f"Jane{n},Doe,https://www.linkedin.com/in/jane-{n}" for n in range(1, number + 1))
    return "\r\n".join(["First Name,Last Name,LinkedIn URL", *rows]) + "\r\n"
