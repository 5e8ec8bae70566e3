"""As much of CloudWatch Logs Insights as the queries in docs/operations.md need, over JSON lines.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

Line = dict[str, Any]

_TERM = re.compile(
    r'ispresent\((?P<present>\w+)\)|(?P<field>\w+) (?:= "(?P<equal>[^"]*)"'
    r"|like /(?P<like>[^/]*)/|in (?P<among>\[[^\]]*\]))"
)
_STATISTIC = re.compile(r"(?P<function>count|sum)\((?P<of>\*|\w+)\) as (?P<name>\w+)")


def ask(query: str, lines: Iterable[Line]) -> list[Line]:
    """What a query finds.

    Raises:
        ValueError: it asks for what is not understood here.
    """
    found = list(lines)
    for stage in re.split(r"\s*\|\s*", " ".join(query.split())):
        command, _, rest = stage.partition(" ")
        found = _STAGES[command](rest, found)
    return found


def _filter(condition: str, lines: list[Line]) -> list[Line]:
    alternatives = [
        [_term(text) for text in part.split(" and ")] for part in condition.split(" or ")
    ]
    return [
        line for line in lines if any(all(term(line) for term in terms) for terms in alternatives)
    ]


def _term(text: str) -> Callable[[Line], bool]:
    term = _TERM.fullmatch(text)
    if not term:
        raise ValueError(text)
    if name := term["present"]:
        return lambda line: name in line
    field = term["field"]
    if term["like"] is not None:
        return lambda line: re.search(term["like"], str(line.get(field, ""))) is not None
    among = json.loads(term["among"]) if term["among"] else [term["equal"]]
    return lambda line: line.get(field) in among


def _stats(text: str, lines: list[Line]) -> list[Line]:
    functions, _, by = text.partition(" by ")
    statistics = [_STATISTIC.fullmatch(each) for each in functions.split(", ")]
    names = by.split(", ") if by else []
    groups: dict[tuple[Any, ...], list[Line]] = defaultdict(list)
    for line in lines:
        groups[tuple(line.get(name) for name in names)].append(line)
    rows = []
    for key, members in groups.items():
        row: Line = dict(zip(names, key, strict=True))
        for statistic in statistics:
            assert statistic, text
            counted = (
                len(members)
                if statistic["of"] == "*"
                else sum(each.get(statistic["of"], 0) for each in members)
            )
            row[statistic["name"]] = counted
        rows.append(row)
    return rows


def _display(text: str, lines: list[Line]) -> list[Line]:
    names = text.split(", ")
    return [{name: line[name] for name in names if name in line} for line in lines]


def _sort(text: str, lines: list[Line]) -> list[Line]:
    if text != "@timestamp asc":
        raise ValueError(text)
    return lines  # they are in this order


_STAGES: dict[str, Callable[[str, list[Line]], list[Line]]] = {
    "filter": _filter,
    "stats": _stats,
    "display": _display,
    "sort": _sort,
}
