"""`sam build` for this machine, once for each state of the sources."""

import fcntl
import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / ".local" / "build"
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
_SOURCES = ("template.yaml", "watch.yaml", "functions", "layers")


class CommandFailed(Exception):
    """A command that the local stack is made with failed; the message holds what it printed
    last.
    """


def build(log: Path) -> Path:
    """Build the template with functions for this machine's Python and processor; the built
    template's path.

    Functions run on the embedded AWS by the Python that runs it, so runtime and architecture are
    this machine's, not the template's defaults. Nothing is built when the sources are those of the
    last build. Of several who ask at once, one builds and the others wait.
    """
    BUILT.parent.mkdir(exist_ok=True)
    with BUILT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(log)


def _build(log: Path) -> Path:
    mark = BUILT / ".sources"
    digest = _digest()
    if not (mark.exists() and mark.read_text() == digest):
        command = [
            "sam",
            "build",
            "--build-dir",
            str(BUILT),
            "--parameter-overrides",
            f"Runtime={RUNTIME}",
            f"Architecture={ARCHITECTURE}",
        ]
        run(command, log, RUNTIME=RUNTIME, ARCHITECTURE=ARCHITECTURE)
        mark.write_text(digest)
    return BUILT / "template.yaml"


def run(command: list[str], log: Path, **environment: str) -> None:
    """Run a command of this clone's tools, its output appended to a log.

    Raises:
        CommandFailed: it ended with another status than 0.
    """
    with log.open("ab") as out:
        start = out.tell()
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=tool_environment() | environment,
            stdout=out,
            stderr=out,
            check=False,
        )
    if ended.returncode:
        said = log.read_bytes()[start:].decode(errors="replace").strip().splitlines()[-15:]
        raise CommandFailed(f"{' '.join(command[:2])} failed ({log}):\n" + "\n".join(said))


def tool_environment() -> dict[str, str]:
    """This process's environment with the clone's own tools first, and nothing that would reach a
    real AWS account.
    """
    foreign = ("AWS_", "STANDIN_", "PYTHON", "LOG_LEVEL")
    own = {
        name: value for name, value in os.environ.items() if value and not name.startswith(foreign)
    }
    return own | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SAM_CLI_TELEMETRY": "0",
    }


def _digest() -> str:
    digest = hashlib.sha256(f"{RUNTIME} {ARCHITECTURE} {sys.version}".encode())
    for source in _SOURCES:
        path = ROOT / source
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"\n{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()
