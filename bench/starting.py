"""How soon a function begins: the CPU time of its import and assembly from what `sam build` made,
in a fresh process, beside a process that only makes the same clients, with botocore as pip installs
it. And what `webhook` takes for its results, beside bare conditional puts.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from bench.account import ENVIRONMENT
from bench.table import RESULTS
from checks.transform import deployed, transformed
from enrichment.domain.token import RowRef, SigningKeys, sign
from local.build import build

FUNCTIONS = (
    *("webhook", "tally", "cancel", "inform", "split", "submit"),
    *("compile", "erase", "sweep", "operate"),
)
_WITHOUT_FILES = ("webhook", "tally", "cancel")  # held by tests/unit/test_layer.py
_KEY = b"signing-key"
_EVENTS, _MESSAGES = 30, 10
# What botocore needs, all of it Python: other packages here would be imported if they were seen.
_BARE = ("botocore", "jmespath", "dateutil", "urllib3", "six")
_SERVICES = {"functions": "lambda", "links": "s3", "secrets": "secretsmanager", "topics": "sns"}
_NO_SERVICES = {"http", "queries"}  # among what `Clients` makes
_VARIABLES = {
    **ENVIRONMENT,
    "ERASED_ROWS": "blank",
    "API_KEY_SECRET": "api-key",
    "SIGNING_KEY_SECRET": "signing-key",
    "PRONTO_BASE_URL": "http://127.0.0.1:9/api/v2",
    "WEBHOOK_URL": "https://hooks.test/webhooks/pronto",
    "QUIET_MINUTES": "10",
    "PROBE_MINUTES": "15",
    "METRIC_FOLDERS": "",
    "STACK": "bench",
    "JOB_TOPIC": "arn:aws:sns:us-east-1:111122223333:jobs",
    "LINK_HOURS": "12",
    "SUBMIT_DEAD_LETTERS_URL": "https://submit-dead-letters.test",
    "FAILED_EVENTS_URL": "https://failed-events.test",
    "WEBHOOK_QUEUE_URL": "https://webhooks.test",
    "WEBHOOK_DEAD_LETTERS_URL": "https://webhook-dead-letters.test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
}


def measured(rounds: int) -> dict[str, Any]:
    """Of each function: seconds to begin, the ratio to its floor with least and most, megabytes.
    Of `webhook` besides: its first event of one result, and each later result.
    """
    with TemporaryDirectory(prefix="bench-") as name, account() as url:
        folder = Path(name)
        built = build(folder / "build.log").parent
        _copy_bare(folder)
        turns = [dict(_turn(built, folder, url)) for _ in range(rounds + 1)]
    del turns[0]  # which compiled what pip had not
    return {
        "functions": {
            function: _ratio(turns, function, "begin")
            | {"megabytes": round(sum(map(_bytes, _path(built, function))) / 1e6, 1)}
            for function in FUNCTIONS
        },
        "first": _ratio(turns, "webhook", "first"),
        "later": _ratio(turns, "webhook", "later", (_EVENTS - 1) * _MESSAGES),
    }


def _turn(built: Path, bare: Path, url: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for function in FUNCTIONS:
        results = events() if function == "webhook" else []
        task = {"function": function, "path": list(map(str, _path(built, function)))}
        ours = run(task, results, url)
        made = {name for name in ours["made"] if name[0] != "_"} - _NO_SERVICES
        services = {_SERVICES.get(name, name) for name in made}
        floor = run({"clients": sorted(services), "path": [str(bare)]}, results, url)
        yield function, {"ours": ours, "floor": floor}


def _ratio(
    turns: Sequence[dict[str, Any]], function: str, what: str, times: int = 1
) -> dict[str, Any]:
    pairs = [(turn[function]["ours"][what], turn[function]["floor"][what]) for turn in turns]
    ratios = [ours / floor for ours, floor in pairs]
    return {
        "seconds": round(median(ours for ours, _ in pairs) / times, 6),
        "floor": round(median(floor for _, floor in pairs) / times, 6),
        "ratio": [round(value, 2) for value in (median(ratios), min(ratios), max(ratios))],
    }


def run(task: dict[str, Any], results: list[Any], url: str) -> dict[str, Any]:
    """What `fresh.py` tells of a task."""
    variables = _variables(task.get("function", "webhook")) | {"AWS_ENDPOINT_URL": url}
    given = json.dumps(task | {"events": results, "variables": variables})
    script = Path(__file__).with_name("fresh.py")
    command = [sys.executable, "-IS", str(script), given]  # nothing but what is given
    found = subprocess.run(command, check=True, capture_output=True).stdout
    return dict(json.loads(found))


@cache
def _variables(function: str) -> dict[str, str]:
    """Those that a function has by the template, and AWS's."""
    resource = deployed(transformed(), {})["Resources"][f"{function.title()}Function"]
    own = resource["Properties"]["Environment"]["Variables"]
    return {each: _VARIABLES[each] for each in _VARIABLES if each in own or each[:4] == "AWS_"}


