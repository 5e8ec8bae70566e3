"""The two secrets: the provider's API key and the key that signs tokens, both in Secrets Manager.

Powertools keeps what it fetched for five minutes, so a new key is in use everywhere within that time of being stored.
"""

from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from enrichment.domain.token import SigningKeys
from enrichment.errors import SettingsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_KEEP = 300  # seconds


class Secrets:
    """Reads secrets by name.

    The signing key needs no bookkeeping to rotate: storing a new value makes the old one Secrets Manager's AWSPREVIOUS.

    Args:
        client: a boto3 Secrets Manager client.
        api_key: name of the secret with the provider's API key, as plain text.
        signing_key: name of the secret with the signing key, as plain text.
    """

    def __init__(self, client: "SecretsManagerClient", api_key: str, signing_key: str) -> None:
        self._api_key, self._signing_key = api_key, signing_key
        # Powertools' cache knows a secret by its name alone, not by its stage: each stage needs a cache of its own.
        self._current, self._previous = SecretsProvider(boto3_client=client), SecretsProvider(boto3_client=client)

    def api_key(self) -> str:
        """The provider's API key.

        Raises:
            SettingsError: the secret is missing, empty or may not be read.
        """
        return self._get(self._api_key)

    def signing_keys(self, fresh: bool = False) -> SigningKeys:
        """The current and the previous signing key; `fresh` reads them anew.

        Raises:
            SettingsError: there is no current key.
        """
        current = self._get(self._signing_key, fresh).encode()
        return SigningKeys(current, self._previous_key(fresh))

    def _previous_key(self, fresh: bool) -> bytes | None:
        try:
            value = self._previous.get(self._signing_key, max_age=_KEEP, force_fetch=fresh, VersionStage="AWSPREVIOUS")
        except GetParameterError as error:
            if "ResourceNotFound" in str(error):  # no key was ever replaced
                return None
            raise
        return str(value).encode() if value else None

    def _get(self, name: str, fresh: bool = False) -> str:
        try:
            value = self._current.get(name, max_age=_KEEP, force_fetch=fresh, VersionStage="AWSCURRENT")
        except GetParameterError:
            raise SettingsError(f"the secret {name} cannot be read; it must exist and hold plain text") from None
        if not isinstance(value, str) or not value.strip():
            raise SettingsError(f"the secret {name} is empty")
        return value.strip()
