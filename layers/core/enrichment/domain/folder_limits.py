"""A folder's own limits on credits, for a team that has a budget of its own: `_limits.json`."""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from enrichment.domain.characters import whole
from enrichment.domain.limits import MOST_CREDITS
from enrichment.errors import BadLimits
from enrichment.words import files as words

MAX_LIMITS = 10_000  # bytes that are read of one


class FolderLimits(BaseModel):
    """The most credits that all files below a folder may use in a calendar month (UTC), and that
    each of them may use; None where nothing is said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    credits_per_month: int | None = Field(default=None, ge=0, le=MOST_CREDITS)
    credits_per_file: int | None = Field(default=None, ge=0, le=MOST_CREDITS)


def limits_of(text: bytes, key: str) -> FolderLimits:
    """Read a `_limits.json`.

    Args:
        text: the file.
        key: where it lies, for errors.

    Raises:
        BadLimits: it is no JSON object of one or both limits, each said once.
    """
    if len(text) > MAX_LIMITS:
        raise BadLimits(words.limits_too_large(key))
    try:
        said = json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, key))
    except (ValueError, RecursionError):
        raise BadLimits(words.limits_no_json(key)) from None
    try:
        limits = FolderLimits.model_validate(said)
    except ValidationError as error:
        name = whole(".".join(map(str, error.errors()[0]["loc"]))[:50])
        raise BadLimits(words.limits_unusable(key, name)) from None
    if limits.credits_per_month is None and limits.credits_per_file is None:
        raise BadLimits(words.limits_unusable(key, ""))
    return limits


def _once(pairs: list[tuple[str, Any]], key: str) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise BadLimits(words.limits_said_twice(key, whole(name[:50])))
    return dict(pairs)
