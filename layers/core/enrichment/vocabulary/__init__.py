"""The words the pipeline knows, as data: TOML files that can be extended without reading code.

Each file says at its top what it is and who reads it. They are read when they are first asked for:
most functions never look at a header, and reading all of them costs some milliseconds of a cold
start.
"""

from collections.abc import Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any


@cache
def load(name: str) -> Mapping[str, Any]:
    """What a file of this folder says, by its name without `.toml`."""
    import tomllib  # some milliseconds of a cold start, too

    text = Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


def words(name: str, table: str) -> tuple[str, ...]:
    """All words of a table, whatever their language or group, in the order of the file.

    A group is a list, or one text of words without spaces, which is read three times as fast.
    """
    groups: Mapping[str, list[str] | str] = load(name)[table]
    lists = (group.split() if isinstance(group, str) else group for group in groups.values())
    return tuple(chain.from_iterable(lists))


@cache
def word_set(name: str, table: str) -> frozenset[str]:
    """The words of a table where their order means nothing."""
    return frozenset(words(name, table))
