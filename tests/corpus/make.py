"""Makes the files of the corpus that a program has to make: workbooks, archives and the damaged
ones among them.

    python tests/corpus/make.py

The same bytes come out each time, as far as the libraries' versions are the same. What is packed or
damaged here is otherwise plain text that stands beside it.
"""

import csv
import gzip
import io
import re
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
import xlsxwriter  # type: ignore[import-untyped, unused-ignore]
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet as OpenpyxlSheet
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped, unused-ignore]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped, unused-ignore]

FILES = Path(__file__).parent / "files"
MOMENT = datetime(2025, 9, 12, 8, 15)  # workbooks have no time zones


def rows_of(file: str, delimiter: str = ",") -> list[list[str]]:
    return list(
        csv.reader(
            io.StringIO((FILES / file).read_text(encoding="utf-8-sig"), newline=""),
            delimiter=delimiter,
        )
    )


ROWS = rows_of("dialects/commas.csv")
GERMAN = rows_of("encodings/utf-8-mark.csv", ";")
TEAMS = [
    (
        "Brackenridge Logistics Ltd",
        "https://www.brackenridge.example/",
        [
            ["Olivia Hartwell", "Head of Sales"],
            ["Desmond Yates", "Buyer"],
            ["Priti Chowdhury", "CFO"],
        ],
    ),
    ("Pinecone & Sons", "pinecone-sons.example", [["Noah O'Brien", "CFO"], ["Ada Pine", "Owner"]]),
    (
        "Almwerk GmbH",
        "www.almwerk.example",
        [
            ["Lukas Brandstätter", "Projektleiter"],
            ["Vroni Haller", "Einkauf"],
            ["Resi Aigner", "IT"],
        ],
    ),
]


