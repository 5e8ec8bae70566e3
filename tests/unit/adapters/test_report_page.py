"""The report as a page."""

import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import get_args
from urllib.parse import unquote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.adapters.report_charts import STATES
from enrichment.adapters.report_links import relative_href
from enrichment.adapters.report_page import page
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import ENRICHED, REPORTS, output_key
from enrichment.domain.outcome import RowState
from enrichment.domain.report import (
    Cap,
    Credits,
    Earlier,
    NameAsSent,
    Point,
    Progress,
    Reason,
    RejectedRow,
    Report,
    RowAsSent,
    Status,
    Taken,
    Unused,
)
from tests.unit.builders import EXAMPLES, TEXT, a_report, counts

HOSTILE = (
    '"><script>alert(1)</script>',
    "' onmouseover='alert(2)",
    "</title></style></td><img src=x onerror=alert(3)>",
    "javascript:alert(4)",
    "{{ 7*7 }}{% raw %}&amp;<!--",
    "x" * 10_000,
    "safe\u202egpj.exe\x00\x1b[2J",
    "../../../etc//passwd",
)
ELEMENTS = re.compile(
    "html|head|meta|title|style|body|svg|defs|pattern|rect|g|text|poly(line|gon)|details|summary|main|header|section|div|footer|h[123]|p|pre|span|bdi|code|a|ul|li|"
    "dl|dt|dd|table|thead|tbody|tfoot|tr|th|td"
)
ATTRIBUTES = re.compile(
    "lang|charset|http-equiv|content|name|class|role|aria-(label|hidden|value(min|max|now|text))|id|width|height|x|y|dir|scope|href|tabindex|"
    "pattern(units|transform)|points|viewbox|preserveaspectratio"
)
LINKS = re.compile(
    r"(\.\./)+[\w.~%/-]+"
    r"|https://eu-west-3\.console\.aws\.amazon\.com/s3/object/contacts-eu"
    r"\?region=eu-west-3&prefix=[\w.~%-]+"
)


class Shown(HTMLParser):
    """A page as a reader meets it: its text, the cells of its tables, its links, and what it is
    made of.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.headings: list[str] = []
        self.links: list[str] = []
        self.tables: list[list[list[str]]] = []
        self._open: list[str] = []
        self._texts: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []
        self.text = " ".join(" ".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        match tag:
            case "table":
                self.tables.append([])
            case "tr":
                self.tables[-1].append([])
            case "th" | "td":
                self.tables[-1][-1].append("")
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self._texts.append(data)
        if {"th", "td"} & set(self._open):
            self.tables[-1][-1][-1] += data


def number(cell: str) -> int:
    return int(cell.replace(",", ""))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any report whose numbers agree with each other, with any texts."""
    text = st.sampled_from(HOSTILE) | TEXT
    rows = draw(st.dictionaries(st.sampled_from(RowState), st.integers(0, 10**7)))
    contacts, price = draw(st.integers(0, 10**6)), draw(st.integers(0, 50))
    spent = Credits(
        contacts_sent=contacts,
        things_found=contacts,
        price=price,
        most_each=draw(st.sampled_from([price, 5 * price])),
        settled=contacts * price,
        possibly_charged=price,
        at_most=contacts * price,
        cost=draw(text),
    )
    some = st.integers(1, 10**6)
    cells = st.dictionaries(text, text, max_size=3)
    texts = st.lists(text, max_size=3)
    whole = st.integers(0, 10**7)
    return a_report(
        bucket=draw(st.sampled_from(["", "contacts-eu"])),
        region=draw(st.sampled_from(["", "eu-west-3", "cn-north-1"])),
        progress=draw(
            st.none()
            | st.builds(
                Progress,
                contacts=whole,
                batches=whole,
                settled=whole,
                sent=st.none() | whole,
                answered=st.none() | whole,
                found=st.none() | whole,
                credits=whole,
                a_minute=st.none() | st.floats(0, 10**6),
                ready_at=st.none() | whole,
                ends_at=whole,
                again_after=st.integers(0, 3600),
            )
        ),
        history=draw(st.lists(st.builds(Point, at=whole, answered=whole, found=whole), max_size=5)),
        with_quality=draw(st.dictionaries(st.sampled_from(RowState), some, max_size=3)),
        job=draw(text),
        file=f"incoming/email/{draw(text)}",
        status=draw(st.sampled_from(get_args(Status))),
        message=draw(text),
        read_as=draw(text),
        type=draw(st.none() | st.sampled_from(EnrichmentType)),
        countries=draw(st.lists(text, max_size=2)),
        columns=draw(st.dictionaries(text, text, max_size=3)),
        taken=draw(st.lists(st.builds(Taken, field=text, header=text, examples=texts), max_size=3)),
        unused=draw(
            st.lists(
                st.builds(Unused, looks_like=text, header=text, why=text, examples=texts),
                max_size=2,
            )
        ),
        mapping=draw(st.dictionaries(text, st.none() | text, max_size=3)),
        names=draw(
            st.lists(
                st.builds(NameAsSent, row=some, written=text, first=text, last=text), max_size=2
            )
        ),
        first_rows=draw(
            st.lists(
                st.builds(RowAsSent, row=some, first=text, last=text, company=text), max_size=2
            )
        ),
        columns_seen=draw(st.lists(text, max_size=50)),
        rows=sum(rows.values()),
        counts=rows,
        reasons=[
            Reason(reason=reason, rows=each)
            for reason, each in draw(st.dictionaries(text, some, max_size=13)).items()
        ],
        email_quality=draw(st.dictionaries(text, some, max_size=4)),
        sample=draw(
            st.lists(st.builds(RejectedRow, row=some, cells=cells, reason=text), max_size=2)
        ),
        ambiguous_rows=draw(st.lists(text, max_size=50)),
        credits=draw(st.none() | st.just(spent)),
        caps=draw(st.lists(st.builds(Cap, name=text, credits=some, hit=st.booleans()), max_size=2)),
        earlier=draw(
            st.none() | st.builds(Earlier, job=text, file=text, enriched=text, report=text)
        ),
        enriched=draw(st.none() | text),
        rejected=draw(st.none() | text),
    )


