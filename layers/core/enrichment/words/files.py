"""Why a file is refused, and what its owner can do about it."""

from collections.abc import Sequence

_MAPPING = '{"Ansprechpartner": "full name", "Firma (neu)": "company", "Notiz": null}'
_ADVICE = "Save the contacts as an Excel workbook (.xlsx) or as CSV, and drop that."


def not_processed_there(where: str, places: str) -> str:
    return f"Files in {where} are not processed. Put the file into {places} instead."


def folder_without_type(where: str, places: str) -> str:
    return f"The folder {where} does not say what to look for. Put the file into {places} instead."


def no_whole_number(name: str, value: str) -> str:
    return f"The option “{name}” takes a whole number, such as {name}=500; “{value}” is not one."


def too_large_number(name: str, value: str, most: int) -> str:
    return f"The option “{name}” takes a number up to {most:,}; “{value}” is more."


def no_sample_size(value: str, most: int) -> str:
    return (
        f"The option “sample” takes a whole number from 1 to {most:,}, such as sample=50; "
        f"“{value}” is not one."
    )


def neither_true_nor_false(name: str, value: str) -> str:
    return f"The option “{name}” is either {name}=true or {name}=false; “{value}” is neither."


def neither_on_nor_off(name: str, value: str) -> str:
    return f"The option “{name}” is either {name}=on or {name}=off; “{value}” is neither."


def no_people(names: str) -> str:
    return (
        "Most rows of this file look like companies or places, not like people: for example "
        f"{names}. Nothing was sent. For people who work there, drop a list of them, with a column "
        "for each one’s name. If these are people, drop the file into a folder check=off."
    )


def countries_are_for_phones(wanted: str) -> str:
    return f"The option “countries” is for phone numbers; it means nothing for {wanted}."


def no_country_code(codes: str) -> str:
    return (
        f"“{codes}” is not a country code. Use two-letter ISO 3166 codes, such as countries=FR,GB."
    )


def option_given_twice(name: str) -> str:
    return f"The option “{name}” is given twice in the folders of this file."


def unknown_option(name: str, value: str) -> str:
    return (
        f"The folder “{name}={value}” is an option that does not exist. The options are: "
        "countries=FR,BE (below incoming/phone/), max_credits=500, sample=50, force=true, "
        "refresh=true and check=off. "
        "For a plain folder, choose a name without “=”."
    )


def mapping_no_object(key: str) -> str:
    return f"The file {key} must hold one object of headers and fields, like this: {_MAPPING}"


def mapping_unknown_field(key: str, header: str, field: str, fields: str) -> str:
    return (
        f"The file {key} maps the header “{header}” to {field}, which is not looked for. It can "
        f"be: {fields}; or null to leave the column alone. The header comes first, like this: "
        f"{_MAPPING}"
    )


def mapping_no_json(key: str) -> str:
    return f"The file {key} is not valid JSON. It should look like this: {_MAPPING}"


_LIMITS = '{"credits_per_month": 5000, "credits_per_file": 500}'


def limits_no_json(key: str) -> str:
    return f"The file {key} is not valid JSON. It should look like this: {_LIMITS}"


def limits_too_large(key: str) -> str:
    return f"The file {key} is too large for what it may say. It should look like this: {_LIMITS}"


def limits_unusable(key: str, name: str) -> str:
    about = f"What it says of “{name}” cannot be used. " if name else ""
    return (
        f"The file {key} sets no limits on credits. {about}It should be one JSON object with one or"
        f" both of these, as whole numbers from 0 on: {_LIMITS}"
    )


def limits_said_twice(key: str, name: str) -> str:
    return f"The file {key} says “{name}” twice, so nobody knows which of the two is meant."


_NOTIFY = '{"notify": ["sales-ops@acme.com"]}'


def notify_no_json(key: str) -> str:
    return f"The file {key} is not valid JSON. It should look like this: {_NOTIFY}"


def notify_too_large(key: str) -> str:
    return (
        f"The file {key} is larger than 1,000 bytes. It should look like this: {_NOTIFY}. A topic"
        " may stand for several."
    )


def notify_too_many(names: int, most: int) -> str:
    return (
        f"The files _notify.json above this file name {names} to be told, more than the {most} that"
        " can be. A topic may stand for several."
    )


