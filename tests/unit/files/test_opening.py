"""What a file is, is told from its content; what it is not, in words that say what to do."""

import bz2
import gc
import gzip
import hashlib
import io
import lzma
import os
import random
import struct
import tempfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from enrichment.domain.layout import FileFormat, Packing
from enrichment.domain.mapping import ByMapping
from enrichment.errors import UnreadableFile
from enrichment.files.opening import opened
from tests.unit.builders import LIMITS
from tests.unit.files import archives
from tests.unit.files.archives import (
    Entry,
    entry,
    lying,
    sheet,
    text_cell,
    workbook,
    zipped,
)
from tests.unit.files.reading import read, sheet_of

CORPUS = Path("tests/corpus/files")
CSV = b"First name,Last name\nJane,Doe\n"
SHEET = sheet(
    f'<row r="1">{text_cell("A1", "First name")}{text_cell("B1", "Last name")}</row>'
    f'<row r="2">{text_cell("A2", "Jane")}{text_cell("B2", "Doe")}</row>'
)
BOOK = workbook(SHEET)
ODS = (CORPUS / "spreadsheets/libre.ods").read_bytes()
XLS = (CORPUS / "spreadsheets/old.xls").read_bytes()
GARBAGE = random.Random(7).randbytes(5000)


def old_office(stream: str) -> bytes:
    """The beginning of a file of old Office with a stream of that name, which is followed by
    nothing of use.
    """
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream.encode("utf-16-le") + bytes(2000)
    )


def with_broken_checksum(packed: bytes) -> bytes:
    return packed.replace(struct.pack("<I", zlib.crc32(CSV)), b"\1\2\3\4")


def without(name: str) -> bytes:
    parts = {
        "[Content_Types].xml": archives.TYPES,
        "_rels/.rels": archives.ROOT,
        "xl/workbook.xml": archives.WORKBOOK,
        "xl/_rels/workbook.xml.rels": archives.LINKS,
        "xl/worksheets/sheet1.xml": SHEET,
    }
    del parts[name]
    return zipped(parts | {"xl/worksheets/other.xml": SHEET})


