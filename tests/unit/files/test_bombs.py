"""Files that are made to fill the memory, the disk or the day of whoever reads them.

Each is read, and copied, in a process of its own with the limits of the template's defaults. It
must be answered: in words, or with its rows. What it took is measured there, and printed (`-rP`
shows it).
"""

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.files.archives import (
    ODS_END,
    ODS_START,
    ROOT,
    SHEET,
    SHEET_END,
    STRINGS,
    STYLES,
    WORKBOOK,
    Entry,
    entry,
    lying,
    open_document,
    repeated,
    sheet,
    text_cell,
    workbook,
    written,
    zipped,
)

SECONDS = 30  # of a processor, however slow; what harms would take hours
MEGABYTES = 512  # of memory
CORPUS = Path("tests/corpus/files")

# Reads each file that it is told of in a child, so that what all of them import is imported once.
READER = """
import json, os, resource, signal, sys
from enrichment.files.opening import opened
from enrichment.domain.mapping import ByMapping
from enrichment.domain.limits import Limits
from enrichment.errors import UnreadableFile
from enrichment.steps.intake import at_most

class Nowhere:
    def write(self, data):
        return len(data)

limits = Limits(file=500_000_000, unpacked=2_000_000_000, rows=1_048_576)

def look(path):
    answer, rows = "", 0
    try:
        with open(path, "rb") as stream, opened(stream, limits, ByMapping()) as upload:
            sheet = upload.sheet
            width = len(sheet.header)
            with (
                sheet.whole(Nowhere(), width, ["a"]) as whole,
                sheet.excerpt(Nowhere(), width, ["a"]) as excerpt,
            ):
                for row in at_most(sheet, limits.rows):
                    rows += 1
                    if rows < 100_000:
                        whole.add(row, ["x"])
                    if rows < 1000:
                        excerpt.add(row, ["x"])
    except UnreadableFile as error:
        answer = str(error)
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    used = resource.getrusage(resource.RUSAGE_SELF)
    return [answer, rows, int(peak.split()[1]) // 1024, used.ru_utime + used.ru_stime]

for line in sys.stdin:
    path, seconds = json.loads(line)
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.alarm(20 * seconds)  # of the clock, on a machine that is busy
        print(json.dumps(look(path)), flush=True)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended:
        print(json.dumps(ended), flush=True)
"""

ROWS = (
    '<row r="1">'
    + text_cell("A1", "First name")
    + '</row><row r="2">'
    + text_cell("A2", "Jane")
    + "</row>"
)
FINE = sheet(ROWS)
EXPANSION = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%b]>' % b"".join(
    b'<!ENTITY %c "%b">' % (letter, b"&%c;" % (letter - 1) * 10)
    for letter in range(ord("b"), ord("k"))
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
MEMBER = gzip.compress(b"x" * 10_000_000, 9, mtime=0)


def with_entities(part: bytes, declaration: bytes, inside: bytes) -> bytes:
    """A part of a workbook with a declaration before its first element, and an entity in that."""
    prolog, _, rest = part.partition(b"?>")
    head, bracket, tail = rest.partition(inside)
    return prolog + b"?>" + declaration + head + bracket + b"&a;" + tail


