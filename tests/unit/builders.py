"""Data for the tests; each builder takes only what a test is about."""

from typing import Any

from hypothesis import strategies as st

from enrichment.domain.batch import Batch
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.credits import FILE
from enrichment.domain.job import Job
from enrichment.domain.layout import FileFormat
from enrichment.domain.limits import Limits
from enrichment.domain.outcome import RowState
from enrichment.domain.reading import Reading
from enrichment.domain.report import (
    Cap,
    Credits,
    Earlier,
    Expected,
    NameAsSent,
    Outlook,
    Point,
    Progress,
    Reason,
    RejectedRow,
    Report,
    RowAsSent,
    Saved,
    Taken,
    Trial,
    Unused,
)
from enrichment.words import columns as column_words
from enrichment.words import jobs
from enrichment.words.rows import over_budget

# Any text that a UTF-8 file can hold, with the characters that have caused trouble drawn more
# often.
TEXT = st.one_of(
    st.text(max_size=20),
    st.text(alphabet="aZé,;\t\"' \n\r.=@:/%?#[]\\+\u2028\x85\ufeff\u00a0ßﬁ😀", max_size=12),
)

# Any value that JSON can hold, lone surrogates (`"\ud800"`) included.
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["", " ", "N/A", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)

LIMITS = Limits(file=50_000_000, unpacked=200_000_000, rows=1_048_576)
MONEY = "{} credits’ worth".format
TYPES = st.sampled_from(EnrichmentType)


def a_job(**fields: object) -> Job:
    plain = {
        "id": "job",
        "key": "incoming/email/a.csv",
        "version": "v1",
        "size": 1,
        "created_at": 0,
        "deadline_at": 3600,
    }
    return Job.model_validate(plain | {"wanted": EnrichmentType.EMAIL} | fields)


def a_reading(**fields: object) -> Reading:
    plain = {"layout": {"format": FileFormat.CSV, "delimiter": ","}, "width": 3}
    return Reading.model_validate(plain | fields)


def a_batch(**fields: object) -> Batch:
    plain = {
        "job": "job",
        "plan": "plan",
        "number": 1,
        "size": 2,
        "first_row": 2,
        "last_row": 3,
        "start": 0,
        "end": 9,
    }
    return Batch.model_validate(plain | fields)


def a_contact(firstname: str = "Jane", lastname: str = "Doe", **fields: str | None) -> Contact:
    return Contact(firstname, lastname, **fields)


def a_report(**fields: object) -> Report:
    plain = {
        "job": "3ic7muh3zve3er74",
        "file": "incoming/email/leads.csv",
        "status": "done",
        "message": "",
        "started_at": 0,
    }
    return Report.model_validate(plain | {"finished_at": 75} | fields)


def counts(**rows: int) -> dict[RowState, int]:
    return dict.fromkeys(RowState, 0) | {RowState(state): number for state, number in rows.items()}


def _rejected(
    row: int, first: str, last: str, company: str, website: str, reason: str
) -> RejectedRow:
    cells = {
        "First Name": first,
        "Last Name": last,
        "Company name": company,
        "Website": website,
        "LinkedIn URL": "",
    }
    return RejectedRow(row=row, cells=cells, reason=reason)


