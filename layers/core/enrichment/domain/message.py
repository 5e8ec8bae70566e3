"""The message that tells people of a change, with the links to what it is about."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enrichment.domain.changes import JobChanged
from enrichment.domain.outcome import moment
from enrichment.domain.told import Change
from enrichment.words import changes as words

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
_LONGEST_SUBJECT = 99
_LEAST_OF_A_NAME = 20  # characters that are left of a file's name beside what happened
_NOTHING_CAME = frozenset({Change.STARTED, Change.ESTIMATED})  # of a file, by then


@dataclass(frozen=True)
class Link:
    """A way to an object: what is there, and its address."""

    label: str
    url: str


@dataclass(frozen=True)
class Message:
    """A message in plain text; its subject is one that SNS takes."""

    subject: str
    text: str


def message_of(event: JobChanged, signed: list[Link], ends_at: int | None) -> Message:
    """The message that tells of a change.

    Args:
        event: the change.
        signed: links that work for whoever has them.
        ends_at: until when they do; None where there are none.
    """
    paragraphs = [
        _one_line(event.file),
        f"{event.sentence}\n{event.note}".strip(),
        _numbers(event),
        "\n".join(f"{link.label}:\n{link.url}" for link in signed),
        words.works_until(moment(ends_at)) if ends_at is not None else "",
        f"{words.CONSOLE}:\n{event.console}" if event.console else "",
        words.job(event.job),
    ]
    name = name_of(event.file)
    return Message(
        subject_of(name, event.title.removeprefix(f"{name}: ")),
        "\n\n".join(filter(None, paragraphs)) + "\n",
    )


def _numbers(event: JobChanged) -> str:
    size = words.numbers(event.rows, event.contacts)
    if not size or event.change in _NOTHING_CAME:
        return size
    return f"{size}\n{words.came_of(event.found, event.credits, event.cost)}"


def name_of(file: str) -> str:
    """The name of a file, on one line."""
    return _one_line(file.rpartition("/")[2])


def title_of(event: Mapping[str, Any]) -> str:
    """A file's name and what happened to it, by the fields of an event."""
    found = words.found(event["found"], event["contacts"])
    what = words.happened(event["change"], found, event["contacts"])
    return f"{name_of(event['file'])}: {what}"


def subject_of(name: str, what: str) -> str:
    """A subject in ASCII of less than 100 characters, on one line.

    >>> subject_of("Kunden März.csv", "166 of 200 found")
    'Kunden Marz.csv: 166 of 200 found'
    """
    room = max(_LONGEST_SUBJECT - len(what) - 2, _LEAST_OF_A_NAME)
    known = _ascii(name)
    short = known if len(known) <= room else f"{known[: room - 3]}..."
    return f"{short}: {what}"[:_LONGEST_SUBJECT]


def _ascii(text: str) -> str:
    """A text in ASCII: letters without their accents, a question mark for each other character."""
    apart = unicodedata.normalize("NFKD", _one_line(text))
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return letters.encode("ascii", "replace").decode().strip() or "?"


def _one_line(text: str) -> str:
    """A text without the characters that end lines or cannot be seen."""
    return "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter
        for letter in text
    )
