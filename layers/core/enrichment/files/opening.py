"""An upload becomes a sheet: it is spooled to disk, unpacked, and told by its content, whatever its
name says.
"""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from enrichment.domain.found import Finder
from enrichment.domain.layout import FileFormat, Layout, Packing
from enrichment.domain.limits import NO_LIMITS, Limits
from enrichment.domain.returned import our_columns
from enrichment.errors import UnreadableFile
from enrichment.files.archives import (
    GZIP_MAGIC,
    ZIP_MAGIC,
    copied,
    gunzipped,
    megabytes,
    only_member,
    opened_zip,
    part,
    unzipped,
)
from enrichment.files.csv_sheet import DelimitedSheet, looked_at, open_text
from enrichment.files.encoding import detect
from enrichment.files.json_sheet import ObjectSheet, looks_like_objects
from enrichment.files.sheet import Known, Readable, Sheet
from enrichment.words import files as words

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage"  # the stream in which Office keeps a workbook that has a password
_WORKBOOKS = {"Workbook", "Book"}
_STREAMS = {_ENCRYPTED, *_WORKBOOKS, "WordDocument", "PowerPoint Document"}
_LONGEST_STREAM = 64  # bytes of the name of a stream
_OTHER_FORMATS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"RIFF": "an image or a sound",
    b"{\\rtf": "a text document",
    b"7z\xbc\xaf": "an archive of a kind that is not read",
    b"Rar!": "an archive of a kind that is not read",
    b"BZh": "an archive of a kind that is not read",
    b"\xfd7zXZ": "an archive of a kind that is not read",
    b"\x28\xb5\x2f\xfd": "an archive of a kind that is not read",
    b"PAR1": "a Parquet file",
    b"SQLite": "a database",
}
_MAX_STEM, _MAX_SUFFIX = 196, 5  # characters of the name of a file in an archive
_WEB_PAGES = (b"<html", b"<!doctype", b"<?xml", b"<table", b"<style")


@dataclass(frozen=True)
class OpenFile:
    """A file that is open: its rows, and the SHA-256 of its bytes as they were dropped."""

    sheet: Sheet
    digest: str


@contextmanager
def opened(stream: Readable, limits: Limits, finder: Finder) -> Iterator[OpenFile]:
    """Open a file for the first time, while the block lasts.

    Sheet, header row, delimiter and columns are decided together, once.

    Args:
        stream: its bytes.
        limits: what it may hold.
        finder: tells what the columns below a header are.

    Raises:
        UnreadableFile: it is not a file of rows that we can read; the message says what it is, and
            what to do.
    """
    with TemporaryDirectory(prefix="upload-") as name, ExitStack() as stack:
        folder = Path(name)
        path, digest = _spooled(stream, folder, limits)
        path, packing = _unpacked(path, folder, limits)
        layout = _recognised(path, finder).model_copy(update=packing)
        yield OpenFile(_first_look(stack, path, layout, limits, finder), digest)


@contextmanager
def reopened(stream: Readable, layout: Layout) -> Iterator[OpenFile]:
    """Open a file again that was read as `layout` says; its sheet knows no columns.

    Raises:
        UnreadableFile: it is not what it was.
    """
    with TemporaryDirectory(prefix="upload-") as name, ExitStack() as stack:
        folder = Path(name)
        path, digest = _spooled(stream, folder, NO_LIMITS)
        path, _ = _unpacked(path, folder, NO_LIMITS)
        yield OpenFile(_sheet(stack, path, layout, NO_LIMITS, Known()), digest)


def _first_look(
    stack: ExitStack, path: Path, layout: Layout, limits: Limits, finder: Finder
) -> Sheet:
    """As `_sheet`; a rejected file that came back is then read past the columns that we added."""
    with ExitStack() as first:
        sheet = _sheet(first, path, layout, limits, finder)
        ours = our_columns(sheet.header)
        if not ours:
            stack.enter_context(first.pop_all())
            return sheet
        layout = sheet.layout.model_copy(update={"ours": ours})
        del sheet  # a workbook is held in memory, which has no room for two
    return _sheet(stack, path, layout, limits, finder)


def _sheet(
    stack: ExitStack,
    path: Path,
    layout: Layout,
    limits: Limits,
    finder: Finder,
) -> Sheet:
    """The sheet of a file that lies unpacked at `path`, open as long as `stack` is."""
    match layout.format:
        case FileFormat.CSV:
            return DelimitedSheet(stack.enter_context(open_text(path, layout)), layout, finder)
        case FileFormat.JSON_LINES | FileFormat.JSON_ARRAY:
            return ObjectSheet(stack.enter_context(open_text(path, layout)), layout, finder)
    from enrichment.files.workbook.reading import WorkbookSheet

    workbook = WorkbookSheet(path, layout, limits.unpacked, path.parent, finder)
    return stack.enter_context(closing(workbook))