def notify_unusable(key: str) -> str:
    return (
        f"The file {key} does not say who is to be told. It should be one JSON object with a list"
        f" of up to twenty e-mail addresses or ARNs of topics, like this: {_NOTIFY}"
    )


def not_one_file_in_archive(files: int) -> str:
    return (
        f"The zip archive has {files or 'no'} files in it; it must have exactly one. Drop files "
        "one by one, or pack each into an archive of its own."
    )


LOCKED_ARCHIVE = "The zip archive is protected by a password. Pack it without one."

ARCHIVE_OF_UNKNOWN_METHOD = (
    "The zip archive is packed by a method that cannot be read. Pack it as an ordinary zip archive."
)

DAMAGED_GZIP = "The gzip file is damaged or was not uploaded completely. Pack it again."

CUT_OFF_ARCHIVE = (
    "The file is damaged or was not uploaded completely: it begins as a zip archive or an Excel"
    " workbook, but its end is missing."
)

DAMAGED_PART = "The file is damaged: a part of it cannot be unpacked. Save or pack it again."

ARCHIVE_OF_TOO_MANY_FILES = (
    "The archive has far too many files in it. Pack the one file of rows alone, and drop that."
)


def too_long_line(most: int) -> str:
    return f"The file has a line of more than {most:,} characters; it does not look like rows."


EMPTY_FILE = "The file is empty: it has no header and no rows."


def too_many_columns(columns: int, most: int) -> str:
    return f"The file has {columns:,} columns; {most:,} are the most that can be read."


def unclosed_quote(row: int) -> str:
    return f"A quotation mark that opens in row {row} is never closed."


def too_many_cells_in_row(row: int, cells: int, width: int) -> str:
    return (
        f"Row {row} has {cells:,} cells where the header has {width:,}; it does not look like a "
        "row."
    )


def too_long_cell(row: int, most: int) -> str:
    return (
        f"Row {row} cannot be read as CSV: a cell is longer than {most:,} characters, most often"
        " because a quotation mark is never closed."
    )


def too_many_blank_lines(most: int, row: int) -> str:
    return f"More than {most:,} blank lines follow each other above row {row}."


UNKNOWN_ENCODING = (
    "The file’s encoding cannot be recognised, so names would come out garbled. Save it as “CSV"
    " UTF-8 (comma delimited)” and drop it again."
)

MIXED_ENCODINGS = (
    "Most of the file is text in UTF-8, but some of its lines are not, so names would come out "
    "garbled. Most often two exports were put into one file. Export it again."
)


def damaged_encoding(encoding: str) -> str:
    return f"The file begins as text in {encoding}, but is damaged further down. Export it again."


ZERO_BYTES = "The file has zero bytes in it: it is damaged, or it is not text. Export it again."

NO_OBJECTS = "The file has no objects in it, so there are no rows."


def no_object(number: int) -> str:
    return (
        f"Entry {number} of the file is not a JSON object. Each contact must be an object of its"
        " own."
    )


def too_many_keys(most: int) -> str:
    return f"The objects have more than {most:,} different keys; it does not look like rows."


def damaged_list(number: int) -> str:
    return f"The list of objects breaks off or is damaged after object {number}."


MORE_THAN_A_LIST = "The file goes on after the end of its list of objects; it must be one list."


def too_much_space(most: int) -> str:
    return f"The file has more than {most:,} blank characters between objects."


def too_deep_object(number: int) -> str:
    return f"Object {number} of the file is nested too deeply."


def damaged_object(number: int, most: int) -> str:
    return f"Object {number} of the file is not valid JSON, or longer than {most:,} characters."


ARCHIVE_IN_ARCHIVE = "The file is an archive inside an archive. Unpack it once and drop it again."

WEB_PAGE = (
    "The file is a web page or XML, whatever its name says; some programs export that for "
    "Excel. Open it in Excel. Save the contacts as an Excel workbook (.xlsx) or as CSV, and "
    "drop that."
)

OTHER_OFFICE_DOCUMENT = (
    "The file is an Office document, but not an Excel workbook. Save the contacts as an Excel "
    "workbook (.xlsx) or as CSV, and drop that."
)

OTHER_OPEN_DOCUMENT = (
    "The file is an OpenDocument file, but not a spreadsheet. Save the contacts as an Excel "
    "workbook (.xlsx) or as CSV, and drop that."
)

APPLE_DOCUMENT = (
    "The file is an Apple Numbers or Pages document. Save the contacts as an Excel workbook "
    "(.xlsx) or as CSV, and drop that."
)

