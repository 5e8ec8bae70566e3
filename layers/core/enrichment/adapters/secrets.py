"""The two secrets: the provider's API key and the key that signs tokens, both in Secrets Manager.

Powertools keeps what it fetched for five minutes, so a new key is in use everywhere within that
time of being stored.
"""

from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from enrichment.domain.token import SigningKeys
from enrichment.errors import SettingsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_KEEP = 300  # seconds


class ApiKey:
    """The provider's API key, stored as plain text.

    Args:
        client: a boto3 Secrets Manager client.
        name: the secret's name.
    """

    def __init__(self, client: "SecretsManagerClient", name: str) -> None:
        self._name, self._provider = name, SecretsProvider(boto3_client=client)

    def read(self) -> str:
        """The key.

        Raises:
            SettingsError: the secret is missing, empty or may not be read.
        """
        return _current(self._provider, self._name)


class SigningKey:
    """The key that signs tokens, stored as plain text.

    It needs no bookkeeping to rotate: storing a new value makes the old one Secrets Manager's
    AWSPREVIOUS.

    Args:
        client: a boto3 Secrets Manager client.
        name: the secret's name.
    """

    def __init__(self, client: "SecretsManagerClient", name: str) -> None:
        self._name = name
        # Powertools' cache knows a secret by its name, not by its stage: each needs one of its own.
        self._current = SecretsProvider(boto3_client=client)
        self._previous = SecretsProvider(boto3_client=client)

    def read(self, fresh: bool = False) -> SigningKeys:
        """The current and the previous key; `fresh` reads them anew.

        Raises:
            SettingsError: there is no current key.
        """
        current = _current(self._current, self._name, fresh).encode()
        return SigningKeys(current, self._previous_key(fresh))

    def _previous_key(self, fresh: bool) -> bytes | None:
        try:
            value = self._previous.get(
                self._name, max_age=_KEEP, force_fetch=fresh, VersionStage="AWSPREVIOUS"
            )
        except GetParameterError as error:
            if "ResourceNotFound" in str(error):  # no key was ever replaced
                return None
            raise
        return str(value).encode() if value else None


def _current(provider: SecretsProvider, name: str, fresh: bool = False) -> str:
    try:
        value = provider.get(name, max_age=_KEEP, force_fetch=fresh, VersionStage="AWSCURRENT")
    except GetParameterError:
        raise SettingsError(
            f"the secret {name} cannot be read; it must exist and hold plain text"
        ) from None
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(f"the secret {name} is empty")
    return value.strip()