@given(reports())
def test_whatever_a_report_says_its_page_is_well_formed_of_its_own_elements_and_adds_up(
    report: Report,
) -> None:
    shown = Shown(page(report))

    assert all(map(ELEMENTS.fullmatch, shown.elements))
    assert all(map(ATTRIBUTES.fullmatch, shown.attributes))
    assert all(map(LINKS.fullmatch, shown.links))
    for text in (report.message, report.read_as):
        if text.isprintable():
            assert " ".join(text.split()) in shown.text
    tables = {table[0][0]: table for table in shown.tables}
    for heading, rows, column in (
        ("State", report.rows, 1),
        ("Reason", sum(reason.rows for reason in report.reasons), 1),
        ("Pronto’s word", sum(report.email_quality.values()), 1),
    ):
        if heading in tables:
            _, *lines, foot = tables[heading]
            assert sum(number(line[column]) for line in lines) == number(foot[column]) == rows
        else:
            assert rows == 0


@pytest.mark.parametrize("status", EXAMPLES)
def test_a_page_stands_alone_and_reads_in_order(status: str) -> None:
    html = page(EXAMPLES[status])
    shown = Shown(html)

    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert (
        "Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';" in html
    )
    assert not re.search(
        r"https?:(?!//www\.(vandelay|exemples)\.example|//eu-west-3\.console)|@import|\bsrc=|url\((?!#hatch\))",
        html,
    )
    assert shown.headings[0] == "h1"
    assert shown.headings.count("h1") == 1
    assert all(int(after[1]) <= int(before[1]) + 1 for before, after in pairwise(shown.headings))


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (EXAMPLES["done"], "166 of 236 contacts found. 8 rows need a fix."),
        (
            EXAMPLES["first_answer"],
            ("146 of 236 contacts found. 8 rows need a fix. 30 rows still wait for an answer."),
        ),
        (
            EXAMPLES["ended"],
            "This job was ended early. 6 of 12 rows are unanswered. 6 of 6 contacts found."
            " 6 rows were left out.",
        ),
        (
            EXAMPLES["sample"],
            "31 of 50 contacts found in the sample. 8 rows need a fix.",
        ),
        (EXAMPLES["failed"], "The output of this file could not be written."),
        (EXAMPLES["refused"], "This file was not processed."),
        (
            EXAMPLES["paused"],
            "The job for 248 rows is paused. 100 of 236 contacts have an answer so far, 71 found.",
        ),
        (EXAMPLES["repeated"], "This file was enriched before, so nothing was sent again."),
        (
            EXAMPLES["estimated"],
            (
                "236 contacts would be sent, for at most 236 credits (23.60 EUR). A limit on"
                " credits is too low for all of them. Nothing was sent."
            ),
        ),
        (
            EXAMPLES["troubled"],
            (
                "8,021 of 11,225 contacts found. 8 rows need a fix. 601 rows were left out. 101"
                " rows got no answer in time. 100 rows may or may not have reached Pronto."
            ),
        ),
        (
            a_report(rows=2, counts=counts(found=1, rejected=1)),
            "1 of 2 rows is unanswered. 1 of 1 contact found. 1 row needs a fix.",
        ),
        (
            a_report(rows=3, counts=counts(timed_out=1, not_sent=1, ambiguous=1)),
            (
                "3 of 3 rows are unanswered. 0 of 2 contacts found. 1 row was left out. 1 row got"
                " no answer in time. 1 row may"
                " or may not have reached Pronto."
            ),
        ),
        (
            a_report(rows=102, counts=counts(found=9, timed_out=3, not_sampled=90)),
            "3 of 12 rows in the sample are unanswered. 9 of 12 contacts found. 3 rows got no"
            " answer in time.",
        ),
        (
            a_report(rows=9, counts=counts(found=1, rejected=1, duplicate_of=7)),
            "1 of 2 rows, not counting copies and erased rows, is unanswered. 1 of 1 contact"
            " found. 1 row needs a fix.",
        ),
        (
            a_report(rows=1, counts=counts(rejected=1)),
            "1 of 1 row is unanswered. No contact was sent. 1 row needs a fix.",
        ),
        (
            a_report(status="estimated", rows=1, counts=counts(rejected=1)),
            "0 contacts would be sent. Nothing was sent.",
        ),
    ],
)
def test_the_headline_says_what_happened(report: Report, words: str) -> None:
    assert f"{report.file} {words} " in Shown(page(report)).text


