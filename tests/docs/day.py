"""`python -m tests.docs.day [FOLDER]` lives through a day with the pipeline in memory, the real
pages and the real command line, and writes `docs/a-day.md`. With a FOLDER, the pages that were seen
are left there to look at.
"""

import json
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import wrap

import httpx
import pytest

from enrichment.adapters.report_headline import headline
from enrichment.domain.folder import page_key
from enrichment.domain.next_steps import next_steps
from enrichment.domain.outcome import moment
from enrichment.domain.report import Report
from enrichment.domain.verdict import verdict
from enrichment.logs import logger
from enrichment.usecases.cancel import Deletion
from tests.functional.terminal import Terminal
from tests.functional.world import PRICE, World, contacts
from tests.iam.world import Queues

PAGE = Path(__file__).resolve().parents[2] / "docs" / "a-day.md"
MORNING = int(datetime(2026, 11, 26, 9, tzinfo=UTC).timestamp())
FAIR = "incoming/email/marketing/fair.csv"
LEADS = "incoming/email/sales/leads.csv"
LIST = "incoming/email/sales/old list.csv"
_WIDTH = 96
_BARE = str.maketrans("", "", "[]")
TITLE = """# A day

What people see from a morning to an evening, when all sorts of things happen: three files of two
teams, too few credits, an answer that nobody heard, a file that was dropped by mistake, a person
who wants to be forgotten, a dead letter. `python -m tests.docs.day` lives through it, with the
pipeline in memory, and writes this page; a test holds it against what happens.

Of the owners' pages it has the word at the top, the headline and what to do next. Operators sit at
a terminal.
"""


class Day:
    """What happens, and what is written of it. Six of the pages are kept in `folder`."""

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        self.world, self._terminal, self._folder = terminal.world, terminal, folder
        self._lines = [TITLE]

    def at(self, hour: int, minute: int, title: str, story: str) -> None:
        """Something happens at a time of the day."""
        self.world.now = MORNING + (hour - 9) * 3600 + minute * 60
        self._lines += ["", f"## {hour:02}:{minute:02} {title}", "", story]

    def page(self, key: str) -> None:
        """The owner of a file looks at its page."""
        self.world.inform()
        data, html = (self.world.read(page_key(key, suffix) or "") for suffix in (".json", ".html"))
        report = Report.model_validate_json(data or "")
        word = verdict(report).word
        number = len(list(self._folder.glob("*.html"))) + 1
        (self._folder / f"{number}.html").write_text(html or "")
        seen = [f"**{key.rpartition('/')[2]}: {word}.** {headline(report)}", *_progress(report)]
        steps = (
            f"- {step.text.translate(_BARE)}{_place(step.place)}." for step in next_steps(report)
        )
        self._lines += ["", *(line for each in (*seen, *steps) for line in _wrapped(each, "> "))]

    def types(self, *words: str, say: str | None = None) -> None:
        """An operator types a command."""
        told = self._terminal.run(*words, say=say)
        lines = [f"$ enrich {shlex.join(words)}", *map(str.rstrip, told.output.splitlines())]
        lines = [line.replace(f"{self._folder}/", "") for line in lines]
        self._lines += ["", *(part for line in lines for part in _wrapped(line, "    "))]

    def told(self) -> str:
        return "\n".join(self._lines) + "\n"


def _wrapped(line: str, start: str) -> list[str]:
    """A line as a terminal, or a page, of a hundred columns has it."""
    if len(line) <= _WIDTH:
        return [f"{start}{line}".rstrip()]
    return wrap(line, _WIDTH, initial_indent=start, subsequent_indent=f"{start}  ")


def _progress(report: Report) -> list[str]:
    if (told := report.progress) is None:
        return []
    ready = f", ready at about {moment(told.ready_at)}" if told.ready_at else ""
    done = f"{told.sent} of {told.contacts} contacts sent, {told.answered} answered"
    return [f"({done}, {told.found} found, {told.credits} credits{ready}.)"]


def _place(place: str) -> str:
    return f" {place}" if place else ""


