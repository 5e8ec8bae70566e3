"""The token that every contact carries to the provider and back, since the provider signs nothing
[A].

A token is `v1.<key id>.<job>.<batch>.<row>.<mac>`: it binds a result to one row of one batch of one
job, and nobody without a signing key can make one. The key id is derived from the key, so a key is
rotated by replacing it and needs no bookkeeping.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from enrichment.errors import ForgedWebhook

_VERSION = "v1"
FORM = r"^v1\.[0-9a-f]{8}\.[a-z2-7]{16}\.[0-9]+\.[0-9]+\.[A-Za-z0-9_-]{43}$"
"""What every token looks like; the door lets nothing else in."""


@dataclass(frozen=True)
class RowRef:
    """One row of one batch of one job."""

    job: str
    batch: int
    row: int


@dataclass(frozen=True)
class SigningKeys:
    """The key that signs, and the one before it, which is still accepted while results signed with
    it are on their way.
    """

    current: bytes
    previous: bytes | None = None

    def by_id(self) -> dict[str, bytes]:
        return {key_id(key): key for key in (self.previous, self.current) if key}


def key_id(key: bytes) -> str:
    """A name for a key that does not give it away: 8 hexadecimal digits."""
    return hashlib.sha256(b"key id\0" + key).hexdigest()[:8]


def key_id_of(token: str) -> str | None:
    """The key id that a token claims to be signed with; None if it has not even a token's form."""
    parts = token.split(".")
    return parts[1] if len(parts) == 6 and parts[0] == _VERSION else None


def sign(ref: RowRef, keys: SigningKeys) -> str:
    """The token for one row, signed with the current key."""
    body = f"{_VERSION}.{key_id(keys.current)}.{ref.job}.{ref.batch}.{ref.row}"
    return f"{body}.{_mac(body, keys.current)}"


def verify(token: str, keys: SigningKeys) -> RowRef:
    """The row that a token was signed for.

    Raises:
        ForgedWebhook: it has another form, another key, or was altered. The comparison takes the
            same time for every text.
    """
    if not token.isascii():
        raise ForgedWebhook("the token has characters that no token has")
    key = keys.by_id().get(key_id_of(token) or "")
    body, _, mac = token.rpartition(".")
    if key is None or not hmac.compare_digest(mac.encode(), _mac(body, key).encode()):
        raise ForgedWebhook("the token was not signed with a key of ours")
    _, _, job, batch, row = body.split(".")
    return RowRef(job, int(batch), int(row))


def _mac(body: str, key: bytes) -> str:
    return urlsafe_b64encode(hmac.digest(key, body.encode(), "sha256")).decode().rstrip("=")
