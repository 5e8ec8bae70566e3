"""The stand-in misbehaves when told to, in ways that the contract leaves open, and the same way in
every run with one seed.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.provider.behaviour import Behaviour, Faults
from local.provider.chance import request_fate, webhook_fate
from tests.functional.standin import Receiver, contact, contacts, eventually, receiving, stand_in

seeds = st.integers(0, 1000)
numbers = st.integers(1, 1000)


@pytest.fixture(scope="module")
def running_receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def receiver(running_receiver: Receiver) -> Receiver:
    running_receiver.webhooks.clear()
    return running_receiver


@pytest.mark.parametrize(
    ("faults", "status", "charged"),
    [
        ({"throttled": 1, "retry_after": 7}, 429, False),
        ({"broken_before": 1}, 500, False),
        ({"broken_after": 1}, 500, True),
    ],
)
def test_a_request_that_fails_is_charged_only_if_it_was_enqueued(
    receiver: Receiver, faults: dict[str, Any], status: int, charged: bool
) -> None:
    with stand_in(receiver, faults=faults, find_rate=1) as provider:
        answers = [provider.bulk(contacts(3)), provider.single(contact())]
        ledger = provider.settled()

    assert [answer.status_code for answer in answers] == [status, status]
    assert {answer.headers.get("Retry-After") for answer in answers} == {
        "7" if status == 429 else None
    }
    assert ledger["contacts"] == len(receiver.webhooks) == (4 if charged else 0)
    assert ledger["credits"] == 3 * ledger["contacts"]


def test_a_request_may_be_charged_and_its_webhooks_come_before_it_is_answered(
    receiver: Receiver,
) -> None:
    with stand_in(
        receiver, result_seconds=0, faults={"silent_after": 1, "silent_seconds": 3600}
    ) as provider:
        provider.client.timeout = httpx.Timeout(0.3)
        with pytest.raises(httpx.ReadTimeout):
            provider.bulk(contacts(3))
        ledger = provider.settled()

    assert ledger["contacts"] == len(receiver.webhooks) == 3
    assert ledger["answers"] == {}


@pytest.mark.parametrize(
    ("faults", "times"), [({"webhook_twice": 1}, 2), ({"webhook_missing": 1}, 0)]
)
def test_webhooks_come_twice_or_never(
    receiver: Receiver, faults: dict[str, float], times: int
) -> None:
    with stand_in(receiver, faults=faults, find_rate=1) as provider:
        provider.bulk(contacts(3))
        ledger = provider.settled()

    rows = sorted(webhook["custom"]["row"] for webhook in receiver.webhooks)
    assert rows == sorted(times * [0, 1, 2])
    assert len(ledger["webhooks"]) == 3 * times
    assert ledger["credits"] == 3 * 3


@pytest.mark.parametrize(
    "faults", [{"webhook_late": 1, "late_seconds": 3600}, {"webhook_missing": 1}]
)
def test_a_single_result_can_be_polled_while_its_webhook_is_late_or_missing(
    receiver: Receiver, faults: dict[str, float]
) -> None:
    with stand_in(receiver, faults=faults) as provider:
        enrichment_id = provider.single(contact()).json()["enrichment_id"]
        eventually(lambda: provider.poll(enrichment_id).json()["status"] == "finished")

        assert provider.ledger()["pending"] == (1 if "webhook_late" in faults else 0)
        assert receiver.webhooks == []


def test_late_webhooks_come_after_the_others(receiver: Receiver) -> None:
    behaviour = Behaviour(result_seconds=0.05, faults=Faults(webhook_late=0.5, late_seconds=0.5))
    with stand_in(receiver, **behaviour.model_dump(exclude={"answer_seconds"})) as provider:
        provider.bulk(contacts(20))
        provider.settled()

    late = {row for row in range(20) if webhook_fate(behaviour, 1, row).late}
    rows = [webhook["custom"]["row"] for webhook in receiver.webhooks]
    assert 0 < len(late) < 20
    assert set(rows[-len(late) :]) == late
    assert sorted(rows) == list(range(20))


def test_more_numbers_may_be_billed_than_results_show(receiver: Receiver) -> None:
    with stand_in(receiver, faults={"number_unshown": 0.3}) as provider:
        provider.bulk(contacts(100), "phone")
        ledger = provider.settled()

    shown = {webhook["custom"]["row"]: len(webhook["phone"]) for webhook in receiver.webhooks}
    billed = {charge["custom"]["row"]: charge["found"] for charge in ledger["charges"]}
    assert all(count <= billed.get(row, 0) for row, count in shown.items())
    assert 0 < sum(shown.values()) < ledger["found"] == ledger["credits"] / 30


def test_faults_can_be_ended_while_it_runs(receiver: Receiver) -> None:
    with stand_in(receiver, faults={"broken_before": 1}) as provider:
        broken = provider.bulk(contacts(2))
        provider.change(faults={})
        mended = provider.bulk(contacts(2))

    assert [broken.status_code, mended.status_code] == [500, 202]


def test_the_same_seed_hits_the_same_requests() -> None:
    def run(seed: int) -> list[tuple[int, str | None]]:
        with stand_in(seed=seed, faults={"throttled": 0.3, "broken_after": 0.3}) as provider:
            answers = [provider.bulk(contacts(2)) for _ in range(20)]
        return [(answer.status_code, answer.json().get("enrichment_id")) for answer in answers]

    first = run(1)

    assert {status for status, _ in first} == {202, 429, 500}
    assert first == run(1) != run(2)


@given(seeds, numbers, st.floats(0, 1), st.floats(0, 1))
def test_a_fault_hits_the_same_requests_whichever_others_are_set(
    seed: int, number: int, share: float, other: float
) -> None:
    alone = request_fate(Behaviour(seed=seed, faults=Faults(broken_after=share)), number)
    among = request_fate(
        Behaviour(
            seed=seed, faults=Faults(broken_after=share, throttled=other, broken_before=other)
        ),
        number,
    )

    assert (alone.broken_after, alone.enrichment_id) == (among.broken_after, among.enrichment_id)


@given(seeds, numbers, st.integers(0, 99), st.floats(0, 1))
def test_a_webhook_takes_its_time_whichever_faults_are_set(
    seed: int, number: int, position: int, share: float
) -> None:
    plain = webhook_fate(Behaviour(seed=seed, result_seconds=2), number, position)
    faults = Faults(webhook_twice=share, webhook_late=share, webhook_missing=share)
    hit = webhook_fate(Behaviour(seed=seed, result_seconds=2, faults=faults), number, position)

    assert plain.result_after == hit.result_after
    assert 0 <= plain.result_after <= 2
    assert (plain.late, plain.times) == (0, 1)