def save(file: str, content: bytes) -> None:
    path = FILES / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def archive(members: Mapping[str, bytes]) -> bytes:
    """A zip archive without the time at which it was made."""
    stream = io.BytesIO()
    with ZipFile(stream, "w") as packed:
        for name, content in members.items():
            member = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = ZIP_DEFLATED
            packed.writestr(member, content)
    return stream.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def excel(fill: Callable[[Workbook], None], **options: bool) -> bytes:
    """A workbook as Excel writes it."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"created": MOMENT})
    fill(book)
    book.close()
    return stream.getvalue()


def put(sheet: Worksheet, rows: Sequence[Sequence[object]], row: int = 0, column: int = 0) -> None:
    for number, cells in enumerate(rows):
        sheet.write_row(row + number, column, cells)


def plain(book: Workbook) -> None:
    put(book.add_worksheet("Contacts"), ROWS)


def few(book: Workbook) -> None:
    put(book.add_worksheet("Contacts"), ROWS[:5])


def by_openpyxl(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    """A workbook as openpyxl writes it, without the time at which it did."""
    book = openpyxl.Workbook()
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    parts = members(stream.getvalue())
    core = "docProps/core.xml"
    parts[core] = re.sub(
        rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
        MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ").encode(),
        parts[core],
    )
    return archive(parts)


def active(book: openpyxl.Workbook, title: str) -> OpenpyxlSheet:
    sheet = book.active
    assert isinstance(sheet, OpenpyxlSheet)
    sheet.title = title
    return sheet


def second_sheet(book: openpyxl.Workbook) -> None:
    cover = active(book, "Read me")
    cover["A1"] = "Leads of the autumn fair"
    cover["A1"].font = Font(bold=True, size=16)
    cover["A3"] = "The contacts are on the next sheet. Ask Sam Ellery for their company's website."
    sheet = book.create_sheet("Leads 2025")
    for cells in ROWS:
        sheet.append(cells)
    book.create_sheet("Sheet3")


def hidden_sheet(book: openpyxl.Workbook) -> None:
    archived = active(book, "Archive")
    for cells in ROWS:
        archived.append(cells)
    archived.sheet_state = "hidden"
    sheet = book.create_sheet("Current")
    for cells in ROWS[:5]:
        sheet.append(cells)
    book.active = 1


def title_above(book: Workbook) -> None:
    sheet = book.add_worksheet("Export")
    sheet.merge_range(
        "A1:F1", "Prospects, third quarter", book.add_format({"bold": True, "align": "center"})
    )
    sheet.write_row("A2", ["Exported on", MOMENT.strftime("%d/%m/%Y"), "by", "Sam Ellery"])
    put(sheet, ROWS[:4], row=3)
    put(sheet, [["Tomas", "", *ROWS[4][2:]]], row=7)
    put(sheet, ROWS[5:], row=8)


def values(book: Workbook) -> None:
    """Numbers, dates, truth values; long ids and phone numbers as text; a company whose name is a
    number.
    """
    sheet = book.add_worksheet("Contacts")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(
        "A1",
        [
            "Contact ID",
            "First Name",
            "Last Name",
            "Company",
            "Domain",
            "Phone",
            "Since",
            "Revenue",
            "VIP",
            "Share",
        ],
    )
    for number, row in enumerate(ROWS[1:5], start=1):
        sheet.write_string(number, 0, f"00320000012345{number:04d}")
        sheet.write_row(number, 1, row[:3])
        sheet.write_string(number, 4, row[3].removeprefix("https://www.").rstrip("/"))
        sheet.write_string(number, 5, row[5])
        sheet.write_datetime(number, 6, date(2020 + number, 3, 14), day)
        sheet.write_number(number, 7, 1234567.5 * number)
        sheet.write_boolean(number, 8, number % 2 == 0)
        sheet.write_number(number, 9, 0.25, book.add_format({"num_format": "0%"}))
    sheet.write_number("D3", 3)


def formulas(book: Workbook) -> None:
    """Names put together by a formula, domains cut out of addresses; one cell whose formula fails,
    where nobody looks.
    """
    sheet = book.add_worksheet("Contacts")
    sheet.write_row(
        "A1", ["Given", "Family", "Full Name", "Company", "Website of", "Domain", "Score"]
    )
    for number, row in enumerate(ROWS[3:8], start=1):
        domain = row[3].removeprefix("https://www.").rstrip("/")
        sheet.write_row(number, 0, row[:2])
        sheet.write_formula(number, 2, f'=A{number + 1}&" "&B{number + 1}', None, " ".join(row[:2]))
        sheet.write(number, 3, row[2])
        sheet.write_string(number, 4, row[3])
        sheet.write_formula(
            number, 5, f'=SUBSTITUTE(MID(E{number + 1},13,99),"/","")', None, domain
        )
        sheet.write_formula(
            number, 6, f"=1/{number - 1}", None, "#DIV/0!" if number == 1 else 1 / (number - 1)
        )


def profile(row: Sequence[str]) -> str:
    words = re.findall("[a-z]+", " ".join(row[:2]).lower())
    return f"https://www.linkedin.com/in/{'-'.join(words)}-4e2/"


def links(book: Workbook) -> None:
    """LinkedIn pages behind a word; one is a company's."""
    sheet = book.add_worksheet("Contacts")
    sheet.write_row("A1", ["First Name", "Last Name", "Company", "LinkedIn", "Notes"])
    for number, row in enumerate(ROWS[1:6], start=1):
        sheet.write_row(number, 0, row[:3])
        page = profile(row) if number != 4 else "https://www.linkedin.com/company/quillfeather/"
        sheet.write_url(number, 3, page, string="Profile")
    sheet.write_url("E2", "internal:Contacts!A1", string="top")


def link_formulas(book: Workbook) -> None:
    sheet = book.add_worksheet("Contacts")
    sheet.write_row("A1", ["First Name", "Last Name", "LinkedIn Profile"])
    for number, row in enumerate(ROWS[1:5], start=1):
        sheet.write_row(number, 0, row[:2])
        sheet.write_formula(
            number, 2, f'=HYPERLINK("{profile(row)}","View profile")', None, "View profile"
        )


def mail_links(book: Workbook) -> None:
    sheet = book.add_worksheet("Contacts")
    sheet.write_row("A1", ["First Name", "Last Name", "Email", "Website"])
    for number, row in enumerate(ROWS[1:5], start=1):
        sheet.write_row(number, 0, row[:2])
        domain = row[3].removeprefix("https://www.").rstrip("/")
        sheet.write_url(number, 2, f"mailto:info@{domain}", string=f"info@{domain}")
        sheet.write_url(number, 3, row[3], string=domain)


def empty_columns(book: Workbook) -> None:
    """A table that begins in C3, with an empty column in it and one that has no name."""
    sheet = book.add_worksheet("Contacts")
    for number, row in enumerate(ROWS[:7], start=2):
        sheet.write_row(
            number,
            2,
            [*row[:2], "", *row[2:4], "" if number == 2 else f"no name {number}", *row[4:]],
        )
    sheet.set_column("A:B", 2)


def notes_beside(book: Workbook) -> None:
    """Remarks to the right of the table, in columns that the header does not reach."""
    sheet = book.add_worksheet("Contacts")
    put(sheet, ROWS[:6])
    sheet.write("I2", "call first")
    sheet.write("J4", "← check")
    sheet.write("K3", 42)


