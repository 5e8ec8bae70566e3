"""What the layer of dependencies leaves out."""

import re

from checks.transform import ROOT


def test_botocore_keeps_just_the_services_that_are_asked_for() -> None:
    makefile = (ROOT / "layers" / "dependencies" / "Makefile").read_text()
    clients = ROOT / "layers" / "core" / "enrichment" / "adapters" / "clients.py"
    [kept] = re.findall(r"^SERVICES = (.+)$", makefile, re.MULTILINE)
    asked = set(re.findall(r'create_client\("(\w+)"', clients.read_text()))
    assert sorted(kept.split()) == sorted(asked)
