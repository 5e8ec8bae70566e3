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
    jobs, goals = found["jobs"], found["goals"]
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
    lines = [
        f"| a contact, of a job of so many whose results come within | {' | '.join(jobs)} |"
        " to reach |",
        "|---" * (len(jobs) + 2) + "|",
    ]
    for name, (title, goal) in names.items():
        cells = " | ".join(f"{each[name]:,}" for each in jobs.values())
        lines.append(f"| {title} | {cells} | {goal and f'≤ {goal:,}'} |")
    return "\n".join([*lines, "", *_priced(found), "", _waited(found)])


def _priced(found: Mapping[str, Any]) -> list[str]:
    jobs, floor = found["jobs"], found["floor"]
    lines = [
        f"| USD for a million ({found['priced']}, us-east-1) | {' | '.join(jobs)} | the floor |",
        "|---" * (len(jobs) + 2) + "|",
    ]
    bills = [each["usd"] for each in jobs.values()]
    for name in bills[0]:
        cells = " | ".join(f"{usd[name]:.3f}" for usd in bills)
        lines.append(f"| {name} | {cells} | {floor.get(name, 0):.3f} |")
    least = sum(floor.values())
    cells = " | ".join(f"**{sum(usd.values()):.2f}**" for usd in bills)
    lines.append(f"| all of it | {cells} | **{least:.2f}** |")
    cells = " | ".join(f"{sum(usd.values()) / least:.2f}" for usd in bills)
    lines.append(f"| times the floor; to reach: {found['goals']['floors']} | {cells} | 1 |")
    known = [usd["table: a write for each person"] for usd in bills]
    pairs = zip(bills, known, strict=True)
    cells = " | ".join(f"{sum(usd.values()) / (least + write):.2f}" for usd, write in pairs)
    lines.append(f"| times the floor with the ledger's write | {cells} | |")
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
