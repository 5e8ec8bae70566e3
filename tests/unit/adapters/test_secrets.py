"""What reads several secrets at once says of each what the client says of it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from enrichment.adapters.secrets import ApiKey, PersonKey, SecretsTogether, SigningKey
from enrichment.errors import SettingsError

NAMES = ["api-key", "signing-key", "person-key"]


class Stack:
    """Three secrets, asked for by name or ARN, and how often Secrets Manager was called."""

    def __init__(self) -> None:
        self.client: Any = boto3.client("secretsmanager", "eu-west-3")
        self.calls: Counter[str] = Counter()
        self.client.meta.events.register(
            "before-call.secrets-manager", lambda model, **_: self.calls.update([model.name])
        )
        api, signing, person = (
            self.client.create_secret(Name=name, SecretString=f"the {name}") for name in NAMES
        )
        self.calls.clear()
        self.now = 0
        names = [api["Name"], signing["ARN"], person["ARN"]]
        together: Any = SecretsTogether(self.client, names, self.clock)
        self.api = ApiKey(together, names[0], self.clock)
        self.signing = SigningKey(together, names[1], self.clock)
        self.person = PersonKey(together, names[2], self.clock)

    def clock(self) -> int:
        return self.now

    def read(self) -> tuple[str, bytes, bytes]:
        return self.api.read(), self.signing.read().current, self.person.read()


@pytest.fixture
def stack() -> Iterator[Stack]:
    with mock_aws():
        yield Stack()


def test_all_are_read_in_one_call_each_five_minutes(stack: Stack) -> None:
    for _ in range(11):
        assert stack.read() == ("the api-key", b"the signing-key", b"the person-key")
        stack.now += 30
    assert stack.calls == {"BatchGetSecretValue": 2}


def test_what_was_at_hand_too_long_is_read_anew(stack: Stack) -> None:
    stack.api.read()
    stack.client.put_secret_value(SecretId="person-key", SecretString="another")
    stack.now += 60
    assert stack.person.read() == b"another"


def test_one_that_is_gone_is_told_and_the_others_are_read(stack: Stack) -> None:
    stack.client.delete_secret(SecretId="api-key", ForceDeleteWithoutRecovery=True)
    with pytest.raises(SettingsError, match="api-key"):
        stack.api.read()
    assert stack.signing.read().current == b"the signing-key"


def test_they_are_read_one_by_one_where_nobody_may_read_them_at_once(stack: Stack) -> None:
    def refuse(model: Any, **_: object) -> None:
        stack.calls.update([model.name])
        raise stack.client.exceptions.ClientError({"Error": {"Code": "AccessDenied"}}, "Batch")

    stack.client.meta.events.register("before-call.secrets-manager.BatchGetSecretValue", refuse)
    for _ in range(2):
        assert stack.read() == ("the api-key", b"the signing-key", b"the person-key")
        stack.now += 299
    assert stack.calls == {"BatchGetSecretValue": 1, "GetSecretValue": 3}


def test_only_current_versions_are_read_together(stack: Stack) -> None:
    stack.client.put_secret_value(SecretId="signing-key", SecretString="another")
    keys = stack.signing.find("0" * 8, sent_at=0)
    assert keys.by_id().keys() == stack.signing.find("0" * 8, sent_at=0).by_id().keys()
    assert {keys.current, keys.previous} == {b"another", b"the signing-key"}