@pytest.mark.parametrize("status", EXAMPLES)
def test_one_is_never_many(status: str) -> None:
    assert not re.search(
        r"(?<![\d,.])1 (rows|contacts|credits)\b", Shown(page(EXAMPLES[status])).text
    )


@pytest.mark.parametrize(
    ("status", "sentences"),
    [
        (
            "done",
            [
                "Found Pronto found what you asked for 166 67%",
                "166 + 70 + 4 + 8 = 248. Every row of your file is accounted for.",
                "236 contacts sent; 166 e-mails found × 1 credit = 166 credits (16.60 EUR).",
                "catch-all the company takes mail for any name, so this may bounce 36",
                "14 The last name is missing First Name Ana Last Name empty",
                "CSV with semicolons, Windows-1252, header in row 1",
                (
                    "company Company name 93% its header and its values say so"
                    " Vandelay Industries Société Générale des Exemples"
                ),
                (
                    "Columns that look right but were not used Column of your file Looks like Why"
                    " it was not used For example Contact full name It may be it, but that is only"
                    " 45% sure. Ask Ana Call again"
                ),
                '"Contact": "full name" }',
                (
                    "Looked for as well, but not in your file: full name, domain, e-mail, Sales"
                    " Navigator URL."
                ),
                "Other columns, kept as they are and sent to nobody Record ID Job Title Notes",
                "2 min 18 s",
            ],
        ),
        (
            "refused",
            ["Why, and what to do The file has no column for: last name", "Vorname Firma Webseite"],
        ),
        (
            "estimated",
            [
                "The option max_credits of this file 236 200 At worst, 36 contacts left out",
                "The month’s credits of this installation 236 14,250 Enough",
                "To send would be sent to Pronto 236 95%",
                "Why rows would not be sent",
                "First name Last name 2 Dr. Ana Silva Ana Silva",
                "Domain LinkedIn 2 Ana Silva Vandelay Industries vandelay.example",
            ],
        ),
        (
            "repeated",
            [
                "enriched/email/leads-zq5xw2d7v4mmt3ka.csv",
                "dropped before as incoming/email/leads.csv",
            ],
        ),
        (
            "paused",
            [
                "Why, and what happens next The Pronto account has too few credits",
                "phone numbers",
                "FR, BE",
            ],
        ),
        (
            "troubled",
            [
                "8,244 and up to 201 more",
                "Up to 201 more may have been charged.",
                "may have been paid for: 2–101.",
                "Timed out sent, but",
            ],
        ),
        (
            "sample",
            [
                "31 of 50 contacts (62%) were found. For the whole file, that means between 48%"
                " and 74%; 95 of 100 such samples are right about it.",
                "Contacts found of all 1,214 in the file 753 591 and 895",
                "Credits still to pay for the 1,164 contacts outside the sample; likely 216.50 EUR"
                " 2,165 1,681 and 2,590",
                "It costs 3,492 credits at most",
                "drop the same file into its folder without sample=50",
                "Not in the sample could be sent",
            ],
        ),
    ],
)
def test_each_report_tells_its_owner_what_they_need(status: str, sentences: list[str]) -> None:
    text = Shown(page(EXAMPLES[status])).text
    for sentence in sentences:
        assert sentence in text


