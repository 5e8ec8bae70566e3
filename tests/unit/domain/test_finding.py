"""What columns are is concluded from the words of headers, from values, and from the columns beside
them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.columns import Field, normalised
from enrichment.domain.finding import find_columns
from enrichment.domain.found import Found
from enrichment.domain.header_rows import groups_of
from tests.unit.builders import TEXT

PEOPLE = """
Olivia|Hartwell|Brackenridge Logistics Ltd|brackenridge.example
Noah|Silva|Pinecone & Sons|pinecone.example
Amelia|Van Dyke|Harbour Analytics, Inc.|harbour.example
Ethan|Blackwood|Quillfeather Media|quillfeather.example
Grace|Okonkwo|Lumen Orchard|lumen.example
Priya|Raghunathan|Saffron Grid Systems|saffron.example
Thomas|Weber|Nordlicht Energie AG|nordlicht.example
Giulia|Moretti|Vetreria Moretti|vetreria.example
Pedro|Almeida|Cortes Studio|cortes.example
Hannah|Lindqvist|Tidewater Robotics|tidewater.example
Lucas|Garcia|Aceites del Sur S.L.|aceites.example
Emma|Dubois|Atelier Brunoy|brunoy.example
"""


_WHICH, _WHAT = ("Blue", "Old", "Tall"), ("Bay", "Mill", "Oak", "Sea")


def _person(number: int, line: str) -> dict[str, str]:
    first, last, company, domain = line.split("|")
    slug = f"{first}-{last}".lower().replace(" ", "-")
    return {
        "first": first,
        "last": last,
        "full": f"{first} {last}",
        "company": company,
        "domain": domain,
        "site": f"https://www.{domain}/",
        "mail": f"{first}.{last.replace(' ', '')}@{domain}".lower(),
        "private": f"{first}{number}@gmail.com".lower(),
        "in": f"https://www.linkedin.com/in/{slug}-{number}/",
        "page": f"https://www.linkedin.com/company/{domain.partition('.')[0]}/",
        "sales": f"https://www.linkedin.com/sales/lead/ACwAAB{number}x,NAME_SEARCH,k2",
        "owner": ("Kate Holt", "Tom Reed")[number % 2],
        "earlier": f"Former {company}",
        "title": ("Head of Sales", "CFO", "VP Marketing")[number % 3],
        "number": str(number * 37),
        "text": "Builds teams and products that people love, and has done so for many years. " * 2,
        "half": company if number % 3 == 0 else "",
        "hotel": f"Hotel {last}",
        "place": f"{_WHICH[number % 3]} {_WHAT[number % 4]}",
        "picture": f"https://cdn.example/pictures/{number}.png",
        "picture file": f"{first}.jpg".lower(),
        "empty": "",
    }


ROWS = [_person(number, line) for number, line in enumerate(PEOPLE.split("\n")[1:-1], start=1)]
MARKS = {
    "f": Field.FIRST_NAME,
    "l": Field.LAST_NAME,
    "n": Field.FULL_NAME,
    "c": Field.COMPANY,
    "d": Field.DOMAIN,
    "w": Field.WEBSITE,
    "e": Field.EMAIL,
    "i": Field.LINKEDIN,
    "s": Field.SALES_NAVIGATOR,
}


@dataclass(frozen=True)
class Row:
    cells: list[str]
    links: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A header, what stands below it, and the field that it is to be taken for."""

    header: str
    values: str
    mark: str


def columns_of(text: str) -> list[Column]:
    """Columns as `header:values`, with `=mark` where one is to be taken."""
    columns = []
    for part in text.split("|"):
        what, _, mark = part.partition("=")
        header, _, values = what.rpartition(":")
        columns.append(Column(header, values, mark))
    return columns


def found_in(columns: Sequence[Column], rows: Sequence[dict[str, str]] = ROWS) -> Found:
    sample = [Row([row[column.values] for column in columns]) for row in rows]
    return find_columns([column.header for column in columns], sample)


def taken(columns: Sequence[Column], found: Found) -> dict[Field, list[str]]:
    return {
        each: [columns[at].header for at in positions] for each, positions in found.columns.items()
    }


def expected(columns: Sequence[Column]) -> dict[Field, list[str]]:
    """Marks with a number stand for the order of trust."""
    wanted: dict[Field, list[tuple[str, str]]] = {}
    for column in columns:
        if column.mark:
            wanted.setdefault(MARKS[column.mark[0]], []).append((column.mark, column.header))
    return {field: [header for _, header in sorted(marked)] for field, marked in wanted.items()}


