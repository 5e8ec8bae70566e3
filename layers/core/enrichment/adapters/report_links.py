"""Links from a report's page to other objects of the bucket."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from enrichment.domain.folder import REPORTS, output_key
from enrichment.domain.report import Report

# Of AWS's largest partition. The consoles of others, in China, for governments and in Europe's
# sovereign cloud, are elsewhere.
_REGION = re.compile(r"(?!cn-)[a-z]{2}-[a-z]+-\d+")


@dataclass(frozen=True)
class FileLink:
    """A file of the bucket.

    `href` leads there from the page in any copy of the bucket, `console` in AWS's console; each is
    None where nothing leads there. `address` is for copying: with the bucket's name where that is
    known.
    """

    label: str
    key: str
    address: str
    href: str | None
    console: str | None


def link(report: Report, label: str, key: str) -> FileLink:
    """A link from a report's page."""
    here = output_key(REPORTS, report.file, report.job, ".html")
    return FileLink(
        label,
        key,
        f"s3://{report.bucket}/{key}" if report.bucket else key,
        relative_href(here, key),
        console_href(report.region, report.bucket, key),
    )


def relative_href(here: str, there: str) -> str | None:
    """The way from one object to another, by folders.

    None where a key has segments that paths do not: browsers and copies of the bucket resolve `..`,
    `.` and `//`, S3 does not.

    >>> relative_href("reports/email/a-1.html", "enriched/email/50 %.csv")
    '../../enriched/email/50%20%25.csv'
    """
    above, segments = here.split("/")[:-1], there.split("/")
    if {"", ".", ".."} & {*above, *segments}:
        return None
    return "../" * len(above) + "/".join(quote(segment, safe="") for segment in segments)


def console_href(region: str, bucket: str, key: str) -> str | None:
    """The page of an object in AWS's console, which whoever is signed in there may download it
    from; None where the region is unknown, or its console is elsewhere.

    >>> console_href("eu-west-3", "leads", "a b.csv")
    'https://eu-west-3.console.aws.amazon.com/s3/object/leads?region=eu-west-3&prefix=a%20b.csv'
    """
    if not (bucket and key and _REGION.fullmatch(region)):
        return None
    at = f"{quote(bucket, safe='')}?region={region}&prefix={quote(key, safe='')}"
    return f"https://{region}.console.aws.amazon.com/s3/object/{at}"