def test_a_sample_without_answers_or_rest_foretells_nothing() -> None:
    trial = EXAMPLES["sample"].trial
    assert trial
    unanswered = trial.model_copy(update={"answered": 0, "outlook": None})
    text = Shown(page(a_report(trial=unanswered))).text
    assert "No contact of the sample has an answer yet" in text
    whole = trial.model_copy(update={"contacts": 50})
    text = Shown(page(a_report(trial=whole))).text
    assert "The file has no more than 50 contacts, so the sample is the whole file." in text


def test_numbers_that_do_not_add_up_are_not_said_to() -> None:
    text = Shown(page(a_report(rows=3, counts=counts(found=2)))).text
    assert "Together 2 rows, but the file has 3." in text
    assert "accounted for" not in text


def test_only_the_most_frequent_reasons_are_shown_one_by_one() -> None:
    reasons = [Reason(reason=f"reason {number}", rows=number) for number in range(1, 14)]
    (table,) = Shown(page(a_report(reasons=reasons))).tables
    assert [line[0].strip() for line in table[1:3]] == ["reason 13", "reason 12"]
    assert [cell.strip() for cell in table[-2]] == ["3 other reasons", "6"]


def test_one_row_among_a_million_is_seen_and_not_called_nothing() -> None:
    html = page(a_report(rows=1_000_001, counts=counts(found=1_000_000, rejected=1)))
    assert 'aria-label="Found: 1,000,000 (&gt;99%), Rejected: 1 (&lt;1%)"' in html
    widths = [float(width) for width in re.findall(r'<rect x="[\d.]+%" width="([\d.]+)%"', html)]
    assert sum(widths) == pytest.approx(100)
    assert min(widths) > 0.9


def test_every_state_has_a_name_and_a_colour() -> None:
    html = page(a_report(rows=len(RowState), counts=dict.fromkeys(RowState, 1)))
    assert set(STATES) == set(RowState)
    for state in RowState:
        assert f"\n.{state} rect {{ fill: var(--{state}); }}" in html


def test_what_would_change_the_text_around_it_is_shown_and_not_obeyed() -> None:
    html = page(a_report(message="paid \u202egpj.exe\x00\x1b"))
    assert "paid \ufffdgpj.exe\u2400\u241b" in html


SEGMENTS = st.text(
    st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=8
).filter(lambda segment: segment not in {".", ".."})


@given(folders=st.lists(SEGMENTS, max_size=4), name=SEGMENTS)
def test_a_link_leads_to_its_object_wherever_the_bucket_was_copied(
    folders: list[str], name: str
) -> None:
    key = "/".join(("incoming", "email", *folders, name))
    here, there = output_key(REPORTS, key, "job", ".html"), output_key(ENRICHED, key, "job", ".csv")
    href = relative_href(here, there)
    assert href is not None
    base = "https://copy.example/of/the/bucket/"
    assert unquote(urljoin(base + "/".join("x" for _ in here.split("/")), href)) == base + there


@pytest.mark.parametrize("there", ["enriched/../a.csv", "enriched//a.csv", "enriched/./a.csv", ""])
def test_where_no_path_leads_there_is_no_link(there: str) -> None:
    assert relative_href("reports/email/a.html", there) is None
    assert relative_href("reports/../a.html", "enriched/a.csv") is None
