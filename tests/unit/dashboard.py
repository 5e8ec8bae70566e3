"""The dashboard of `watch.yaml` as data."""

import json
import re
from functools import cache
from typing import Any

from checks.transform import watching
from local.dashboard import written_out


@cache
def body() -> dict[str, Any]:
    """The dashboard, with names of the template in place of what they stand for."""
    text, variables = watching()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for name, value in variables.items():
        text = text.replace(f"${{{name}}}", value["Fn::Sub"])
    named = re.sub(r"\$\{([\w:]+)(?:\.Arn)?\}", r"\1", text)
    return dict(json.loads(named.replace("${!", "${")))


def metrics_of(widget: dict[str, Any]) -> list[list[Any]]:
    """The metrics of a widget, written out: names, and the options last."""
    metrics = widget["properties"].get("metrics", [])
    return [[*names, options] for names, options in written_out(metrics)]
