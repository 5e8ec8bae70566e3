"""How long data is kept, as docs/privacy.md says, is what the template has by default."""

import re

from checks.transform import source
from tests.docs.pages import ROOT, rows

PAGE = ROOT / "docs" / "privacy.md"


def test_days_are_the_defaults_of_the_parameters() -> None:
    parameters = source()["Parameters"]
    told = [
        (kept, re.findall(r"`(\w+)`", by))
        for _, _, kept, by, _ in rows(PAGE.read_text().partition("## Erasing")[0])
    ]
    named = {name for _, names in told for name in names}
    assert named == {name for name in parameters if name.endswith("Days")}
    for kept, names in told:
        days = {str(parameters[name]["Default"]) for name in names}
        assert days <= set(kept.split()), names
