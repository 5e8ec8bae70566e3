"""Files from which rows are taken keep everything else as it was."""

import io
import json
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.limits import NO_LIMITS
from enrichment.domain.mapping import ByMapping
from enrichment.files.opening import opened, reopened

CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
HEADER = "First Name,Last Name,Company"


def emptied(content: bytes, rows: Collection[int], how: str) -> bytes:
    """A file without some rows."""
    with opened(io.BytesIO(content), NO_LIMITS, ByMapping()) as file:
        layout = file.sheet.layout
    out = io.BytesIO()
    with reopened(io.BytesIO(content), layout) as file, file.sheet.emptied(out) as copy:
        for row in file.sheet:
            if row.number not in rows:
                copy.keep(row)
            elif how == "blank":
                copy.blank(row, {})
            else:
                copy.drop(row)
    return out.getvalue()


@given(
    table=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6),
    end=st.sampled_from(["\n", "\r\n"]),
    gone=st.sets(st.integers(2, 8)),
    how=st.sampled_from(["blank", "drop"]),
)
def test_lines_of_other_rows_stay_byte_for_byte(
    table: list[tuple[str, str, str]], end: str, gone: set[int], how: str
) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
    lines = [HEADER, *quoted]
    content = end.join(lines).encode() + end.encode()
    after = emptied(content, gone, how)
    left = {"blank": [",,"], "drop": []}[how]
    wanted = [
        part
        for number, line in enumerate(lines, start=1)
        for part in (left if number in gone else [line])
    ]
    assert after == "".join(line + end for line in wanted).encode()


@pytest.mark.parametrize("how", ["blank", "drop"])
def test_a_file_of_one_column_keeps_its_rows_in_their_places(how: str) -> None:
    content = b"Email\njane@acme.com\njoe@acme.com\n"
    after = emptied(content, {2}, how)
    assert after == {"blank": b'Email\n""\njoe@acme.com\n', "drop": b"Email\njoe@acme.com\n"}[how]


@pytest.mark.parametrize("gone", [{1}, {2}, {3}, {1, 2}, {1, 3}, {1, 2, 3}])
def test_a_list_of_objects_stays_one(gone: set[int]) -> None:
    people = [{"first_name": name, "last_name": "Doe", "org": {"name": "Acme"}} for name in "ABC"]
    content = json.dumps(people, indent=2).encode()
    dropped = emptied(content, gone, "drop")
    left = [each for number, each in enumerate(people, start=1) if number not in gone]
    assert json.loads(dropped) == left
    blank = emptied(content, gone, "blank")
    nothing = {"first_name": None, "last_name": None, "org": {"name": None}}
    numbered = enumerate(people, start=1)
    assert json.loads(blank) == [nothing if number in gone else each for number, each in numbered]


def test_objects_on_lines_stay_on_lines() -> None:
    content = b'{"first_name": "A", "last_name": "B"}\n{"first_name": "C", "last_name": "D"}\n'
    assert emptied(content, {1}, "drop") == b'{"first_name": "C", "last_name": "D"}\n'
    assert emptied(content, set(), "drop") == content
