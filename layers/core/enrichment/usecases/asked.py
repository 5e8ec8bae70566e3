"""A file that is open, and what is asked of it: checked before anything is planned or reckoned."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from enrichment.adapters.files.opening import Upload
from enrichment.adapters.files.sheet import Row, Sheet
from enrichment.domain.columns import HEADERS, Field
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import Request
from enrichment.domain.job import Job
from enrichment.domain.layout import Limits
from enrichment.errors import NoUsableColumns, UnreadableFile


@dataclass(frozen=True)
class Asked:
    """An open file and what its folders ask for. `rows` are those of `sheet`, and are iterated once."""

    job: Job
    sheet: Sheet
    rows: Iterable[Row]
    columns: Mapping[Field, int]
    request: Request


def asked_of(job: Job, upload: Upload, columns: Mapping[Field, int], request: Request, limits: Limits) -> Asked:
    """What is asked of an upload; the job knows its type and content from here on.

    Raises:
        NoUsableColumns: see `require_columns`.
    """
    require_columns(columns, request.wanted)
    known = {"wanted": request.wanted, "content": content_of(upload.digest, request, columns)}
    return Asked(job.model_copy(update=known), upload.sheet, at_most(upload.sheet, limits.rows), columns, request)


def at_most(rows: Iterable[Row], most: int) -> Iterator[Row]:
    """The rows of a file, which must have some.

    Raises:
        UnreadableFile: there are none, or more than `most`.
    """
    count = 0
    for count, row in enumerate(rows, start=1):
        if count > most:
            raise UnreadableFile(f"The file has more than the {most:,} rows that can be processed. Divide it and drop the parts.")
        yield row
    if not count:
        raise UnreadableFile("The file has a header, but no rows below it.")


def content_of(digest: str, request: Request, columns: Mapping[Field, int]) -> str:
    """What is asked of a file's bytes: the type and the countries, by the same columns.

    A cap on credits makes no difference: with a higher one, the rows that it left out are in the rejected file to be dropped.
    """
    asked = [digest, request.wanted, *sorted(request.countries), *(f"{field}={at}" for field, at in sorted(columns.items()))]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()


def require_columns(columns: Mapping[Field, int], wanted: EnrichmentType) -> None:
    """Check that a file has the columns without which none of its rows could be sent.

    Raises:
        NoUsableColumns: with the columns that are missing.
    """
    halves = [field for field in (Field.FIRST_NAME, Field.LAST_NAME) if field not in columns]
    companies = (Field.COMPANY, Field.DOMAIN, Field.WEBSITE, Field.EMAIL)
    profiles = (Field.LINKEDIN, Field.SALES_NAVIGATOR)
    needed = companies if wanted is EnrichmentType.EMAIL else profiles
    missing = []
    if halves and Field.FULL_NAME not in columns:
        missing.append(" and ".join(halves) + f", or {Field.FULL_NAME}")
    if not any(field in columns for field in needed):
        missing.append(" or ".join(needed))
    if missing:
        examples = ", ".join(f"“{HEADERS[field][0]}”" for field in (Field.FIRST_NAME, Field.LAST_NAME, *needed[:1]))
        raise NoUsableColumns(
            f"The file has no column for: {'; nor for: '.join(missing)}. Rename the right columns in its header (to {examples}) "
            "and drop the file again; or have them mapped by a file _columns.json in its folder."
        )