_NO_NAME, _NO_COMPANY = (
    "The last name is missing",
    "There is no company, no website and no work e-mail",
)
_NO_PERSON = (
    "The name is not that of a person, but of an office or a mailbox; put in the name of somebody"
    " who works there"
)
_COLUMNS = {
    "first name": "First Name",
    "last name": "Last Name",
    "company": "Company name",
    "website": "Website",
}
_SEEN = (
    "Record ID",
    "First Name",
    "Last Name",
    "Company name",
    "Website",
    "LinkedIn URL",
    "Job Title",
    "Notes",
)
_TAKEN = tuple(
    Taken(
        field=field,
        header=_COLUMNS.get(field, "LinkedIn URL"),
        sure=sure,
        why="its header and its values say so",
        examples=examples,
    )
    for field, sure, examples in (
        ("first name", 98, ("Ana", "Noah", "Zoé")),
        ("last name", 96, ("Silva", "van der Berg")),
        ("company", 93, ("Vandelay Industries", "Société Générale des Exemples")),
        ("website", 97, ("https://www.vandelay.example/",)),
        ("LinkedIn URL", 90, ()),
    )
)
_UNUSED = Unused(
    looks_like="full name",
    header="Contact",
    why="may be it, but that is only 45% sure",
    examples=("Ask Ana", "Call again"),
)
_READ: dict[str, object] = {
    "file": "incoming/email/q3/Kunden & Leads (final) v2.csv",
    "type": EnrichmentType.EMAIL,
    "started_at": 1_763_878_435,
    "finished_at": 1_763_878_573,
    "read_as": "CSV with semicolons, Windows-1252, header in row 1",
    "columns": _COLUMNS | {"LinkedIn URL": "LinkedIn URL"},
    "columns_seen": _SEEN,
    "taken": _TAKEN,
    "unused": (_UNUSED,),
    "mapping": {each.header: each.field for each in _TAKEN} | {"Contact": "full name"},
    "rows": 248,
}
_REASONS = (
    Reason(reason=_NO_NAME, rows=4),
    Reason(reason=_NO_COMPANY, rows=3),
    Reason(reason=_NO_PERSON, rows=1),
)
_REJECTED: dict[str, object] = {
    "reasons": _REASONS,
    "sample": (
        _rejected(14, "Ana", "", "Vandelay Industries", "https://www.vandelay.example/", _NO_NAME),
        _rejected(37, "Noah", "Silva", "", "", _NO_COMPANY),
        _rejected(
            211,
            "Office",
            "Paris",
            "Société Générale des Exemples",
            "https://www.exemples.example/fr/contact",
            _NO_PERSON,
        ),
    ),
}

_BUCKET: dict[str, object] = {"bucket": "contacts-eu", "region": "eu-west-3"}
_HISTORY = tuple(
    Point(at=1_763_878_435 + at, answered=answered, found=found)
    for at, answered, found in ((0, 0, 0), (45, 100, 71), (90, 200, 139), (138, 236, 166))
)
_HALFWAY = Progress(
    contacts=12_000,
    batches=120,
    settled=48,
    sent=5_300,
    answered=4_790,
    found=3_301,
    done=4_800,
    credits=3_301,
    a_minute=412.5,
    ready_at=1_763_879_622,
    ends_at=1_763_964_835,
    again_after=15,
)
_UNDER_WAY: dict[str, object] = {
    "file": "incoming/email/q3/Kunden & Leads (final) v2.csv",
    "type": EnrichmentType.EMAIL,
    "rows": 12_248,
    "started_at": 1_763_878_435,
    "finished_at": 1_763_878_573,
    "progress": _HALFWAY,
    "history": tuple(
        Point(at=1_763_878_435 + at, answered=answered, found=found)
        for at, answered, found in (
            (0, 0, 0),
            (30, 690, 480),
            (90, 2_600, 1_800),
            (138, 4_790, 3_301),
        )
    ),
} | _BUCKET

