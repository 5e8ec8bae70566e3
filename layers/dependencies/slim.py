"""Leaves out of botocore what no client here needs, once a layer is built: `slim.py DATA SERVICE…`.

botocore describes some 400 services. A client reads the description of its own, and where the
endpoints of all of them are; half of a description is documentation.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

_DESCRIPTIONS = ("endpoint-rule-set-1", "paginators-1", "service-2")  # what clients read


def slim(data: Path, services: frozenset[str]) -> None:
    """Slim the data of botocore.

    Args:
        data: its folder.
        services: whose clients are made.
    """
    for folder in filter(Path.is_dir, list(data.iterdir())):
        if folder.name in services:
            _slim_service(folder)
        else:
            shutil.rmtree(folder)
    _slim_endpoints(data / "endpoints.json", services)


def _slim_service(folder: Path) -> None:
    *older, newest = sorted(folder.iterdir())
    for version in older:
        shutil.rmtree(version)
    for file in newest.iterdir():
        if not file.name.startswith(_DESCRIPTIONS):
            file.unlink()
        elif file.name == "service-2.json.gz":
            text = json.dumps(_undocumented(json.loads(gzip.decompress(file.read_bytes()))))
            file.with_suffix("").write_text(text)
            file.unlink()


def _undocumented(part: Any) -> Any:
    """A description whose texts for people are empty: botocore asks for some. A member of a shape
    may be called `documentation`, too, and is no text.
    """
    if isinstance(part, dict):
        return {
            name: "" if name == "documentation" and isinstance(value, str) else _undocumented(value)
            for name, value in part.items()
        }
    return list(map(_undocumented, part)) if isinstance(part, list) else part


def _slim_endpoints(file: Path, services: frozenset[str]) -> None:
    found = json.loads(file.read_text())
    for partition in found["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in services if name in known}
    file.write_text(json.dumps(found))


if __name__ == "__main__":
    slim(Path(sys.argv[1]), frozenset(sys.argv[2:]))
