"""How a run sets the stand-in's behaviour: by environment variables before it starts, by `PUT
/behaviour` while it runs.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.provider.behaviour import Behaviour, Faults, behaviour_from_environment
from tests.functional.standin import StandIn, contacts, eventually, stand_in

ROOT = Path(__file__).resolve().parents[2]
# For every field a value that is not its default.
SET: dict[str, Any] = {
    "api_key": "another-key",
    "consent": True,
    "balance": 12,
    "search_balance": 7,
    "plan_limit": True,
    "forbidden": True,
    "error_list": True,
    "find_rate": 0.25,
    "most_numbers": 40,
    "phone_shape": "older",
    "price_email": 1,
    "price_phone": 10,
    "price_personal_email": 4,
    "concurrency": 2,
    "answer_seconds": 0.5,
    "result_seconds": 2.5,
    "seed": 9,
    "faults": {
        "throttled": 0.1,
        "retry_after": 2,
        "broken_before": 0.2,
        "broken_after": 0.3,
        "silent_after": 0.4,
        "silent_seconds": 3.0,
        "webhook_twice": 0.5,
        "webhook_late": 0.6,
        "late_seconds": 4.0,
        "webhook_missing": 0.7,
        "number_unshown": 0.8,
    },
}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("STANDIN_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def unchanged() -> Iterator[StandIn]:
    with stand_in() as running:
        yield running


def test_every_field_can_be_set_by_a_variable_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(SET) == set(Behaviour.model_fields)
    assert set(SET["faults"]) == set(Faults.model_fields)
    for name, value in SET.items():
        monkeypatch.setenv(
            f"STANDIN_{name.upper()}", value if isinstance(value, str) else json.dumps(value)
        )

    assert behaviour_from_environment().model_dump() == SET


def test_what_is_not_set_or_empty_keeps_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_BALANCE", "")
    monkeypatch.setenv("STANDIN_FAULTS", "")

    assert behaviour_from_environment() == Behaviour()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FINDRATE", "0.5"),
        ("FIND_RATE", "70"),
        ("BALANCE", "plenty"),
        ("FAULTS", "throttled"),
        ("FAULTS", '{"throttle": 1}'),
        ("FAULTS", "0.5"),
    ],
)
def test_a_variable_that_means_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"STANDIN_{name}", value)

    with pytest.raises(ValueError, match=r"(?i)valid|expecting|extra|less|greater"):
        behaviour_from_environment()


def test_behaviour_is_read_without_the_key_and_changed_field_by_field() -> None:
    with stand_in(balance=10, find_rate=1) as provider:
        provider.bulk(contacts(2))
        provider.settled()
        before = provider.client.get("/behaviour").json()
        answer = provider.client.put(
            "/behaviour", json={"find_rate": 0.5, "faults": {"throttled": 0.5}}
        )
        after = provider.client.get("/behaviour").json()

    assert "api_key" not in before
    assert (before["balance"], before["find_rate"]) == (4, 1)
    assert (
        after
        == answer.json()
        == before
        | {
            "find_rate": 0.5,
            "faults": before["faults"] | {"throttled": 0.5},
        }
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"find_rate": 2}', "find_rate"),
        (b'{"faults": {"throttled": -1}}', "faults.throttled"),
        (b'{"speed": 1, "consent": true}', "speed"),
        (b"[]", "JSON object"),
        (b"find_rate=1", "JSON"),
    ],
)
def test_a_change_that_means_nothing_changes_nothing_and_says_why(
    unchanged: StandIn, content: bytes, words: str
) -> None:
    before = unchanged.client.get("/behaviour").json()
    answer = unchanged.client.put("/behaviour", content=content)

    assert answer.status_code == 400
    assert words in answer.json()["message"]
    assert unchanged.client.get("/behaviour").json() == before


def test_the_key_can_be_changed_while_it_runs() -> None:
    with stand_in() as provider:
        provider.change(api_key="another-key")

        assert provider.bulk(contacts(2)).status_code == 401


def test_the_module_serves_until_it_is_told_to_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "local.provider", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"STANDIN_BALANCE": "7"}) as process:

        def balance() -> int | None:
            assert process.poll() is None
            try:
                return int(
                    httpx.get(f"http://127.0.0.1:{port}/ledger", trust_env=False).json()["balance"]
                )
            except httpx.ConnectError:
                return None

        try:
            assert eventually(balance) == 7
            process.send_signal(signal.SIGTERM)
            process.wait(10)
        finally:
            process.kill()