@pytest.mark.parametrize(
    ("content", "format_", "packing"),
    [
        (CSV, FileFormat.CSV, Packing.NONE),
        (b'[{"First name": "Jane", "Last name": "Doe"}]', FileFormat.JSON_ARRAY, Packing.NONE),
        (b'{"First name": "Jane", "Last name": "Doe"}\n', FileFormat.JSON_LINES, Packing.NONE),
        (BOOK, FileFormat.XLSX, Packing.NONE),
        (gzip.compress(CSV, mtime=0), FileFormat.CSV, Packing.GZIP),
        (
            gzip.compress(CSV[:10], mtime=0) + gzip.compress(CSV[10:], mtime=0),
            FileFormat.CSV,
            Packing.GZIP,
        ),
        (gzip.compress(CSV, mtime=0) + bytes(100), FileFormat.CSV, Packing.GZIP),
        (gzip.compress(BOOK, mtime=0), FileFormat.XLSX, Packing.GZIP),
        (zipped({"leads.csv": CSV}), FileFormat.CSV, Packing.ZIP),
        (zipped({"leads.csv": replace(entry(CSV), size=1000)}), FileFormat.CSV, Packing.ZIP),
        (zipped({"leads.xlsx": BOOK}), FileFormat.XLSX, Packing.ZIP),
        (
            zipped(
                {"__MACOSX/._leads.csv": b"x", ".DS_Store": b"x", "a/": b"", "a/leads.csv": CSV}
            ),
            FileFormat.CSV,
            Packing.ZIP,
        ),
    ],
)
def test_a_file_is_told_by_its_content(
    content: bytes, format_: FileFormat, packing: Packing
) -> None:
    reading = read(content)
    assert (reading.layout.format, reading.layout.packing) == (format_, packing)
    assert (reading.header, reading.rows) == (["First name", "Last name"], [["Jane", "Doe"]])


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("../../etc/leads.csv", "leads.csv"),
        ("/etc/leads.csv", "leads.csv"),
        ("C:\\Users\\jane\\leads.csv", "leads.csv"),
        ("été/leads ✓.csv", "leads ✓.csv"),
        ("a\tb\x1b.csv", "ab.csv"),
        ("x" * 1000 + ".csv", "x" * 197 + ".csv"),
    ],
)
def test_only_the_last_part_of_a_name_in_an_archive_counts(name: str, member: str) -> None:
    assert read(zipped({name: CSV})).layout.member == member


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "The file is empty"),
    "a line end": (b"\n", "The file is empty"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", "The file is a PDF"),
    "a PNG": (b"\x89PNG\r\n\x1a\n" + GARBAGE, "The file is an image"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + GARBAGE, "The file is an image"),
    "RTF": (b"{\\rtf1\\ansi Jane}", "The file is a text document"),
    "HTML": (b"<html><table><tr><td>Jane</td></tr></table></html>", "a web page or XML"),
    "HTML with a mark and a blank": (b"\xef\xbb\xbf \n<!DOCTYPE html><p>", "a web page or XML"),
    "XML": (b"<?xml version='1.0'?><Workbook/>", "a web page or XML"),
    "XML in UTF-16": (
        "\ufeff<?xml version='1.0'?><Workbook>\n</Workbook>".encode("utf-16-le"),
        "a web page or XML",
    ),
    "a 7z archive": (b"7z\xbc\xaf\x27\x1c" + GARBAGE, "an archive of a kind that is not read"),
    "a rar archive": (b"Rar!\x1a\x07\1\0" + GARBAGE, "an archive of a kind that is not read"),
    "a bz2 archive": (bz2.compress(CSV), "an archive of a kind that is not read"),
    "an xz archive": (lzma.compress(CSV), "an archive of a kind that is not read"),
    "a docx": (
        zipped({"[Content_Types].xml": archives.TYPES, "word/document.xml": b"<a/>"}),
        "not an Excel workbook",
    ),
    "an xlsb": (
        zipped({"[Content_Types].xml": archives.TYPES, "xl/workbook.bin": b"x"}),
        "binary Excel workbook",
    ),
    "an odt": (
        zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}),
        "not a spreadsheet",
    ),
    "a Numbers document": (
        zipped({"Index/Document.iwa": b"x", "Data/a.jpg": b"x"}),
        "Apple Numbers",
    ),
    "an old Word document": (old_office("WordDocument"), "old Word or PowerPoint"),
    "old Office garbage": (old_office("Nothing"), "The workbook is damaged"),
    "an old workbook that breaks off": (XLS[:3000], "damaged"),
    "an encrypted workbook": (old_office("EncryptedPackage"), "protected by a password"),
    "gzip of nothing": (gzip.compress(b"", mtime=0), "The file is empty"),
    "gzip of garbage": (gzip.compress(GARBAGE), "encoding cannot be recognised"),
    "gzip that breaks off": (gzip.compress(CSV, mtime=0)[:-5], "gzip file is damaged"),
    "gzip with another checksum": (
        gzip.compress(CSV, mtime=0)[:-8] + b"\0" * 8,
        "gzip file is damaged",
    ),
    "gzip with something behind it": (
        gzip.compress(CSV, mtime=0) + b"garbage",
        "gzip file is damaged",
    ),
    "the first bytes of gzip": (b"\x1f\x8b", "gzip file is damaged"),
    "gzip in gzip": (gzip.compress(gzip.compress(CSV, mtime=0)), "an archive inside an archive"),
    "zip in gzip": (gzip.compress(zipped({"a.csv": CSV})), "an archive inside an archive"),
    "gzip in zip": (
        zipped({"a.csv.gz": gzip.compress(CSV, mtime=0)}),
        "an archive inside an archive",
    ),
    "zip in zip": (zipped({"a.zip": zipped({"a.csv": CSV})}), "an archive inside an archive"),
    "zip of two files": (zipped({"a.csv": CSV, "b.csv": CSV}), "2 files in it"),
    "zip of nothing": (zipped({}), "no files in it"),
    "zip of a folder": (zipped({"a/": b""}), "no files in it"),
    "zip with a password": (
        zipped({"a.csv": replace(entry(CSV), flags=1)}),
        "protected by a password",
    ),
    "zip by an unknown method": (
        zipped({"a.csv": replace(entry(CSV), method=97)}),
        "by a method that cannot be read",
    ),
    "zip with another checksum": (
        with_broken_checksum(zipped({"a.csv": entry(CSV)})),
        "cannot be unpacked",
    ),
    "zip of more than it says": (
        zipped({"a.csv": replace(entry(CSV), size=5)}),
        "cannot be unpacked",
    ),
    "zip that breaks off": (zipped({"a.csv": CSV})[:-5], "its end is missing"),
    "zip of garbage": (zipped({"a.csv": Entry(GARBAGE, 10_000, 0)}), "cannot be unpacked"),
    "the first bytes of zip": (b"PK\3\4", "its end is missing"),
    "a workbook that breaks off": (BOOK[:-300], "its end is missing"),
    "a workbook without a workbook": (without("xl/workbook.xml"), "not an Excel workbook"),
    "a workbook without relations": (without("_rels/.rels"), "not an Excel workbook"),
    "a workbook without links": (without("xl/_rels/workbook.xml.rels"), "damaged"),
    "a workbook without its sheet": (without("xl/worksheets/sheet1.xml"), "empty"),
    "a workbook whose links lead nowhere": (
        workbook(SHEET, links=archives.LINKS.replace(b'Id="rId1"', b'Id="rId9"')),
        "damaged",
    ),
    "a workbook whose links lead in a circle": (
        workbook(SHEET, links=archives.LINKS.replace(b"worksheets/sheet1.xml", b"workbook.xml")),
        "The workbook is empty",
    ),
    "a workbook whose links lead outside": (
        workbook(
            SHEET, links=archives.LINKS.replace(b"worksheets/sheet1.xml", b"../../../../etc/passwd")
        ),
        "The workbook is empty",
    ),
    "a workbook with two sheets of one name": (
        workbook(
            SHEET,
            workbook=archives.WORKBOOK.replace(
                b"</sheets>", b'<sheet name="Contacts" sheetId="2" r:id="rId1"/></sheets>'
            ),
        ),
        "damaged",
    ),
    "a workbook with two parts of one name": (
        zipped(
            {
                "[Content_Types].xml": archives.TYPES,
                "xl/worksheets/a.xml": SHEET,
                "xl/worksheets/A.xml": SHEET,
            }
        ),
        "damaged",
    ),
    "a workbook of which a part is a lie": (
        workbook(replace(entry(SHEET), size=len(SHEET) - 10)),
        "cannot be unpacked",
    ),
    "a workbook of which a part has a password": (
        workbook(replace(entry(SHEET), flags=1)),
        "password",
    ),
    "a workbook with a picture that is damaged": (
        zipped(
            {
                "[Content_Types].xml": archives.TYPES,
                "_rels/.rels": archives.ROOT,
                "xl/workbook.xml": archives.WORKBOOK,
                "xl/_rels/workbook.xml.rels": archives.LINKS,
                "xl/worksheets/sheet1.xml": SHEET,
                "xl/media/image1.png": replace(entry(GARBAGE), checksum=1),
            }
        ),
        "cannot be unpacked",
    ),
    "an empty workbook": (workbook(sheet("")), "The workbook is empty"),
    "a spreadsheet that breaks off": (ODS[:-40], "its end is missing"),
    "a spreadsheet without content": (
        zipped(
            {
                "mimetype": archives.MIMETYPE,
                "content.xml": b"<a>",
                "META-INF/manifest.xml": archives.MANIFEST,
            }
        ),
        "damaged",
    ),
    "a spreadsheet without a manifest": (
        zipped({"mimetype": archives.MIMETYPE, "content.xml": b"<a/>"}),
        "damaged",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_in_words(name: str) -> None:
    content, words = REFUSED[name]
    with pytest.raises(UnreadableFile) as raised:
        read(content)
    assert words in str(raised.value)
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    ("content", "limits", "words"),
    [
        (CSV, {"file": 10}, "The file is larger than the 0 MB that can be processed. Divide it"),
        (gzip.compress(CSV * 1000), {"unpacked": 10_000}, "Unpacked, the file is larger"),
        (zipped({"a.csv": CSV * 1000}), {"unpacked": 10_000}, "Unpacked, the file is larger"),
        (workbook(SHEET), {"unpacked": 2_000}, "Unpacked, the file is larger"),
        (ODS, {"unpacked": 2_000}, "Unpacked, the file is larger"),
    ],
)
def test_a_file_that_is_too_large_is_refused_in_words(
    content: bytes, limits: dict[str, int], words: str
) -> None:
    with pytest.raises(UnreadableFile) as raised, sheet_of(content, None, **limits):
        pass
    assert words in str(raised.value)


