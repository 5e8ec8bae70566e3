"""Whom a folder wants told of the files below it: `_notify.json`."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from enrichment.errors import BadNotify
from enrichment.words import files as words

# Bytes of one. Larger files expire with the others in their folder, and nobody would notice.
MAX_NOTIFY = 1_000
_MOST = 20  # names in one
_LONGEST = 320  # characters of an address or an ARN; addresses have 254 at most, ARNs of topics 300


class FolderNotify(BaseModel):
    """Who is told of all files below a folder: e-mail addresses, and ARNs of topics."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    notify: list[str] = Field(max_length=_MOST)


def named_in(text: bytes, key: str) -> tuple[str, ...]:
    """Who is named in a `_notify.json`, each once.

    Args:
        text: the file.
        key: where it lies, for errors.

    Raises:
        BadNotify: it is no JSON object with a list of addresses and ARNs.
    """
    if len(text) > MAX_NOTIFY:
        raise BadNotify(words.notify_too_large(key))
    try:
        said = FolderNotify.model_validate(json.loads(text))
    except ValidationError:
        raise BadNotify(words.notify_unusable(key)) from None
    except (ValueError, RecursionError):
        raise BadNotify(words.notify_no_json(key)) from None
    names = [name.strip() for name in said.notify]
    if not all(map(_is_name, names)):
        raise BadNotify(words.notify_unusable(key))
    return tuple(dict.fromkeys(names))


def _is_name(name: str) -> bool:
    """Whether something may be an e-mail address or an ARN. It is held against a list; what it
    must not do is to break a line or a page.
    """
    is_one_word = name.isprintable() and not any(letter.isspace() for letter in name)
    return len(name) <= _LONGEST and is_one_word and ("@" in name or name.startswith("arn:"))


@dataclass(frozen=True)
class Allowed:
    """Whom folders may name: addresses, in whatever case, and ARNs of topics."""

    addresses: Collection[str]
    topics: Collection[str]

    def of(self, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those of some names who are told, as the platform team writes them, and the others."""
        as_allowed = {address.casefold(): address for address in self.addresses}
        as_allowed |= {topic: topic for topic in self.topics}
        keys = {name: name if name.startswith("arn:") else name.casefold() for name in names}
        told = dict.fromkeys(as_allowed[key] for key in keys.values() if key in as_allowed)
        return tuple(told), tuple(name for name, key in keys.items() if key not in as_allowed)
