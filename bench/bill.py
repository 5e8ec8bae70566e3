"""What contacts and a stack at rest cost, and what is kept up with, as the tables that stand in
docs/performance.md.
"""

import json
from collections.abc import Mapping
from math import ceil
from typing import Any

from bench.table import RESULTS


def passed() -> str:
    """What a contact passes, by the newest results."""
    return _passed(_newest("passing"))


def rested() -> str:
    """What a stack at rest costs, by the newest results."""
    return _rested(_newest("idle"))


def kept_up() -> str:
    """How many results are counted in time, by the newest results."""
    return _kept_up(_newest("sustained"))


def _newest(part: str) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text())[part]
    return found


def _passed(found: Mapping[str, Any]) -> str:
    spreads, goals = found["spreads"], found["goals"]
    names = {
        "invocations": ("runs of functions", goals["invocations"]),
        "log_bytes": ("bytes of logs", goals["log_bytes"]),
        "secrets": ("calls to Secrets Manager", goals["secrets"]),
        "messages": ("messages to queues", ""),
        "s3_requests": ("requests to the bucket", ""),
        "table_reads": ("read units", ""),
        "table_writes": ("write units, with indexes", ""),
        "gigabyte_seconds": ("GB-seconds, modelled", ""),
        "table_bytes": ("bytes in the table", ""),
        "bucket_bytes": ("bytes in the bucket, of all versions", ""),
    }
    head = " | ".join(f"{minutes} minutes" for minutes in spreads)
    lines = [
        f"| a contact of {found['contacts']:,}, results within | {head} | to reach |",
        "|---" * (len(spreads) + 2) + "|",
    ]
    for name, (title, goal) in names.items():
        cells = " | ".join(f"{each[name]:,}" for each in spreads.values())
        lines.append(f"| {title} | {cells} | {goal and f'≤ {goal:,}'} |")
    return "\n".join([*lines, "", *_priced(found), "", _waited(found)])


def _priced(found: Mapping[str, Any]) -> list[str]:
    spreads = found["spreads"]
    head = " | ".join(f"{minutes} minutes" for minutes in spreads)
    lines = [
        f"| USD for a million ({found['priced']}, us-east-1), within | {head} | the floor |",
        "|---" * (len(spreads) + 2) + "|",
    ]
    floor = found["floor"]
    for name in next(iter(spreads.values()))["usd"]:
        cells = " | ".join(f"{each['usd'][name]:.3f}" for each in spreads.values())
        lines.append(f"| {name} | {cells} | {floor.get(name, 0):.3f} |")
    sums = [sum(each["usd"].values()) for each in spreads.values()]
    cells = " | ".join(f"**{value:.2f}**" for value in sums)
    lines.append(f"| all of it | {cells} | **{sum(floor.values()):.2f}** |")
    cells = " | ".join(f"{value / sum(floor.values()):.2f}" for value in sums)
    lines.append(f"| times the floor; to reach: 1.1 | {cells} | 1 |")
    return lines


def _waited(found: Mapping[str, Any]) -> str:
    last, goal = found["last"], found["goals"]["last"]
    return (
        f"From the last result at the door to the start of `compile`, {last['tries']} jobs at the"
        f" pace of\n100,000 results in half an hour took {last['median']} s in the median and"
        f" {last['most']} s at most; to reach\nwere {goal} s."
    )


def _rested(found: Mapping[str, Any]) -> str:
    files, goal = found["files"], found["goal"]
    head = " | ".join(f"{int(number):,}" for number in files)
    lines = [
        f"| USD a month ({found['priced']}, us-east-1), files in the bucket | {head} |",
        "|---" * (len(files) + 1) + "|",
    ]
    for name in next(iter(files.values()))["usd"]:
        cells = " | ".join(f"{each['usd'][name]:.2f}" for each in files.values())
        lines.append(f"| {name} | {cells} |")
    cells = " | ".join(f"**{sum(each['usd'].values()):.2f}**" for each in files.values())
    lines.append(f"| all of it; to reach: {goal:.2f} | {cells} |")
    cells = " | ".join(str(each["listings"]) for each in files.values())
    lines.append(f"| pages listed in {found['minutes']} minutes | {cells} |")
    lines += ["", "| beside it, for being there | USD a month |", "|---|---|"]
    lines += [f"| {name} | {usd:.2f} |" for name, usd in found["standing"].items()]
    return "\n".join(lines)


def _kept_up(found: Mapping[str, Any]) -> str:
    lines = [
        "| results a second | shards | runs of `tally` |"
        f" busy; at {found['goal']:,}, to reach: < 100 % |"
        " a result waits at most, s | all counted after the last, s |",
        "|---" * 6 + "|",
    ]
    lines += [
        f"| {each['rate']:,} | {each['shards']} | {each['runs']} | {ceil(100 * each['busy'])} % |"
        f" {each['waited']} | {each['behind']} |"
        for each in found["rates"]
    ]
    return "\n".join(lines)
