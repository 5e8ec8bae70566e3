"""What was reckoned, as the tables that stand in docs/performance.md."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bench.scale.figures import Figures
from bench.scale.given import given
from bench.scale.growth import MILLION
from bench.scale.limits import BOUNDS, STATIONS, fullest, nearest
from bench.scale.scenarios import SCENARIOS
from bench.scale.way import BATCH
from bench.table import RESULTS

_MINUTE, _HOUR = 60, 3600
_NEAR = 0.05  # the share from which on a bound is told


def newest() -> dict[str, Any]:
    """The newest results."""
    return dict(json.loads(RESULTS.read_text())["scaling"])


def told(found: Mapping[str, Any]) -> str:
    """All tables, one below the other."""
    return "\n\n".join((jobs(found), paces(found), limits(found), many(found)))


def jobs(found: Mapping[str, Any]) -> str:
    """How time, memory and cost of one job grow with its rows."""
    heads = (
        *("rows", "to the output", "split", "sending", "results after it", "compile"),
        *("MB, split", "MB, compile", "USD", "fullest", "nearest bound"),
    )
    return _table(heads, (_job(found, int(rows), job) for rows, job in found["jobs"].items()))


def _job(found: Mapping[str, Any], rows: int, job: Mapping[str, Any]) -> Sequence[str]:
    steps = (_time(job[name]) for name in ("seconds", "split", "sending", "results", "compile"))
    memory = (_megabytes(found, rows, name) for name in ("split", "compile"))
    taken = job["shares"]
    first, bound = fullest(taken), nearest(taken)
    near = f"{bound}, {_share(taken[bound])}" if taken[bound] >= _NEAR else "none"
    busiest = f"{first}, {_share(taken[first])}"
    return f"{rows:,}", *steps, *memory, f"{job['usd']:.2g}", busiest, near


def _megabytes(found: Mapping[str, Any], rows: int, function: str) -> str:
    """The peak, where it was measured; with a star where that was by hand."""
    if str(rows) in found["sizes"]:
        return f"{found['sizes'][str(rows)][function]['megabytes']:.0f}"
    by_hand = (each[function] for each in given()["by_hand"] if each["rows"] == rows)
    return next((f"{megabytes}*" for megabytes in by_hand), "")


def paces(found: Mapping[str, Any]) -> str:
    """How many contacts a second are enriched, by how long the provider takes for a batch."""
    requests = Figures().runs("submit")
    rows = []
    for post, job in found["posts"].items():
        underway = job["sending"] + job["results"]
        first = fullest(job["shares"])
        rows.append(
            (
                f"{float(post):g} s",
                f"{requests * BATCH / float(post):,.0f}",
                f"{job['held']:.2f} s",
                f"{MILLION / underway:,.0f}",
                f"{first}, {_share(job['shares'][first])}",
                _time(job["seconds"]),
            )
        )
    heads = (
        *("a batch is accepted in", "five requests allow, a second", "a batch holds one for"),
        *("reached, a second", "fullest", "a million rows"),
    )
    return _table(heads, rows)


def limits(found: Mapping[str, Any]) -> str:
    """The share of each limit that one job takes."""
    sizes = list(found["jobs"])
    heads = ("", "limit", *(f"{int(rows):,}" for rows in sizes), "what the template does about it")
    return _table(
        heads,
        (
            (
                name,
                limit.name,
                *(_share(found["jobs"][rows]["shares"][name]) for rows in sizes),
                limit.answer,
            )
            for name, limit in {**STATIONS, **BOUNDS}.items()
        ),
    )


def many(found: Mapping[str, Any]) -> str:
    """What many jobs do to each other."""
    heads = (
        *("", "rows", "median", "95 % within", "smallest, median", "all done after", "USD"),
        *("runs at once", *STATIONS),
    )
    return _table(
        heads,
        (_scenario(SCENARIOS[name].name, each) for name, each in found["scenarios"].items()),
    )


def _scenario(name: str, found: Mapping[str, Any]) -> Sequence[str]:
    times = (_time(found[each]) for each in ("median", "most", "small_median", "last"))
    busy = (_share(found["shares"][station]) for station in STATIONS)
    runs = round(found["shares"]["runs"] * given()["aws"]["runs"])
    return name, f"{found['rows']:,}", *times, f"{found['usd']:.2f}", f"{runs}", *busy


def whole() -> str:
    """What it would mean if a request counted until its results are out."""
    seconds, requests = given()["provider"]["whole"], Figures().runs("submit")
    a_second = requests * BATCH / seconds
    deadline = Figures().parameter("DeadlineMinutes") * _MINUTE
    return (
        f"Should a request count as one of the {requests} until its results are out,"
        f" {seconds:.0f} s, they would allow {a_second:.0f} contacts\na second: a million takes"
        f" {_time(MILLION / a_second)} then, and {a_second * deadline:,.0f} are done by the"
        f" deadline of {_time(deadline)}."
    )


def _share(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= 1 else "<1 %"


def _time(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(_lines(list(heads), rows))


def _lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
