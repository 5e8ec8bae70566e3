"""`make docs`: writes what the documentation takes from the code and the template.

A page holds a part between two comments, `<!-- generated: NAME -->` and `<!-- end -->`; everything
else on it is written by hand. `tests/docs/test_generated.py` fails when a part is out of date.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined
from samtranslator.yaml_helper import yaml_parse

from bench.alarms import alarmed_metrics
from bench.bill import kept_up, passed, rested
from bench.prices import ALARMED_METRIC, PRICED
from bench.scale import told as scaling
from bench.scale.chart import chart
from bench.starting import newest as started
from bench.table import counted, informed, measured, used, waited, watched
from checks.transform import watching
from enrichment.domain import batch, job
from enrichment.domain.metric import Metric
from local.provider.behaviour import Behaviour, Faults
from local.stack import chosen_settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = tuple(
    ROOT / "docs" / f"{name}.md"
    for name in ("architecture", "operations", "parameters", "performance", "security")
)

Transitions = Mapping[Any, frozenset[Any]]

_PART = re.compile(r"(<!-- generated: (?P<name>[\w -]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_MEANING = re.compile(r'^\s+(?P<name>[A-Z_]+) = "[^"]*"  # (?P<meaning>.+)$', re.MULTILINE)


def filled(page: str) -> str:
    """A page with all its generated parts as they should be.

    Raises:
        KeyError: it asks for a part that there is not.
    """
    return _PART.sub(lambda part: f"{part[1]}\n{PARTS[part['name']]()}\n\n{part[3]}", page)


def state_picture(transitions: Transitions) -> str:
    """The steps between states, as a diagram that GitHub draws."""
    entered = frozenset[Any]().union(*transitions.values())
    steps = [("[*]", state) for state in transitions if state not in entered]
    for state, following in transitions.items():
        steps += [(state, to) for to in type(state) if to in following]
        steps += [] if following else [(state, "[*]")]
    return _diagram(steps)


def operator_picture(transitions: Transitions) -> str:
    """The steps that only an operator may ask for."""
    return _diagram(
        (state, f"{to}: an operator")
        for state, following in transitions.items()
        for to in type(state)
        if to in following
    )


def state_table(states: type[StrEnum]) -> str:
    """What each state means, by the comment beside it.

    Raises:
        KeyError: a state has none.
    """
    source = inspect.getsource(states)
    meanings = {found["name"]: found["meaning"] for found in _MEANING.finditer(source)}
    return _table(("State", "means"), ((f"`{state}`", meanings[state.name]) for state in states))


def metrics() -> str:
    """Each metric with its unit, and what it counts by the comment beside it."""
    source = inspect.getsource(Metric)
    meanings = {found["name"]: found["meaning"] for found in _MEANING.finditer(source)}
    rows = ((f"`{metric}`", metric.unit, meanings[metric.name]) for metric in Metric)
    return _table(("Metric", "Unit", "tells"), rows)


def parameters() -> str:
    """The template's parameters by group; for each the variable that sets it in a local run."""
    template = _template()
    given = template["Parameters"]
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    sections = []
    for group in groups:
        rows = (
            (
                f"`{name}`",
                given[name]["Description"].strip(),
                _code(given[name].get("Default")),
                _bounds(given[name]),
                _code(local_variable(name)),
            )
            for name in group["Parameters"]
        )
        heads = ("Parameter", "is", "Default", "Bounds", "In a local run")
        sections.append(f"### {group['Label']['default']}\n\n{_table(heads, rows)}")
    return "\n\n".join(sections)


def outputs() -> str:
    """The template's outputs."""
    found = _template()["Outputs"].items()
    rows = ((f"`{name}`", output["Description"]) for name, output in found)
    return _table(("Output", "is"), rows)