# A report of each status, as people get them.
EXAMPLES = {
    "received": a_report(
        **_UNDER_WAY
        | {"status": "received", "rows": 0, "progress": None, "history": (), "type": None}
    ),
    "reading": a_report(
        **_UNDER_WAY | {"status": "reading", "rows": 0, "progress": None, "history": ()}
    ),
    "sending": a_report(**_UNDER_WAY | {"status": "sending"}),
    "resent": a_report(
        **_UNDER_WAY
        | {"status": "sending", "enriched": "enriched/email/q3/Kunden-3ic7muh3zve3er74.csv"}
    ),
    "waiting": a_report(
        **_UNDER_WAY
        | {
            "status": "waiting",
            "progress": _HALFWAY.model_copy(
                update={
                    "sent": None,
                    "answered": None,
                    "found": None,
                    "a_minute": None,
                    "ready_at": None,
                }
            ),
            "history": (),
        }
    ),
    "writing": a_report(
        **_UNDER_WAY
        | {
            "status": "writing",
            "progress": _HALFWAY.model_copy(update={"settled": 120, "ready_at": None}),
        }
    ),
    "done": a_report(
        **_READ,
        **_REJECTED,
        **_BUCKET,
        history=_HISTORY,
        with_quality=counts(found=166, duplicate_of=3),
        names=(NameAsSent(row=9, written="SILVA, Dr. Ana", first="Ana", last="Silva"),),
        counts=counts(found=166, not_found=70, rejected=8, duplicate_of=4),
        email_quality={"deliverable": 131, "catch-all": 36, "N/A": 2},
        credits=Credits(
            contacts_sent=236,
            things_found=166,
            price=1,
            most_each=1,
            settled=166,
            cost="16.60 EUR",
        ),
        enriched="enriched/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
        rejected="rejected/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
    ),
    "unanswered": a_report(
        **_READ | {"rows": 45},
        **_BUCKET,
        reasons=(Reason(reason=_NO_NAME, rows=35),),
        sample=(
            _rejected(14, "Ana", "", "Vandelay Industries", "", _NO_NAME).model_copy(
                update={"rows": 35}
            ),
        ),
        counts=counts(found=7, not_found=3, rejected=35),
        email_quality={"deliverable": 7},
        with_quality=counts(found=7),
        credits=Credits(contacts_sent=10, things_found=7, price=1, most_each=1, settled=7),
        enriched="enriched/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
        rejected="rejected/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
    ),
    "sample": a_report(
        **_READ | {"file": "incoming/email/sample=50/Kunden & Leads (final) v2.csv", "rows": 1240},
        **_REJECTED,
        counts=counts(found=31, not_found=19, rejected=8, duplicate_of=1, not_sampled=1181),
        email_quality={"deliverable": 25, "catch-all": 6},
        credits=Credits(
            contacts_sent=50,
            things_found=31,
            price=3,
            most_each=3,
            settled=93,
            cost="9.30 EUR",
        ),
        trial=Trial(
            asked=50,
            contacts=1214,
            sent=50,
            answered=50,
            found=31,
            things=31,
            outlook=Outlook(
                share=62.0,
                share_least=48.2,
                share_most=74.1,
                found=Expected(likely=753, least=591, most=895),
                contacts=1164,
                credits=Expected(likely=2165, least=1681, most=2590),
                at_most=3492,
                cost="216.50 EUR",
            ),
        ),
        enriched="enriched/email/sample=50/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
        rejected="rejected/email/sample=50/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
    ),
    "refused": a_report(
        file="incoming/email/export.csv",
        status="refused",
        message=(
            "The file has no column for: last name, or full name. Rename the right columns in its"
            " header (to “first name”, “last name”, “company name”) and drop the file again."
        ),
        read_as="CSV with commas, UTF-8, header in row 1",
        columns_seen=(
            "Kundennummer",
            "Vorname",
            "Firma",
            "Webseite",
            "Notizen zum letzten Gespräch",
        ),
        started_at=1_763_878_435,
        finished_at=1_763_878_435,
    ),
    "estimated": a_report(
        **_READ
        | {
            "file": "estimate/email/max_credits=200/Kunden & Leads (final) v2.csv",
            "status": "estimated",
        },
        **_REJECTED,
        rejected="rejected/estimate/email/max_credits=200/Kunden (final) v2-3ic7muh3.csv",
        names=(NameAsSent(row=2, written="Dr. Ana Silva", first="Ana", last="Silva"),),
        first_rows=(
            RowAsSent(
                row=2,
                first="Ana",
                last="Silva",
                company="Vandelay Industries",
                domain="vandelay.example",
            ),
        ),
        counts=counts(to_send=236, rejected=8, duplicate_of=4),
        credits=Credits(
            contacts_sent=236,
            price=1,
            most_each=1,
            at_most=236,
            cost="23.60 EUR",
        ),
        caps=(
            Cap(
                name="The option max_credits of this file",
                credits=200,
                needed=236,
                hit=True,
                left_out=36,
            ),
            Cap(
                name="The month’s credits of this installation",
                credits=14_250,
                needed=236,
                hit=False,
            ),
        ),
    ),
    "spared": a_report(
        **_READ
        | {
            "file": "estimate/phone/countries=FR,BE/Kunden & Leads (final) v2.csv",
            "status": "estimated",
            "type": EnrichmentType.PHONE,
            "countries": ("FR", "BE"),
            "mapping": {"Portable": "phone", "Téléphone société": None},
            "unused": (
                Unused(
                    looks_like="phone",
                    header="Téléphone société",
                    why=column_words.COMPANY_PHONE,
                    examples=("+33 1 42 68 53 00", "+32 2 203 47 11"),
                ),
            ),
        },
        held=(
            Taken(
                field="phone",
                header="Portable",
                sure=95,
                why="its header and its values say so",
                examples=("06 12 34 56 78", "+32 470 12 34 56 / +33 6 98 76 54 32"),
            ),
        ),
        counts=counts(to_send=60, already_there=180, duplicate_of=8),
        credits=Credits(
            contacts_sent=60, price=30, most_each=150, at_most=9_000, cost="900.00 EUR"
        ),
        already_there=Saved(rows=180, contacts=171, credits=5_130, cost="513.00 EUR"),
    ),
    "repeated": a_report(
        **_READ | {"status": "repeated"},
        message=(
            "This file has the same content as one that was enriched on 3 November 2025. To enrich"
            " it all the same, drop it into a folder named force=true."
        ),
        earlier=Earlier(
            job="zq5xw2d7v4mmt3ka",
            file="incoming/email/leads.csv",
            enriched="enriched/email/leads-zq5xw2d7v4mmt3ka.csv",
            report="reports/email/leads-zq5xw2d7v4mmt3ka.html",
        ),
    ),
    "paused": a_report(
        file="incoming/phone/countries=FR,BE/leads.csv",
        status="paused",
        type=EnrichmentType.PHONE,
        countries=("FR", "BE"),
        message=(
            "The Pronto account has too few credits left for this file; whoever pays for it can top"
            " it up (Pronto says: “Insufficient enrichment credits”). So far 1 of 3 batches are"
            " done. Do not drop the file again: its job looks from time to time whether this is"
            " mended, and goes on by itself then. It waits until 24 November 2025, 06:13 UTC, and"
            " ends then with what there is."
        ),
        rows=248,
        started_at=1_763_878_435,
        finished_at=1_763_878_573,
        progress=Progress(
            contacts=236,
            batches=3,
            settled=1,
            sent=100,
            answered=100,
            found=71,
            credits=2_130,
            ends_at=1_763_964_835,
            again_after=15,
        ),
        history=_HISTORY[:2],
        **_BUCKET,
    ),
    "first_answer": a_report(
        **_READ | {"status": "first_answer"},
        **_REJECTED,
        message=(
            "30 rows still wait for an answer, which may come until 24 November 2025, 06:13 UTC;"
            " this file is amended then. Do not drop such rows again: they were sent."
        ),
        counts=counts(found=146, not_found=60, awaited=30, rejected=8, duplicate_of=4),
        credits=Credits(
            contacts_sent=236,
            things_found=146,
            price=1,
            most_each=1,
            settled=146,
            possibly_charged=30,
        ),
        enriched="enriched/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
        rejected="rejected/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
    ),
    "ended": a_report(
        **_READ | {"status": "ended", "rows": 12},
        message="The platform team ended this job before it was through.",
        counts=counts(found=6, not_sent=6),
        credits=Credits(contacts_sent=6, things_found=6, price=1, most_each=1, settled=6),
        enriched="enriched/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
    ),
    "cancelled": a_report(
        **_READ | {"status": "cancelled", "rows": 12},
        message=jobs.cancelled("owner", 6),
        counts=counts(found=6, not_sent=6),
        credits=Credits(contacts_sent=6, things_found=6, price=1, most_each=1, settled=6),
        enriched="enriched/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
        rejected="rejected/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
    ),
    "failed": a_report(
        file="incoming/email/leads.csv",
        status="failed",
        rows=248,
        message=(
            "The output could not be written in several attempts. The results are kept, and nothing"
            " is sent or paid again: do not drop the file again."
        ),
    ),
    "troubled": a_report(
        **_READ | {"rows": 12_248},
        **_REJECTED
        | {
            "reasons": (
                Reason(reason=over_budget(FILE), rows=400),
                Reason(reason="Not sent before the job’s deadline", rows=201),
                *_REASONS,
            )
        },
        message=(
            "100 rows are ambiguous: they were sent, but nobody saw whether Pronto accepted them."
            " Do not drop them again: they might be paid twice."
        ),
        counts=counts(
            found=8021,
            not_found=3003,
            duplicate_of=414,
            rejected=8,
            over_budget=400,
            not_sent=201,
            timed_out=101,
            ambiguous=100,
        ),
        email_quality={"deliverable": 6131, "catch-all": 1890, "risky": 211, "": 12},
        ambiguous_rows=("2–101",),
        credits=Credits(
            contacts_sent=11_125,
            things_found=8244,
            price=1,
            most_each=1,
            settled=8244,
            possibly_charged=201,
        ),
        enriched="enriched/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
        rejected="rejected/email/q3/Kunden & Leads (final) v2-3ic7muh3zve3er74.csv",
    ),
}
