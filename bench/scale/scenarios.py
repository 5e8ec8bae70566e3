"""Days on which many files are dropped."""

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

_HOUR = 3600

Dropped = list[tuple[int, float]]  # rows of a file, and when it is dropped


class Scenario(NamedTuple):
    """What it is called, and the files that are dropped in it."""

    name: str
    dropped: Callable[[random.Random], Dropped]


def _ten(_: random.Random) -> Dropped:
    return [(100_000, 0.0)] * 10


def _behind(_: random.Random) -> Dropped:
    return [(1_000_000, 0.0), (200, _HOUR / 2)]


def _thousand(chance: random.Random) -> Dropped:
    sizes = [200] * 600 + [2_000] * 300 + [10_000] * 90 + [100_000] * 10
    return [(rows, chance.uniform(0, 10 * _HOUR)) for rows in sizes]


def _millions(chance: random.Random) -> Dropped:
    return [(100_000, chance.uniform(0, 10 * _HOUR)) for _ in range(50)]


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "ten": Scenario("ten files of 100,000 rows at once", _ten),
        "behind": Scenario("200 rows, half an hour after a million", _behind),
        "thousand": Scenario(
            "a thousand files in ten hours: 600 of 200 rows, 300 of 2,000, 90 of 10,000,"
            " 10 of 100,000",
            _thousand,
        ),
        "millions": Scenario("50 files of 100,000 rows in ten hours", _millions),
    }
)
