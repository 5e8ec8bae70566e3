"""Files of the corpus that have a truth come out as it says, to the targets; and the measure sees
what is wrong.
"""

from dataclasses import replace

import pytest

from tests.corpus.score import Answer, Score, score_of, scores, told, total
from tests.corpus.truth import (
    COMPANY,
    DUPLICATE,
    NAMES,
    SENT,
    TRUTH,
    TrueFile,
    TrueRow,
    true_files,
)

FILES = true_files()
READ = [file for file in FILES if not file.is_refused]
PEOPLE = next(file for file in READ if file.name == "evidence/event-attendees.csv")
COMPANIES = TrueFile("companies/hotels.csv", "email", "refused")
STATES = {SENT, "rejected", "not_worth", "not seen"}


one_process = pytest.mark.xdist_group("corpus score")  # each would read the whole corpus


@pytest.fixture(scope="module")
def found() -> dict[str, Score]:
    return scores()


@one_process
def test_the_corpus_comes_out_as_a_careful_person_would_have_it(found: dict[str, Score]) -> None:
    whole = total(found.values())

    assert whole.wrongly_sent == 0, told(found)
    assert whole.columns_share >= 0.95, told(found)
    assert whole.rows_share >= 0.98, told(found)
    assert whole.names_share >= 0.95, told(found)


@one_process
def test_nobody_is_sent_for_a_trap(found: dict[str, Score]) -> None:
    """Owners, referrers, companies of before, their pages, and our own results."""
    traps = {file: score for file, score in found.items() if file.startswith("traps/")}

    assert len(traps) >= 10
    assert total(traps.values()).wrongly_sent == 0, told(traps)


def test_every_file_has_a_truth_and_every_truth_a_file() -> None:
    tables = [path for path in TRUTH.rglob("*") if path.is_file()]
    assert sorted(tables) == sorted(file.table for file in READ)
    assert len(FILES) >= 60


@pytest.mark.parametrize("file", READ, ids=lambda file: str(file.name))
def test_a_truth_says_what_comes_of_each_row(file: TrueFile) -> None:
    assert len(file.rows) >= 6
    for row in file.rows.values():
        states = {state for state in row.states if not state.startswith(f"{DUPLICATE} ")}
        assert states <= STATES
        names = [bool(row.line[name]) for name in NAMES]
        assert all(names) if SENT in states else not any(names)
        for state in set(row.states) - states:
            assert int(state.removeprefix(f"{DUPLICATE} ")) in file.rows


def right_answer(file: TrueFile) -> Answer:
    """The first of the answers that a truth allows."""
    sent = {row.row: row for row in file.rows.values() if row.states[0] == SENT}
    return Answer(
        "",
        False,
        {column.field: column.headers for column in file.columns.values()},
        {row.row: row.states[0] for row in file.rows.values()},
        {number: contact(row) for number, row in sent.items()},
    )


def contact(row: TrueRow) -> dict[str, str]:
    return {name: row.line[name].partition("|")[0] for name in (*NAMES, *COMPANY)}


@pytest.mark.parametrize("file", READ, ids=lambda file: str(file.name))
def test_what_the_truth_says_is_right(file: TrueFile) -> None:
    score = score_of(file, right_answer(file))

    assert score.differences == []
    assert (score.columns_right, score.rows_right) == (1, len(file.rows))
    assert (score.names_right, score.wrongly_sent) == (score.names, 0)


def scored(**changes: object) -> Score:
    return score_of(PEOPLE, replace(right_answer(PEOPLE), **changes))  # type: ignore[arg-type]


def test_a_column_that_is_somebody_elses_is_counted() -> None:
    columns = right_answer(PEOPLE).columns

    assert not scored(columns=columns | {"e-mail": ("purchaser_email",)}).columns_right
    assert not scored(columns={"e-mail": columns["e-mail"]}).columns_right
    assert not scored(columns=columns | {"website": ("order_id",)}).columns_right


def test_a_wrong_name_is_counted_apart_from_a_wrong_company() -> None:
    contacts = right_answer(PEOPLE).contacts
    called, employed = ({**contacts, 2: contacts[2] | change} for change in (
        {"last name": "Sachs"}, {"company": "Northquay"},
    ))  # fmt: skip

    assert (scored(contacts=called).names_right, scored(contacts=called).rows_right) == (8, 9)
    assert (scored(contacts=employed).names_right, scored(contacts=employed).rows_right) == (9, 8)


def test_a_row_that_is_not_sent_has_no_right_name() -> None:
    answer = right_answer(PEOPLE)
    contacts = {row: contact for row, contact in answer.contacts.items() if row != 2}

    score = scored(contacts=contacts, states=answer.states | {2: "rejected: no name"})

    assert (score.rows_right, score.names_right, score.names) == (8, 8, 9)


def test_what_should_not_be_sent_is_counted() -> None:
    answer = right_answer(PEOPLE)
    somebody_else = {**answer.contacts, 2: answer.contacts[2] | {"linkedin": "in/bettina-sachs"}}
    another = {**answer.contacts, 11: answer.contacts[2]}

    assert scored(contacts=another, states=answer.states | {11: SENT}).wrongly_sent == 1
    assert scored(contacts=somebody_else).wrongly_sent == 1
    assert score_of(COMPANIES, answer).wrongly_sent == 9
    refused = replace(answer, is_refused=True)
    assert score_of(COMPANIES, refused).columns_right == 1
    assert score_of(PEOPLE, refused).rows_right == 0