def blank_rows(book: Workbook) -> None:
    """Blank rows within, a row with a company only, and coloured but empty rows below."""
    sheet = book.add_worksheet("Contacts")
    colour = book.add_format({"bg_color": "#FFEECC"})
    put(sheet, ROWS[:3])
    put(sheet, ROWS[3:5], row=5)
    sheet.write("C9", "Tidewater Robotics")
    for row in range(9, 40):
        for column in range(6):
            sheet.write_blank(row, column, None, colour)


def table(book: Workbook) -> None:
    sheet = book.add_worksheet("People")
    data = [
        [" ".join(row[:2]), row[2], f"info@{row[3].removeprefix('https://www.').rstrip('/')}"]
        for row in ROWS[1:6]
    ]
    columns = [{"header": header} for header in ("Contact", "Account", "E-mail")]
    sheet.add_table(
        0,
        0,
        5,
        2,
        {"data": data, "columns": columns, "name": "People", "style": "Table Style Medium 9"},
    )
    sheet.freeze_panes(1, 0)


def rich_text(book: Workbook) -> None:
    sheet = book.add_worksheet("Contacts")
    bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "red"})
    put(sheet, ROWS[:4])
    sheet.write_rich_string("C2", bold, "Brackenridge", " Logistics ", red, "Ltd")
    sheet.write_rich_string("A2", "Oliv", bold, "ia")
    sheet.write_comment("B2", "Spelt so on her card")


def german(book: openpyxl.Workbook) -> None:
    sheet = active(book, "Übersicht")
    for cells in GERMAN:
        sheet.append([{"Nachname": "Name"}.get(cell, cell) for cell in cells])
    sheet.auto_filter.ref = sheet.dimensions
    book.create_sheet("Tabelle2")


def dynamics(book: Workbook) -> None:
    """As Dynamics 365 exports a view: three hidden columns, then those of the view, and a hidden
    sheet that belongs to it.
    """
    sheet = book.add_worksheet("Active Contacts")
    header = [
        "(Do Not Modify) Contact",
        "(Do Not Modify) Row Checksum",
        "(Do Not Modify) Modified On",
    ]
    sheet.write_row(
        0, 0, [*header, "Full Name", "Email", "Company Name", "Business Phone", "Status"]
    )
    for number, row in enumerate(ROWS[1:7], start=1):
        sheet.write_row(number, 0, [f"5f0c11de-0000-4000-8000-{number:012d}", f"kX{number}9fQ=="])
        sheet.write_datetime(number, 2, MOMENT, book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))
        mail = f"info@{row[3].removeprefix('https://www.').rstrip('/')}"
        sheet.write_row(number, 3, [" ".join(row[:2]), mail, row[2], row[5], "Active"])
    sheet.set_column("A:C", None, None, {"hidden": True})
    hidden = book.add_worksheet("hiddenSheet")
    hidden.write("A1", "contact:kX19fQ==:contactid=%28Do%20Not%20Modify%29%20Contact")
    hidden.very_hidden()


def header_of_two_rows(book: Workbook) -> None:
    """Groups above, the columns' names below; two headers span both rows."""
    sheet = book.add_worksheet("Contacts")
    sheet.merge_range("A1:B1", "Contact")
    sheet.merge_range("C1:D1", "Company")
    sheet.merge_range("E1:E2", "Job Title")
    sheet.merge_range("F1:F2", "Phone")
    sheet.write_row("A2", ["First", "Last", "Name", "Website"])
    put(sheet, ROWS[1:], row=2)


def band_above(book: Workbook) -> None:
    sheet = book.add_worksheet("Contacts")
    colour = book.add_format({"bold": True, "bg_color": "#DDEBF7", "align": "center"})
    sheet.merge_range("A1:B1", "Person", colour)
    sheet.merge_range("C1:D1", "Organisation", colour)
    sheet.merge_range("E1:F1", "Internal", colour)
    put(sheet, ROWS, row=1)


def merged_companies(book: Workbook) -> None:
    """A company and its website stand once, in cells that span the rows of all its people."""
    sheet = book.add_worksheet("Accounts")
    sheet.write_row("A1", ["Account", "Website", "Contact Name", "Position"])
    row = 1
    for company, website, people in TEAMS:
        last = row + len(people) - 1
        sheet.merge_range(row, 0, last, 0, company)
        sheet.merge_range(row, 1, last, 1, website)
        put(sheet, people, row, 2)
        row = last + 1


