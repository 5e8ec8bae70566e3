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
    "received",
    "reading",
    "sending",
    "waiting",
    "writing",
    "done",
    "first_answer",
    "ended",
    "cancelled",
    "failed",
    "paused",
    "refused",
    "estimated",
    "repeated",
]

# Of a job whose answer is still to come. Such a report is written anew as things change.
INTERIM = frozenset({"received", "reading", "sending", "waiting", "paused", "writing"})


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
    expected: int | None = Field(
        default=None,
        description="in an estimate: if as many are found as of late; null where nobody knows",
    )
    expected_cost: str = Field(default="", description="money for `expected`")
    experience: str = Field(
        default="", description="in an estimate: what `expected` is concluded from, in words"
    )
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


class Expected(BaseModel):
    """A number that is expected, and between which two it lies in 95 of 100 such cases."""

    model_config = ConfigDict(frozen=True)

    likely: int
    least: int
    most: int


class Outlook(BaseModel):
    """What a sample says of its whole file. Shares are in per cent, the interval is one of 95%."""

    model_config = ConfigDict(frozen=True)

    share: float = Field(description="of the contacts with an answer, those that brought something")
    share_least: float
    share_most: float
    found: Expected = Field(description="contacts of the whole file that would bring something")
    contacts: int = Field(
        description="contacts that would be paid for: all, where nothing is reused"
    )
    credits: Expected = Field(description="credits that those would cost")
    at_most: int = Field(description="credits if each of those brought all that it can")
    cost: str = Field(default="", description="money for the likely `credits`; empty when not set")


class Trial(BaseModel):
    """What came of a sample of a file."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    asked: int = Field(description="contacts that the option sample asks for")
    contacts: int = Field(description="contacts of the whole file")
    sent: int = Field(description="contacts in the sample")
    answered: int
    found: int = Field(description="contacts that brought something")
    things: int = Field(description="e-mails or numbers that they brought")
    outlook: Outlook | None = Field(default=None, description="null as long as nothing is answered")


class Saved(BaseModel):
    """What was not paid for, and what it would have cost at the price of one found thing each."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    rows: int
    contacts: int = Field(
        description="those of the rows that would have been sent: each person once, if possible"
    )
    credits: int = Field(description="credits for these contacts, had all of them been found")
    cost: str = Field(
        default="",
        description="money for `credits`, such as 12.40 EUR; empty when no price is set",
    )


def saved_by(rows: int, contacts: int, price: int, money: Callable[[int], str]) -> Saved | None:
    """What rows saved of which `contacts` would have been sent; None if there are no rows."""
    if not rows:
        return None
    amount = contacts * price
    return Saved(rows=rows, contacts=contacts, credits=amount, cost=money(amount))


