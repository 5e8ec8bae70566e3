"""What the crashes left behind: every row of every output, beside what the ledger says of it."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from enrichment.domain.folder import ENRICHED
from enrichment.domain.job import Job
from tests.e2e.crew import Crew, Upload
from tests.e2e.looking import cells


@dataclass(frozen=True)
class Row:
    """One row of an output, beside what the provider's ledger holds about it."""

    number: int
    given: list[str]
    kind: str
    cells: list[str]
    values: dict[str, str]  # of the columns that were added
    taken: list[dict[str, Any]]  # the row's contact in each request that was accepted
    credits: int  # what it was charged for
    statuses: list[int | str]  # of the response to each of its webhooks

    @property
    def status(self) -> str:
        return self.values["enrichment_status"]

    @property
    def delivered(self) -> bool:
        """Whether a webhook of this row was acknowledged with 200."""
        return 200 in self.statuses


@dataclass(frozen=True)
class Aftermath:
    """What is there when everything has ended. `first` are the jobs as they first had ended, before
    anything was amended.
    """

    crew: Crew
    uploads: list[Upload]
    first: dict[str, Job]
    amended: list[str]
    ledger: dict[str, Any]
    texts: dict[str, dict[str, str]]  # of what came back, by job and kind
    log: Path

    def report(self, upload: Upload) -> dict[str, Any]:
        return dict(json.loads(self.texts[upload.job][".json"]))

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """The rows by job, in the order of the output."""
        taken: dict[tuple[str, int], list[dict[str, Any]]] = {}
        charged: Counter[tuple[str, int]] = Counter()
        statuses: dict[tuple[str, int], list[int | str]] = {}
        for request in self.ledger["requests"]:
            for contact in request["contacts"]:
                taken.setdefault(row_of(contact["custom"]), []).append(contact)
        for charge in self.ledger["charges"]:
            charged[row_of(charge["custom"])] += charge["credits"]
        for webhook in self.ledger["webhooks"]:
            statuses.setdefault(row_of(webhook["custom"]), []).append(webhook["status"])
        rows = {}
        for upload in self.uploads:
            header, *output = cells(self.texts[upload.job][ENRICHED])
            names, width = header[len(upload.rows[0]) :], len(upload.rows[0])
            rows[upload.job] = [
                Row(
                    number,
                    given,
                    kind,
                    out[:width],
                    dict(zip(names, out[width:], strict=True)),
                    taken.get((upload.job, number), []),
                    charged[upload.job, number],
                    statuses.get((upload.job, number), []),
                )
                for (number, given, kind), out in zip(upload.expected, output, strict=True)
            ]
        return rows

    @property
    def each_row(self) -> Iterator[Row]:
        for rows in self.rows.values():
            yield from rows


def row_of(custom: dict[str, str]) -> tuple[str, int]:
    """The job and the row that a token names."""
    _, _, job, _, row, _ = custom["token"].split(".")
    return job, int(row)
