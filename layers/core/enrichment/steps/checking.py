"""Whether the stack can do its work, as only a function of it can tell."""

import platform
from dataclasses import dataclass

from pydantic import BaseModel

import enrichment
from enrichment.adapters.provider import Pronto, Reached
from enrichment.adapters.secrets import ApiKey
from enrichment.clock import Clock
from enrichment.errors import SettingsError


class Checked(BaseModel):
    """What a look from within found.

    `time` is the function's clock in epoch seconds. Without a key, nobody asked the provider;
    `credits` are None where the balance cannot be had.
    """

    time: int
    version: str
    python: str
    has_key: bool
    provider: Reached | None = None
    credits: int | None = None


@dataclass(frozen=True)
class CheckStack:
    """Looks at the clock, the version, the key, and the provider, which costs nothing."""

    provider: Pronto
    api_key: ApiKey
    clock: Clock

    def run(self) -> Checked:
        seen = Checked(
            time=self.clock(),
            version=enrichment.__version__,
            python=platform.python_version(),
            has_key=False,
        )
        try:
            key = self.api_key.read()
        except SettingsError:
            return seen
        reached = self.provider.reach(key)
        left = self.provider.credits_left(key) if reached is Reached.SERVES else None
        asked = {"has_key": True, "provider": reached, "credits": left}
        return seen.model_copy(update=asked)
