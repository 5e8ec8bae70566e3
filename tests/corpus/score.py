"""How much of the corpus comes out as a careful person would have it.

    make corpus-score

Each file with a truth goes its whole way, even if its rows have already what is looked for, and
what the provider was asked is held against the truth. Four figures come of it, and a line for each
file that is not right.
"""

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from enrichment.domain.folder import plan_key
from enrichment.logs import logger
from tests.corpus.truth import COMPANY, DUPLICATE, NAMES, SENT, TrueFile, true_files
from tests.functional.world import World

_SENT_AS = {
    "first name": "firstname",
    "last name": "lastname",
    "company": "company_name",
    "domain": "domain",
    "linkedin": "linkedin_url",
}
_FULL_NAMES = ("full name", "full name, family name first")  # the names tell which one it is
_SITE = "https://www.linkedin.com/"
_SHOWN = 4  # differences of a file that are printed


@dataclass(frozen=True)
class Answer:
    """What came of a file: `columns` has the headers taken for each field, `states` what became of
    each row, `contacts` what the provider was asked, by row. A file without a plan is refused.
    """

    message: str
    is_refused: bool
    columns: dict[str, tuple[str, ...]]
    states: dict[int, str]
    contacts: dict[int, dict[str, str]]


@dataclass
class Score:
    """What is right in one file or several, of how much.

    A row is right if its state is, and the company, domain and profile with which it was sent.
    Names are those of rows that must be sent. `wrongly_sent` are contacts that should not have
    been, or went with the profile of somebody else.
    """

    files: int = 0
    columns_right: int = 0
    rows: int = 0
    rows_right: int = 0
    names: int = 0
    names_right: int = 0
    wrongly_sent: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def columns_share(self) -> float:
        return self.columns_right / self.files

    @property
    def rows_share(self) -> float:
        return self.rows_right / self.rows

    @property
    def names_share(self) -> float:
        return self.names_right / self.names


def answer_to(world: World, file: TrueFile) -> Answer:
    """Drop a file, and see what comes of it."""
    world.provider.charged.clear()
    key = f"incoming/{file.type}/refresh=true/{file.path.name}"
    job = world.enrich(key, file.path.read_bytes())
    report = world.report(key, job)
    plan = world.job(job).plan
    return Answer(
        report["message"],
        not plan,
        _taken(report),
        dict(_states(world.read(plan_key(job, plan)) or "" if plan else "")),
        {_row_of(contact): _fields(contact) for contact in world.provider.charged},
    )


def score_of(file: TrueFile, answer: Answer) -> Score:
    """One file's answer held against its truth."""
    score = Score(files=1)
    if file.is_refused or answer.is_refused:
        return _score_of_refusal(score, file, answer)
    score.differences += _columns_that_differ(file, answer)
    score.columns_right = not score.differences
    for number in sorted({*file.rows, *answer.states}):
        _add_row(score, number, file, answer)
    return score


def total(scores: Iterable[Score]) -> Score:
    """The sum of scores, without what differs."""
    whole = Score()
    for score in scores:
        whole.files += score.files
        whole.columns_right += score.columns_right
        whole.rows += score.rows
        whole.rows_right += score.rows_right
        whole.names += score.names
        whole.names_right += score.names_right
        whole.wrongly_sent += score.wrongly_sent
    return whole


def scores() -> dict[str, Score]:
    """The score of every file with a truth."""
    world = World()
    world.provider.behaviour.consent = True
    return {file.name: score_of(file, answer_to(world, file)) for file in true_files()}


def told(scores: dict[str, Score]) -> str:
    """The scores as they are printed."""
    whole = total(scores.values())
    lines = [
        f"files with all columns right  {_share(whole.columns_right, whole.files)}   target 95 %",
        f"rows right                    {_share(whole.rows_right, whole.rows)}   target 98 %",
        f"names right                   {_share(whole.names_right, whole.names)}   target 95 %",
        f"sent that should not be       {whole.wrongly_sent:19}   target none",
    ]
    for file, score in scores.items():
        if score.differences:
            shown = score.differences[:_SHOWN]
            more = len(score.differences) - len(shown)
            lines += ["", file, *(f"  {text}" for text in shown)]
            lines += [f"  and {more} more"] if more else []
    return "\n".join(lines) + "\n"


