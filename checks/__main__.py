"""Scan the templates as they are deployed with the defaults, and with every option in use."""

import json
import sys
import tempfile
from itertools import chain
from pathlib import Path
from typing import Any

from checks import scanners
from checks.transform import both_deployed, source, transformed, watching
from checks.waivers import Finding, by_origin, complaints, waivers

# With these, each condition of the template is what it is not by default.
OPTIONS = {
    "WebhookBaseUrl": "https://results.example.com",
    "WebAclArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/guard/1",
    "AccessLog": "none",
    "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000",
    "BucketLog": "none",
    "SubnetIds": "subnet-0a,subnet-0b",
    "SecurityGroupIds": "sg-0a",
    "AlarmEmail": "team@example.com",
    "Tracing": "off",
    "NotifyEmail": "sales@example.com",
    "NotifyTopics": "arn:aws:sns:us-east-1:123456789012:sales",
    "PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
    "UploadFolder": "email/team",
}


def main() -> int:
    written = source()["Resources"] | watching()["Resources"]
    with tempfile.TemporaryDirectory() as folder:
        found = by_origin(findings(Path(folder)), written)
    accepted = waivers(written)
    wrong = list(complaints(found, accepted))
    for complaint in wrong:
        print(complaint)
    print(f"scanned: {len(set(found))} findings, {len(accepted)} waivers, {len(wrong)} to mend")
    return 1 if wrong else 0


def findings(folder: Path) -> list[Finding]:
    """What all scanners find, whose templates are written into an empty folder."""
    whole = [
        _written(folder / f"{name}.json", template)
        for name, template in (("transformed", transformed()), ("watching", watching()))
    ]
    variants = folder / "deployed"
    variants.mkdir()
    written = [
        _written(variants / f"{name}-{place}.json", template)
        for name, chosen in (("defaults", {}), ("options", OPTIONS))
        for place, template in enumerate(both_deployed(chosen))
    ]
    linted = chain.from_iterable(map(scanners.cfn_lint, whole))
    return [*linted, *scanners.checkov(variants), *scanners.nag(written)]


def _written(path: Path, template: dict[str, Any]) -> Path:
    path.write_text(json.dumps(template, indent=2))
    return path


if __name__ == "__main__":
    sys.exit(main())
