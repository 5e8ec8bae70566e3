"""Which findings are accepted, and why: `Metadata.Waivers` of the resource they are about.

    Metadata:
      Waivers:
        - CKV_AWS_120: A result is posted once; there is nothing to cache.

It is a list, so that waivers that several resources share have a name (`&queue`) and further ones
beside it. A waiver names a rule, and may end in a pattern where the rule names what it found:
`AwsSolutions-IAM5[Resource::<Bucket.Arn>/*]`. One that waives nothing is a complaint like a finding
that nobody waived.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple


class Finding(NamedTuple):
    """What a scanner says of a resource."""

    rule: str
    resource: str
    says: str


class Waiver(NamedTuple):
    """A finding that is accepted."""

    rule: str
    resource: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        rule = self.rule.replace("[", "[[]")
        return finding.resource == self.resource and fnmatchcase(finding.rule, rule)


def waivers(resources: Mapping[str, Any]) -> list[Waiver]:
    """All waivers of the template as it is written."""
    return [
        Waiver(rule, name, str(reason).strip())
        for name, resource in resources.items()
        for group in resource.get("Metadata", {}).get("Waivers", [])
        for rule, reason in group.items()
    ]


def by_origin(findings: Iterable[Finding], resources: Iterable[str]) -> list[Finding]:
    """Findings of the resources that somebody wrote: what SAM made of one counts as that one."""
    written = set(resources)
    return [finding._replace(resource=_origin(finding.resource, written)) for finding in findings]


def _origin(name: str, written: set[str]) -> str:
    beginnings = (name[:end] for end in range(len(name), 0, -1))
    return next((part for part in beginnings if part in written), name)


def complaints(findings: Iterable[Finding], accepted: Iterable[Waiver]) -> Iterator[str]:
    """What is to be mended: findings that nobody accepted, and waivers without reason or use."""
    found, accepted = sorted(set(findings)), list(accepted)
    for finding in found:
        if not any(waiver.covers(finding) for waiver in accepted):
            yield f"{finding.resource}: {finding.rule}: {finding.says}"
    for waiver in accepted:
        if not waiver.reason:
            yield f"{waiver.resource}: {waiver.rule} is waived without a reason"
        if not any(waiver.covers(finding) for finding in found):
            yield f"{waiver.resource}: {waiver.rule} is waived, but nothing finds it"