def lived(terminal: Terminal, folder: Path) -> str:
    """The day, as the page tells it."""
    world, day = terminal.world, Day(terminal, folder)
    queues = Queues(world, "https://queue.test")
    world.messages = world.pipeline.clients.sqs = queues  # type: ignore[assignment]
    _files_are_answered(day)
    _credits_run_out(day)
    _an_answer_is_lost(day)
    _a_file_is_deleted(day, queues)

    day.at(14, 0, "A person is forgotten", "Jane1 Doe of company1.example wants to be erased.")
    people = folder / "people.csv"
    people.write_text(contacts(1))
    day.types("erase", str(people), "--yes")

    story = "A deploy went wrong for a while, and a message failed five times."
    day.at(16, 0, "A dead letter", story)
    letter = json.dumps({"detail": {"object": {"key": LIST, "version-id": "2", "size": 1}}})
    queues.put(world.pipeline.environment["FAILED_EVENTS_URL"], letter)
    day.types("redrive")

    day.at(18, 0, "The evening", "What the day has cost, and all of its files.")
    world.pipeline.sweep.run()
    day.types("statement", "2026-11")
    day.types("jobs")
    return day.told()


def _files_are_answered(day: Day) -> None:
    world = day.world
    day.at(9, 0, "A file is dropped", f"Marketing drops `{FAIR}`, of 120 people.")
    world.drop(FAIR, contacts(120))
    day.page(FAIR)
    day.at(9, 1, "Results come", "A minute later all is sent, and half of it is answered.")
    world.submit_all()
    world.now += 60
    half, world.provider.webhooks = world.provider.webhooks[:60], world.provider.webhooks[60:]
    world.deliver(half)
    day.page(FAIR)
    day.at(9, 3, "The answer", "It is there as soon as the last result is.")
    world.deliver()
    world.finish()
    day.page(FAIR)


def _credits_run_out(day: Day) -> None:
    world = day.world
    story = f"Sales drops `{LEADS}`, of 150 people; the account has credits for twenty."
    day.at(10, 0, "Too few credits", story)
    world.provider.behaviour.balance = 20 * PRICE
    world.drop(LEADS, contacts(150, lambda n: f"Ines{n},Roe,firm{n}.example"))
    world.submit_all()
    day.page(LEADS)
    day.types("jobs")
    day.types("show", LEADS)
    story = (
        "Whoever pays tops the account up. The operator need not wait until the job looks again."
    )
    day.at(10, 20, "Credits are bought", story)
    world.provider.behaviour.balance = 10_000
    day.types("resume", LEADS)


def _an_answer_is_lost(day: Day) -> None:
    world = day.world
    story = "The connection breaks while the first of two requests is sent; the other is answered."
    day.at(10, 21, "An answer that nobody heard", story)
    world.provider.answers = [httpx.ReadTimeout("no answer")]
    world.submit_all()
    world.now += 60
    world.deliver()
    day.page(LEADS)
    day.types("show", "leads.csv")
    story = "The provider’s own list does not have that request. So it is sent again, on purpose."
    day.at(10, 30, "What is ambiguous is sent again", story)
    day.types("resend", "--ambiguous", "leads.csv", say="y\n")
    world.submit_all()
    world.now += 60
    world.deliver()
    world.finish()
    day.page(LEADS)


def _a_file_is_deleted(day: Day, queues: Queues) -> None:
    world = day.world
    story = f"Sales drops `{LIST}`, which was meant for somebody else, and deletes it."
    day.at(12, 0, "The wrong file", story)
    world.drop(LIST, contacts(250, lambda n: f"Omar{n},Poe,old{n}.example"))
    world.pipeline.submit.run(*queues.take()[0])
    world.now += 30
    world.s3.delete_object(Bucket="data", Key=LIST)
    world.pipeline.cancel.run(Deletion(LIST, "mark", marked=True, at=world.now))
    world.finish()
    day.page(LIST)
    day.at(12, 2, "What was sent comes back", "It was paid for, so it is added to the answer.")
    world.deliver()
    world.now += 300
    world.pipeline.sweep.run()
    world.finish()
    day.page(LIST)


def told(folder: Path) -> str:
    """Live through the day."""
    with pytest.MonkeyPatch.context() as patch:
        world = World(environment={"DEADLINE_MINUTES": "1440"})
        world.now = MORNING
        terminal = Terminal(world, patch)
        patch.setenv("COLUMNS", "96")
        patch.setattr("enrich.commands.time.time", world.clock)
        return lived(terminal, folder)


def main() -> None:
    logger.setLevel("CRITICAL")
    if folder := next(iter(sys.argv[1:]), None):
        PAGE.write_text(told(Path(folder)))
        return
    with TemporaryDirectory() as nowhere:
        PAGE.write_text(told(Path(nowhere)))


if __name__ == "__main__":
    main()
