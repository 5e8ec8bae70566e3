"""What is measured. Each subject goes over one file of `people.py` and says how many rows it saw.

Those that are not ours do what a script would do in place of a split: they read the file and write
its contacts as JSON, a line for each hundred.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from os import devnull
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bench.account import KEY, Account
from bench.answered import Answered, Untold, prepare
from bench.people import NO_EMAILS, ONE_NAME, TWO_NAMES, WORKBOOK, Kind

_FIELDS = ("First Name", "Last Name", "Company", "Website", "Email", "LinkedIn URL")
_ADDED = ("status", "e-mail", "detail")


@dataclass(frozen=True)
class Subject:
    """One line of the table: how it is called, what it does, the kind of its file, what has to be
    there before, and the subject with which it is compared.
    """

    title: str
    run: Callable[[Path], int]
    kind: Kind = TWO_NAMES
    prepare: Callable[[Path], None] = lambda _: None
    beside: str = "csv.reader"


def _csv_reader(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def _by_hand(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return _batched({name: row[name] for name in _FIELDS} for row in csv.DictReader(file))


def _pandas(path: Path) -> int:
    import pandas

    frame = pandas.read_csv(path, dtype=str, keep_default_na=False, usecols=list(_FIELDS))
    return _batched(frame.to_dict("records"))


def _polars(path: Path) -> int:
    import polars

    frame = polars.read_csv(path, infer_schema=False, columns=list(_FIELDS))
    return _batched(frame.iter_rows(named=True))


def _batched(rows: Iterable[Mapping[Any, Any]]) -> int:
    count, left = 0, iter(rows)
    with Path(devnull).open("w", encoding="utf-8") as out:
        while batch := list(islice(left, 100)):
            out.write(json.dumps({"contacts": batch}) + "\n")
            count += len(batch)
    return count


def _our_reading(path: Path) -> int:
    return sum(1 for _ in _rows(path))


def _rows(path: Path) -> Iterator[Any]:
    from enrichment.domain.limits import NO_LIMITS
    from enrichment.domain.mapping import ByMapping
    from enrichment.files.opening import opened

    with path.open("rb") as stream, opened(stream, NO_LIMITS, ByMapping()) as file:
        yield from file.sheet


def _our_split(path: Path) -> int:
    account = Account(path)
    account.pipeline().split.run(KEY, "1", path.stat().st_size)
    return account.rows


def _our_compile(path: Path) -> int:
    account = Answered(path)
    pipeline = account.pipeline()
    pipeline.metrics = Untold("bench")
    report = pipeline.compile.run(account.job)
    return report.rows or 0 if report else 0


def _bare_copy(path: Path) -> int:
    with (
        path.open(encoding="utf-8", newline="") as file,
        Path(devnull).open("w", encoding="utf-8", newline="") as sink,
    ):
        out, count = csv.writer(sink), 0
        for row in csv.reader(file):
            out.writerow([*row, *_ADDED])
            count += 1
    return count - 1


def _our_copy(path: Path) -> int:
    from enrichment.domain.limits import NO_LIMITS
    from enrichment.domain.mapping import ByMapping
    from enrichment.files.opening import opened

    with (
        path.open("rb") as stream,
        opened(stream, NO_LIMITS, ByMapping()) as file,
        Path(devnull).open("wb") as sink,
        file.sheet.whole(sink, len(file.sheet.header), _ADDED) as copy,
    ):
        count = 0
        for row in file.sheet:
            copy.add(row, _ADDED)
            count += 1
    return count


def _bare_workbook(path: Path) -> int:
    import openpyxl
    import xlsxwriter

    count = 0
    source = openpyxl.load_workbook(path, read_only=True)
    with xlsxwriter.Workbook(devnull, {"constant_memory": True}) as book:
        out = book.add_worksheet()
        for row in source.worksheets[0].iter_rows(values_only=True):
            out.write_row(count, 0, [*row, *_ADDED])
            count += 1
    source.close()
    return count - 1


SUBJECTS = MappingProxyType(
    {
        "csv.reader": Subject("`csv.reader`", _csv_reader),
        "by-hand": Subject("`csv.DictReader`, JSON batches by hand", _by_hand),
        "pandas": Subject("pandas, JSON batches", _pandas),
        "polars": Subject("polars, JSON batches", _polars),
        "reading": Subject("our reading", _our_reading),
        "split": Subject("our whole split, email, two name columns", _our_split),
        "full-names": Subject("our whole split, email, full names", _our_split, ONE_NAME),
        "bare-copy": Subject("`csv.reader` to `csv.writer`, three cells added", _bare_copy),
        "copy": Subject("our copy of the output", _our_copy, beside="bare-copy"),
        "compile": Subject(
            "our whole compile, email", _our_compile, NO_EMAILS, prepare, "bare-copy"
        ),
        "mixed-compile": Subject(
            "our whole compile, half of the rows have an e-mail",
            _our_compile,
            prepare=prepare,
            beside="bare-copy",
        ),
        "bare-workbook": Subject(
            "workbook: openpyxl to xlsxwriter, three cells added", _bare_workbook, WORKBOOK
        ),
        "split-workbook": Subject(
            "workbook: our whole split", _our_split, WORKBOOK, beside="bare-workbook"
        ),
        "compile-workbook": Subject(
            "workbook: our whole compile", _our_compile, WORKBOOK, prepare, "bare-workbook"
        ),
    }
)
