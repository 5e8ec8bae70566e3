"""How long jobs take by their rows, as the picture that stands in docs/performance.md. Both axes
are logarithmic.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log10
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment

from bench.scale.figures import Figures
from bench.scale.given import given
from bench.scale.way import BATCH

WIDTH, HEIGHT = 784, 420
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 16, 220, 44
_APART = 17  # between two labels at the ends of lines
_TIMES = {10: "10 s", 60: "1 min", 600: "10 min", 3600: "1 h", 86_400: "1 day"}
_LEAST, _MOST = 10, 86_400
_HOUR = 3600

_Points = Sequence[tuple[float, float]]  # rows, and the seconds that they take


class Line(NamedTuple):
    """One line: its class, label, points, and where its label stands."""

    kind: str
    label: str
    points: str
    y: float


def chart(found: Mapping[str, Any]) -> str:
    """The picture."""
    rows = [int(each) for each in found["jobs"]]
    at_once, post = Figures().runs("submit"), given()["provider"]["usual"]
    a_second = at_once * BATCH / post
    now = _points(found["jobs"])
    lines = {
        ("now", "as deployed"): now,
        ("bound", f"{at_once} requests of {post:g} s"): [
            (_LEAST * a_second, _LEAST),
            (rows[-1], rows[-1] / a_second),
        ],
    }
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        Path(__file__).with_name("chart.svg.j2").read_text()
    )
    return template.render(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        bottom=HEIGHT - _BOTTOM,
        top=_TOP,
        times=[(_y(seconds), text) for seconds, text in _TIMES.items()],
        sizes=[(_x(each, rows), f"{each:,}") for each in rows],
        lines=_drawn(lines, rows),
        told="; ".join(f"{number:,} rows: {seconds:,.0f} s" for number, seconds in now),
    )


def _points(jobs: Mapping[str, Any]) -> _Points:
    return [(int(rows), job["seconds"]) for rows, job in jobs.items()]


def _drawn(lines: Mapping[tuple[str, str], _Points], rows: Sequence[int]) -> list[Line]:
    """The lines, with their labels far enough from each other."""
    ends = sorted((_y(points[-1][1]), key) for key, points in lines.items())
    places = [y for y, _ in ends]
    for above, below in pairwise(range(len(places))):
        places[below] = max(places[below], places[above] + _APART)
    return [
        Line(
            kind,
            f"{label}, {lines[kind, label][-1][1] / _HOUR:.1f} h",
            " ".join(f"{_x(each, rows)},{_y(seconds)}" for each, seconds in lines[kind, label]),
            round(place, 1),
        )
        for (_, (kind, label)), place in zip(ends, places, strict=True)
    ]


def _x(rows: float, all_rows: Sequence[int]) -> float:
    low, high = log10(all_rows[0]), log10(all_rows[-1])
    return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (log10(rows) - low) / (high - low), 1)


def _y(seconds: float) -> float:
    share = (log10(seconds) - log10(_LEAST)) / (log10(_MOST) - log10(_LEAST))
    return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share, 1)