def _spooled(stream: Readable, folder: Path, limits: Limits) -> tuple[Path, str]:
    """The file on the disk, and its digest."""
    target = folder / "dropped"
    hashed = _Hashed(stream)
    size = copied(hashed, target, limits.file, too_large_file(limits.file))
    if not size:
        raise UnreadableFile(words.EMPTY_FILE)
    return target, hashed.digest()


def too_large_file(most: int) -> str:
    """The refusal of a file of more than `most` bytes."""
    return words.too_large(megabytes(most))


class _Hashed:
    """A stream that knows the SHA-256 of what was read."""

    def __init__(self, stream: Readable) -> None:
        self._stream, self._hash = stream, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        return self._hash.hexdigest()


def _unpacked(path: Path, folder: Path, limits: Limits) -> tuple[Path, dict[str, Any]]:
    """The file of rows itself, and what its layout says of how it is packed."""
    target = folder / "unpacked"
    start = _start(path)
    if start.startswith(GZIP_MAGIC):
        gunzipped(path, target, limits.unpacked)
        return target, {"packing": Packing.GZIP}
    if start.startswith(ZIP_MAGIC):
        with opened_zip(path) as archive:
            if _office_format(archive) is None:
                member = only_member(archive)
                unzipped(archive, member, target, limits.unpacked)
                return target, {"packing": Packing.ZIP, "member": _plain_name(member.filename)}
    return path, {}


def _plain_name(name: str) -> str:
    """The last part of a name in an archive, which some programs on Windows write with
    backslashes.
    """
    name = "".join(filter(str.isprintable, name.replace("\\", "/").rpartition("/")[2]))
    return name[:_MAX_STEM] + name[max(_MAX_STEM, len(name) - _MAX_SUFFIX) :]


def _recognised(path: Path, finder: Finder) -> Layout:
    """How a file that is not packed is written."""
    start = _start(path)
    if start.startswith(GZIP_MAGIC):
        raise UnreadableFile(words.ARCHIVE_IN_ARCHIVE)
    if start.startswith(ZIP_MAGIC):
        with opened_zip(path) as archive:
            document = _office_format(archive)
        if document is None:
            raise UnreadableFile(words.ARCHIVE_IN_ARCHIVE)
        return Layout(format=document)
    if start.startswith(_OLD_OFFICE):
        return _old_office(path)
    for signature, name in _OTHER_FORMATS.items():
        if start.startswith(signature):
            raise UnreadableFile(words.other_format(name))
    if (
        start.replace(b"\0", b"")
        .lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:9]
        .lower()
        .startswith(_WEB_PAGES)
    ):
        raise UnreadableFile(words.WEB_PAGE)
    encoding, mark = detect(path)
    layout = Layout(format=FileFormat.CSV, encoding=encoding, byte_order_mark=bool(mark))
    with open_text(path, layout) as text:
        objects = looks_like_objects(text.read(4096))
    if objects:
        return layout.model_copy(update={"format": objects})
    return looked_at(path, layout, finder)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(512)


def _office_format(archive: ZipFile) -> FileFormat | None:
    """What an archive is, if it is a document; None for any other archive.

    Raises:
        UnreadableFile: it is a document without rows, or one that cannot be read.
    """
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        if any(name.endswith("workbook.bin") for name in names):
            raise UnreadableFile(words.BINARY_WORKBOOK)
        if any("worksheets/" in name for name in names):
            return FileFormat.XLSX
        raise UnreadableFile(words.OTHER_OFFICE_DOCUMENT)
    if "mimetype" in names and "content.xml" in names:
        with part(archive, archive.getinfo("mimetype"), 1000) as source:
            kind = source.read(100)
        if b"opendocument.spreadsheet" in kind:
            return FileFormat.ODS
        raise UnreadableFile(words.OTHER_OPEN_DOCUMENT)
    if "Index/Document.iwa" in names:
        raise UnreadableFile(words.APPLE_DOCUMENT)
    return None


def _old_office(path: Path) -> Layout:
    """Files of Office before 2007, and encrypted ones of today, which lie in the same kind of
    container.
    """
    streams = set()
    with path.open("rb") as file:
        overlap = b""
        while chunk := file.read(1 << 20):
            overlap += chunk
            streams |= {name for name in _STREAMS if name.encode("utf-16-le") in overlap}
            overlap = overlap[-_LONGEST_STREAM:]
    if _ENCRYPTED in streams:
        raise UnreadableFile(words.LOCKED_WORKBOOK)
    if streams and not streams & _WORKBOOKS:  # which may have other documents in it
        raise UnreadableFile(words.OLD_OFFICE_DOCUMENT)
    return Layout(format=FileFormat.XLS)
