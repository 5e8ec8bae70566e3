"""Files of the corpus, damaged at random: each is read and copied, or refused in words.

A run of the suite takes `FUZZ_SECONDS` (5) from `FUZZ_SEED` (a fixed one). For a longer hunt:

    FUZZ_SECONDS=600 FUZZ_SEED=7 python -m pytest tests/unit/files/test_fuzz.py

A failure names the file, the seed and the number of the input, by which `damaged_one` makes it
again.
"""

import io
import os
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enrichment.domain.layout import FileFormat
from enrichment.errors import UnreadableFile
from enrichment.files.sheet import Sheet
from tests.unit.files.reading import sheet_of

CORPUS = Path("tests/corpus/files")
SECONDS = float(os.environ.get("FUZZ_SECONDS", "5"))
SEED = int(os.environ.get("FUZZ_SEED", "20261123"))
SLOW = 5.0  # seconds of a processor for one small file
RARE = 20  # one in so many inputs is an old workbook, which takes a process of its own

FILES = sorted(path for path in CORPUS.rglob("*") if path.is_file())
OLD = [path for path in FILES if path.read_bytes().startswith(b"\xd0\xcf\x11\xe0")]
OTHERS = [path for path in FILES if path not in OLD and path.stat().st_size < 100_000]

# What means something to some reader.
TOKENS = [
    b"\0", b"\xff", b"\r", b"\n", b"\r\n", b'"', b",", b";", b"\t", b"|", b"=", b"<", b">",
    b"&", b"/>", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x ?>", b"<!DOCTYPE a>",
    b"&#0;", b"&#10;", b"&lt;", b"{", b"}", b"[", b"]", b"\\", b"\\ud800", b"null",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"PK\3\4", b"PK\5\6", b"sep=",
    b"<row>", b"</row>", b"<c/>", b"<v>1</v>", b'<c r="XFD1048576"/>', b"<f>1</f>", b' r="3"',
    b' t="s"', b' t="d"', b' t="e"', b' s="9"', b"</c>", b"<is><t>x</t></is>", b"<sheetData/>",
    b"</sheetData>", b"<x:row/>", b"<text:s/>", b"<text:p/>", b"1e999", b"-1", b"NaN",
    b"Infinity", b"9999-99-99", b"\xc3\xa9", b"\xe9", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80",
]  # fmt: skip
NUMBERS = [
    b"0",
    b"-1",
    b"1",
    b"2",
    b"65535",
    b"65536",
    b"1048576",
    b"1048577",
    b"4294967295",
    b"9" * 20,
    b"1.5",
    b"",
]

Mutation = Callable[[random.Random, bytes], bytes]


