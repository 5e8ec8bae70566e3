"""Taking in a file: opening it by its folder's own mapping, and checking what is asked of it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from enrichment.adapters.bucket import Bucket
from enrichment.domain.columns import HEADERS, Columns, Field, Held
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import Request, limits_keys, mapping_keys
from enrichment.domain.folder_limits import MAX_LIMITS, limits_of
from enrichment.domain.found import Found
from enrichment.domain.holdings import HELD, Holdings
from enrichment.domain.job import FolderBudget, Job
from enrichment.domain.limits import Limits
from enrichment.domain.manner import Manner, manner_of
from enrichment.domain.mapping import MAX_MAPPING, ByMapping, mapping_of
from enrichment.domain.row_cells import RowCells
from enrichment.domain.worth import are_people, named
from enrichment.errors import NoPeople, NoUsableColumns, UnreadableFile
from enrichment.files.opening import OpenFile, opened, too_large_file
from enrichment.files.sheet import Row, Sheet
from enrichment.words import files as words

_SAMPLE = 500  # rows by which a file is judged as a whole
_EXAMPLES, _LONGEST = 3, 60  # names that a refusal quotes, and their characters


class NoUpload(Exception):  # nothing went wrong
    """A version is nobody's upload: an erasure wrote it, and it has its job already."""


@dataclass(frozen=True)
class AcceptedFile:
    """An open file that is to be enriched or estimated, and what its folders ask for.

    The job knows its type, countries, content and caps from here on. `rows` are those of `sheet`,
    and are iterated once; `manner` is how names stand in them.
    """

    job: Job
    sheet: Sheet
    rows: Iterable[Row]
    request: Request
    manner: Manner

    @property
    def found(self) -> Found:
        """What its columns are taken for, as far as it matters to what is asked."""
        wanted, refresh = self.request.wanted, self.request.refresh
        return self.sheet.found.with_held_only(None if refresh else HELD[wanted])

    @property
    def holdings(self) -> Holdings | None:
        """What tells what its rows have already; None if nobody wants to know."""
        request = self.request
        if request.refresh:
            return None
        return Holdings(self.sheet.found, request.wanted, request.countries)


@dataclass(frozen=True)
class Intake:
    """Opens uploads and says what is asked of them. `limits` are those of every file."""

    bucket: Bucket
    limits: Limits

    @contextmanager
    def opened(self, job: Job) -> Iterator[OpenFile]:
        """The upload of a job, open while the block lasts.

        Raises:
            FileError: it was deleted, it cannot be read, or the mapping in its folder cannot be
                used.
            NoUpload: an erasure wrote it.
        """
        mapping = self._mapping(job.key)
        if job.size > self.limits.file:
            raise UnreadableFile(too_large_file(self.limits.file))
        stream = self.bucket.upload(job.key, job.version)
        if stream is None or self.bucket.is_deleted(job.key):
            raise UnreadableFile(words.DELETED_BEFORE_READ)
        if stream.is_rewritten:
            raise NoUpload
        with opened(stream.body, self.limits, ByMapping(mapping)) as file:
            yield file

    def accepted(self, job: Job, file: OpenFile, request: Request) -> AcceptedFile:
        """An open file with what is asked of it.

        Raises:
            NoUsableColumns: see `require_columns`.
            NoPeople: most rows look like companies.
            BadLimits: a folder's `_limits.json` cannot be used.
        """
        require_columns(file.sheet.found, file.sheet.header, request.wanted)
        known = {
            "wanted": request.wanted,
            "countries": request.countries,
            "content": content_of(file.digest, request, file.sheet.found.columns),
            **self._caps(job, request),
        }
        rows = at_most(file.sheet, self.limits.rows)
        first = list(islice(rows, _SAMPLE))
        cells = RowCells(file.sheet.found.columns)
        sample = [cells.of(row) for row in first if len(row.cells) >= cells.width]
        if request.check and not are_people(sample, file.sheet.header):
            raise NoPeople(words.no_people(", ".join(_examples(sample))))
        manner = manner_of(file.sheet.header, sample)
        job = job.model_copy(update=known)
        return AcceptedFile(job, file.sheet, chain(first, rows), request, manner)

    def _caps(self, job: Job, request: Request) -> dict[str, Any]:
        """The caps on credits that the file's folders set.

        Raises:
            BadLimits: a folder's `_limits.json` cannot be used.
        """
        most = [request.max_credits]
        budgets = []
        for folder, key in limits_keys(job.key).items():
            stream = self.bucket.read(key)
            if stream is None:
                continue
            limits = limits_of(stream.read(MAX_LIMITS + 1), key)
            most.append(limits.credits_per_file)
            if limits.credits_per_month is not None:
                budgets.append(FolderBudget(folder=folder, credits=limits.credits_per_month))
        said = [cap for cap in most if cap is not None]
        return {"most_credits": min(said, default=None), "budgets": tuple(budgets)}

    def _mapping(self, key: str) -> dict[str, Field | Held | None]:
        """The nearest folder's own mapping of columns; empty if there is none."""
        for candidate in mapping_keys(key):
            stream = self.bucket.read(candidate)
            if stream is not None:
                return mapping_of(stream.read(MAX_MAPPING), candidate)
        return {}


