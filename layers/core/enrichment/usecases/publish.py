"""Reports are written as a page and as data, beside each other."""

from collections.abc import Callable
from dataclasses import dataclass

from enrichment.adapters.bucket import Bucket
from enrichment.domain.folder import REPORTS, answer_key
from enrichment.domain.report import Report


@dataclass(frozen=True)
class PublishReport:
    """Writes `reports/…-<job>.json` and `.html`; `page` renders a report as a self-contained HTML page."""

    bucket: Bucket
    page: Callable[[Report], str]

    def run(self, report: Report) -> None:
        for suffix, content_type, text in (
            (".json", "application/json", report.model_dump_json(indent=2)),
            (".html", "text/html; charset=utf-8", self.page(report)),
        ):
            with self.bucket.write(answer_key(REPORTS, report.file, report.job, suffix), content_type) as out:
                out.write(text.encode())
