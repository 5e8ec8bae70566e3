"""Files that come packed: one file of rows in gzip or in a zip archive. What unpacks to too much is
given up while it unpacks.
"""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, cast
from zipfile import ZipFile, ZipInfo

from enrichment.domain.layout import Packing
from enrichment.errors import UnreadableFile
from enrichment.files.sheet import Readable, Sink
from enrichment.words import files as words

if TYPE_CHECKING:
    from typing_extensions import Buffer

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGIC = b"PK"
_CHUNK = 1 << 16
_MAX_LIST = (
    1 << 22
)  # bytes of the list of files in an archive: zipfile takes about ten times as much memory for it
_ALWAYS = 100_000_000  # bytes that any archive may unpack to
# its own size that a larger one may: exports unpack to some twenty times, zeros to a thousand
_MOST_TIMES = 100
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_MOMENT = (1980, 1, 1, 0, 0, 0)  # in place of the time, so that the same answer is the same bytes


def copied(source: Readable, target: Path, most: int, refusal: str) -> int:
    """Copy a stream to disk; its bytes.

    Raises:
        UnreadableFile: with `refusal`, as soon as there is more than `most`.
    """
    size = 0
    with target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise UnreadableFile(refusal)
            out.write(chunk)
    return size


def poured(source: Readable, sink: Sink) -> None:
    """Copy what is left of a stream."""
    while chunk := source.read(_CHUNK):
        sink.write(chunk)


def too_large(most: int) -> str:
    """The refusal of a file that unpacks to more than `most` bytes."""
    return words.too_large_unpacked(megabytes(most))


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"


def gunzipped(path: Path, target: Path, most: int) -> None:
    """Unpack a gzip file.

    Raises:
        UnreadableFile: it is damaged, or unpacks to more than `most` bytes.
    """
    try:
        with gzip.open(path) as source:
            copied(source, target, *_bound(path.stat().st_size, most))
    except (OSError, EOFError, zlib.error):
        raise UnreadableFile(words.DAMAGED_GZIP) from None


def opened_zip(path: Path) -> ZipFile:
    """A zip archive, or a file that is one inside, such as a workbook.

    Raises:
        UnreadableFile: it is damaged.
    """
    try:
        return _Archive(path)
    except (
        zipfile.BadZipFile,
        ValueError,
        NotImplementedError,
        OSError,
        EOFError,
        struct.error,
        OverflowError,
    ):
        raise UnreadableFile(words.CUT_OFF_ARCHIVE) from None


def only_member(archive: ZipFile) -> ZipInfo:
    """The one file in an archive, apart from what a Mac adds.

    Raises:
        UnreadableFile: there is none, or more than one.
    """
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not _added_by_a_mac(member.filename)
    ]
    if len(members) != 1:
        raise UnreadableFile(words.not_one_file_in_archive(len(members)))
    return members[0]


def unzipped(archive: ZipFile, member: ZipInfo, target: Path, most: int) -> None:
    """Unpack one file of an archive.

    Raises:
        UnreadableFile: it is damaged, needs a password, or unpacks to more than `most` bytes.
    """
    with part(archive, member, most) as source:
        copied(source, target, *_bound(member.compress_size, most))


def _bound(size: int, most: int) -> tuple[int, str]:
    """How many bytes an archive of a size may unpack to, and the refusal of one that goes on: it
    may be made to fill the disk.
    """
    if (bound := max(_ALWAYS, _MOST_TIMES * size)) < most:
        return bound, words.unpacks_to_too_much(_MOST_TIMES)
    return most, too_large(most)


@contextmanager
def part(archive: ZipFile, member: ZipInfo, most: int) -> Iterator["Part"]:
    """Read one file of an archive, whatever is wrong with it in words.

    Raises:
        UnreadableFile: see `unzipped`.
    """
    if member.flag_bits & 0x1:
        raise UnreadableFile(words.LOCKED_ARCHIVE)
    if (
        member.compress_type not in _METHODS
    ):  # the others have no limit to what one piece unpacks to
        raise UnreadableFile(words.ARCHIVE_OF_UNKNOWN_METHOD)
    if member.file_size > most:
        raise UnreadableFile(too_large(most))
    with _in_words():
        source = archive.open(member)
    with source:
        yield Part(source)


class Part:
    """A file in an archive that is being unpacked."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def read(self, size: int, /) -> bytes:
        with _in_words():
            return self._source.read(size)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
        RuntimeError,
        struct.error,
    ):
        raise UnreadableFile(words.DAMAGED_PART) from None


class _Archive(ZipFile):
    """A zip archive whose list of files is not so long that it would fill the memory."""

    def __init__(self, path: Path) -> None:
        self._file = _Frugal(path)
        try:
            super().__init__(self._file)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        super().close()
        self._file.close()


class _Frugal(io.FileIO):
    """A file of which no large piece is read at once: only the list of very many files in an
    archive is one.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MAX_LIST:
            raise UnreadableFile(words.ARCHIVE_OF_TOO_MANY_FILES)
        return super().read(size)


@contextmanager
def packed(sink: Sink, packing: Packing, name: str) -> Iterator[Sink]:
    """A sink whose bytes arrive packed; `name` is the file's own inside a zip archive."""
    stream = cast(IO[bytes], _Stream(sink))
    match packing:
        case Packing.NONE:
            yield sink
        case Packing.GZIP:
            with gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0) as gzipped:
                yield gzipped
        case Packing.ZIP:
            member = ZipInfo(name, _MOMENT)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with (
                ZipFile(stream, "w") as archive,
                archive.open(member, "w", force_zip64=True) as inside,
            ):
                yield inside


class _Stream(io.RawIOBase):
    """Lets `gzip` and `zipfile` write to a sink."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, data: "Buffer", /) -> int:
        self._sink.write(bytes(data))
        return memoryview(data).nbytes


def _added_by_a_mac(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        "__MACOSX" in path.parts
        or path.name.startswith(".")
        or path.name in ("Thumbs.db", "desktop.ini")
    )