FILES = {
    "an event's questions": (
        "api_id:number|name:full=n|email:private=e|What company do you work for?:company=c|"
        "What is your LinkedIn profile?:in=i|qr_code_url:picture|approval_status:title"
    ),
    "attendees": "attendee_name:full=n|attendee_email:mail=e|attendee_company:company=c|id:number",
    "buyers beside attendees": (
        "Order #:number|First Name:first=f|Last Name:last=l|Email:mail=e|Buyer First Name:owner|"
        "Buyer Email:private"
    ),
    "fields of one's own in a CRM": (
        "Contact: First Name:first=f|Contact: Last Name:last=l|Account: Account Name:company=c|"
        "LinkedIn_Profile__c:in=i|Account Owner:owner|Contact Owner: Full Name:owner"
    ),
    "linked tables": (
        "Name:full=n|Company (from Companies):company=c|Website (from Companies):site=w|"
        "LinkedIn:in=i|Company LinkedIn:page"
    ),
    "short words": "Name:full=n|Org:company=c|Role:title|Mail:mail=e|LI:in=i",
    "an associated company": (
        "First Name:first=f|Last Name:last=l|Associated Company (Primary):company=c|"
        "Contact owner:owner"
    ),
    "a fuller company": (
        "First Name:first=f|Last Name:last=l|Company Name:half=c|company:company=c2"
    ),
    "two profiles": "full_name:full=n|linkedin_url:empty=i2|profile_url:in=i|Company:company=c",
    "names of files": "name:full=n|image:picture file|association:company=c",
    "candidates": (
        "Candidate Name:full=n|Current Employer:company=c|Previous Employer:earlier|"
        "Recruiter:owner|Referrer:owner|Recruiter LinkedIn:in|Profile Link:in=i"
    ),
    "keys of objects": (
        "person.first_name:first=f|person.last_name:last=l|person.linkedin_url:in=i|"
        "organization.name:company=c|organization.linkedin_url:page|organization.website_url:site=w"
    ),
    "jobs": "fullName:full=n|position_1_companyName:company=c|position_2_companyName:earlier",
    "founders": "Startup Name:company=c|Founder:full=n|Founder LinkedIn:in=i|Website:site=w",
    "several contacts": (
        "Company:company=c|Contact 1 Name:full=n|Contact 1 Email:mail=e|Contact 2 Name:owner|"
        "Contact 2 Email:private"
    ),
    "Sales Navigator": "Name:full=n|Current company:company=c|Sales Navigator Link:sales=s",
    "customers with contacts": "Kunde:company=c|Ansprechpartner:full=n|Betreuer:owner|Mail:mail=e",
    "headers that say nothing": "A:first=f|B:last=l|C:company=c|D:mail=e|E:number|F:text",
    "no headers": ":full=n|:company=c|:title|:mail=e|:number",
    "companies in a column of websites": "Name:full=n|Company:site=w|Title:title",
    "addresses in a column of names": "Contact:in=i|Person:full=n|Employer:company=c",
    "companies": "Name:company=c|Website:site=w|LinkedIn:page",
    "parts of words": "Name:full=n|Firma:company=c|Talk or workshop?:title|Social links:in=i",
    "several names": "Start:number|Name1:full=n|Room 1:title|Name2:full",
    "hotels": "name:hotel=c|phone:number|website:site=w",
}


@pytest.mark.parametrize("file", FILES)
def test_the_columns_of_a_file_are_found_and_no_others(file: str) -> None:
    columns = columns_of(FILES[file])
    assert taken(columns, found_in(columns)) == expected(columns)


def _name(column: Column) -> str:
    return normalised(column.header)  # of two with one name, the first is trusted more


POOL = [
    column
    for text in FILES.values()
    for column in columns_of(text)
    if column.header.strip() and column.values != "empty"
]
TABLES = st.one_of(
    st.sampled_from([columns_of(text) for file, text in FILES.items() if file != "no headers"]),
    st.lists(st.sampled_from(POOL), min_size=1, max_size=8, unique_by=_name),
)


@given(columns=TABLES, random=st.randoms(use_true_random=False))
def test_moving_columns_changes_nothing(columns: list[Column], random: Random) -> None:
    moved = random.sample(columns, len(columns))
    assert taken(moved, found_in(moved)) == taken(columns, found_in(columns))