def _path(built: Path, function: str) -> list[Path]:
    """Where Lambda looks for what a function imports."""
    layers = ["DependenciesLayer", "CoreLayer"]
    layers += [] if function in _WITHOUT_FILES else ["FilesLayer"]
    own = built / f"{function.title()}Function"
    return [own, *(built / layer / "python" for layer in layers)]


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _copy_bare(folder: Path) -> None:
    for name in _BARE:
        spec = find_spec(name)
        origin = Path(str(spec and spec.origin))
        if origin.name == "__init__.py":
            shutil.copytree(origin.parent, folder / name)
        else:
            shutil.copy(origin, folder)


def events() -> list[dict[str, Any]]:
    """One result, as a first event, and then full ones."""
    counts = [1] + [_MESSAGES] * (_EVENTS - 1)
    return [
        {"Records": [_record(number * _MESSAGES + place) for place in range(count)]}
        for number, count in enumerate(counts)
    ]


def _record(row: int) -> dict[str, Any]:
    token = sign(RowRef("z2s4dvbf6ugauyex", 1, row), SigningKeys(_KEY))
    payload = {
        "status": "finished",
        "custom": {"token": token, "row": row},
        "email": f"jane.doe{row}@vandelay.example",
        "email_status": "valid",
    }
    sent = {"SentTimestamp": "1800000000000"}
    return {"messageId": str(row), "body": json.dumps(payload), "attributes": sent}


class _Answers(BaseHTTPRequestHandler):
    """A DynamoDB that takes everything, and the secret."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # the name is http.server's
        self.rfile.read(int(self.headers["Content-Length"]))
        is_secret = self.headers["X-Amz-Target"].startswith("secretsmanager")
        body = json.dumps({"SecretString": _KEY.decode()} if is_secret else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is told."""


@contextmanager
def account() -> Iterator[str]:
    """The URL of an AWS that takes every result."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def newest() -> str:
    """The newest results as tables."""
    return began(json.loads(RESULTS.read_text()))


def began(results: dict[str, Any]) -> str:
    """All that as tables."""
    found = results["starting"]
    lines = [
        "| function | begins, ms | its clients alone, ms | ratio | least to most | deployed, MB |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in found["functions"].items():
        lines.append(f"| `{name}` | {_told(one, 0)} | {one['megabytes']:.1f} |")
    lines += ["", "| `webhook`, CPU | ms | a bare conditional put, ms | ratio | least to most |"]
    lines += ["|---|---|---|---|---|"]
    lines.append(f"| the first event, of one result | {_told(found['first'], 1)} |")
    lines.append(f"| each later result, of ten in an event | {_told(found['later'], 2)} |")
    return "\n".join(lines)


def _told(one: dict[str, Any], digits: int) -> str:
    ours, floor = (f"{one[name] * 1000:.{digits}f}" for name in ("seconds", "floor"))
    ratio, least, most = one["ratio"]
    return f"{ours} | {floor} | {ratio:.2f} | {least:.2f} to {most:.2f}"