def _score_of_refusal(score: Score, file: TrueFile, answer: Answer) -> Score:
    if file.is_refused and answer.is_refused:
        score.columns_right = 1
    elif file.is_refused:
        score.wrongly_sent = len(answer.contacts)
        score.differences.append(f"should be refused, but {len(answer.contacts)} were sent")
    else:
        score.rows = len(file.rows)
        score.names = sum(row.states == (SENT,) for row in file.rows.values())
        score.differences.append(f"refused: {answer.message:.100} …")
    return score


def _columns_that_differ(file: TrueFile, answer: Answer) -> Iterator[str]:
    columns = {_any_order(name): column for name, column in file.columns.items()}
    taken_for = {_any_order(name): headers for name, headers in answer.columns.items()}
    for name, headers in taken_for.items():
        if name not in columns:
            yield f"columns: {name} was taken from {' > '.join(headers)}"
    for name, column in columns.items():
        taken = taken_for.get(name, ())
        if not column.is_met_by(taken):
            yield f"columns: {name} was taken from {' > '.join(taken) or 'nothing'}"


def _taken(report: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The headers of the columns that were taken for each field, the most trusted first."""
    taken: dict[str, tuple[str, ...]] = {}
    for column in report["taken"]:
        taken[column["field"]] = (*taken.get(column["field"], ()), column["header"])
    return taken


def _any_order(field_name: str) -> str:
    return _FULL_NAMES[0] if field_name in _FULL_NAMES else field_name


def _add_row(score: Score, number: int, file: TrueFile, answer: Answer) -> None:
    """Count one row; one that the truth does not know is none, such as a header's second line."""
    score.rows += 1
    truth, state = file.rows.get(number), answer.states.get(number, "not seen")
    contact = answer.contacts.get(number)
    if truth is None or state.partition(": ")[0] not in truth.states:
        wanted = truth.line["state"] if truth else "no row"
        score.differences.append(f"row {number}: {state}, should be {wanted}")
        score.wrongly_sent += bool(contact) and (truth is None or SENT not in truth.states)
        score.names += truth is not None and truth.states == (SENT,)
        return
    if contact is None:
        score.rows_right += 1
        return
    wrong = [name for name in COMPANY if not truth.allows(name, contact[name])]
    wrong_names = [name for name in NAMES if not truth.allows(name, contact[name])]
    score.rows_right += not wrong
    score.wrongly_sent += "linkedin" in wrong and contact["linkedin"] != ""
    score.names += 1
    score.names_right += not wrong_names
    for name in (*wrong_names, *wrong):
        right = truth.line[name] or "nothing"
        score.differences.append(f"row {number}: {name} “{contact[name]}”, should be “{right}”")


def _states(plan: str) -> Iterator[tuple[int, str]]:
    """The state of each row of a plan, with its reason after a colon."""
    for line in plan.splitlines():
        planned = json.loads(line)
        row = planned.pop("row")
        state, value = next(iter(planned.items()))
        match state:
            case "contact":
                yield row, SENT
            case "duplicate_of":
                yield row, f"{DUPLICATE} {value}"
            case _:
                yield row, f"{state}: {value}"


def _row_of(contact: dict[str, Any]) -> int:
    """The row that the token of a contact names."""
    return int(contact["custom"]["token"].split(".")[-2])


def _fields(contact: dict[str, Any]) -> dict[str, str]:
    """The fields of a contact by the names that the truth has for them; profiles by their path."""
    return {name: (contact.get(key) or "").removeprefix(_SITE) for name, key in _SENT_AS.items()}


def _share(right: int, of: int) -> str:
    return f"{right:5} of {of:5} {100 * right / of:5.1f} %"


if __name__ == "__main__":
    logger.setLevel(logging.CRITICAL)  # what the pipeline logs is not asked for here
    sys.stdout.write(told(scores()))