@given(columns=TABLES, rows=st.permutations(ROWS))
def test_shuffling_rows_changes_nothing(columns: list[Column], rows: list[dict[str, str]]) -> None:
    assert found_in(columns, rows) == found_in(columns)


NOISE = [
    {"noise": text} for text in ("7f3a", "x", "-", "9", "q8", "", "0.5", "zz", "b1", "11", "?", "k")
]


@given(columns=TABLES, header=st.sampled_from(["zq_17", "", "Xyzzy", "_", "col17"]))
def test_a_column_of_noise_changes_nothing(columns: list[Column], header: str) -> None:
    rows = [row | noise for row, noise in zip(ROWS, NOISE, strict=True)]
    noisy = [*columns, Column(header, "noise", "")]
    assert taken(noisy, found_in(noisy, rows)) == taken(columns, found_in(columns))


@given(columns=TABLES)
def test_what_is_taken_is_sure_enough_and_each_column_is_taken_once(columns: list[Column]) -> None:
    found = found_in(columns)
    positions = [each.position for each in found.taken]
    positions += [each.position for each in found.unused]
    assert len(positions) == len(set(positions))
    assert all(each.sure is not None and 60 <= each.sure <= 100 for each in found.taken)


def unused(text: str) -> dict[str, str]:
    columns = columns_of(text)
    return {columns[each.position].header: each.why for each in found_in(columns).unused}


@pytest.mark.parametrize(
    ("text", "header", "why"),
    [
        ("Name:full|LinkedIn:page", "LinkedIn", "holds other pages of LinkedIn"),
        ("Name:full|E-mail:number", "E-mail", "holds numbers, dates or ids"),
        ("Name:full|Previous Company:hotel", "Previous Company", "is about an earlier company"),
        (
            "Name:full|Company LinkedIn:in",
            "Company LinkedIn",
            "is a company’s page, not a person’s",
        ),
        ("Name:full|Referrer LinkedIn:in", "Referrer LinkedIn", "is about somebody else"),
        ("name:place|website:picture", "name", "may be it, but that is only"),
        ("Full name:full|Display name:full", "Display name", "says the same as another column"),
        ("Name:full|Company Name:company|Employer:hotel", "Employer", "says something else"),
    ],
)
def test_a_column_that_looks_right_but_is_not_taken_comes_with_the_reason(
    text: str, header: str, why: str
) -> None:
    assert why in unused(text)[header]


def test_links_tell_what_cells_do_not() -> None:
    rows = [Row([row["full"], "Profile"], {1: row["in"]}) for row in ROWS]
    assert find_columns(["Name", "Where"], rows).columns[Field.FULL_NAME] == (0,)
    assert find_columns(["Name", "LinkedIn"], rows).columns[Field.LINKEDIN] == (1,)


def test_the_row_above_a_header_tells_whose_name_and_page_it_is() -> None:
    header = ["Name", "LinkedIn", "Name", "LinkedIn"]
    above = ["Person", "", "Company", ""]
    assert find_columns(header, (), above).columns == {
        Field.FULL_NAME: (0,),
        Field.COMPANY: (2,),
        Field.LINKEDIN: (1,),
    }


@pytest.mark.parametrize("above", [["Contacts in November"], ["Jane", "Doe", "Acme"], []])
def test_a_title_above_a_header_names_no_groups(above: list[str]) -> None:
    assert groups_of(above, ["First name", "Last name", "Company"]) == ["", "", ""]


TEXTS = st.lists(st.lists(TEXT, min_size=1, max_size=4), min_size=1, max_size=6)


@given(rows=TEXTS, above=st.lists(TEXT, max_size=4))
def test_whatever_the_cells_columns_are_found_or_not(
    rows: list[list[str]], above: list[str]
) -> None:
    header, *below = rows
    found = find_columns(header, [Row(cells) for cells in below], above)
    assert all(0 <= each.position < len(header) for each in found.taken)


def test_names_that_link_to_profiles_are_both() -> None:
    rows = [Row([row["full"], row["company"]], {0: row["in"]}) for row in ROWS]
    assert find_columns(["Name", "Company"], rows).columns == {
        Field.FULL_NAME: (0,),
        Field.COMPANY: (1,),
        Field.LINKEDIN: (0,),
    }
    same = [Row([row["full"], "View"], {1: row["in"]}) for row in ROWS * 3]
    assert find_columns(["Name", "Profile"], same).columns[Field.LINKEDIN] == (1,)
