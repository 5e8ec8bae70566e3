"""The report as a page."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.adapters.report_page import page
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.outcome import RowState
from enrichment.domain.report import Credits, Reason, Report

HOSTILE = "</td><script>alert(1)</script><img src=x onerror='alert(2)'>\"&{{ 7*7 }}"


def a_report(**fields: object) -> Report:
    plain = {
        "job": "abc",
        "file": "incoming/email/leads.csv",
        "status": "done",
        "message": "",
        "started_at": 0,
        "finished_at": 75,
    }
    counts = dict.fromkeys(RowState, 0)
    credits_ = Credits(contacts_sent=0, price_per_contact=1, estimated=0, possibly_charged=0)
    return Report.model_validate(plain | {"type": EnrichmentType.EMAIL, "counts": counts, "credits": credits_} | fields)


class Shown(HTMLParser):
    """What a reader sees of a page: its text, and the names of its elements and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self._text: list[str] = []
        self.feed(html)
        self.close()
        self.text = " ".join(" ".join(self._text).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(name for name, _ in attrs)}

    def handle_data(self, data: str) -> None:
        self._text.append(data)


PLAIN = Shown(page(a_report(rows=1, counts=dict.fromkeys(RowState, 1), message="x", reasons=[Reason(reason="x", rows=1)])))


def hostile_report(text: str, status: str, seen_only: bool) -> Report:
    return a_report(
        status=status,
        file=f"incoming/email/{text}",
        message=text,
        rows=1,
        columns={} if seen_only else {"company": text},
        columns_seen=(text,),
        reasons=(Reason(reason=text, rows=1),),
        countries=(text,),
        enriched=text,
        rejected=text,
    )


@pytest.mark.parametrize("status", ["done", "refused"])
@pytest.mark.parametrize("seen_only", [True, False])
def test_hostile_text_is_shown_as_text_wherever_it_stands(status: str, seen_only: bool) -> None:
    html = page(hostile_report(HOSTILE, status, seen_only))
    shown = Shown(html)

    assert "<script" not in html.casefold()
    assert "<img" not in html.casefold()
    assert not {name for name in shown.names if name.startswith("on")}
    assert shown.names.isdisjoint({"script", "img", "src"})
    assert shown.text.count(HOSTILE) >= (5 if status == "refused" else 6)


@given(text=st.text(max_size=30) | st.text("<>&\"'/=script{}% ", max_size=30))
def test_no_text_adds_an_element_to_the_page(text: str) -> None:
    plain, shown = Shown(page(hostile_report("x", "done", False))), Shown(page(hostile_report(text or "x", "done", False)))
    assert shown.names == plain.names


def test_the_page_stands_alone() -> None:
    html = page(a_report(message="m", enriched="e", rejected="r"))
    assert "<script" not in html
    assert not re.search(r"https?://|url\(|@import|\bhref=|\bsrc=", html)


def test_counts_reasons_and_credits_are_shown() -> None:
    counts = dict(zip(RowState, (7001, 1502, 83, 64, 35, 26, 17, 8, 0), strict=True))
    report = a_report(
        rows=sum(counts.values()),
        counts=counts,
        reasons=(Reason(reason="The last name is missing", rows=83),),
        credits=Credits(contacts_sent=8538, price_per_contact=3, estimated=25_614, possibly_charged=78),
    )
    text = Shown(page(report)).text

    for figure in ("8,736", "7,001", "1,502", "83", "64", "35", "26", "17", "8", "25,614", "78", "8,538"):
        assert re.search(rf"(?<![\d,]){figure}(?![\d,])", text), figure
    for words in ("Found 7,001 80 %", "Ambiguous 26 < 1 %", "The last name is missing 83", "up to 78 more", "1 min 15 s"):
        assert words in text


def test_states_without_rows_are_left_out_of_the_chart() -> None:
    html = page(a_report(rows=2, counts=dict.fromkeys(RowState, 0) | {RowState.FOUND: 2}))
    assert 'aria-label="Found 100 %"' in html
    assert "Timed out" not in html


def test_a_refused_file_is_answered_with_the_message_and_its_columns_and_no_numbers() -> None:
    report = Report(
        job="abc",
        file="incoming/email/q3/leads.csv",
        status="refused",
        message="The file has no column for: last name.",
        columns_seen=("Vorname", "Firma"),
        started_at=0,
        finished_at=0,
    )
    text = Shown(page(report)).text

    assert "leads.csv" in text
    assert "This file was not processed The file has no column for: last name." in text
    assert "Vorname, Firma" in text
    assert "under a second" in text
    assert "All rows" not in text
