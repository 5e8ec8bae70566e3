"""The report of a job: what happened to the file, in numbers that add up. Its JSON is written
beside the page.
"""

from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.credits import Bill
from enrichment.domain.job import Job
from enrichment.domain.outcome import RowState

Status = Literal[
    "done", "first_answer", "ended", "failed", "paused", "refused", "estimated", "repeated"
]


class Taken(BaseModel):
    """A column that was taken for a field; of several, the more trusted one comes first."""

    model_config = ConfigDict(frozen=True)

    field: str
    header: str
    sure: int | None = Field(default=None, description="in per cent; null where it is not known")
    why: str = Field(default="", description="such as: its header and its values say so")
    examples: tuple[str, ...] = ()


class Unused(BaseModel):
    """A column that looks right for a field and was not taken."""

    model_config = ConfigDict(frozen=True)

    looks_like: str
    header: str
    why: str = Field(description="to follow the header")
    examples: tuple[str, ...] = ()


class Reason(BaseModel):
    """One reason for which rows were not sent, and how many rows it concerns."""

    model_config = ConfigDict(frozen=True)

    reason: str
    rows: int


class Credits(BaseModel):
    """What the job cost by our count, from the configured prices: the provider charges for what it
    finds [V, F], and tells nobody per job.
    """

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    contacts_sent: int = Field(
        description="each time that they were sent; would be, in an estimate"
    )
    things_found: int = Field(default=0, description="what is charged: e-mails, or phone numbers")
    price: int = Field(description="credits for one thing that is found")
    most_each: int = Field(description="credits that one contact may cost at most")
    settled: int = Field(default=0, description="credits for what was found")
    possibly_charged: int = Field(
        default=0, description="credits that may have been charged besides, at most"
    )
    at_most: int = Field(default=0, description="in an estimate: if each contact cost the most")
    cost: str = Field(
        default="",
        description=(
            "money for `settled`, or in an estimate for `at_most`, such as 12.40 EUR; empty when a"
            " credit's price is not set"
        ),
    )


def credits_of(bill: Bill, job: Job, money: Callable[[int], str]) -> Credits:
    """A job's bill as a report has it; `money` tells what credits cost, in words."""
    return Credits(
        contacts_sent=bill.contacts,
        things_found=bill.charge.things,
        price=job.price,
        most_each=job.most_each,
        settled=bill.charge.credits,
        possibly_charged=bill.possible,
        cost=money(bill.charge.credits),
    )


class Balance(BaseModel):
    """What the account had left before the job sent anything, and when the report was written."""

    model_config = ConfigDict(frozen=True)

    before: int
    after: int
    note: str = Field(description="how that agrees with our count, in words")


class RejectedRow(BaseModel):
    """One row that was not sent, as an example: the cells of the columns that were looked at, by
    header.
    """

    model_config = ConfigDict(frozen=True)

    row: int
    cells: dict[str, str]
    reason: str


class NameAsSent(BaseModel):
    """A name as the file has it, and the first and the last name that are sent."""

    model_config = ConfigDict(frozen=True)

    row: int
    written: str = Field(description="the row's cells of names, joined by a bar")
    first: str
    last: str


class RowAsSent(BaseModel):
    """What would be sent of a row; empty what would not."""

    model_config = ConfigDict(frozen=True)

    row: int
    first: str
    last: str
    company: str = ""
    domain: str = ""
    linkedin: str = ""


class Cap(BaseModel):
    """A limit on credits that an estimate was held against."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(description="what sets the limit, in words")
    credits: int = Field(description="credits that it leaves for this file")
    needed: int = Field(description="credits that all contacts of the file would cost at most")
    hit: bool = Field(description="whether that is more than it leaves")
    left_out: int = Field(default=0, description="contacts that it would leave out at worst")


class Earlier(BaseModel):
    """The job that enriched the same content before."""

    model_config = ConfigDict(frozen=True)

    job: str
    file: str
    enriched: str = Field(description="key of its output")
    report: str = Field(description="key of its report")


class Report(BaseModel):
    """Answers 'what happened to my file'. Times are epoch seconds; `counts` has every row state and
    sums to `rows`.
    """

    model_config = ConfigDict(
        frozen=True,
        json_schema_serialization_defaults_required=True,
        title="Report of an enrichment job",
    )

    job: str
    file: str
    status: Status
    message: str = Field(
        description="what the owner should know or do, in words; empty when all went well"
    )
    read_as: str = Field(
        default="",
        description="how the file was read, in words: format, encoding, sheet, row of the header",
    )
    type: EnrichmentType | None = None
    countries: tuple[str, ...] = ()
    columns: dict[str, str] = Field(
        default={}, description="which header was taken for which field"
    )
    columns_seen: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = Field(
        default=(), description="each column that was taken, how sure, and why"
    )
    unused: tuple[Unused, ...] = Field(
        default=(), description="columns that look right but were not taken, and why"
    )
    mapping: dict[str, str | None] = Field(
        default={}, description="a _columns.json that takes these columns, to copy and change"
    )
    rows: int = 0
    counts: dict[RowState, int] = {}
    reasons: tuple[Reason, ...] = ()
    email_quality: dict[str, int] = Field(
        default={}, description="rows with an e-mail, by the provider's word for its quality"
    )
    sample: tuple[RejectedRow, ...] = Field(
        default=(), description="the first rows that were not sent, for a look"
    )
    ambiguous_rows: tuple[str, ...] = Field(
        default=(), description="rows that may have been paid for, as ranges such as 2–101"
    )
    credits: Credits | None = None
    balance: Balance | None = Field(
        default=None, description="what the account's balance did, where the provider tells it"
    )
    names: tuple[NameAsSent, ...] = Field(
        default=(), description="in an estimate: how the first names were divided"
    )
    first_rows: tuple[RowAsSent, ...] = Field(
        default=(), description="in an estimate: what would be sent of the first rows"
    )
    caps: tuple[Cap, ...] = Field(
        default=(), description="in an estimate: the limits that are set, hit or not"
    )
    earlier: Earlier | None = Field(
        default=None, description="in a repeated file's report: where the results are already"
    )
    enriched: str | None = None
    rejected: str | None = None
    started_at: int
    finished_at: int

    @property
    def seconds(self) -> int:
        return self.finished_at - self.started_at