def _examples(sample: Iterable[Mapping[Field, str]]) -> list[str]:
    names = filter(None, map(named, sample))
    return [f"“{name[:_LONGEST]}”" for name in islice(names, _EXAMPLES)]


def at_most(rows: Iterable[Row], most: int) -> Iterator[Row]:
    """The rows of a file, which must have some.

    Raises:
        UnreadableFile: there are none, or more than `most`.
    """
    left = iter(rows)
    first = list(islice(left, 1))
    if not first:
        raise UnreadableFile(words.NO_ROWS)
    yield from first
    yield from islice(left, most - 1)
    if next(left, None):
        raise UnreadableFile(words.too_many_rows(most))


def content_of(digest: str, request: Request, columns: Columns) -> str:
    """What is asked of a file's bytes: the type and the countries, by the same columns.

    A cap on credits makes no difference: with a higher one, the rows that it left out are in the
    rejected file to be dropped. A sample does: dropped without the option, its file goes on.
    """
    asked = [
        digest,
        request.wanted,
        *sorted(request.countries),
        *(["refresh"] if request.refresh else []),
        *(f"{field}={','.join(map(str, at))}" for field, at in sorted(columns.items())),
        *([f"sample={request.sample}"] if request.sample else []),
    ]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()


def require_columns(found: Found, header: Sequence[str], wanted: EnrichmentType) -> None:
    """Check that a file has the columns without which none of its rows could be sent.

    Raises:
        NoUsableColumns: with the columns that are missing, and those of the file that may be them.
    """
    columns = found.columns
    halves = [field for field in _HALVES if field not in columns]
    needed = _COMPANIES if wanted is EnrichmentType.EMAIL else _PROFILES
    missing: list[str] = []
    lacking: set[Field] = set()
    if halves and not columns.keys() & _FULL_NAMES:
        missing.append(" and ".join(halves) + f", or {Field.FULL_NAME}")
        lacking |= {*halves, *_FULL_NAMES}
    if not any(field in columns for field in needed):
        missing.append(" or ".join(needed))
        lacking |= set(needed)
    if not missing:
        return
    perhaps = [
        words.may_be(header[each.position], each.field, each.why)
        for each in found.unused
        if each.field in lacking
    ]
    examples = ", ".join(f"“{HEADERS[field][0]}”" for field in (*_HALVES, *needed[:1]))
    raise NoUsableColumns(words.no_column("; nor for: ".join(missing), examples, perhaps))


_HALVES = (Field.FIRST_NAME, Field.LAST_NAME)
_FULL_NAMES = frozenset({Field.FULL_NAME, Field.FULL_NAME_FAMILY_FIRST})
_COMPANIES = (Field.COMPANY, Field.DOMAIN, Field.WEBSITE, Field.EMAIL)
_PROFILES = (Field.LINKEDIN, Field.SALES_NAVIGATOR)
