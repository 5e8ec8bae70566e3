"""Taking in a file: opening it by its folder's own mapping, and checking what is asked of it."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from enrichment.adapters.bucket import Bucket
from enrichment.domain.columns import HEADERS, Field
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import Request, mapping_keys
from enrichment.domain.job import Job
from enrichment.domain.limits import Limits
from enrichment.domain.mapping import MAX_MAPPING, mapped_columns, mapping_of
from enrichment.errors import NoUsableColumns, UnreadableFile
from enrichment.files.opening import OpenFile, opened, too_large_file
from enrichment.files.sheet import Columns, Row, Sheet
from enrichment.words import files as words


@dataclass(frozen=True)
class AcceptedFile:
    """An open file that is to be enriched or estimated, and what its folders ask for.

    The job knows its type, countries and content from here on. `rows` are those of `sheet`, and are
    iterated once.
    """

    job: Job
    sheet: Sheet
    rows: Iterable[Row]
    request: Request


@dataclass(frozen=True)
class Intake:
    """Opens uploads and says what is asked of them. `limits` are those of every file."""

    bucket: Bucket
    limits: Limits

    @contextmanager
    def opened(self, job: Job) -> Iterator[OpenFile]:
        """The upload of a job, open while the block lasts.

        Raises:
            FileError: it cannot be read, or the mapping in its folder cannot be used.
        """
        mapping = self._mapping(job.key)
        if job.size > self.limits.file:
            raise UnreadableFile(too_large_file(self.limits.file))
        stream = self.bucket.read(job.key, job.version)
        if stream is None:
            raise UnreadableFile(words.DELETED_BEFORE_READ)
        with opened(stream, self.limits, partial(mapped_columns, mapping=mapping)) as file:
            yield file

    def accepted(self, job: Job, file: OpenFile, request: Request) -> AcceptedFile:
        """An open file with what is asked of it.

        Raises:
            NoUsableColumns: see `require_columns`.
        """
        require_columns(file.sheet.columns, request.wanted)
        known = {
            "wanted": request.wanted,
            "countries": request.countries,
            "content": content_of(file.digest, request, file.sheet.columns),
        }
        rows = at_most(file.sheet, self.limits.rows)
        return AcceptedFile(job.model_copy(update=known), file.sheet, rows, request)

    def _mapping(self, key: str) -> dict[str, Field | None]:
        """The nearest folder's own mapping of columns; empty if there is none."""
        for candidate in mapping_keys(key):
            stream = self.bucket.read(candidate)
            if stream is not None:
                return mapping_of(stream.read(MAX_MAPPING), candidate)
        return {}


def at_most(rows: Iterable[Row], most: int) -> Iterator[Row]:
    """The rows of a file, which must have some.

    Raises:
        UnreadableFile: there are none, or more than `most`.
    """
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > most:
            raise UnreadableFile(words.too_many_rows(most))
        yield row
    if not count:
        raise UnreadableFile(words.NO_ROWS)


def content_of(digest: str, request: Request, columns: Columns) -> str:
    """What is asked of a file's bytes: the type and the countries, by the same columns.

    A cap on credits makes no difference: with a higher one, the rows that it left out are in the
    rejected file to be dropped.
    """
    asked = [
        digest,
        request.wanted,
        *sorted(request.countries),
        *(f"{field}={at}" for field, at in sorted(columns.items())),
    ]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()


def require_columns(columns: Columns, wanted: EnrichmentType) -> None:
    """Check that a file has the columns without which none of its rows could be sent.

    Raises:
        NoUsableColumns: with the columns that are missing.
    """
    halves = [field for field in (Field.FIRST_NAME, Field.LAST_NAME) if field not in columns]
    companies = (Field.COMPANY, Field.DOMAIN, Field.WEBSITE, Field.EMAIL)
    profiles = (Field.LINKEDIN, Field.SALES_NAVIGATOR)
    needed = companies if wanted is EnrichmentType.EMAIL else profiles
    missing = []
    if halves and not columns.keys() & {Field.FULL_NAME, Field.FULL_NAME_FAMILY_FIRST}:
        missing.append(" and ".join(halves) + f", or {Field.FULL_NAME}")
    if not any(field in columns for field in needed):
        missing.append(" or ".join(needed))
    if missing:
        examples = ", ".join(
            f"“{HEADERS[field][0]}”" for field in (Field.FIRST_NAME, Field.LAST_NAME, *needed[:1])
        )
        raise NoUsableColumns(words.no_column("; nor for: ".join(missing), examples))