def totals_row(book: Workbook) -> None:
    """A table as Excel makes it, with a row of totals."""
    sheet = book.add_worksheet("Seats")
    data = [[*row[:4], number] for number, row in enumerate(ROWS[1:], start=2)]
    columns = [{"header": header} for header in (*ROWS[0][:4], "Seats")]
    columns[0]["total_string"] = "Total"
    columns[4]["total_function"] = "sum"
    sheet.add_table(0, 0, 9, 4, {"data": data, "columns": columns, "total_row": True})


def two_tables(book: Workbook) -> None:
    sheet = book.add_worksheet("Offices")
    bold = book.add_format({"bold": True})
    sheet.write("A1", "Leeds", bold)
    put(sheet, ROWS[:5], row=1)
    sheet.write("A8", "Boston", bold)
    put(sheet, [ROWS[0], *ROWS[5:]], row=8)


def printed_pages(book: Workbook) -> None:
    """A report of several pages: each has the header again, and ends with its number."""
    sheet = book.add_worksheet("Report")
    for page, start in enumerate((1, 4, 7), start=1):
        top = (page - 1) * 5
        put(sheet, [ROWS[0], *ROWS[start : start + 3]], row=top)
        sheet.write(top + 4, 0, f"Page {page} of 3")


def fair(book: Workbook) -> None:
    """A title, a date, groups, and headers that are broken into two lines."""
    sheet = book.add_worksheet("Visitors")
    wrapped = book.add_format({"text_wrap": True, "bold": True})
    sheet.merge_range("A1:H1", "Visitors of stand B 204")
    sheet.write("A2", MOMENT.strftime("%d/%m/%Y"))
    sheet.merge_range("A4:C4", "Scanned badge")
    sheet.merge_range("D4:F4", "Firm")
    sheet.merge_range("G4:H4", "Follow-up by us")
    headers = ["Badge\nno.", "First\nname", "Last\nname", "Company\nname", "Company\nwebsite"]
    sheet.write_row("A5", [*headers, "Country", "Sales\nrep", "Next\nstep"], wrapped)
    for number, cells in enumerate(ROWS[1:], start=5):
        sheet.write_row(number, 0, [number + 700, *cells[:4], "GB", "Sam Ellery", "Call"])


def merged_sections(book: Workbook) -> None:
    """Rows that only say what follows, each one cell as wide as the table."""
    sheet = book.add_worksheet("Accounts")
    grey = book.add_format({"bg_color": "#D9D9D9", "bold": True})
    put(sheet, ROWS[:1])
    sheet.merge_range("A2:F2", "Key accounts", grey)
    put(sheet, ROWS[1:4], row=2)
    sheet.merge_range("A6:F6", "All others", grey)
    put(sheet, ROWS[4:], row=6)


def no_contacts(book: Workbook) -> None:
    put(
        book.add_worksheet("Budget"),
        [["Item", "Q1", "Q2"], ["Fairs", 1200, 900], ["Travel", 300, 410]],
    )
    book.add_worksheet("Chart")


def nothing(book: Workbook) -> None:
    book.add_worksheet("Sheet1")


def workbooks() -> None:
    for name, fill in {
        "plain": plain, "title-above": title_above, "values": values, "formulas": formulas,
        "links": links, "link-formulas": link_formulas, "mail-links": mail_links,
        "empty-columns": empty_columns, "notes-beside": notes_beside,
        "blank-rows": blank_rows, "table": table, "rich-text": rich_text,
    }.items():  # fmt: skip
        save(f"spreadsheets/{name}.xlsx", excel(fill))
    save("spreadsheets/inline-strings.xlsx", excel(plain, constant_memory=True))
    save("spreadsheets/xlsx-named.csv", excel(few))
    for name, refill in {
        "second-sheet": second_sheet,
        "hidden-sheet": hidden_sheet,
        "german": german,
    }.items():
        save(f"spreadsheets/{name}.xlsx", by_openpyxl(refill))
    save("products/dynamics-365.xlsx", excel(dynamics))
    for name, fill in {
        "two-rows": header_of_two_rows, "band-above": band_above,
        "merged-companies": merged_companies, "totals-row": totals_row, "two-tables": two_tables,
        "printed-pages": printed_pages, "fair": fair, "merged-sections": merged_sections,
    }.items():  # fmt: skip
        save(f"header-shapes/{name}.xlsx", excel(fill))


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def packed() -> None:
    contacts = (FILES / "dialects/commas.csv").read_bytes()
    save("packed/contacts.csv.gz", gzipped(contacts))
    save("packed/windows-1252.csv.gz", gzipped((FILES / "encodings/windows-1252.csv").read_bytes()))
    save("packed/leads.jsonl.gz", gzipped((FILES / "json/flat.jsonl").read_bytes()))
    of_a_mac = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(96)
    save(
        "packed/mac.zip",
        archive(
            {
                "contacts.csv": contacts,
                "__MACOSX/": b"",
                "__MACOSX/._contacts.csv": of_a_mac,
                ".DS_Store": bytes(64),
            }
        ),
    )
    german_text = (FILES / "encodings/utf-8-mark.csv").read_bytes()
    save(
        "packed/in-a-folder.zip",
        archive({"Export 2025/": b"", "Export 2025/Kontakte Übersicht.csv": german_text}),
    )
    save("packed/workbook.zip", archive({"contacts.xlsx": excel(plain)}))
    save("packed/zip-named.csv", archive({"contacts.csv": contacts}))


