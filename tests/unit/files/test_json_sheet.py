"""JSON Lines and JSON arrays: keys are columns, and what is written keeps the text of each
object.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.layout import FileFormat
from enrichment.errors import UnreadableFile
from tests.unit.builders import TEXT
from tests.unit.files.reading import read

KEYS = st.sampled_from(["First name", "last_name", "company", "Größe", "x"])
OBJECTS = st.lists(
    st.dictionaries(
        KEYS,
        TEXT | st.integers() | st.booleans() | st.none() | st.lists(st.integers(), max_size=2),
        min_size=1,
    ),
    min_size=1,
    max_size=6,
)
ADDED = {"status": "found", "note": '"quoted" 😀'}


@given(objects=OBJECTS, indent=st.sampled_from([None, 2]))
def test_a_list_of_objects_comes_back_with_members_added(
    objects: list[dict[str, Any]], indent: int | None
) -> None:
    reading = read(json.dumps(objects, indent=indent), list(ADDED), list(ADDED.values()))

    assert reading.layout.format is FileFormat.JSON_ARRAY
    assert reading.header == list(dict.fromkeys(key for each in objects for key in each))
    assert json.loads(reading.whole) == [each | ADDED for each in objects]
    assert json.loads(reading.excerpt) == [each | ADDED for each in objects[::2]]


@given(objects=OBJECTS, between=st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_objects_on_lines_come_back_on_lines(objects: list[dict[str, Any]], between: str) -> None:
    content = between.join(json.dumps(each, ensure_ascii=False) for each in objects)
    reading = read(content, list(ADDED), list(ADDED.values()))

    assert reading.layout.format is FileFormat.JSON_LINES
    assert [json.loads(line) for line in reading.whole.decode().split(between)] == [
        each | ADDED for each in objects
    ]
    assert [
        json.loads(line) for line in reading.excerpt.decode().removesuffix("\n").split("\n")
    ] == [each | ADDED for each in objects[::2]]


def test_members_are_cells_and_those_of_inner_objects_columns_of_their_own() -> None:
    content = (
        '{"name": "Jane", "organization": {"name": "Acme", "tags": [1.50]}, "ok": true, "no":'
        ' null}\n{"id": 12345678901234567890}'
    )
    reading = read(content)

    assert reading.header == ["name", "organization.name", "organization.tags", "ok", "no", "id"]
    assert reading.rows == [
        ["Jane", "Acme", '["1.50"]', "true", "", ""],
        ["", "", "", "", "", "12345678901234567890"],
    ]
    assert reading.whole.startswith(
        b'{"name": "Jane", "organization": {"name": "Acme", "tags": [1.50]}, "ok": true, "no":'
        b' null, "st'
    )


def test_added_members_are_indented_as_the_others() -> None:
    reading = read('[\n  {\n    "a": 1\n  }\n]\n', ["status"], ["found"])
    assert reading.whole.decode() == '[\n  {\n    "a": 1,\n    "status": "found"\n  }\n]\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": 1}\n{"a": ', "Object 2 of the file is not valid JSON"),
        ('{"a": 1}\n[1]', "Entry 2 of the file is not a JSON object"),
        ('[{"a": 1}, 7]', "Entry 2 of the file is not a JSON object"),
        ('[{"a": 1}', "breaks off or is damaged after object 1"),
        ('[{"a": 1}] x', "goes on after the end"),
        ("[]", "no objects in it"),
        ('{"a": ' + "[" * 100_000, "Object 1 of the file is nested too deeply"),
        ('[{"a": "' + "x" * (2 << 20) + '"}]', "longer than 1,048,576 characters"),
        ("[" + " " * (2 << 20) + '{"a": 1}]', "blank characters between objects"),
    ],
)
def test_what_is_no_list_of_objects_is_refused_in_words(content: str, words: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        read(content)
    assert words in str(raised.value)


def test_a_csv_file_may_begin_with_a_bracket() -> None:
    assert read("[First name],Company\nJane,Acme\n").layout.format is FileFormat.CSV