def test_what_an_archive_says_of_a_workbook_does_not_decide_what_is_read() -> None:
    hidden = sheet(
        f'<row r="1">{text_cell("A1", "First name")}</row><row'
        f' r="2">{text_cell("A2", "Somebody else")}</row>'
    )
    truth = entry(SHEET + b" " * 1000 + hidden)
    assert read(workbook(lying(truth, SHEET))).rows == [["Jane", "Doe"]]


def test_the_digest_is_that_of_the_dropped_bytes() -> None:
    for content in (CSV, gzip.compress(CSV, mtime=0), zipped({"a.csv": CSV}), BOOK):
        with opened(io.BytesIO(content), LIMITS, ByMapping()) as upload:
            assert upload.digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        gzip.compress(CSV, mtime=0),
        zipped({"a.csv": CSV}),
        BOOK,
        ODS,
        XLS,
        BOOK[:-300],
        GARBAGE,
    ],
)
def test_nothing_is_left_behind(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gc.collect()  # what an earlier test left to it is not this one's
    handles = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    try:
        with (
            opened(io.BytesIO(content), LIMITS, ByMapping()) as upload,
            upload.sheet.whole(io.BytesIO(), 2, ["a"]) as whole,
        ):
            for row in upload.sheet:
                whole.add(row, ["x"])
    except UnreadableFile:
        assert content in (BOOK[:-300], GARBAGE)
    assert list(tmp_path.iterdir()) == []
    assert len(os.listdir("/proc/self/fd")) == handles  # noqa: PTH208


def test_an_error_in_the_block_is_not_taken_for_one_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for content in (CSV, BOOK, ODS, gzip.compress(CSV, mtime=0), zipped({"a.csv": CSV})):
        for error in (ValueError("ours"), OSError("ours"), RuntimeError("ours"), KeyError("ours")):
            with (
                pytest.raises(type(error), match="ours"),
                sheet_of(content) as sheet,
                sheet.whole(io.BytesIO(), 2, ["a"]),
            ):
                raise error
    assert list(tmp_path.iterdir()) == []
