"""The results of `make bench` as the table that stands in docs/performance.md."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

from bench.subjects import SUBJECTS

_TICKS = {
    "usual_reads": "read units, in the median",
    "most_reads": "read units, at most",
    "most_calls": "calls to the table, at most",
    "listings": "calls to the bucket, in all ticks",
    "messages": "messages that were sent again",
}

_WORKBOOKS = "Workbooks have 50,000 rows at most. *As fast*: 0.5 takes twice the CPU time."
_MINUTES = 120  # seconds, from which on they are told in minutes
RESULTS = Path(__file__).with_name("results.json")


def table(results: dict[str, Any]) -> Iterator[str]:
    """Each figure is a median; of the ratio, least and most stand beside it."""
    yield "| | rows a second | beside | as fast | least to most | peak memory, MB |"
    yield "|---|---|---|---|---|---|"
    for name, found in results["subjects"].items():
        speed, _, _ = found["rows_per_second"]
        ratio, least, most = found["ratio"]
        memory, _, _ = found["megabytes"]
        title, beside = SUBJECTS[name].title, SUBJECTS[name].beside
        spread = f"{least:.3f} to {most:.3f}"
        yield f"| {title} | {speed:,.0f} | {beside} | {ratio:.3f} | {spread} | {memory:.0f} |"


def told(results: dict[str, Any]) -> str:
    """What a job told CloudWatch, and what it costs."""
    found = results["watching"]
    each = found["bytes"] / found["contacts"]
    return "\n".join(
        (
            "| counted | |",
            "|---|---|",
            f"| contacts of the job | {found['contacts']:,} |",
            f"| lines of metrics | {found['lines']:,} |",
            f"| bytes of them | {found['bytes']:,}, which is {each:.2f} a contact |",
            f"| metrics, each in each hour in which it is told | {found['metric_hours']} |",
            f"| USD for it ({found['priced']}, us-east-1) | {found['usd']:.4f} |",
            f"| USD a month for a stack at rest | {found['usd_a_month_at_rest']:.2f} |",
        )
    )


def shown(results: dict[str, Any]) -> str:
    """What it costs to show how far a job is."""
    found = results["informing"]
    calls = found["calls"]
    return "\n".join(
        (
            "| counted | |",
            "|---|---|",
            f"| runs of `inform`, which tell of the job 15 seconds apart | {calls['runs']} |",
            f"| objects written | {calls['put_object']:,} |",
            f"| objects read | {calls['get_object']:,} |",
            f"| read units, write units | {calls['read_units']:,}, {calls['write_units']:,} |",
            f"| events, messages | {calls['put_events']}, {calls['publish']} |",
            f"| USD for it ({found['priced']}, us-east-1) | {found['usd']:.4f} |",
        )
    )


def informed() -> str:
    """The newest results of that."""
    return shown(json.loads(RESULTS.read_text()))


def watched() -> str:
    """The newest results of that."""
    return told(json.loads(RESULTS.read_text()))


def counts(found: dict[str, Any]) -> Iterator[str]:
    """What results take of the table, and what ticks of the sweeper do."""
    yield f"| {found['contacts']:,} contacts, results within minutes | read units | write units |"
    yield "|---|---|---|"
    for minutes, each in found["spreads"].items():
        yield f"| {minutes} | {each['reads']:.3f} a contact | {each['writes']:.3f} a contact |"
    runs = sum(each["compiles"] for each in found["spreads"].values())
    messages = max(each["messages"] for each in found["spreads"].values())
    yield ""
    yield (
        f"These {len(found['spreads'])} jobs took {runs} runs of `compile`,"
        f" and {messages:.2f} messages a batch."
    )
    yield ""
    yield f"| a tick of `sweep` while {found['batches']:,} batches | wait | await results |"
    yield "|---|---|---|"
    waiting, sent = found["waiting"], found["sent"]
    for name, title in _TICKS.items():
        yield f"| {title} | {waiting[name]:,} | {sent[name]:,} |"


def counted() -> str:
    """The newest results of that."""
    return "\n".join(counts(json.loads(RESULTS.read_text())["counting"]))


def uses(found: dict[str, Any]) -> Iterator[str]:
    """How much of the provider's slots a job uses."""
    yield f"| the provider answers {found['batches']:,} batches in | of the time of five requests |"
    yield "|---|---|"
    for latency, share in found["used"].items():
        yield f"| {latency} s each | {100 * share:.1f} % |"


def used() -> str:
    """The newest results of that."""
    return "\n".join(uses(json.loads(RESULTS.read_text())["sending"]))


def waits(found: dict[str, Any]) -> Iterator[str]:
    """How long a small file waits, by what hands out batches, and what a large one can use."""
    yield "| | behind one of a million rows | behind 20 of 50,000 | used by a large one alone |"
    yield "|---|---|---|---|"
    for name, figures in found.items():
        one, many = (" / ".join(map(_time, figures[ahead])) for ahead in ("one", "many"))
        shares = " / ".join(f"{100 * share:.0f}" for share in figures["used"])
        yield f"| {name} | {one} | {many} | {shares} % |"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < _MINUTES else f"{seconds / 60:.0f} min"


def waited() -> str:
    """The newest results of that."""
    return "\n".join(waits(json.loads(RESULTS.read_text())["fairness"]))


def measured() -> str:
    """The newest results, with where they come from."""
    results = json.loads(RESULTS.read_text())
    machine, versions = results["machine"], results["versions"]
    packages = ", ".join(f"{name} {number}" for name, number in versions.items())
    where = (
        f"{results['rows']:,} rows, {results['rounds']} rounds, on {machine['processor']} with"
        f" {machine['cores']} cores."
    )
    with_ = fill(f"Python {machine['python']}, {packages}.", 100)
    return "\n".join([where, with_, _WORKBOOKS, "", *table(results)])