def csv_of(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def table(rows: str) -> bytes:
    return f'<table:table table:name="A">{rows}</table:table>'.encode()


def text(content: str, repeats: int = 1) -> str:
    repeated = f'table:number-columns-repeated="{repeats}"'
    return (
        '<table:table-cell office:value-type="string"'
        f" {repeated}><text:p>{content}</text:p></table:table-cell>"
    )


def table_row(cells: str, repeats: str = "1") -> str:
    return f'<table:table-row table:number-rows-repeated="{repeats}">{cells}</table:table-row>'


def many_cells(
    cell: bytes, rows: int, columns: int, start: bytes = SHEET, end: bytes = SHEET_END
) -> Entry:
    """A sheet of equal rows without numbers, ten thousand at a time."""
    return repeated(start, (b"<row>" + cell * columns + b"</row>") * 10_000, rows // 10_000, end)


def old_workbook(sheets: int) -> bytes:
    """An .xls file whose sheets have a cell in each of two corners, as xlwt writes it."""
    base = (CORPUS / "spreadsheets/old.xls").read_bytes()
    # The row and column of each number and text are moved as far as they go: record 0x00FD, then
    # row, column, style, text.
    changed = bytearray(base)
    at = changed.rfind(b"\xfd\x00\x0a\x00")
    changed[at + 4 : at + 8] = b"\xff\xff\xff\x00"
    return bytes(changed) * sheets


def archive(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("leads.csv", b"x" * 100_000_000)
    return out.getvalue()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a workbook that unpacks to 10 GB": (
        lambda: zipped(
            {"[Content_Types].xml": b"<Types/>"}
            | {
                f"xl/worksheets/sheet{n}.xml": repeated(SHEET, b" " * 10_000_000, 340, SHEET_END)
                for n in range(3)
            }
        ),
        "Unpacked, the file is larger than the 1,000 MB",
    ),
    "a workbook that unpacks to 10 GB and says that it does not": (
        lambda: workbook(lying(repeated(FINE, b" " * 10_000_000, 1000, b""), FINE)),
        "1 row",
    ),
    "shared strings that unpack to 10 GB and say that they do not": (
        lambda: workbook(
            FINE, strings=lying(repeated(STRINGS, b" " * 10_000_000, 1000, b""), STRINGS)
        ),
        "1 row",
    ),
    "a spreadsheet that unpacks to 10 GB and says that it does not": (
        lambda: open_document(
            lying(
                repeated(
                    ODS_START + table(table_row(text("a")) + table_row(text("b"))) + ODS_END,
                    b" " * 10_000_000,
                    1000,
                    b"",
                ),
                ODS_START + table(table_row(text("a")) + table_row(text("b"))) + ODS_END,
            )
        ),
        "1 row",
    ),
    "entities in a sheet": (
        lambda: workbook(with_entities(sheet(ROWS), EXPANSION, b"<t>")),
        "document type declaration",
    ),
    "entities in the workbook": (
        lambda: workbook(FINE, workbook=with_entities(WORKBOOK, EXPANSION, b"<sheets>")),
        "document type declaration",
    ),
    "entities in the shared strings": (
        lambda: workbook(FINE, strings=with_entities(STRINGS, EXPANSION, b'main">')),
        "document type declaration",
    ),
    "entities in the styles": (
        lambda: workbook(FINE, styles=with_entities(STYLES, EXPANSION, b"<fonts")),
        "document type declaration",
    ),
    "entities in the relations": (
        lambda: workbook(FINE, root=with_entities(ROOT, EXPANSION, b'ships">')),
        "document type declaration",
    ),
    "an outside entity in a sheet": (
        lambda: workbook(with_entities(sheet(ROWS), OUTSIDE, b"<t>")),
        "document type declaration",
    ),
    "entities in a spreadsheet": (
        lambda: open_document(
            entry(with_entities(ODS_START + table("") + ODS_END, EXPANSION, b"spreadsheet>"))
        ),
        "document type declaration",
    ),
    "archives in archives": (
        lambda: zipped(
            {
                "a.zip": zipped(
                    {"b.zip": zipped({"c.csv": repeated(b"", b"x" * 10_000_000, 100, b"")})}
                )
            }
        ),
        "an archive inside an archive",
    ),
    "10 GB in gzip": (lambda: MEMBER * 1000, "unpacks to more than 100 times its size"),
    "10 GB in zip": (
        lambda: zipped(
            {"a.csv": lying(repeated(b"", b"a,b\n" * 1_000_000, 2500, b""), b"a,b\n" * 2)}
        ),
        "1 row",
    ),
    "zip by a method without limits": (
        lambda: archive(zipfile.ZIP_BZIP2),
        "packed by a method that cannot be read",
    ),
    "zip by another method without limits": (
        lambda: archive(zipfile.ZIP_LZMA),
        "packed by a method that cannot be read",
    ),
    "a line of 1 GB in gzip": (lambda: MEMBER * 100, "unpacks to more than 100 times its size"),
    "100,000 columns in CSV": (lambda: csv_of(",".join(["a"] * 100_000), "b"), "100,000 columns"),
    "100,000 columns in a workbook": (
        lambda: workbook(
            many_cells(
                b"<c><v>1</v></c>",
                10_000,
                100_000 // 100,
                SHEET + b"<row>" + b"<c><v>1</v></c>" * 100_000,
            )
        ),
        "out of order",
    ),
    "one wide row among many": (
        lambda: csv_of("First name", *["Jane"] * 300_000, "," * 16_000),
        "16,001 cells where the header has 1",
    ),
    "an image": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 1000, "The file is an image"),
    "a workbook that breaks off": (lambda: workbook(FINE)[:-100], "its end is missing"),
    "an encrypted workbook": (
        (CORPUS / "refused/protected.xlsx").read_bytes,
        "protected by a password",
    ),
    "two cells in the corners of a sheet": (
        lambda: workbook(sheet(ROWS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        "reaches down to row 1,048,576 and to column XFD",
    ),
    "two cells in the corners of a sheet, in one row": (
        lambda: workbook(
            sheet('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>')
        ),
        "out of order",
    ),
    "a cell whose place readers see differently": (
        lambda: workbook(
            sheet(
                ROWS + '<row r="1048576"><c r="XFC1048576"/><c r="&#65;1048576"><v>1</v></c></row>'
            )
        ),
        "damaged",
    ),
    "one long text in very many cells": (
        lambda: workbook(
            many_cells(b'<c t="s"><v>0</v></c>', 100_000, 10),
            strings=STRINGS.replace(b"</sst>", b"<si><t>" + b"x" * 30_000 + b"</t></si></sst>"),
        ),
        "of text, which is more than can be read",
    ),
    "repeated rows": (
        lambda: open_document(table(table_row(text("a")) + table_row(text("b") * 20, "1048570"))),
        "cells that can be read",
    ),
    "repeated cells": (
        lambda: open_document(table(table_row(text("a")) + table_row(text("b", 2_000_000_000)))),
        "cells that",
    ),
    "repeated empty rows": (
        lambda: open_document(
            table(
                table_row(text("a", 16_384))
                + table_row("<table:table-cell/>", "1048570")
                + table_row(text("b"))
            )
        ),
        "cells that can be read",
    ),
    "repeated by a number that readers see differently": (
        lambda: open_document(table(table_row(text("a")) + table_row(text("b"), "+2000000000"))),
        "damaged",
    ),
    "many sheets of repeated cells": (
        lambda: open_document(table(table_row(text("a", 1000), "3000")) * 100),
        "cells that can be read",
    ),
    "one long text in repeated cells": (
        lambda: open_document(table(table_row(text("a" * 30_000, 1000), "1000"))),
        "of text, which is more than can be read",
    ),
    "two billion spaces": (
        lambda: open_document(table(table_row(text('<text:s text:c="2000000000"/>')))),
        "more than 32,767 spaces",
    ),
    "spaces by the thousand": (
        lambda: open_document(table(table_row(text('<text:s text:c="32767"/>' * 100_000)))),
        "of text, which is more than can be read",
    ),
    "70,000 links": (
        lambda: workbook(
            sheet(
                "".join(f'<row r="{n}">{text_cell(f"A{n}", "x")}</row>' for n in range(1, 70_001)),
                "<hyperlinks>"
                + "".join(f'<hyperlink ref="A{n}" r:id="rId1"/>' for n in range(1, 70_001))
                + "</hyperlinks>",
            )
        ),
        "69,999 rows",
    ),
    "100,000 links in formulas": (
        lambda: workbook(
            many_cells(b'<c><f>HYPERLINK("https://a.example")</f><v>1</v></c>', 100_000, 1)
        ),
        "99,999 rows",
    ),
    "100 million shared strings": (
        lambda: workbook(
            FINE, strings=repeated(STRINGS[: -len(b"</sst>")], b"<si/>" * 1_000_000, 100, b"</sst>")
        ),
        "more than 8,000,000 texts",
    ),
    "a row with the number of a billion": (
        lambda: workbook(sheet(ROWS + '<row r="1000000000"/>')),
        "out of order",
    ),
    "rows that go back": (
        lambda: workbook(sheet(ROWS + '<row r="7"/><row r="3"/>')),
        "out of order",
    ),
    "elements in elements in a sheet": (
        lambda: workbook(repeated(SHEET, b"<a>" * 1_000_000, 100, b"")),
        "damaged",
    ),
    "elements in elements in the styles": (
        lambda: workbook(FINE, styles=repeated(b"<a>", b"<a>" * 1_000_000, 15, b"")),
        "damaged",
    ),
    "elements in elements in the shared strings": (
        lambda: workbook(FINE, strings=repeated(b"<a>", b"<a>" * 1_000_000, 100, b"")),
        "damaged",
    ),
    "elements in elements in a spreadsheet": (
        lambda: open_document(repeated(ODS_START, b"<a>" * 1_000_000, 100, b"")),
        "damaged",
    ),
    "a comment of 900 MB": (
        lambda: workbook(repeated(SHEET + b"<!--", b"x" * 10_000_000, 90, b"-->" + SHEET_END)),
        "a single text or tag",
    ),
    "an attribute of 900 MB": (
        lambda: workbook(repeated(SHEET + b'<row r="', b"1" * 10_000_000, 90, b'"/>' + SHEET_END)),
        "a single text or tag",
    ),
    "a formula of 250 MB": (
        lambda: workbook(
            repeated(
                SHEET + ROWS.encode() + b"<row><c><f>",
                b"1+" * 5_000_000,
                25,
                b"</f></c></row>" + SHEET_END,
            )
        ),
        "1 row",
    ),
    "250 MB behind the last row": (
        lambda: workbook(
            repeated(
                SHEET + ROWS.encode() + b"</sheetData>",
                b" " * 10_000_000 + b"<x/>",
                25,
                b"</worksheet>",
            )
        ),
        "1 row",
    ),
    "a million formulas": (
        lambda: workbook(many_cells(b"<c><f>1</f></c>", 100_000, 10, SHEET + ROWS.encode())),
        "1 row",
    ),
    "100,000 files": (
        lambda: zipped({f"{n:06}.csv": Entry(b"", 0, 0, 0) for n in range(100_000)}),
        "far too many files",
    ),
    "millions of styles": (
        lambda: workbook(
            FINE,
            styles=repeated(
                STYLES.partition(b"</cellXfs>")[0],
                b"<xf/>" * 100_000,
                40,
                b"</cellXfs></styleSheet>",
            ),
        ),
        "1 row",
    ),
    "a workbook's links in a circle": (
        lambda: workbook(
            FINE,
            links=b'<Relationships><Relationship Id="rId1" Target="workbook.xml"/></Relationships>',
        ),
        "",
    ),
    "objects in objects": (lambda: b'{"a": ' * 1_000_000, "nested too deeply"),
    "lists in lists": (
        lambda: b'[{"a": ' + b"[" * 500_000 + b"]" * 500_000 + b"}]",
        "nested too deeply",
    ),
    "an object of a million keys": (
        lambda: json.dumps([dict.fromkeys(map(str, range(1_000_000)))]).encode(),
        "longer than 1,048,576 characters",
    ),
    "a million keys of many objects": (
        lambda: "\n".join(json.dumps({str(n): 1}) for n in range(1_000_000)).encode(),
        "more than 16,384 different keys",
    ),
    "a cell of 100 MB": (
        lambda: b'First name\n"' + b"x" * 100_000_000 + b'"\n',
        "a line of more than 1,048,576 characters",
    ),
    "a cell of 100 MB on many lines": (
        lambda: b'First name\n"' + b"x\n" * 50_000_000 + b'"\n',
        "cannot be read as CSV",
    ),
    "50 million blank lines": (
        lambda: b"First name\n" + b"\n" * 50_000_000 + b"Jane\n",
        "blank lines follow each other",
    ),
    "2 million rows": (
        lambda: b"First name\n" + b"Jane\n" * 2_000_000,
        "more than the 1,048,576 rows",
    ),
    "an old workbook with two cells in its corners": (lambda: old_workbook(1), ""),
    "an old workbook of garbage": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(100_000),
        "damaged",
    ),
}


Reader = Callable[[Path], tuple[str, int, int, float]]
"""Tells what reading a file comes to: the answer in words, its rows, megabytes, and seconds of a
processor.
"""


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    command = [sys.executable, "-c", READER]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([".", "layers/core"])}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        asked, answers = process.stdin, process.stdout
        assert asked
        assert answers

        def read(path: Path) -> tuple[str, int, int, float]:
            print(json.dumps([str(path), SECONDS]), file=asked, flush=True)
            told = json.loads(answers.readline())
            assert isinstance(told, list), f"it died with {told}"
            answer, rows, megabytes, seconds = told
            return answer, rows, megabytes, seconds

        yield read


def check(reader: Reader, path: Path, words: str) -> None:
    answer, rows, megabytes, seconds = reader(path)
    print(f"{seconds:5.1f} s {megabytes:5} MB  {answer or rows}")  # noqa: T201
    assert words in (answer or f"{rows:,} row{'s' if rows != 1 else ''}")
    assert megabytes < MEGABYTES
    assert seconds < SECONDS


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_is_made_to_do_harm_is_answered(
    reader: Reader, name: str, tmp_path: Path
) -> None:
    make, words = BOMBS[name]
    path = written(tmp_path, make())
    try:
        check(reader, path, words)
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("size", "words"), [(100_000_000, "zero bytes"), (1_000_000_000, "larger than the 500 MB")]
)
def test_a_file_of_nothing_is_answered(
    reader: Reader, size: int, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "dropped"
    with path.open("wb") as file:
        file.truncate(size)
    check(reader, path, words)
