"""The dashboard of `watch.yaml` as data."""

import json
import re
from functools import cache
from typing import Any

from checks.transform import watching


@cache
def body() -> dict[str, Any]:
    """The dashboard, with names of the template in place of what they stand for."""
    text, variables = watching()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for name, value in variables.items():
        text = text.replace(f"${{{name}}}", value["Fn::Sub"])
    named = re.sub(r"\$\{([\w:]+)(?:\.Arn)?\}", r"\1", text)
    return dict(json.loads(named.replace("${!", "${")))


def metrics_of(widget: dict[str, Any]) -> list[list[Any]]:
    """The metrics of a widget, written out."""
    full: list[list[Any]] = []
    for row in widget["properties"].get("metrics", []):
        *names, options = row
        before = full[-1][:-1] if full else []
        if names[:1] == ["..."]:
            names = [*before[: len(before) - len(names[1:])], *names[1:]]
        names = [before[at] if name == "." else name for at, name in enumerate(names)]
        full.append([*names, options])
    return full
