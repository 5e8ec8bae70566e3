"""What the account has left, as the provider tells this installation's key."""

from dataclasses import dataclass

from enrichment.adapters.provider import Pronto
from enrichment.adapters.secrets import ApiKey
from enrichment.errors import SettingsError


@dataclass(frozen=True)
class AskBalance:
    """Asks for the account's credits, which costs nothing [A]."""

    provider: Pronto
    api_key: ApiKey

    def run(self) -> int | None:
        """The credits for enrichment; None where they cannot be had."""
        try:
            return self.provider.credits_left(self.api_key.read())
        except SettingsError:
            return None
