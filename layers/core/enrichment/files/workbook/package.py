"""The parts of an .xlsx file: its sheets are measured before anything loads them, and cells are
added to one in place.
"""

import posixpath
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import unquote
from zipfile import ZipFile, ZipInfo

from enrichment.errors import UnreadableFile
from enrichment.files.archives import Part, opened_zip, part, poured, too_large
from enrichment.files.sheet import MAX_COLUMNS
from enrichment.files.workbook.added_cells import Added
from enrichment.files.workbook.emptied_rows import (
    EmptiedSheet,
    Replaced,
    Uses,
    emptied_comments,
    emptied_links,
    emptied_strings,
)
from enrichment.files.workbook.ranges import Growth, column_number
from enrichment.files.workbook.sizes import (
    FIRST_CELL,
    MAX_CELLS,
    MAX_TEXT,
    Extent,
    Measure,
    Strings,
    Weigh,
    too_many_cells,
)
from enrichment.files.workbook.xml import (
    CHUNK,
    Attributes,
    Follow,
    attribute,
    damaged,
    local_name,
    on_start,
    read_xml,
)
from enrichment.words import files as words

_MAX_SMALL_PART = 50_000_000  # bytes of a part that is neither a sheet nor the shared strings
_LARGE = 500_000_000  # bytes of a sheet that may grow beyond what a plain zip archive can hold


