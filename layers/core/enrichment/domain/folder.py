"""The bucket is the user interface: what the folders of a key ask for, and where answers to it
go.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from iso3166 import countries_by_alpha2

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.limits import MOST_CREDITS
from enrichment.errors import BadOption, UnknownFolder
from enrichment.words import files as words

INCOMING = "incoming"
ESTIMATE = "estimate"
ENRICHED = "enriched"
REJECTED = "rejected"
REPORTS = "reports"
INDEX = f"{REPORTS}/index.html"
WORK = "work"
ERASE = "erase"

UPLOADS = (INCOMING, ESTIMATE)

# What the pipeline itself writes. Nothing below these may ever start a job: a loop would cost
# money.
OWN_FOLDERS = frozenset({ENRICHED, REJECTED, REPORTS, WORK})

# What is dropped there names people who are to be erased.
NOT_UPLOADS = OWN_FOLDERS | {ERASE}

# What lies below these may name a person.
SEARCHED = (INCOMING, ESTIMATE, ENRICHED, REJECTED, REPORTS, f"{WORK}/jobs")

_MAX_NAME_BYTES = 255  # of a file, on the disks that answers are copied to
_MAX_KEY_BYTES = 1024  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
_LIKE_A_JOBS = re.compile(r"-[a-z2-7]{16}$")  # how the name of a job's own report ends
_MAPPING = "_columns.json"
_LARGEST_SAMPLE = 1_000  # contacts
_LIMITS = "_limits.json"
_NOTIFY = "_notify.json"


@dataclass(frozen=True)
class Request:
    """What the folders above an uploaded file ask for.

    `countries` are ISO 3166-1 alpha-2 codes, upper case, in the order given; empty means the
    account's default. `max_credits` is the file's own cap; None for no cap. With `estimate` nothing
    is sent; with `force` the same file is paid for again; without `check`, rows are sent that do
    not look worth a credit; with `refresh`, those that have already what is looked for. `sample` is
    how many contacts to send of the file; None for all.
    """

    wanted: EnrichmentType
    countries: tuple[str, ...] = ()
    max_credits: int | None = None
    force: bool = False
    estimate: bool = False
    check: bool = True
    refresh: bool = False
    sample: int | None = None


def is_upload(key: str) -> bool:
    """Whether a key may be a file of rows: not the pipeline's own, not a folder made in the
    console, not what a folder says of its files.
    """
    said = ("/", f"/{_MAPPING}", f"/{_LIMITS}", f"/{_NOTIFY}")
    return key.partition("/")[0] not in NOT_UPLOADS and not key.endswith(said)


def is_erasure(key: str) -> bool:
    """Whether a key is a file of people who are to be erased."""
    return key.startswith(f"{ERASE}/") and not key.endswith(("/", f"/{_MAPPING}"))


def mapping_keys(key: str) -> list[str]:
    """Where the mapping of columns for a file may be, the nearest first; an estimate also heeds
    those of the real folders.

    >>> mapping_keys("incoming/email/q3/leads.csv")
    ['incoming/email/q3/_columns.json', 'incoming/email/_columns.json', 'incoming/_columns.json']
    """
    top, *folders = key.split("/")[:-1]
    tops = [ESTIMATE, INCOMING] if top == ESTIMATE else [top]
    paths = ["/".join(folders[:depth]) for depth in range(len(folders), -1, -1)]
    return ["/".join(filter(None, (start, path, _MAPPING))) for path in paths for start in tops]


def limits_keys(key: str) -> dict[str, str]:
    """Where limits on credits for a file may be, by the folder that they hold for; all of them
    hold. An estimate heeds those of the real folders.

    >>> limits_keys("estimate/email/q3/leads.csv")
    {'incoming': 'incoming/_limits.json', 'incoming/email': 'incoming/email/_limits.json', \
'incoming/email/q3': 'incoming/email/q3/_limits.json'}
    """
    return {path: f"{path}/{_LIMITS}" for path in _folders_above(key)}


def notify_keys(key: str) -> list[str]:
    """Where it may be said who is told of a file, the farthest first; all of them hold. An estimate
    heeds those of the real folders.

    >>> notify_keys("estimate/email/leads.csv")
    ['incoming/_notify.json', 'incoming/email/_notify.json']
    """
    return [f"{path}/{_NOTIFY}" for path in _folders_above(key)]


def _folders_above(key: str) -> list[str]:
    """The folders above a file, the farthest first; above one that is estimated, the real ones."""
    folders = [INCOMING, *key.split("/")[1:-1]]
    return ["/".join(folders[:depth]) for depth in range(1, len(folders) + 1)]


def request_of(key: str) -> Request:
    """Read the request out of `incoming/<type>/[<option>=<value>/…]<file>`, or `estimate/…` alike.

    Raises:
        UnknownFolder: the first folders are not `incoming/<type>`.
        BadOption: a `key=value` folder that is unknown, given twice, of no use to this type, or has
            a bad value.
    """
    top, *rest = key.split("/")
    if top not in UPLOADS or not rest:
        where = f"the folder “{top}”" if rest else "the top of the bucket"
        raise UnknownFolder(words.not_processed_there(where, _places(INCOMING)))
    if len(rest) == 1 or rest[0] not in set(EnrichmentType):
        where = f"“{top}/{rest[0]}/”" if len(rest) > 1 else f"“{top}/” itself"
        raise UnknownFolder(words.folder_without_type(where, _places(top)))
    wanted = EnrichmentType(rest[0])
    countries: tuple[str, ...] = ()
    max_credits: int | None = None
    sample: int | None = None
    force, check, refresh = False, True, False
    for name, value in _options(rest[1:-1]).items():
        match name:
            case "countries":
                countries = _countries(value, wanted)
            case "max_credits":
                max_credits = _whole_number(name, value)
            case "force":
                force = _choice(value, "true", "false", words.neither_true_nor_false(name, value))
            case "check":
                check = _choice(value, "on", "off", words.neither_on_nor_off(name, value))
            case "refresh":
                refresh = _choice(value, "true", "false", words.neither_true_nor_false(name, value))
            case "sample":
                sample = _sample_size(value)
            case _:
                raise BadOption(words.unknown_option(name, value))
    is_estimate = top == ESTIMATE
    return Request(wanted, countries, max_credits, force, is_estimate, check, refresh, sample)


def _options(folders: Sequence[str]) -> dict[str, str]:
    options: dict[str, str] = {}
    for folder in folders:
        name, equals, value = folder.partition("=")
        if equals and name in options:
            raise BadOption(words.option_given_twice(name))
        if equals:
            options[name] = value
    return options


def _places(top: str) -> str:
    return " or ".join(f"{top}/{kind}/" for kind in EnrichmentType)


def _whole_number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise BadOption(words.no_whole_number(name, value))
    if int(value) > MOST_CREDITS:
        raise BadOption(words.too_large_number(name, value, MOST_CREDITS))
    return int(value)


def _sample_size(value: str) -> int:
    size = int(value) if value.isascii() and value.isdigit() else 0
    if not 0 < size <= _LARGEST_SAMPLE:
        raise BadOption(words.no_sample_size(value, _LARGEST_SAMPLE))
    return size


def _choice(value: str, yes: str, no: str, problem: str) -> bool:
    if value not in (yes, no):
        raise BadOption(problem)
    return value == yes


def _countries(value: str, wanted: EnrichmentType) -> tuple[str, ...]:
    if wanted is not EnrichmentType.PHONE:
        raise BadOption(words.countries_are_for_phones(wanted))
    codes = tuple(dict.fromkeys(code.strip().upper() for code in value.split(",")))
    unknown = [code for code in codes if code not in countries_by_alpha2]
    if unknown:
        raise BadOption(words.no_country_code(", ".join(unknown) or value))
    return codes


def job_id(bucket: str, key: str, version: str) -> str:
    """The job of one version of one object: 16 characters of a–z and 2–7 (80 bits), the same at
    every delivery.
    """
    digest = hashlib.sha256("\n".join((bucket, key, version)).encode()).digest()
    return b32encode(digest[:10]).decode().lower()


def output_key(folder: str, key: str, job: str, suffix: str) -> str:
    """Where an answer to an upload goes: its own path below `folder`, with the job in its name, in
    place of its own ending.

    >>> output_key("enriched", "incoming/email/q3/leads.csv", "abc", ".csv")
    'enriched/email/q3/leads-abc.csv'
    >>> output_key("reports", "estimate/email/leads.csv.gz", "abc", ".html")
    'reports/estimate/email/leads-abc.html'
    """
    ending = f"-{job}{suffix}"
    start = f"{folder}/" + "".join(
        f"{part}/" for part in key.removeprefix(f"{INCOMING}/").split("/")[:-1]
    )
    room = min(_MAX_KEY_BYTES - len(start.encode()), _MAX_NAME_BYTES) - len(ending.encode())
    if (
        room < 1
    ):  # folders so long that no name fits below them: answer at the top, where it will be found
        return f"{folder}/{job}{suffix}"
    return f"{start}{_stem(key).encode()[:room].decode(errors='ignore')}{ending}"


def page_key(key: str, suffix: str) -> str | None:
    """Where the report of the latest upload of a key goes, so that it is found by the file's path;
    None where that would be too long, or looks like the report of another file's job.

    >>> page_key("incoming/email/q3/leads.csv", ".html")
    'reports/email/q3/leads.csv.html'
    >>> page_key("incoming/email/leads-3ic7muh3zve3er74", ".html")
    """
    path = f"{REPORTS}/{key.removeprefix(f'{INCOMING}/')}{suffix}"
    name = path.rpartition("/")[2]
    is_long = len(path.encode()) > _MAX_KEY_BYTES or len(name.encode()) > _MAX_NAME_BYTES
    return None if is_long or _LIKE_A_JOBS.search(name.removesuffix(suffix)) else path


def statement_key(month: str, suffix: str) -> str:
    """Where the statement of a month such as 2026-11 goes."""
    return f"{REPORTS}/statements/{month}{suffix}"


def _stem(key: str) -> str:
    """A file's name without its ending, nor the one of what is packed in it."""
    path = PurePosixPath(key)
    return PurePosixPath(path.stem).stem if path.suffix.lower() in (".gz", ".zip") else path.stem


