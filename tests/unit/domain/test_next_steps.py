"""What the owner of a file can do next."""

from typing import get_args

import pytest

from enrichment.domain.next_steps import next_steps
from enrichment.domain.report import Cap, Credits, Report, Saved, Status
from enrichment.words.jobs import FILE_IS_GONE
from tests.unit.builders import EXAMPLES, a_report, counts

REJECTED = "rejected/email/a-1.csv"
ENRICHED = "enriched/email/a-1.csv"


def said(report: Report) -> list[str]:
    """Each step as a sentence, with the key that it leads to in brackets."""
    return [
        " ".join(filter(None, (step.text, step.place, step.key and f"({step.key})")))
        for step in next_steps(report)
    ]


def begin(sentences: list[str]) -> list[str]:
    return [" ".join(sentence.split()[:3]) for sentence in sentences]


@pytest.mark.parametrize("status", get_args(Status))
def test_there_is_always_something_to_do_or_a_word_that_there_is_not(status: str) -> None:
    assert next_steps(a_report(status=status))


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        (
            "done",
            [
                "[Open the enriched file]: all your rows, with what was found"
                f" ({EXAMPLES['done'].enriched})",
                "[Fix 8 rows in the rejected file], and drop it into incoming/email/q3/"
                f" ({EXAMPLES['done'].rejected})",
            ],
        ),
        (
            "estimated",
            [
                "Have the limit on credits raised first: at worst, 36 contacts would be left out"
                " otherwise",
                "To have 236 contacts sent, drop the file into incoming/email/max_credits=200/",
                "[Fix 8 rows in the rejected file], and drop it into"
                f" incoming/email/max_credits=200/ ({EXAMPLES['estimated'].rejected})",
            ],
        ),
        (
            "repeated",
            [
                "[Open the report of the same file]: it tells what came of it"
                " (reports/email/leads-zq5xw2d7v4mmt3ka.html)",
                "[Open the result of the same file], once that report says that it is there"
                " (enriched/email/leads-zq5xw2d7v4mmt3ka.csv)",
                "To pay for all rows once more, drop the file into incoming/email/q3/force=true/",
            ],
        ),
        ("refused", ["Do what is told below, and drop the file again into incoming/email/"]),
        (
            "failed",
            ["Do not drop the file again: the platform team can have its output written"],
        ),
    ],
)
def test_each_report_says_what_to_do(name: str, steps: list[str]) -> None:
    assert said(EXAMPLES[name]) == steps


def test_what_is_under_way_needs_nothing_and_can_be_stopped_until_it_is_written() -> None:
    for status in ("received", "reading", "sending", "waiting"):
        assert said(a_report(status=status)) == [
            "Nothing: this page refreshes itself while it is open, and your file comes back in the"
            " folder enriched/email/",
            "To stop it, delete the uploaded file: nothing more is sent, and what was paid for"
            " is delivered. It is incoming/email/leads.csv (incoming/email/leads.csv)",
        ]
    assert begin(said(a_report(status="writing"))) == ["Nothing: this page"]
    assert begin(said(a_report(status="paused"))) == ["See that the", "To stop it,"]
    assert begin(said(EXAMPLES["resent"])) == ["[Open the enriched", "Wait for the", "To stop it,"]


def test_nobody_is_told_to_stop_an_estimate_or_that_its_file_comes_back() -> None:
    [step] = said(a_report(status="reading", file="estimate/email/a.csv"))
    assert step.endswith("and then tells what the file would cost")


def test_rows_that_were_not_sent_are_dropped_as_they_are_and_others_fixed_first() -> None:
    unsent = a_report(status="cancelled", counts=counts(not_sent=2), rejected=REJECTED)
    assert said(unsent) == [
        "[Take the rejected file], which has 2 rows not sent yet, and drop it into incoming/email/"
        f" ({REJECTED})"
    ]
    mixed = a_report(counts=counts(over_budget=2, not_worth=1), rejected=REJECTED)
    assert said(mixed) == [
        "Have the limit on credits raised that the reasons below name: it left out 2 rows",
        "[Fix 1 row in the rejected file], and drop it, with 2 rows not sent yet, into"
        f" incoming/email/ ({REJECTED})",
    ]


def test_rows_that_were_sent_are_not_to_be_dropped_again() -> None:
    report = a_report(counts=counts(awaited=3, timed_out=1, ambiguous=2), enriched=ENRICHED)
    steps = said(report)
    assert begin(steps)[1:] == ["Wait for the", "Do not drop", "Ask the platform"]
    assert all("again" in step for step in steps[1:])


def test_the_rest_of_a_sample_goes_where_no_sample_is_asked_for() -> None:
    steps = said(EXAMPLES["sample"])
    assert steps[-1].endswith("drop the same file into incoming/email/")
    assert "into incoming/email/ (" in steps[1]


@pytest.mark.parametrize(
    ("cap", "place"), [("max_credits=9/", "max_credits=9/"), ("max_credits=0/", "")]
)
def test_what_a_cap_left_out_goes_where_something_is_paid_for(cap: str, place: str) -> None:
    left = a_report(counts=counts(over_budget=2), rejected=REJECTED)
    steps = said(left.model_copy(update={"file": f"incoming/email/{cap}leads.csv"}))
    assert steps[1].endswith(f"into incoming/email/{place} ({REJECTED})")


def test_the_rest_of_a_sample_is_not_sent_to_a_folder_that_pays_for_the_sample_again() -> None:
    key = "incoming/email/sample=50/refresh=true/force=true/leads.csv"
    steps = said(EXAMPLES["sample"].model_copy(update={"file": key}))
    assert steps[-1].endswith("drop the same file into incoming/email/refresh=true/")


def test_a_file_that_is_gone_or_lies_where_nothing_is_asked_is_not_to_be_dropped_there() -> None:
    gone = a_report(status="refused", message=FILE_IS_GONE)
    assert said(gone) == ["Ask the platform team for the results: they are kept"]
    lost = a_report(status="refused", file="incoming/mail/leads.csv")
    assert said(lost) == ["Do what is told below, and drop the file again"]


def test_an_estimate_without_contacts_sends_nobody_in_vain() -> None:
    spent = Credits(contacts_sent=0, price=1, most_each=1)
    empty = a_report(status="estimated", file="estimate/email/a.csv", credits=spent)
    assert said(empty) == ["Nothing of this file would be sent as it is"]
    known = empty.model_copy(update={"known": Saved(rows=2, contacts=2, credits=2)})
    assert said(known)[0].startswith("To get what is known already, at no cost")
    enough = Cap(name="a", credits=9, needed=2, hit=False, left_out=0)
    assert begin(said(EXAMPLES["estimated"].model_copy(update={"caps": (enough,)})))[0] == (
        "To have 236"
    )


def test_of_a_copy_whose_first_is_not_named_the_platform_team_knows() -> None:
    [ask, pay] = said(a_report(status="repeated", file="incoming/email/force=false/a.csv"))
    assert ask == "Ask the platform team where the results of the same file are"
    assert pay.endswith(" incoming/email/force=true/")
