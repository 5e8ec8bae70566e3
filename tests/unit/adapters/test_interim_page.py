"""The page of a job that is under way, and how a job went on."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.adapters.report_charts import BOX, curve, whose_qualities
from enrichment.adapters.report_headline import headline
from enrichment.adapters.report_links import console_href
from enrichment.adapters.report_page import page
from enrichment.adapters.report_progress import interim_figures, lines, refresh_after
from enrichment.domain.outcome import RowState
from enrichment.domain.report import INTERIM, Point, Progress, Report
from enrichment.domain.verdict import verdict
from tests.unit.builders import EXAMPLES, a_report, counts

NOW = 1_763_878_573
POINTS = st.lists(
    st.builds(Point, at=st.integers(0, 99), answered=st.integers(0, 50), found=st.integers(0, 50)),
    max_size=6,
)


def under_way(status: str = "sending", **changed: object) -> Report:
    progress = EXAMPLES["sending"].progress
    assert progress
    return a_report(
        status=status,
        rows=12_248,
        finished_at=NOW,
        progress=Progress.model_validate(progress.model_dump() | changed),
    )


def shown(report: Report) -> str:
    """The text of a page."""
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page(report), flags=re.DOTALL)
    return " ".join(unescape(text).split())


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("received", "Your file has arrived, and is read next."),
        ("reading", "Your file is being read."),
        ("sending", "4,790 of 12,000 contacts have an answer so far, 3,301 found."),
        ("waiting", "48 of 120 batches are done so far."),
        ("writing", "The answer to your file is being written."),
    ],
)
def test_the_headline_says_how_far_it_is(name: str, sentence: str) -> None:
    assert headline(EXAMPLES[name]) == sentence


@pytest.mark.parametrize("name", EXAMPLES)
def test_badge_and_title_say_the_same_and_what_to_do_comes_first(name: str) -> None:
    html, word = page(EXAMPLES[name]), verdict(EXAMPLES[name]).word
    assert f"<title>{word}: " in html
    assert f'<span class="badge">{word}</span>' in html
    assert re.findall("<h2[^>]*>([^<]*)<", html)[0] == "What you can do now"


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_is_loaded_anew_only_as_long_as_it_changes_by_itself(name: str) -> None:
    report = EXAMPLES[name]
    found = re.search('<meta http-equiv="refresh" content="([0-9]+)">', page(report))
    assert (found is not None) == (report.status in INTERIM | {"first_answer"})
    assert found is None or int(found[1]) >= 15


def test_a_page_is_loaded_as_often_as_it_is_written_and_not_every_second() -> None:
    assert refresh_after(under_way(again_after=2)) == 15
    assert refresh_after(under_way(again_after=120)) == 120


def test_numbers_nobody_counted_are_not_told_and_why() -> None:
    told = {figure.label: figure for figure in interim_figures(EXAMPLES["waiting"])}
    for label in ("Sent", "Results", "Found so far"):
        assert told[label].value == "–"
        assert "an earlier version began this job" in told[label].note
    assert told["Contacts"].value == "12,000"
    assert told["Credits so far"].value == "3,301"


def test_more_results_than_contacts_sent_are_no_share() -> None:
    told = {figure.label: figure for figure in interim_figures(under_way(sent=10, answered=12))}
    assert (told["Results"].value, told["Results"].note) == ("12", "")


def test_a_job_of_which_nothing_is_known_shows_no_number() -> None:
    report = EXAMPLES["received"]
    assert (interim_figures(report), lines(report)) == ([], [])
    assert "batch" not in shown(report)
    assert "As of 23 November 2025, 06:16:13 UTC" in shown(report)


@pytest.mark.parametrize(
    ("report", "ready"),
    [
        (under_way(ready_at=NOW + 720), "in about 12 min, at 23 November 2025, 06:28 UTC"),
        (under_way(ready_at=NOW + 20), "in under a minute, at 23 November 2025, 06:16 UTC"),
        (under_way(ready_at=NOW - 20), "any moment now"),
        (under_way(ready_at=None), "nobody can tell yet"),
        (under_way("writing"), "any moment now"),
        (under_way("paused"), "nobody can tell while the job is paused"),
        (
            under_way(ends_at=NOW + 60),
            "not before the job ends, but at 23 November 2025, 06:33 UTC at this pace",
        ),
    ],
)
def test_when_it_is_ready_is_told_as_far_as_it_is_known(report: Report, ready: str) -> None:
    assert dict(lines(report))["Ready"] == ready


def test_pace_end_and_time_of_writing_are_told() -> None:
    told = dict(lines(under_way()))
    assert told["Pace"] == "412 contacts a minute"
    assert told["At the latest"].startswith("24 November 2025, 06:13 UTC")
    assert told["As of"] == "23 November 2025, 06:16:13 UTC"
    assert dict(lines(under_way(a_minute=None)))["Pace"] == "no answers of late"


def test_the_bar_of_progress_is_told_to_those_who_do_not_see_it() -> None:
    html = page(under_way())
    assert 'aria-valuenow="4800"' in html
    assert 'aria-valuetext="4,800 of 12,000 contacts done (40%)"' in html
    assert '<rect width="40.000%" height="100%">' in html
    assert 'aria-valuetext="48 of 120 batches done (40%)"' in page(under_way(done=None))
    assert "progressbar" not in page(under_way(batches=0, settled=0))


@given(POINTS)
def test_a_curve_stays_in_its_box_and_needs_two_moments(points: list[Point]) -> None:
    report = a_report(history=points)
    made = curve(report)
    moments = {point.at for point in points}
    if len(moments) < 2 or not any(point.answered or point.found for point in points):
        assert made is None
        return
    assert made
    for line in (made.answered, made.found, made.area):
        pairs = [tuple(map(float, pair.split(","))) for pair in line.split()]
        assert all(0 <= x <= BOX[0] and 0 <= y <= BOX[1] for x, y in pairs)
        assert pairs == sorted(pairs, key=lambda pair: pair[0]) or line == made.area
    assert page(report).count("<polyline") == 2


def test_a_curve_has_its_numbers_in_a_table() -> None:
    text = shown(EXAMPLES["done"])
    assert "How it went on Answered 236 Found 166 top: 236 contacts" in text
    assert "23 November 2025, 06:14:40 UTC 100 71" in text
    assert "How it goes on" in shown(EXAMPLES["sending"])
    assert "<polyline" not in page(EXAMPLES["unanswered"])


@pytest.mark.parametrize(
    ("rows", "qualities", "with_quality", "sentence"),
    [
        (
            counts(found=166, duplicate_of=4),
            {"deliverable": 169},
            counts(found=166, duplicate_of=3),
            "169 rows with an e-mail: 166 found + 3 copies, which have the e-mail of the row that"
            " was sent.",
        ),
        (
            counts(found=5, not_found=2),
            {"valid": 4},
            counts(found=3, not_found=1),
            "4 rows with an e-mail: 3 of 5 found (Pronto gave no word for the others) + 1 of 2 not"
            " found.",
        ),
        (counts(found=5), {"valid": 5}, counts(found=5), ""),
        (counts(found=5, duplicate_of=1), {"valid": 6}, {}, ""),
    ],
)
def test_whose_emails_are_counted_is_a_sum_that_is_right_or_nothing(
    rows: dict[RowState, int],
    qualities: dict[str, int],
    with_quality: dict[RowState, int],
    sentence: str,
) -> None:
    report = a_report(counts=rows, email_quality=qualities, with_quality=with_quality)
    assert whose_qualities(report) == sentence


@pytest.mark.parametrize(
    ("region", "leads"),
    [
        ("eu-west-3", True),
        ("ap-southeast-2", True),
        ("cn-north-1", False),
        ("us-gov-west-1", False),
        ("eusc-de-east-1", False),
        ("us-iso-east-1", False),
        ("", False),
    ],
)
def test_a_link_to_the_console_only_where_it_is_known_to_be(region: str, leads: bool) -> None:
    assert (console_href(region, "contacts", "enriched/a.csv") is not None) == leads
    assert console_href(region, "", "enriched/a.csv") is None


def test_files_are_told_with_their_bucket() -> None:
    html = page(EXAMPLES["done"])
    assert "s3://contacts-eu/enriched/email/q3/Kunden &amp; Leads (final) v2-" in html
    assert (
        "https://eu-west-3.console.aws.amazon.com/s3/object/contacts-eu?region=eu-west-3&amp;"
        "prefix=enriched%2Femail%2Fq3%2FKunden%20%26%20Leads%20%28final%29%20v2-" in html
    )
    assert "s3://" not in page(EXAMPLES["ended"])


def test_rows_that_are_alike_are_told_once() -> None:
    assert "The last name is missing and 34 more rows like it" in shown(EXAMPLES["unanswered"])
    assert "The rows that were not sent" in shown(EXAMPLES["unanswered"])


def test_an_answer_tells_how_names_were_divided() -> None:
    text = shown(EXAMPLES["done"])
    assert "First name Last name 9 SILVA, Dr. Ana Ana Silva A name that is wrong here was" in text
