"""The three secrets: the provider's API key, the key that signs tokens, and the one that keys the
hashes of persons, all in Secrets Manager.

What was fetched is kept for five minutes, so a new key is in use everywhere within that time, and
some seconds, of being stored. Only keys by which tokens are verified are kept for twenty, as long
as all tokens are signed by one that is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

from botocore.exceptions import BotoCoreError, ClientError

from enrichment.clock import Clock, system_clock
from enrichment.domain.token import SigningKeys
from enrichment.errors import KeyNotRead, SettingsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_KEEP = 300  # seconds
_KEEP_TO_VERIFY = 1200
_AT_HAND = 5  # seconds in which a function asks for all of its secrets
_CURRENT, _PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"

# Why a secret cannot be read until somebody changes something.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
_TO_BE_MENDED = (
    "ResourceNotFound",
    "AccessDenied",
    "DecryptionFailure",
    "InvalidParameter",
    "InvalidRequest",  # it is marked for deletion
)


class SecretsTogether:
    """The client of a function that needs several secrets. When it asks for the current version of
    one, all of them are read in one call, and the others are at hand when it asks for them next.
    That may be some seconds later, so it is nothing for who judges tokens by when a key was read.

    Args:
        client: a botocore Secrets Manager client.
        names: names or ARNs, as they will be asked for.
        clock: by which those at hand grow old.
    """

    def __init__(
        self, client: "SecretsManagerClient", names: Sequence[str], clock: Clock = system_clock
    ) -> None:
        self._client, self._names, self._clock = client, names, clock
        self._read: dict[str, Mapping[str, Any]] = {}
        self._again_at = 0  # when all of them may be read next

    @property
    def exceptions(self) -> Any:
        """The client's."""
        return self._client.exceptions

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> Mapping[str, Any]:  # noqa: N803
        """As the client does it, which is asked wherever the call for all does not bring it."""
        if VersionStage == _CURRENT and (answer := self._at_hand(SecretId)):
            return answer
        return self._client.get_secret_value(SecretId=SecretId, VersionStage=VersionStage)

    def _at_hand(self, name: str) -> Mapping[str, Any] | None:
        now = self._clock()
        if now >= self._again_at:
            self._read = self._together()
            self._again_at = now + (_AT_HAND if self._read else _KEEP)
        return self._read.pop(name, None)

    def _together(self) -> dict[str, Mapping[str, Any]]:
        try:
            answer = self._client.batch_get_secret_value(SecretIdList=self._names)
        except (ClientError, BotoCoreError):
            return {}
        return {
            name: each
            for each in answer.get("SecretValues", [])
            for name in self._names
            if name in (each["ARN"], each["Name"])
        }


Client = Union["SecretsManagerClient", SecretsTogether]


class _Secret:
    """A secret, stored as plain text, of which the newest version counts.

    Args:
        client: a botocore Secrets Manager client.
        name: the secret's name.
        clock: by which what was read grows old.
    """

    def __init__(self, client: Client, name: str, clock: Clock = system_clock) -> None:
        self._client, self._name, self._clock = client, name, clock
        self._text, self._read_at = "", -_KEEP

    def _current(self) -> str:
        now = self._clock()
        if now - self._read_at >= _KEEP:
            self._text, self._read_at = self._fetch(), now
        return self._text

    def _fetch(self) -> str:
        try:
            answer = self._client.get_secret_value(SecretId=self._name, VersionStage=_CURRENT)
        except (ClientError, BotoCoreError) as error:
            if not any(code in str(error) for code in _TO_BE_MENDED):
                raise  # AWS had a bad moment, which passes by itself
            raise SettingsError(
                f"the secret {self._name} cannot be read; it must exist and hold plain text"
            ) from None
        text = answer.get("SecretString", "").strip()
        if not text:
            raise SettingsError(f"the secret {self._name} is empty")
        return text


class ApiKey(_Secret):
    """The provider's API key."""

    def read(self) -> str:
        """The key.

        Raises:
            SettingsError: the secret is missing, empty or may not be read.
            ClientError, BotoCoreError: AWS did not answer as it should.
        """
        return self._current()


class PersonKey(_Secret):
    """What keys the hashes of persons. With another value nobody is known any more."""

    def read(self) -> bytes:
        """The key.

        Raises:
            SettingsError, ClientError, BotoCoreError: as for `ApiKey.read`.
        """
        return self._current().encode()


@dataclass(frozen=True)
class _Kept:
    """A version of the key, and when it was read; None if there is no such version, which is kept
    as well.
    """

    key: bytes | None
    read_at: int


class SigningKey:
    """The key that signs tokens, stored as plain text.

    It needs no bookkeeping to rotate: storing a new value makes the old one Secrets Manager's
    AWSPREVIOUS. The two are read together at most once in five minutes, whatever is posted to us;
    the current one once more only if it was replaced meanwhile.

    Args:
        client: a botocore Secrets Manager client.
        name: the secret's name.
        clock: by which what was read grows old.
    """

    def __init__(self, client: Client, name: str, clock: Clock = system_clock) -> None:
        self._client, self._name, self._clock = client, name, clock
        self._current = _Kept(None, 0)
        self._previous: _Kept | None = None

    def read(self) -> SigningKeys:
        """The current key, with the previous one if that was needed lately.

        Raises:
            SettingsError: there is no current key, or it cannot be read.
        """
        return self._read(_KEEP)

    def _read(self, keep: int) -> SigningKeys:
        if self._current.key is None or self._age(self._current) >= keep:
            read = self._fetch(_CURRENT)
            if read.key is None:
                raise SettingsError(f"the secret {self._name} must exist and hold plain text")
            if self._current.key != read.key:
                self._previous = None
            self._current = read
        if self._previous and self._age(self._previous) >= _KEEP_TO_VERIFY:
            self._previous = None
        assert self._current.key is not None  # noqa: S101  # for the type checker
        return SigningKeys(self._current.key, self._previous.key if self._previous else None)

    def find(self, key_id: str, sent_at: int) -> SigningKeys:
        """The keys, among them the one that has this id, if there is one.

        A key that is unknown to us may be newer than what we read, but not if we read after the
        token had come: then it is nobody's.

        Raises:
            KeyNotRead: it may be newer, and it is too early to read again.
            SettingsError: as for `read`.
        """
        keys = self._read(_KEEP_TO_VERIFY)
        if key_id in keys.by_id():
            return keys
        previous = self._previous
        if previous is None or self._age(previous) >= _KEEP:
            # The current one first: if it is replaced between the two, it is the previous one then.
            keys = self._read(0 if self._current.read_at < sent_at else _KEEP)
            previous = self._fetch(_PREVIOUS)
            if previous.key == keys.current:
                keys = self._read(0)
            self._previous = previous
            keys = SigningKeys(keys.current, previous.key)
        if key_id not in keys.by_id() and previous.read_at < sent_at:
            raise KeyNotRead("the token may be signed with a key that is newer than those at hand")
        return keys

    def _age(self, kept: _Kept) -> int:
        return self._clock() - kept.read_at

    def _fetch(self, stage: str) -> _Kept:
        now = self._clock()  # before: it is no older than this
        try:
            answer = self._client.get_secret_value(SecretId=self._name, VersionStage=stage)
        except self._client.exceptions.ResourceNotFoundException:
            return _Kept(None, now)
        except (ClientError, BotoCoreError) as error:
            raise SettingsError(
                f"the secret {self._name} cannot be read: {type(error).__name__}"
            ) from None
        return _Kept(answer.get("SecretString", "").strip().encode() or None, now)
