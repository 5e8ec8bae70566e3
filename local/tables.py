"""Files of rows as programs other than the pipeline's own readers see them, for comparing an answer
with its file.
"""

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

_WORKBOOK = "[Content_Types].xml"  # what an archive has that is an Excel workbook
Table = list[list[Any]]


def tables(file: Path) -> list[Table]:
    """The tables in a file, one for each sheet; rows that are blank are left out, and so are blank
    cells at a row's end.
    """
    return [
        [trimmed for row in table if (trimmed := _trimmed(row))]
        for table in _tables(file.read_bytes())
    ]


def same_rows(original: Path, enriched: Path, report: dict[str, Any]) -> bool:
    """Whether an answer has every row of its file, in order and cell by cell, each with one status,
    as its report counts them.
    """
    for before, after in zip(tables(original), tables(enriched), strict=False):
        header = next((row for row in after if _status_column(row) is not None), None)
        if header is None:
            continue
        at = _status_column(header) or 0
        statuses = [row[at] if at < len(row) else "" for row in after[after.index(header) + 1 :]]
        counts = {status: statuses.count(status) for status in statuses}
        reported = {state: count for state, count in report["counts"].items() if count}
        # A row of empty cells is one, with a status; as a row of the file alone it is none.
        kept = before == [row for more in after if (row := _trimmed(more[:at]))]
        return kept and counts == reported and len(statuses) == report["rows"]
    return False


def _status_column(row: list[Any]) -> int | None:
    found = [
        at
        for at, name in enumerate(row)
        if isinstance(name, str) and name.startswith("enrichment_status")
    ]
    return found[-1] if found else None


def _trimmed(row: list[Any]) -> list[Any]:
    while row and row[-1] in ("", None):
        row = row[:-1]
    return row


def _tables(content: bytes) -> list[Table]:
    if content.startswith(b"\x1f\x8b"):
        return _tables(gzip.decompress(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if _WORKBOOK in names:
                sheets = load_workbook(io.BytesIO(content), data_only=True).worksheets
                return [
                    [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in sheets
                ]
            if "mimetype" not in names:
                return _tables(
                    next(archive.read(name) for name in names if not name.startswith("__MACOSX"))
                )
    if content.startswith((b"PK", b"\xd0\xcf")):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        ]
    text = _text(content)
    if text.lstrip().startswith("["):
        return [_objects(json.loads(text))]
    if text.lstrip().startswith("{"):
        return [_objects([json.loads(line) for line in text.splitlines() if line.strip()])]
    delimiter = max(
        ",;\t|",
        key=lambda each: max(
            map(len, csv.reader(text.splitlines()[:20], delimiter=each)), default=0
        ),
    )
    return [list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))]


def _text(content: bytes) -> str:
    """The characters; where they are not Unicode, any encoding of one byte each compares as well as
    the right one.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _objects(objects: list[dict[str, Any]]) -> Table:
    """Objects as a table: their members in the order in which they first come."""
    keys = list(dict.fromkeys(key for each in objects for key in each))
    return [keys, *([each.get(key) for key in keys] for each in objects)]
