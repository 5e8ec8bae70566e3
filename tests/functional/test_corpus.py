"""Every file of the corpus is read as its line in `tests/corpus/README.md` says, and comes to the
end that it says; those with a truth are held against it by `test_corpus_score.py`.
"""

from typing import Any

import pytest

from enrichment.domain.outcome import RowState
from tests.corpus.truth import FILES, readme_lines
from tests.functional.world import World

LINES = readme_lines()
READ = {file: line for file, line in LINES.items() if "read as" in line}
REFUSED = {file: line for file, line in LINES.items() if "the message says" in line}
TRUE = {file: line for file, line in LINES.items() if "what it stands for" in line}


def parts(cell: str) -> list[str]:
    return cell.split(" · ") if cell else []


@pytest.fixture(scope="module")
def world() -> World:
    """One for all files, as a stack is."""
    shared = World()
    shared.provider.behaviour.consent = True
    return shared


def drop(world: World, file: str) -> dict[str, Any]:
    """The report on a file of the corpus after its whole way; the provider has then seen this file
    only.
    """
    path = FILES / file
    world.provider.charged.clear()
    world.provider.requests.clear()
    key = f"incoming/{LINES[file]['type']}/refresh=true/{path.name}"
    return world.report(key, world.enrich(key, path.read_bytes()))


def test_every_file_has_a_line_and_every_line_a_file() -> None:
    files = [path.relative_to(FILES).as_posix() for path in FILES.rglob("*") if path.is_file()]
    assert sorted(LINES) == sorted(files)
    assert sorted(LINES) == sorted([*READ, *REFUSED, *TRUE])
    assert len(LINES) >= 200
    assert len({(FILES / file).read_bytes() for file in files}) == len(files)


@pytest.mark.parametrize("file", READ)
def test_a_file_is_read_and_sent_as_its_line_says(world: World, file: str) -> None:
    line = READ[file]

    report = drop(world, file)

    rewritten = "The output is an Excel workbook" if file.endswith((".xls", ".ods")) else ""
    assert report["status"] == "done"
    assert report["message"].startswith(rewritten)
    assert bool(report["message"]) == bool(rewritten)
    assert report["read_as"] == line["read as"]
    taken = {field: " ".join(header.split()) for field, header in report["columns"].items()}
    assert taken == dict(part.split("=", maxsplit=1) for part in parts(line["columns"]))
    rejected = dict(part.split(": ", maxsplit=1) for part in parts(line["rejected"]))
    counts = {state: count for state, count in report["counts"].items() if count}
    sent = counts.pop(RowState.FOUND, 0) + counts.pop(RowState.NOT_FOUND, 0)
    assert (report["rows"], sent) == (int(line["rows"]), int(line["sent"]))
    assert counts.pop(RowState.DUPLICATE_OF, 0) == int(line["duplicates"])
    assert counts.pop(RowState.REJECTED, 0) == len(rejected)
    assert counts == {}
    assert [str(row["row"]) for row in report["sample"]] == list(rejected)
    assert [
        row["reason"] for row in report["sample"] if rejected[str(row["row"])] not in row["reason"]
    ] == []
    assert len(world.provider.charged) == sent
    assert any(is_of(contact, line["among them"]) for contact in world.provider.charged)


def is_of(contact: dict[str, Any], words: str) -> bool:
    """Whether a contact that was sent has this name, and each of the other words in one of its
    fields.
    """
    name, *others = parts(words)
    values = [value for value in contact.values() if isinstance(value, str)]
    return f"{contact['firstname']} {contact['lastname']}" == name and all(
        any(word in value for value in values) for word in others
    )


@pytest.mark.parametrize("file", REFUSED)
def test_a_file_that_cannot_be_processed_is_answered_in_words(world: World, file: str) -> None:
    report = drop(world, file)

    assert report["status"] == "refused"
    assert REFUSED[file]["the message says"] in report["message"]
    assert world.provider.requests == []