class Again(BaseModel):
    """People who were known and sent all the same, as force=true asks: what it cost."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    people: int
    credits: int = Field(
        description=(
            "credits charged for them, none without force=true; in an estimate, had all been found"
        )
    )
    cost: str = Field(
        default="",
        description="money for `credits`, such as 12.40 EUR; empty when no price is set",
    )


def again_for(people: int, charged: int, money: Callable[[int], str]) -> Again | None:
    """What people cost who were known and sent all the same; None if there are none."""
    return Again(people=people, credits=charged, cost=money(charged)) if people else None


class Balance(BaseModel):
    """What the account had left before the job sent anything, and when the report was written; None
    where the provider did not tell.
    """

    model_config = ConfigDict(frozen=True)

    before: int | None
    after: int | None
    note: str = Field(description="how that agrees with our count, in words")


class RejectedRow(BaseModel):
    """One row that was not sent, as an example: the cells of the columns that were looked at, by
    header.
    """

    model_config = ConfigDict(frozen=True)

    row: int
    cells: dict[str, str]
    reason: str
    rows: int = Field(default=1, description="rows with these cells and this reason; `row` leads")


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
    """Another job, which came before, and where its answer is."""

    model_config = ConfigDict(frozen=True)

    job: str
    file: str
    enriched: str = Field(description="key of its output")
    report: str = Field(description="key of its report")


class FixedFile(BaseModel):
    """A file that brought rows back that were not sent at first."""

    model_config = ConfigDict(frozen=True)

    job: str
    file: str
    rows: int = Field(description="rows that are in this answer as that file has them")


class OperatorAction(BaseModel):
    """What an operator asked for about the job, and when (epoch seconds)."""

    model_config = ConfigDict(frozen=True)

    action: str
    by: str = Field(description="who, as their access names them; empty where nobody said")
    at: int


class Point(BaseModel):
    """How far a job was at a moment (epoch seconds), in contacts."""

    model_config = ConfigDict(frozen=True)

    at: int
    answered: int
    found: int


class Progress(BaseModel):
    """How far a job is. Results count as soon as their batch is settled: when it has all of them,
    or, in a small file or under a cap, within five minutes.
    """

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    contacts: int = Field(description="contacts to send")
    batches: int = Field(description="requests to the provider that they are sent with")
    settled: int = Field(description="those of them that await nothing any more")
    sent: int | None = Field(
        description="contacts that were sent; null where an earlier version began the job, which"
        " did not count"
    )
    answered: int | None = Field(description="those of them with a result")
    found: int | None = Field(description="those of them that brought something")
    done: int | None = Field(
        default=None,
        description="contacts that await nothing: answered, or never sent since they are known,"
        " refused or beyond a cap",
    )
    credits: int = Field(description="credits for what was found")
    a_minute: float | None = Field(
        default=None, description="contacts answered a minute, of late; null before there are some"
    )
    ready_at: int | None = Field(
        default=None, description="when all are answered, at that rate; null where nobody knows"
    )
    ends_at: int = Field(description="when the job ends with what there is")
    again_after: int = Field(
        default=0, description="seconds after which this report is written anew, if things change"
    )


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
    held: tuple[Taken, ...] = Field(
        default=(),
        description="each other column in which rows may have what is looked for already",
    )
    unused: tuple[Unused, ...] = Field(
        default=(), description="columns that look right but were not taken, and why"
    )
    mapping: dict[str, str | None] = Field(
        default={}, description="a _columns.json that takes these columns, to copy and change"
    )
    rows: int = 0
    progress: Progress | None = Field(
        default=None, description="how far the job is, as long as its answer is still to come"
    )
    history: tuple[Point, ...] = Field(
        default=(), description="how the job went on, in a few dozen moments at most"
    )
    counts: dict[RowState, int] = {}
    fixed: dict[RowState, int] = Field(
        default={},
        description="of `counts`, the rows that other files brought back and that they bill",
    )
    fixed_by: tuple[FixedFile, ...] = Field(
        default=(), description="files that brought rows back, fixed"
    )
    reasons: tuple[Reason, ...] = ()
    email_quality: dict[str, int] = Field(
        default={}, description="rows with an e-mail, by the provider's word for its quality"
    )
    with_quality: dict[RowState, int] = Field(
        default={},
        description="the same rows by state: copies have the e-mail of the row that was sent",
    )
    sample: tuple[RejectedRow, ...] = Field(
        default=(),
        description="the first rows that were not sent and differ from each other, for a look",
    )
    ambiguous_rows: tuple[str, ...] = Field(
        default=(), description="rows that may have been paid for, as ranges such as 2–101"
    )
    credits: Credits | None = None
    known: Saved | None = Field(
        default=None,
        description=(
            "rows whose people were known from other files, so that they were not sent; in an"
            " estimate, would not be"
        ),
    )
    again: Again | None = Field(
        default=None,
        description=(
            "people who were known from other files and sent all the same, as force=true asks; in"
            " an estimate, would be"
        ),
    )
    trial: Trial | None = Field(
        default=None, description="of a file of which only a sample was sent: what came of it"
    )
    already_there: Saved | None = Field(
        default=None, description="rows that had what was looked for already, and what that saved"
    )
    balance: Balance | None = Field(
        default=None, description="what the account's balance did; null where it was not asked for"
    )
    names: tuple[NameAsSent, ...] = Field(
        default=(),
        description="how the first names were divided, or would be; of a job, those that were"
        " changed",
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
    mends: Earlier | None = Field(
        default=None,
        description="in the report of a fixed rejected file: whose answer its rows go into, too",
    )
    actions: tuple[OperatorAction, ...] = Field(
        default=(), description="the last actions that operators took about the job"
    )
    enriched: str | None = None
    rejected: str | None = None
    notify: tuple[str, ...] = Field(
        default=(), description="who is told of this file, as the folders above it want"
    )
    not_notified: tuple[str, ...] = Field(
        default=(), description="who is named there, but may not be told"
    )
    bucket: str = Field(default="", description="the bucket that all keys are in")
    region: str = Field(default="", description="of the bucket, for links to AWS's console")
    started_at: int
    finished_at: int = Field(
        description="when this report was written, which for an answer is when the job ended"
    )

    @property
    def seconds(self) -> int:
        return self.finished_at - self.started_at
