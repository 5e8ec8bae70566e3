"""A file of any format is answered in kind: what comes back is read here by other programs than the
pipeline's own readers.
"""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from local.tables import Table, same_rows, tables
from tests.functional.world import World

HEADER = ["First Name", "Last Name", "Website", "Mobile", "Seit"]
ROWS = [
    ["Jérôme", "Lefèvre", "https://www.credit.example/", "+33612345678", "Größe; 1,5"],
    ["Zoë", "", "apfel.example", "00336", 'says "no"'],
    ["JÉRÔME", "Lefèvre", "credit.example", "=1+1", ""],
    ["Björn", "Weiß", "weiss.example", "007", "two\nlines"],
]


def delimited(delimiter: str, codec: str, mark: bytes = b"") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([HEADER, *ROWS])
    return mark + text.getvalue().encode(codec)


def zipped(name: str, content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr(name, content)
    return archive.getvalue()


def workbook() -> bytes:
    book = Workbook()
    book.create_sheet("Leads").append(["Leads of November"])
    book["Leads"].append(HEADER)
    for number, row in enumerate(ROWS, start=1):
        book["Leads"].append([*row[:4], datetime(2026, 1, number)])  # Excel has no zones
        book["Leads"].cell(book["Leads"].max_row, 4).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def objects() -> list[dict[str, str]]:
    return [dict(zip(HEADER, row, strict=True)) for row in ROWS]


FILES: dict[str, Callable[[], bytes]] = {
    "leads.csv": lambda: delimited(",", "utf-8"),
    "with mark.csv": lambda: delimited(";", "utf-8-sig"),
    "windows.csv": lambda: delimited(";", "cp1252"),
    "unicode text.txt": lambda: delimited("\t", "utf-16-le", b"\xff\xfe"),
    "bars.csv": lambda: delimited("|", "utf-8"),
    "leads.tsv.gz": lambda: gzip.compress(delimited("\t", "utf-8")),
    "leads.zip": lambda: zipped("export/leads.csv", delimited(",", "cp1252")),
    "leads.xlsx": workbook,
    "workbook.zip": lambda: zipped("leads.xlsx", workbook()),
    "leads.jsonl": (
        lambda: "\n".join(json.dumps(each, ensure_ascii=False) for each in objects()).encode()
    ),
    "leads.json": lambda: json.dumps(objects(), indent=2).encode(),
}


def fetched(world: World, report: dict[str, Any], kind: str, folder: Path) -> Path:
    path = folder / Path(report[kind]).name
    path.write_bytes(world.content(report[kind]))
    return path


def the_table(path: Path) -> Table:
    return next(table for table in tables(path) if table)


@pytest.mark.parametrize("name", FILES)
def test_what_comes_back_has_every_cell_and_what_was_rejected_once_fixed_just_works(
    world: World, tmp_path: Path, name: str
) -> None:
    original, key = tmp_path / name, f"incoming/email/{name}"
    original.write_bytes(FILES[name]())

    report = world.report(key, world.enrich(key, original.read_bytes()))

    assert report["counts"]["rejected"] == report["counts"]["duplicate_of"] == 1
    enriched = fetched(world, report, "enriched", tmp_path)
    assert same_rows(original, enriched, report)
    assert Path(report["enriched"]).suffixes == original.suffixes

    rejected = fetched(world, report, "rejected", tmp_path)
    header, row = the_table(rejected)
    assert header == [*HEADER, "rejection_reason", "rejected_row"]
    assert (row[0], row[1] or "", row[-2]) == ("Zoë", "", "The last name is missing")

    again = f"incoming/email/again/{rejected.name}"
    second = world.report(again, world.enrich(again, fixed(rejected.read_bytes())))
    assert (second["status"], second["rows"], second["counts"]["rejected"]) == ("done", 1, 0)
    assert second["columns"] == report["columns"]


def fixed(content: bytes) -> bytes:
    """A rejected file in which its owner has filled in the last name, and saved it with a program
    of their own.
    """
    if content.startswith(b"\x1f\x8b"):
        return gzip.compress(fixed(gzip.decompress(content)))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "[Content_Types].xml" not in (names := archive.namelist()):
                return zipped(names[0], fixed(archive.read(names[0])))
        book, out = load_workbook(io.BytesIO(content)), io.BytesIO()
        book.worksheets[0]["B2"] = "Doe"
        book.save(out)
        return out.getvalue()
    if content.startswith((b"[", b"{")):
        return content.replace(b'"Last Name": ""', b'"Last Name": "Doe"')
    codec = (
        "utf-16"
        if content.startswith(b"\xff\xfe")
        else "utf-8"
        if "Zoë".encode() in content
        else "cp1252"
    )
    text = content.decode(codec)
    delimiter = text[text.index("First Name") + len("First Name")]
    header, row = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    out_text = io.StringIO(newline="")
    csv.writer(out_text, delimiter=delimiter).writerows([header, [row[0], "Doe", *row[2:]]])
    return out_text.getvalue().encode(codec)