def flipped(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8])):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut_short(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def without_a_piece(chance: random.Random, data: bytes) -> bytes:
    start, size = chance.randrange(len(data)), chance.choice([1, 2, 10, 100])
    return data[:start] + data[start + size :]


def with_a_piece_twice(chance: random.Random, data: bytes) -> bytes:
    start, size = chance.randrange(len(data)), chance.choice([1, 10, 100, 1000])
    return (
        data[: start + size]
        + data[start : start + size] * chance.choice([1, 1, 20])
        + data[start + size :]
    )


def with_a_token(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.choice(TOKENS) + data[start + chance.choice([0, 0, 1]) :]


def with_another_number(chance: random.Random, data: bytes) -> bytes:
    places = [at for at in range(len(data)) if data[at : at + 1].isdigit()]
    if not places:
        return with_a_token(chance, data)
    at = chance.choice(places)
    end = at
    while data[end : end + 1].isdigit():
        end += 1
    return data[:at] + chance.choice(NUMBERS) + data[end:]


def spliced(chance: random.Random, data: bytes) -> bytes:
    other = chance.choice(OTHERS).read_bytes()
    at, start = chance.randrange(len(data)), chance.randrange(len(other) + 1)
    return (
        data[:at]
        + other[start : start + chance.choice([10, 100, 10_000])]
        + data[at + chance.choice([0, 100, 10_000]) :]
    )


MUTATIONS: list[Mutation] = [
    flipped,
    cut_short,
    without_a_piece,
    with_a_piece_twice,
    with_a_token,
    with_a_token,
    with_another_number,
    spliced,
]


def mutated(chance: random.Random, data: bytes) -> bytes:
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        data = chance.choice(MUTATIONS)(chance, data or b"x")
    return data


def mutated_inside(chance: random.Random, data: bytes) -> bytes:
    """An archive with one of its parts changed, and packed as it should be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {member.filename: archive.read(member) for member in archive.infolist()}
    except (zipfile.BadZipFile, RuntimeError):
        return mutated(chance, data)
    if not parts:
        return mutated(chance, data)
    telling = [
        name
        for name in parts
        if "sheet" in name.lower() or "content.xml" in name or "workbook" in name
    ]
    name = chance.choice(telling if telling and chance.random() < 0.8 else list(parts))
    match chance.randrange(12):
        case 0:
            del parts[name]
        case 1:
            parts[chance.choice(list(parts))] = parts[name]
        case _:
            parts[name] = mutated(chance, parts[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return out.getvalue()


def damaged_one(seed: int, number: int) -> tuple[Path, bytes]:
    """The input of that number: which file it was, and its bytes."""
    chance = random.Random(f"{seed} {number}")
    path = chance.choice(OLD if number % RARE == 0 else OTHERS)
    data = path.read_bytes() or b"x"
    is_packed = data.startswith(b"PK") and chance.random() < 0.9
    return path, mutated_inside(chance, data) if is_packed else mutated(chance, data)


def rows_of(content: bytes) -> tuple[Sheet, list[Any]] | None:
    """A file's sheet and its rows; None if it is refused in words."""
    try:
        with sheet_of(content) as sheet:
            return sheet, list(sheet)
    except UnreadableFile as error:
        if not str(error).endswith("."):
            raise
        return None


def try_reading(content: bytes) -> bool:
    """Read a file, copy it, and read the copy; whether it was read at all."""
    read = rows_of(content)
    if read is None:
        return False
    first, rows = read
    width = max(map(len, [first.header, *(row.cells for row in rows)]))
    whole, excerpt = io.BytesIO(), io.BytesIO()
    with sheet_of(content, first.layout) as sheet:
        names = [f"new column {n}" for n in range(2)]
        with (
            sheet.whole(whole, width, names) as everything,
            sheet.excerpt(excerpt, width, names) as some,
        ):
            for row, before in zip(sheet, rows, strict=True):
                assert row == before
                everything.add(row, ["found", ""])
                some.add(row, ["found", ""])
    match first.layout.format:
        case FileFormat.XLSX | FileFormat.CSV:
            with sheet_of(whole.getvalue(), first.layout) as copied:
                again = [(row.number, row.cells) for row in copied]
            filled = [
                (row.number, [*row.cells, *[""] * (width - len(row.cells)), "found"])
                for row in rows
            ]
            assert [(number, cells[: width + 1]) for number, cells in again] == filled
        case FileFormat.JSON_ARRAY | FileFormat.JSON_LINES:
            for copy in (whole, excerpt):
                read_again = rows_of(copy.getvalue())
                assert read_again is not None
                assert len(read_again[1]) == len(rows)
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORPUS)))
def test_a_file_of_the_corpus_is_read_and_copied_or_refused_in_words(path: Path) -> None:
    try_reading(path.read_bytes())


def test_a_file_that_is_damaged_at_random_is_read_and_copied_or_refused_in_words() -> None:
    until = time.monotonic() + SECONDS
    number = 0
    count_read = 0
    while time.monotonic() < until:
        number += 1
        path, content = damaged_one(SEED, number)
        began = time.process_time()
        try:
            count_read += try_reading(content)
        except BaseException as error:  # a panic of calamine is no `Exception`
            error.add_note(f"seed {SEED}, input {number}, of {path}")
            raise
        taken = time.process_time() - began
        assert taken < SLOW, f"seed {SEED}, input {number}, of {path} took {taken:.1f} s"
    print(f"seed {SEED}: {number} files, of which {count_read} were read")  # noqa: T201
    assert count_read > number / 10
