"""The results of `make bench` as the table that stands in docs/performance.md."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

from bench.subjects import SUBJECTS

_WORKBOOKS = "Workbooks have 50,000 rows at most. *As fast*: 0.5 takes twice the CPU time."
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


def watched() -> str:
    """The newest results of that."""
    return told(json.loads(RESULTS.read_text()))


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
