"""cfn-lint, checkov and cdk-nag, each as a list of findings.

cfn-lint is among the clone's own tools; the other two have an environment of their own, since what
they need contradicts what the pipeline is locked to.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from checks.transform import ROOT
from checks.waivers import Finding

_OWN = Path(sys.executable).parent
_SCANNERS = ROOT / ".scanners" / "bin"


class ScannerFailed(Exception):
    """A scanner said nothing that can be read; the message has what it printed."""


def cfn_lint(template: Path) -> list[Finding]:
    """What cfn-lint finds in a transformed template, whose conditions it understands itself."""
    said = _run(_OWN / "cfn-lint", "--format", "json", str(template))
    return [
        Finding(match["Rule"]["Id"], _resource(match), match["Message"])
        for match in json.loads(said or "[]")
    ]


def checkov(folder: Path) -> list[Finding]:
    """What checkov finds in the templates of a folder."""
    options = ("--framework", "cloudformation", "--output", "json", "--quiet", "--compact")
    said = json.loads(_run(_SCANNERS / "checkov", "--directory", str(folder), *options))
    if errors := said["results"].get("parsing_errors"):
        raise ScannerFailed(f"checkov cannot read {errors}")
    return [
        Finding(check["check_id"], check["resource"].rpartition(".")[2], check["check_name"])
        for check in said["results"]["failed_checks"]
    ]


def nag(templates: Iterable[Path]) -> list[Finding]:
    """What cdk-nag finds in templates."""
    script = str(Path(__file__).with_name("nag.py"))
    command: tuple[str | Path, ...] = (_SCANNERS / "python", script, *map(str, templates))
    ended = _ended(*command)
    if ended.returncode:  # it has told what it found until then
        raise _failed(command, ended)
    return [Finding(*json.loads(line)) for line in ended.stdout.splitlines()]


def _run(*command: str | Path) -> str:
    """What a scanner says that ends with another status than 0 where it finds something."""
    ended = _ended(*command)
    if ended.returncode and not ended.stdout.strip().startswith(("[", "{")):
        raise _failed(command, ended)
    return ended.stdout


def _ended(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603


def _failed(
    command: tuple[str | Path, ...], ended: subprocess.CompletedProcess[str]
) -> ScannerFailed:
    return ScannerFailed(f"{command[0]} failed:\n{ended.stdout}{ended.stderr}")


def _resource(match: dict[str, Any]) -> str:
    """The resource that cfn-lint speaks of, or the parameter, output or section."""
    path = match["Location"]["Path"] or ["template"]
    return str(path[1] if len(path) > 1 else path[0])