def memory_key(job: str, plan: str) -> str:
    """Where it is stored whom an unfinished plan names, see `EarlierRows.stored`."""
    return f"{WORK}/jobs/{job}/plan-{plan}.people"


def plan_key(job: str, plan: str) -> str:
    """Where one plan of a job is stored: one JSON line a row, see `enrichment.domain.plan`."""
    return f"{WORK}/jobs/{job}/plan-{plan}.jsonl"


def fixed_rows_key(job: str, fixing: str) -> str:
    """Where it is stored what came of rows of a job that another job brought back fixed."""
    return f"{WORK}/jobs/{job}/fixed-{fixing}.jsonl"


def job_that_fixed(key: str) -> str:
    """The job in a key of `fixed_rows_key`; empty for any other key.

    >>> job_that_fixed(fixed_rows_key("3ic7muh3zve3er74", "zq5xw2d7v4mmt3ka"))
    'zq5xw2d7v4mmt3ka'
    """
    name = key.rpartition("/")[2]
    return name.removeprefix("fixed-").removesuffix(".jsonl") if name.startswith("fixed-") else ""


def noted_results_key(job: str, run: str) -> str:
    """Where a compilation that ran out of time notes what it read: one JSON line a batch."""
    return f"{WORK}/jobs/{job}/results-{run}.jsonl"


def source_key(job: str) -> str:
    """Where the file of a job lies from which a person was erased, if a newer one has its place."""
    return f"{WORK}/jobs/{job}/source"


def progress_key(erasure: str) -> str:
    """Where it is noted how far an erasure has come."""
    return f"{WORK}/erasures/{erasure}.json"


def receipt_key(erasure: str, suffix: str) -> str:
    """Where the receipt of an erasure goes: not by the file's name, which may be a person's."""
    return f"{REPORTS}/{ERASE}/receipt-{erasure}{suffix}"
