"""What the model is told: latencies, quotas, and what was measured by hand."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def given() -> dict[str, Any]:
    """`given.toml`."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
