"""However keys are rotated and read, no genuine token is refused, and no old one for long."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.adapters.secrets import SigningKey
from enrichment.domain.token import key_id
from enrichment.errors import KeyNotRead

MINUTE = 60  # the shortest deadline, within which a key is rotated once at most
FORGETS = 1200


class NoVersion(Exception):  # as botocore's
    pass


class Versions:
    """A secret whose versions are read, and replaced now and then while that is done."""

    class exceptions:  # noqa: N801  # as botocore has it
        ResourceNotFoundException = NoVersion

    def __init__(self) -> None:
        self.now = 10_000
        self.keys = [b"key 0"]
        self.rotated_at = [0]
        self.reads: list[int] = []
        self.rotates_in = 0  # reads
        client: Any = self
        self.key = SigningKey(client, "signing-key", lambda: self.now)

    def rotate(self) -> None:
        if self.now - self.rotated_at[-1] > MINUTE:
            self.keys.append(f"key {len(self.keys)}".encode())
            self.rotated_at.append(self.now)

    def get_secret_value(self, *, VersionStage: str, **_: str) -> dict[str, Any]:  # noqa: N803
        self.reads.append(self.now)
        there = self.keys[-1:] if VersionStage == "AWSCURRENT" else self.keys[-2:-1]
        self.rotates_in -= 1
        if self.rotates_in == 0:
            self.rotate()
        if not there:
            raise NoVersion
        return {"SecretString": there[0].decode()}

    def accepts(self, key: bytes) -> bool | None:
        """Whether a token that comes now is taken for genuine; None if it is to come again."""
        try:
            return key_id(key) in self.key.find(key_id(key), self.now).by_id()
        except KeyNotRead:
            return None


STEPS = st.tuples(
    st.sampled_from(["current", "previous", "older", "forged", "rotate", "rotate when read"]),
    st.integers(0, 700),  # seconds until the next
    st.integers(1, 3),  # reads until it is rotated
)


@given(steps=st.lists(STEPS, max_size=40))
def test_genuine_tokens_are_never_refused(steps: list[tuple[str, int, int]]) -> None:
    secret = Versions()
    for what, seconds, reads in steps:
        secret.now += 1
        keys = list(secret.keys)
        match what:
            case "rotate":
                secret.rotate()
            case "rotate when read":
                secret.rotates_in = reads
            case "forged":
                assert not secret.accepts(b"a stranger's")
            case "older" if len(keys) > 2:
                is_new = secret.now - secret.rotated_at[-1] < FORGETS
                assert not secret.accepts(keys[-3]) or is_new
            case "previous" if len(keys) > 1:
                # If it is rotated meanwhile, nobody signs with this one since a deadline.
                assert secret.accepts(keys[-2]) is not False or secret.keys != keys
            case "current":
                assert secret.accepts(keys[-1]) is not False
        secret.now += seconds
    each_time = (sum(at <= each < at + 300 for each in secret.reads) for at in secret.reads)
    assert max(each_time, default=0) <= 3 * 300 // MINUTE


@pytest.mark.parametrize("reads", [1, 2, 3])
def test_a_key_rotated_while_keys_are_read_is_the_previous_one(reads: int) -> None:
    secret = Versions()
    secret.rotate()
    assert secret.accepts(b"key 1")
    secret.now += 400
    secret.rotates_in = reads
    secret.accepts(b"a stranger's")
    secret.now += 10

    assert secret.accepts(b"key 1")
    secret.now += FORGETS
    assert not secret.accepts(b"key 0") or len(secret.keys) == 2


def test_a_previous_key_is_forgotten_though_the_current_one_came_back() -> None:
    secret = Versions()
    secret.rotate()
    assert secret.accepts(b"key 0")
    secret.keys += [b"key 2", b"key 1"]
    secret.now += FORGETS

    assert not secret.accepts(b"key 0")


def test_a_token_of_the_second_key_in_five_minutes_is_genuine() -> None:
    secret = Versions()
    assert secret.accepts(b"key 0")
    for _ in range(2):
        secret.now += 120
        secret.rotate()
    secret.now += 1

    assert secret.accepts(b"key 2")


@pytest.mark.parametrize("seconds", [0, 299])
def test_a_stranger_does_not_make_us_read_twice(seconds: int) -> None:
    secret = Versions()
    for later in (0, seconds):
        secret.now += later
        secret.accepts(b"a stranger's")
    assert len(secret.reads) == 2
