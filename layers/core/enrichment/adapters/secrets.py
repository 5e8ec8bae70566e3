"""The three secrets: the provider's API key, the key that signs tokens, and the one that keys the
hashes of persons, all in Secrets Manager.

What was fetched is kept for five minutes, so a new key is in use everywhere within that time of
being stored.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from enrichment.clock import Clock, system_clock
from enrichment.domain.token import SigningKeys
from enrichment.errors import KeyNotRead, SettingsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_KEEP = 300  # seconds

# Why a secret cannot be read until somebody changes something.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
_TO_BE_MENDED = (
    "ResourceNotFound",
    "AccessDenied",
    "DecryptionFailure",
    "InvalidParameter",
    "InvalidRequest",  # it is marked for deletion
)


class _Secret:
    """A secret, stored as plain text, of which the newest version counts.

    Args:
        client: a botocore Secrets Manager client.
        name: the secret's name.
        clock: by which what was read grows old.
    """

    def __init__(
        self, client: "SecretsManagerClient", name: str, clock: Clock = system_clock
    ) -> None:
        self._client, self._name, self._clock = client, name, clock
        self._text, self._read_at = "", -_KEEP

    def _current(self) -> str:
        now = self._clock()
        if now - self._read_at >= _KEEP:
            self._text, self._read_at = self._fetch(), now
        return self._text

    def _fetch(self) -> str:
        try:
            answer = self._client.get_secret_value(SecretId=self._name, VersionStage="AWSCURRENT")
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
    AWSPREVIOUS. Each of the two is read at most once within the time that it is kept, whatever is
    posted to us; once more only if the key was rotated meanwhile.

    Args:
        client: a botocore Secrets Manager client.
        name: the secret's name.
        clock: by which what was read grows old.
    """

    def __init__(
        self, client: "SecretsManagerClient", name: str, clock: Clock = system_clock
    ) -> None:
        self._client, self._name, self._clock = client, name, clock
        self._current: _Kept | None = None
        self._previous: _Kept | None = None

    def read(self, fresh: bool = False) -> SigningKeys:
        """The current key, with the previous one if that was needed lately; `fresh` reads anew.

        Raises:
            SettingsError: there is no current key, or it cannot be read.
        """
        if fresh or self._current is None or self._is_old(self._current):
            read = self._fetch("AWSCURRENT")
            if read.key is None:
                raise SettingsError(f"the secret {self._name} must exist and hold plain text")
            if self._current and self._current.key != read.key:
                self._previous = None
            self._current = read
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
        keys = self.read()
        if key_id in keys.by_id():
            return keys
        if self._previous is None or self._is_old(self._previous):
            previous = self._fetch("AWSPREVIOUS")
            if previous.key == keys.current:  # which was replaced, then
                self.read(fresh=True)
            self._previous = previous
            keys = self.read()
        if key_id not in keys.by_id() and self._previous.read_at < sent_at:
            raise KeyNotRead("the token may be signed with a key that is newer than those at hand")
        return keys

    def _is_old(self, kept: _Kept) -> bool:
        return self._clock() - kept.read_at >= _KEEP

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