LOCKED_WORKBOOK = "The workbook is protected by a password. Save it without one and drop it again."

OLD_OFFICE_DOCUMENT = (
    "The file is an old Word or PowerPoint document. Save the contacts as an Excel workbook "
    "(.xlsx) or as CSV, and drop that."
)


def other_format(name: str) -> str:
    return (
        f"The file is {name}. Save the contacts as an Excel workbook (.xlsx) or as CSV, and drop"
        " that."
    )


BINARY_WORKBOOK = (
    "The file is a binary Excel workbook (.xlsb), which cannot be read. Save the contacts as an"
    " Excel workbook (.xlsx) or as CSV, and drop that."
)

OLD_WORKBOOK_CANNOT_BE_LOADED = (
    "The old Excel workbook is damaged, or its cells reach too far to be read. Save it as .xlsx"
    " or CSV and drop that."
)


def too_many_spaces(most: int) -> str:
    return f"The spreadsheet has a cell of more than {most:,} spaces. Delete it and drop that."


NO_WORKBOOK = (
    "The file is not an Excel workbook, although it is packed like one. Save it in Excel again."
)

TOO_LARGE_PART = (
    "The workbook has a part that is far too large. Copy the contacts into a new workbook."
)

EMPTY_WORKBOOK = "The workbook is empty: it has no header and no rows."


def no_room_for_columns(sheet: str, columns: int) -> str:
    return (
        f"The sheet “{sheet}” has {columns:,} columns: there is no room for more. Delete those "
        "that are not needed."
    )


OUT_OF_ORDER = (
    "The workbook is damaged: the rows or cells of a sheet are out of order. Open it in Excel, "
    "save it again and drop that."
)


def too_much_text(sheet: str, size: str) -> str:
    return (
        f"The sheet “{sheet}” holds more than {size} of text, which is more than can be read. "
        "Save it as CSV, which may be of any length, or divide it."
    )


def too_many_cells(sheet: str, rows: int, column: str, most: int) -> str:
    return (
        f"The sheet “{sheet}” reaches down to row {rows:,} and to column {column}, which is more"
        f" than the {most:,} cells that can be read. If cells far outside of the table hold "
        "something by accident, delete their rows and columns; otherwise save the sheet as CSV,"
        " which may have any number of cells."
    )


def too_many_strings(most: int) -> str:
    return f"The workbook has more than {most:,} texts. Save its sheet as CSV, or divide it."


DAMAGED_WORKBOOK = (
    "The workbook is damaged, or was not uploaded completely. Open it in Excel, save it again "
    "and drop that."
)

DOCUMENT_TYPE = (
    "The workbook has a document type declaration in it, which no spreadsheet program writes. "
    "Copy the contacts into a new workbook and drop that."
)


def too_long_text(most: int) -> str:
    return (
        f"The workbook has a single text or tag of more than {most:,} bytes in it. Copy the "
        "contacts into a new workbook and drop that."
    )


NO_ROWS = "The file has a header, but no rows below it."


def no_column(missing: str, examples: str, perhaps: Sequence[str] = ()) -> str:
    return (
        f"The file has no column for: {missing}.{''.join(f' {each}' for each in perhaps)} Rename "
        f"the right columns in its header (to {examples}) and drop the file again; or have them "
        "mapped by a file _columns.json in its folder."
    )


def may_be(header: str, field: str, why: str) -> str:
    """A column that looks right for a field that the file lacks."""
    return f"Is “{header.strip()}” the {field}? It {why}."


DELETED_BEFORE_READ = "The file was deleted before it could be read."


def too_many_rows(most: int) -> str:
    return (
        f"The file has more than the {most:,} rows that can be processed. Divide it and drop the"
        " parts."
    )


TOO_MANY_ATTEMPTS = (
    "The file could not be read in several attempts. The platform team can find out why."
)


def too_large(most: str) -> str:
    return (
        f"The file is larger than the {most} that can be processed. Divide it and drop the parts."
    )


def too_large_unpacked(most: str) -> str:
    return (
        f"Unpacked, the file is larger than the {most} that can be processed. Divide it and drop"
        " the parts."
    )


def unpacks_to_too_much(times: int) -> str:
    return (
        f"The archive unpacks to more than {times} times its size, as no export does. Unpack it,"
        " and drop the file of rows itself."
    )
