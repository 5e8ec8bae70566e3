"""Zip archives and workbooks written by hand, so that they can be larger than they look, or lie."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

TYPES = b"""<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>
<Override PartName="/xl/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
</Types>"""
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = b"http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROOT = b"""<?xml version="1.0"?><Relationships xmlns="%b">
<Relationship Id="rId1" Type="%b/officeDocument" Target="xl/workbook.xml"/></Relationships>""" % (
    RELATIONS,
    OFFICE,
)
WORKBOOK = b"""<?xml version="1.0"?><workbook xmlns="%b" xmlns:r="%b">
<sheets><sheet name="Contacts" sheetId="1" r:id="rId1"/></sheets></workbook>""" % (MAIN, OFFICE)
LINKS = b"""<?xml version="1.0"?><Relationships xmlns="%b">
<Relationship Id="rId1" Type="%b/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="%b/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId3" Type="%b/styles" Target="styles.xml"/></Relationships>""" % (
    RELATIONS,
    OFFICE,
    OFFICE,
    OFFICE,
)
STRINGS = b"""<?xml version="1.0"?><sst xmlns="%b"></sst>""" % MAIN
STYLES = (
    b"""<?xml version="1.0"?><styleSheet xmlns="%b"><fonts count="1"><font/></fonts>
<fills count="1"><fill><patternFill/></fill></fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
    % MAIN
)
SHEET = (
    b"""<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="%b" xmlns:r="%b"><sheetData>"""
    % (MAIN, OFFICE)
)
SHEET_END = b"</sheetData></worksheet>"


@dataclass(frozen=True)
class Entry:
    """A part of an archive: as it is packed, and what the archive says of it."""

    packed: bytes
    size: int
    checksum: int
    method: int = 8
    flags: int = 0


def entry(content: bytes) -> Entry:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Entry(packer.compress(content) + packer.flush(), len(content), zlib.crc32(content))


def repeated(start: bytes, middle: bytes, times: int, end: bytes) -> Entry:
    """A part in which a piece is repeated; it is packed once. The checksum is right only where it
    is quickly made.
    """
    packed = [_piece(start), *[_piece(middle)] * times, _piece(end), b"\x03\x00"]
    size = len(start) + len(middle) * times + len(end)
    checksum = 0
    if size < 1_000_000_000:
        checksum = zlib.crc32(start)
        for _ in range(times):
            checksum = zlib.crc32(middle, checksum)
        checksum = zlib.crc32(end, checksum)
    return Entry(b"".join(packed), size, checksum)


def _piece(content: bytes) -> bytes:
    """What unpacks to the content wherever it stands in a stream."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


def lying(truth: Entry, said: bytes) -> Entry:
    """An entry that says that it unpacks to something else."""
    return replace(truth, size=len(said), checksum=zlib.crc32(said))


def zipped(entries: Mapping[str, Entry | bytes]) -> bytes:
    return b"".join(_pieces(entries))


def _pieces(entries: Mapping[str, Entry | bytes]) -> Iterator[bytes]:
    listed = []
    at = 0
    for name, content in entries.items():
        part = content if isinstance(content, Entry) else entry(content)
        encoded = name.encode()
        about = struct.pack(
            "<5H3I",
            20,
            part.flags | 0x800,
            part.method,
            0,
            33,
            part.checksum,
            len(part.packed),
            part.size,
        )
        local = b"PK\3\4" + about + struct.pack("<2H", len(encoded), 0) + encoded
        listed.append(
            b"PK\1\2"
            + b"\x14\0"
            + about
            + struct.pack("<5H2I", len(encoded), 0, 0, 0, 0, 0, at)
            + encoded
        )
        yield local
        yield part.packed
        at += len(local) + len(part.packed)
    directory = b"".join(listed)
    yield directory
    count = min(len(listed), 0xFFFF)
    yield b"PK\5\6" + struct.pack("<4H2IH", 0, 0, count, count, len(directory), at, 0)


def workbook(sheet: Entry | bytes, **others: Entry | bytes) -> bytes:
    """A workbook of one sheet; others of its parts may be given by name (`strings`, `styles`,
    `workbook`, `links`, `root`).
    """
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": others.get("root", ROOT),
            "xl/workbook.xml": others.get("workbook", WORKBOOK),
            "xl/_rels/workbook.xml.rels": others.get("links", LINKS),
            "xl/sharedStrings.xml": others.get("strings", STRINGS),
            "xl/styles.xml": others.get("styles", STYLES),
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def sheet(rows: str, after: str = "") -> bytes:
    return SHEET + rows.encode() + b"</sheetData>" + after.encode() + b"</worksheet>"


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = b"""<?xml version="1.0"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
</manifest:manifest>"""
ODS_START = b"""<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>"""
ODS_END = b"</office:spreadsheet></office:body></office:document-content>"


def open_document(content: Entry | bytes) -> bytes:
    """An OpenDocument spreadsheet; bytes are its tables."""
    whole = content if isinstance(content, Entry) else ODS_START + content + ODS_END
    return zipped({"mimetype": MIMETYPE, "META-INF/manifest.xml": MANIFEST, "content.xml": whole})


def written(folder: Path, content: bytes) -> Path:
    path = folder / "dropped"
    path.write_bytes(content)
    return path
