"""A webhook is checked and its result stored, before it is answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from enrichment.adapters.metrics import Metrics
from enrichment.adapters.secrets import SigningKey
from enrichment.clock import Clock
from enrichment.domain.result import is_final
from enrichment.domain.token import RowRef, SigningKeys, key_id_of, verify
from enrichment.errors import ForgedWebhook, MalformedWebhook, OversizedWebhook
from enrichment.store.results import Results, Stored

_MOST_BYTES = 64 << 10  # of a body; a result has some hundred
# seconds between two looks for an unknown signing key, so that forgeries cannot make us look more
# often
_REFRESH_AFTER = 2


class Received(StrEnum):
    """What became of a genuine webhook."""

    STORED = "stored"
    REPEATED = "repeated"
    SET_ASIDE = "set aside"


@dataclass
class ReceiveWebhook:
    """Writes a genuine result with one conditional put; a forged one writes nothing.

    What is stored is the payload as it came, with the fields we do not know [A] and without
    `custom`, so that how it is read can be mended later.
    """

    results: Results
    signing_key: SigningKey
    metrics: Metrics
    clock: Clock
    _refreshed_at: int = 0

    def run(self, body: bytes) -> Received:
        """Store what a webhook's body tells.

        Raises:
            OversizedWebhook, MalformedWebhook, ForgedWebhook: nothing was written.
        """
        if len(body) > _MOST_BYTES:
            raise OversizedWebhook(f"the body is larger than {_MOST_BYTES} bytes")
        payload = _object(body)
        custom = payload.pop("custom", None)
        ref = self._verified(custom.get("token") if isinstance(custom, dict) else None)
        if not is_final(payload):
            return self._aside(ref, payload, "not a final status")
        match self.results.put(ref, payload, self.clock()):
            case Stored.FIRST:
                return Received.STORED
            case Stored.AGAIN:
                return Received.REPEATED
            case Stored.OTHER:
                return self._aside(ref, payload, "the row has another result")

    def _aside(self, ref: RowRef, payload: Mapping[str, Any], why: str) -> Received:
        self.results.set_aside(ref, payload, why, self.clock())
        self.metrics.count("StrayResults")
        return Received.SET_ASIDE

    def _verified(self, token: object) -> RowRef:
        if not isinstance(token, str):
            raise ForgedWebhook("there is no token")
        return verify(token, self._keys(key_id_of(token)))

    def _keys(self, wanted: str | None) -> SigningKeys:
        """The signing keys, read anew when a token names one that we have not seen yet."""
        keys = self.signing_key.read()
        now = self.clock()
        if wanted and wanted not in keys.by_id() and now - self._refreshed_at >= _REFRESH_AFTER:
            self._refreshed_at = now
            keys = self.signing_key.read(fresh=True)
        return keys


def _object(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedWebhook("the body is not JSON") from None
    if not isinstance(payload, dict):
        raise MalformedWebhook("the body is not a JSON object")
    return payload