class Package:
    """An .xlsx file as the archive that it is.

    Args:
        path: the file.
        most: the most bytes that it may unpack to.

    Raises:
        UnreadableFile: it is damaged, too large, or no Excel workbook.
    """

    def __init__(self, path: Path, most: int) -> None:
        self._archive = opened_zip(path)
        self._most = most
        self._cells: dict[str, int] = {}
        with ExitStack() as opening:
            opening.callback(self._archive.close)
            self._members = _distinct(self._archive)
            if sum(member.file_size for member in self._members.values()) > most:
                raise UnreadableFile(too_large(most))
            self._check_parts()
            self._workbook = self._workbook_part()
            self._read_sheets()
            self._lengths = self._lengths_of_strings()
            opening.pop_all()

    def close(self) -> None:
        self._archive.close()

    @property
    def visible(self) -> list[str]:
        """The sheets that a person sees, or all where none is to be seen."""
        return [name for name in self._sheets if name not in self._hidden] or list(self._sheets)

    def measured(self, sheets: Sequence[str], target: Path) -> dict[str, Extent]:
        """Measure sheets, and write what calamine reads of the workbook to `target`: what was
        measured, and nothing else.

        The file itself may say one thing to one reader and another to the next, as where the size
        of a part is a lie.

        Raises:
            UnreadableFile: one of them is too large to be loaded, or damaged.
        """
        extents: dict[str, Extent] = {}
        with ZipFile(target, "w") as out:
            around = [
                "[Content_Types].xml",
                _relations_of(""),
                self._workbook,
                _relations_of(self._workbook),
            ]
            for name in dict.fromkeys([*around, *self._strings(), *self._named("styles.xml")]):
                if name in self._members:
                    with self._open(name) as source, out.open(name, "w") as copy:
                        poured(source, copy)
            for sheet in sheets:
                name = self._sheets.get(sheet, "")
                if name in self._members and name not in out.namelist():
                    with out.open(name, "w", force_zip64=True) as copy:
                        extents[sheet] = self._extent(sheet, name, copy)
        return extents

    def _extent(self, sheet: str, name: str, copy: IO[bytes]) -> Extent:
        measured = Measure(sheet)
        with self._open(name) as source:
            read_xml(source, measured.follow, copy)
        extent = measured.extent
        self._cells[sheet] = extent.cells
        if extent.rows * extent.columns > MAX_CELLS:
            raise too_many_cells(sheet, extent.rows, extent.columns)
        size = (
            self._members[name].file_size
            + sum(self._lengths)
            + measured.shared * max(self._lengths, default=0)
        )
        if size > MAX_TEXT:
            weighed = Weigh(sheet, self._lengths)
            self._walk(name, weighed.follow)
        targets = self._relations(name)
        for reference, relation in measured.links:
            target, is_external = targets.get(relation, ("", False))
            first = FIRST_CELL.match(reference)
            if first and is_external:
                extent.links[int(first[2])].setdefault(column_number(first[1]), target)
        return extent

    @contextmanager
    def with_cells(self, sheet: str, growth: Growth, target: Path) -> Iterator["Added"]:
        """Write the workbook to `target`, with cells of further columns that are added to its
        sheet.
        """
        name = self._sheets.get(sheet, "")
        if name not in self._members:
            raise damaged()
        tables = {target for target, _ in self._relations(name).values() if "/tables/" in target}
        with ZipFile(target, "w") as out:
            for other, member in self._members.items():
                with ExitStack() as copying:
                    if other == name:
                        continue
                    source, copy = (
                        copying.enter_context(self._open(other)),
                        copying.enter_context(out.open(_like(member), "w")),
                    )
                    if other in tables:
                        copy.write(growth.of_table(source.read(_MAX_SMALL_PART)))
                    elif other == self._workbook:
                        copy.write(
                            growth.of_names(
                                source.read(_MAX_SMALL_PART), list(self._sheets).index(sheet)
                            )
                        )
                    else:
                        poured(source, copy)
            member = self._members[name]
            is_large = member.file_size > _LARGE
            with (
                self._open(name) as source,
                out.open(_like(member), "w", force_zip64=is_large) as copy,
            ):
                added = Added(source, copy.write, growth, self._cells.get(sheet, MAX_COLUMNS))
                yield added
                added.finish()

    def empty(self, sheet: str, rows: Mapping[int, Mapping[int, str]], target: Path) -> None:
        """Write the workbook to `target`, with rows of a sheet emptied: each has the texts of its
        columns alone, and its styles.
        """
        name = self._sheets.get(sheet, "")
        if name not in self._members:
            raise damaged()
        uses, edits = Uses(), {name: EmptiedSheet(rows).both}
        for other in self._sheets.values():
            if other in self._members:
                self._walk(other, uses.of_sheet(rows if other == name else ()))
        edits |= {part: emptied_strings(uses.strings) for part in self._strings()}
        edits[_relations_of(name)] = emptied_links(uses.links)
        for related, _ in self._relations(name).values():
            if "comments" in related.lower():
                edits[related] = emptied_comments(rows)
        with ZipFile(target, "w") as out:
            for other, member in self._members.items():
                is_large = member.file_size > _LARGE
                with (
                    self._open(other) as source,
                    out.open(_like(member), "w", force_zip64=is_large) as copy,
                ):
                    if other in edits:
                        Replaced(source, copy.write, *edits[other]).run()
                    else:
                        poured(source, copy)

    def _check_parts(self) -> None:
        """See that every part can be copied, and that those are well-formed that readers hold in
        memory.
        """
        for name, member in self._members.items():
            if (
                name.endswith((".xml", ".rels", ".vml"))
                and "/worksheets/" not in name
                and not name.endswith("sharedStrings.xml")
            ):
                if member.file_size > _MAX_SMALL_PART:
                    raise UnreadableFile(words.TOO_LARGE_PART)
                self._walk(name, on_start(lambda _name, _attributes: None))
            else:
                with self._open(name) as source:
                    while source.read(CHUNK):
                        pass

    def _workbook_part(self) -> str:
        names = [
            target
            for target, _ in self._relations("").values()
            if target in self._members and "workbook" in target
        ]
        if not names:
            raise UnreadableFile(words.NO_WORKBOOK)
        return names[0]

    def _read_sheets(self) -> None:
        targets = self._relations(self._workbook)
        self._sheets: dict[str, str] = {}
        self._hidden: set[str] = set()

        def start(name: str, attributes: Attributes) -> None:
            if local_name(name) == "sheet":
                sheet = attributes.get("name", "")
                target, _ = targets.get(attribute(attributes, "id"), ("", False))
                if sheet in self._sheets:
                    raise damaged()
                self._sheets[sheet] = target
                if attributes.get("state", "visible") != "visible":
                    self._hidden.add(sheet)

        self._walk(self._workbook, on_start(start))

    def _lengths_of_strings(self) -> "array[int]":
        """How long each of the shared strings is, which are loaded whole."""
        strings = Strings()
        for name in self._strings():
            self._walk(name, strings.follow)
        return strings.lengths

    def _strings(self) -> list[str]:
        return self._named("sharedStrings.xml")

    def _named(self, base: str) -> list[str]:
        return [name for name in self._members if name.lower().endswith(base.lower())]

    def _relations(self, name: str) -> dict[str, tuple[str, bool]]:
        """The targets that a part refers to by id, and whether each lies outside of the package."""
        folder = posixpath.dirname(name)
        relations: dict[str, tuple[str, bool]] = {}

        def start(element: str, attributes: Attributes) -> None:
            if local_name(element) == "Relationship":
                target, is_external = (
                    attributes.get("Target", ""),
                    attributes.get("TargetMode") == "External",
                )
                inside = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip(
                    "/"
                )
                relations[attributes.get("Id", "")] = (
                    target if is_external else inside,
                    is_external,
                )

        rels = _relations_of(name)
        if rels in self._members:
            self._walk(rels, on_start(start))
        return relations

    def _open(self, name: str) -> AbstractContextManager[Part]:
        return part(self._archive, self._members[name], self._most)

    def _walk(self, name: str, follow: Follow) -> None:
        with self._open(name) as source:
            read_xml(source, follow)


def _distinct(archive: ZipFile) -> dict[str, ZipInfo]:
    """The parts by name. Excel takes none whose names differ in case only, and readers would not
    agree about which is which.
    """
    members = {member.filename.lstrip("/"): member for member in archive.infolist()}
    if len({name.lower() for name in members}) < len(archive.infolist()):
        raise damaged()
    return members


def _relations_of(name: str) -> str:
    """The part that says where a part's references lead."""
    folder, base = posixpath.split(name)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def _like(member: ZipInfo) -> ZipInfo:
    """The entry of a copied part."""
    copy = ZipInfo(member.filename, member.date_time)
    copy.compress_type, copy.external_attr = member.compress_type, member.external_attr
    return copy
