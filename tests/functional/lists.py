"""One list of people in each format that is read."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

HEADER = ["First Name", "Last Name", "Domain"]


def table(rows: int = 4) -> list[list[str]]:
    return [[f"Jane{n}", "Doé", f"company{n}.example"] for n in range(1, rows + 1)]


def delimited(delimiter: str, codec: str, mark: bytes = b"", end: str = "\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows([HEADER, *table()])
    return mark + text.getvalue().encode(codec)


def zipped(name: str, content: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(name, content)
    return archive.getvalue()


def objects() -> list[dict[str, str]]:
    return [dict(zip(HEADER, row, strict=True)) for row in table()]


FORMATS: dict[str, Callable[[], bytes]] = {
    "leads.csv": lambda: delimited(",", "utf-8", end="\n"),
    "mark.csv": lambda: delimited(";", "utf-8-sig"),
    "windows.csv": lambda: delimited(";", "cp1252"),
    "unicode.txt": lambda: delimited("\t", "utf-16-le", b"\xff\xfe"),
    "leads.tsv": lambda: delimited("\t", "utf-8"),
    "leads.csv.gz": lambda: gzip.compress(delimited(",", "utf-8"), mtime=0),
    "leads.zip": lambda: zipped("leads.csv", delimited(",", "utf-8")),
    "leads.json": lambda: json.dumps(objects(), indent=1, ensure_ascii=False).encode(),
    "leads.jsonl": lambda: "\n".join(map(json.dumps, objects())).encode(),
}


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for row in table():
        sheet.append(row)
        sheet.cell(sheet.max_row, 1).font = Font(bold=True)
        sheet.cell(sheet.max_row, 3).hyperlink = f"mailto:{row[0].lower()}@{row[2]}"
    sheet.cell(3, 4).value = '="Jane2 "&B3'
    sheet.cell(3, 1).comment = Comment("Call Jane2 in May", "somebody")
    sheet.cell(4, 1).comment = Comment("Call in June", "somebody")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
