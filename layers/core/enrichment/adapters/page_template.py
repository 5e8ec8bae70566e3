"""What all pages share: self-contained HTML, no script, every text escaped."""

from functools import cache
from typing import TYPE_CHECKING

from enrichment.domain.outcome import second

if TYPE_CHECKING:
    from jinja2 import Template

# Characters that change how the text around them is shown: controls and bidirectional overrides.
# They are shown, not obeyed.
_CONTROLS = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"}
    | {0x7F: 0x2421}
    | dict.fromkeys((*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)
)

_LONGEST_TEXT = 300  # characters


@cache
def template(name: str) -> "Template":
    """A page to be filled in."""
    # A run that writes no page begins without it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("enrichment.adapters", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_legible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"thousands": "{:,}".format, "counted": counted, "second": second}
    return environment.get_template(name)


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun; `plural` is for those to which no `s` is added.

    >>> counted(1, "row"), counted(2000, "row"), counted(2, "batch", "batches")
    ('1 row', '2,000 rows', '2 batches')
    """
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def brief(text: str, most: int = _LONGEST_TEXT) -> str:
    """A text, or its beginning."""
    return text if len(text) <= most else f"{text[:most]}…"


def _legible(value: object) -> object:
    return value.translate(_CONTROLS) if isinstance(value, str) else value