def refused() -> None:
    contacts = (FILES / "dialects/commas.csv").read_bytes()
    workbook = excel(plain)
    save("refused/truncated.xlsx", workbook[: len(workbook) * 2 // 3])
    save(
        "refused/protected.xlsx",
        compound_file({"EncryptionInfo": bytes(248), "EncryptedPackage": bytes(range(256)) * 20}),
    )
    parts = members(workbook)
    declaration = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    texts = (
        parts["xl/sharedStrings.xml"]
        .replace(b"?>\n", b"?>\n" + declaration, 1)
        .replace(b"Leeds", b"&b;")
    )
    save("refused/document-type.xlsx", archive(parts | {"xl/sharedStrings.xml": texts}))
    save("refused/word-document.docx", archive(WORD))
    save("refused/no-contacts.xlsx", excel(no_contacts))
    save("refused/empty.xlsx", excel(nothing))
    save("refused/png-named.csv", png())
    save("refused/two-files.zip", archive({"france.csv": contacts, "germany.csv": contacts}))
    save("refused/no-files.zip", archive({"Export/": b""}))
    save("refused/zip-in-zip.zip", archive({"contacts.zip": archive({"contacts.csv": contacts})}))
    save("refused/password.zip", with_password(archive({"contacts.csv": contacts})))
    save(
        "refused/garbage.csv.gz",
        b"\x1f\x8b\x08\x00" + bytes(6) + b"this is no deflate stream at all " * 8,
    )
    save("refused/truncated.csv.gz", gzipped(contacts)[:-120])


_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD = {
    "[Content_Types].xml": f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="{_DOCUMENT}"/></Types>""".encode(),
    "_rels/.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>""".encode(),
    "word/document.xml": (
        f"""<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r>
<w:t>Olivia Hartwell, Brackenridge Logistics Ltd</w:t></w:r></w:p></w:body></w:document>""".encode()
    ),
}


def with_password(content: bytes) -> bytes:
    """The archive with its entry marked as encrypted, in its own header and in the directory, and
    its data made unreadable.
    """
    altered = bytearray(content)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        altered[content.index(signature) + flags] |= 1
    start = 30 + len("contacts.csv")
    altered[start : start + 40] = bytes(byte ^ 0x5A for byte in altered[start : start + 40])
    return bytes(altered)


def png() -> bytes:
    """A picture of one white point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\xff"))
        + chunk(b"IEND", b"")
    )


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (MS-CFB, version 3), in which Excel puts a workbook that has a password."""
    sector, free, end, fat_sector, nobody = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
    data, starts = b"", {}
    table = [fat_sector, end]  # the table itself, then the directory
    for name, content in streams.items():
        content = content.ljust(4096, b"\0")  # shorter streams would be kept in another way
        count = -(-len(content) // sector)
        starts[name] = len(table)
        table += [*range(len(table) + 1, len(table) + count), end]
        data += content.ljust(count * sector, b"\0")

    def entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<HBBIII", len(text) if name else 0, kind, 1, nobody, right, child)
        return (
            (text if name else b"").ljust(64, b"\0")
            + links
            + bytes(36)
            + struct.pack("<IQ", start, size)
        )

    names = list(streams)
    directory = entry("Root Entry", 5, 1, nobody, end, 0)
    for number, name in enumerate(names, start=1):
        right = number + 1 if number < len(names) else nobody
        directory += entry(name, 2, nobody, right, starts[name], max(len(streams[name]), 4096))
    directory = directory.ljust(sector, b"\0")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    assert len(table) <= sector // 4
    return (
        header
        + struct.pack(f"<{sector // 4}I", *table, *[free] * (sector // 4 - len(table)))
        + directory
        + data
    )


def main() -> None:
    workbooks()
    packed()
    refused()


if __name__ == "__main__":
    main()