def alarms() -> str:
    """The alarms of what watches."""
    rows = (
        (f"`{name}`", resource["Properties"]["AlarmDescription"])
        for name, resource in watching()["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    )
    return _table(("Alarm", "goes off when"), rows)


def price_of_alarms() -> str:
    """What the alarms cost: as much as the metrics that they look at."""
    resources = watching()["Resources"].values()
    number = sum(resource["Type"] == "AWS::CloudWatch::Alarm" for resource in resources)
    metrics = alarmed_metrics()
    return (
        f"{number} alarms look at {metrics} metrics, for which CloudWatch takes"
        f" {metrics * ALARMED_METRIC:.2f} USD a month\n"
        f"({ALARMED_METRIC:.2f} each, in us-east-1, {PRICED})."
    )


def standin() -> str:
    """The variables that set how the stand-in for the provider behaves."""
    rows = [
        (f"`STANDIN_{name.upper()}`", field.description or "", _code(_default(field.default)))
        for name, field in Behaviour.model_fields.items()
        if name != "faults"
    ]
    rows.append(("`STANDIN_FAULTS`", "what goes wrong, as JSON; see below", "`{}`"))
    return _table(("Variable", "is", "Default"), rows)


def faults() -> str:
    """What `STANDIN_FAULTS` may hold."""
    rows = (
        (f"`{name}`", field.description or "", _code(_default(field.default)))
        for name, field in Faults.model_fields.items()
    )
    return _table(("Key", "is", "Default"), rows)


def rights() -> str:
    """What each role of the template may do."""
    return _table(
        ("Role", "may", "on", "keys or prefixes"),
        (
            (f"`{name}`", _codes(statement["Action"]), _places(statement), _keys(statement))
            for name, resource in _template()["Resources"].items()
            if resource["Type"] == "AWS::IAM::Role"
            for policy in resource["Properties"].get("Policies", ())
            for statement in map(_asked_for, policy["PolicyDocument"]["Statement"])
        ),
    )


def local_variable(parameter: str) -> str | None:
    """The environment variable that sets a parameter of the template in a local run."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parameter).upper()
    return name if chosen_settings({name: "set"}) else None


PARTS: dict[str, Callable[[], str]] = {
    "job states": lambda: state_picture(job.JOB_TRANSITIONS),
    "job states by an operator": lambda: operator_picture(job.OPERATOR_TRANSITIONS),
    "meaning of job states": lambda: state_table(job.JobState),
    "batch states": lambda: state_picture(batch.BATCH_TRANSITIONS),
    "batch states by an operator": lambda: operator_picture(batch.OPERATOR_TRANSITIONS),
    "meaning of batch states": lambda: state_table(batch.BatchState),
    "metrics": metrics,
    "parameters": parameters,
    "outputs": outputs,
    "alarms": alarms,
    "price of alarms": price_of_alarms,
    "rights": rights,
    "stand-in": standin,
    "faults": faults,
    "measured": measured,
    "watched": watched,
    "informed": informed,
    "counted": counted,
    "used": used,
    "waited": waited,
    "started": started,
    "passed": passed,
    "rested": rested,
    "kept up": kept_up,
    "growth": lambda: scaling.jobs(scaling.newest()),
    "paces": lambda: scaling.paces(scaling.newest()),
    "whole requests": scaling.whole,
    "limits": lambda: scaling.limits(scaling.newest()),
    "many jobs": lambda: scaling.many(scaling.newest()),
}
# Pictures by the name of their file beside the pages.
PICTURES: dict[str, Callable[[], str]] = {"growth.svg": lambda: chart(scaling.newest())}


def main() -> None:
    for page in PAGES:
        page.write_text(filled(page.read_text()))
    for name, draw in PICTURES.items():
        (ROOT / "docs" / name).write_text(draw())


@cache
def _template() -> dict[str, Any]:
    read: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return read


def _diagram(steps: Iterable[tuple[str, str]]) -> str:
    lines = ("```mermaid", "stateDiagram-v2", *(f"    {a} --> {b}" for a, b in steps), "```")
    return "\n".join(lines)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(_lines([list(heads), *(list(row) for row in rows)]))


def _lines(rows: list[list[str]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
        if number == 0:
            yield "|---" * len(row) + "|"


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _codes(values: Any) -> str:
    return ", ".join(_code(value) for value in _several(values))


def _asked_for(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    """A statement that a parameter asks for as it then is; any other as it is."""
    return dict(statement["Fn::If"][1]) if "Fn::If" in statement else statement


def _places(statement: Mapping[str, Any]) -> str:
    """The resources of a statement, by their names in the template or their keys in the bucket."""
    return _codes(list(map(_place, _several(statement["Resource"]))))


def _place(resource: Any) -> str:
    match resource:
        case {"Fn::GetAtt": str(name)} | {"Ref": str(name)}:
            return name.partition(".")[0]
        case {"Fn::GetAtt": [str(name), *_]}:
            return str(name)
        case {"Fn::Sub": str(text)}:
            named = re.sub(r"\$\{AWS::\w+\}-?|\$\{Bucket\.Arn\}/|\.Arn(?=\})", "", text)
            return re.sub(r"[${}]", "", named.rpartition(":")[2])
        case {"Fn::Sub": [_, {"Name": name}]}:
            return _function_called(name)
    return str(resource)


def _function_called(name: Any) -> str:
    """The function that has a name which is made up."""
    resources = _template()["Resources"].items()
    named = [key for key, each in resources if each["Properties"].get("FunctionName") == name]
    return str(named[0])


def _keys(statement: Mapping[str, Any]) -> str:
    """What a statement's conditions want; of a denial, what it is about."""
    wanted = (
        f"{'not ' if 'Not' in operator else ''}{_codes(values)}"
        for operator, keys in statement.get("Condition", {}).items()
        for values in keys.values()
    )
    told = "; ".join(wanted)
    if statement["Effect"] == "Deny":
        return f"never: {told}" if told else "never"
    return told


def _code(value: object) -> str:
    return "" if value in (None, "") else f"`{value}`"


def _default(value: object) -> object:
    if value is PydanticUndefined:
        return None
    return str(value).lower() if isinstance(value, bool) else value


def _bounds(parameter: Mapping[str, Any]) -> str:
    if values := parameter.get("AllowedValues"):
        return ", ".join(f"`{value}`" for value in values)
    if pattern := parameter.get("AllowedPattern"):
        return _code(pattern)
    least, most = parameter.get("MinValue"), parameter.get("MaxValue")
    if least is not None and most is not None:
        return f"{least} to {most}"
    return f"at least {least}" if least is not None else ""


if __name__ == "__main__":
    main()
