"""Which LinkedIn page a cell names, and whose it is."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment.domain import linkedin
from enrichment.domain.columns import Field
from enrichment.domain.linkedin import (
    MAX_URL,
    is_sales_navigator,
    person_key,
    person_urls,
    profile_in,
)
from tests.unit.builders import TEXT

JANE, JOHN, RENEE = (
    f"https://www.linkedin.com/in/{name}" for name in ("jane-doe", "john", "ren%C3%A9e")
)
ID = "ACwAAABcdEfGh_-IjKlMnOp"
LEAD, MEMBER = f"https://www.linkedin.com/sales/lead/{ID}", f"https://www.linkedin.com/in/{ID}"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (JANE, JANE),
        ("https://www.linkedin.com/in/jane-doe/", JANE),
        ("http://fr.linkedin.com/in/jane-doe?trk=x#top", JANE),
        ("https://uk.linkedin.com/in/jane-doe/?originalSubdomain=uk", JANE),
        ("m.linkedin.com/in/jane-doe", JANE),
        ("https://mobile.linkedin.com/in/jane-doe", JANE),
        ("HTTPS://WWW.LinkedIn.COM/IN/Jane-Doe", JANE),
        ("//linkedin.com/in/jane-doe", JANE),
        ("https//www.linkedin.com/in/jane-doe", JANE),
        ("https://https://www.linkedin.com/in/jane-doe", JANE),
        ("https://www.linkedin.com:443//in/jane-doe", JANE),
        ("https://www.linkedin.com/in/jane-doe/en", JANE),
        ("https://www.linkedin.com/in/jane-doe/de/", JANE),
        ("https://www.linkedin.com/in/jane-doe/details/experience/", JANE),
        ("https://www.linkedin.com/mwlite/in/jane-doe", JANE),
        ("https://www.linkedin.com/comm/in/jane-doe?midToken=x", JANE),
        ("in/jane-doe", JANE),
        ("/in/jane-doe/", JANE),
        ("linkedin.com\\in\\jane-doe", JANE),
        (" <https://www.linkedin.com/in/jane-doe> ", JANE),
        ('"https://www.linkedin.com/in/jane-doe"', JANE),
        ("[Jane](https://www.linkedin.com/in/jane-doe)", JANE),
        ("LinkedIn: linkedin.com/in/jane-doe.", JANE),
        ('=HYPERLINK("https://www.linkedin.com/in/jane-doe","Jane Doe")', JANE),
        ("https://www.linkedin.com/in/jane-doe\u200b", JANE),
        ("https://www.linkedin.com/in/jane-doe%20", JANE),
        ("https://www.linkedin.com/in/jane-doe%3Ftrk=x", JANE),
        # Letters beyond ASCII: decoded, composed and encoded alike.
        ("https://www.linkedin.com/in/Renée", RENEE),
        ("https://www.linkedin.com/in/rene\u0301e", RENEE),
        ("https://www.linkedin.com/in/ren%c3%a9e", RENEE),
        ("https://www.linkedin.com/in/ren%25C3%25A9e", RENEE),
        (
            "https://www.linkedin.com/in/jane-%F0%9F%9A%80",
            "https://www.linkedin.com/in/jane-%F0%9F%9A%80",
        ),
        ("https://www.linkedin.com/in/jane,-mba", "https://www.linkedin.com/in/jane%2C-mba"),
        # Several: the first person's.
        (f"{JANE}, {JOHN}", JANE),
        (f"{JANE},{JOHN}", JANE),
        (f"{JANE}\n{JOHN}", JANE),
        (f"https://www.linkedin.com/company/acme; {JANE}", JANE),
        (f"https://www.linkedin.com/company/acme,{JANE}", JANE),
        # Old addresses, members' ids, Sales Navigator.
        (
            "http://www.linkedin.com/pub/Jane-Doe/1/2A/b3/?x",
            "https://www.linkedin.com/pub/jane-doe/1/2a/b3",
        ),
        (f"https://fr.linkedin.com/in/{ID}/en", MEMBER),
        (f"https://www.linkedin.com/sales/lead/{ID},NAME_SEARCH,xYz1?_ntb=1", LEAD),
        (f"https://www.linkedin.com/sales/lead/{ID}%2CNAME_SEARCH%2CxYz1", LEAD),
        (f"linkedin.com/sales/people/{ID},NAME_SEARCH", LEAD),
        (f"/sales/lead/{ID}", LEAD),
    ],
)
def test_every_spelling_of_a_person_s_address_becomes_the_same(text: str, url: str) -> None:
    assert person_urls(text)[0] == url
    assert person_urls(url) == [url]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane-doe",
        "https://www.linkedin.com",
        "https://www.linkedin.com/",
        "https://www.linkedin.com/in/",
        "https://www.linkedin.com/in/me",
        "https://www.linkedin.com/in/null",
        "https://www.linkedin.com/pub/",
        "https://linkedin.com.example.org/in/jane",
        "https://notlinkedin.com/in/jane",
        "https://example.org/linkedin.com/in/jane",
        "https://linkedin.com@example.org/in/jane",
        "https://lnkd.in/abc",
        "https://www.linkedin.com/in/jane doe",
        "https://www.linkedin.com/in/jane%20doe",
        "https://www.linkedin.com/in/ja%00ne",
        "https://www.linkedin.com/in/%FF",
        "https://www.linkedin.com/in/%2525252541",
        "https://www.linkedin.com/sales/lead/",
        "https://www.linkedin.com/sales/lead/é",
        "https://www.linkedin.com/company/in/jane",
        "https://www.linkedin.com/in/ja\ud83dne",
    ],
)
def test_what_names_no_person_has_no_address(text: str) -> None:
    assert person_urls(text) == []


@pytest.mark.parametrize(
    ("linkedin", "sales", "url"),
    [
        (JANE, LEAD, JANE),
        ("", LEAD, LEAD),
        (LEAD, JANE, JANE),
        (LEAD, "", LEAD),
        ("https://www.linkedin.com/company/acme", LEAD, LEAD),
        (JANE, JOHN, JANE),
        (f"{LEAD} {JANE}", "", JANE),
    ],
)
def test_a_public_profile_from_either_column_wins_over_sales_navigator(
    linkedin: str, sales: str, url: str
) -> None:
    assert profile_in({Field.LINKEDIN: linkedin, Field.SALES_NAVIGATOR: sales}).url == url


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("company/acme", "a company page, not a person's; a person's is needed"),
        ("company/acme/people/", "a company page, not a person's; a person's is needed"),
        ("sales/company/123", "a company page, not a person's; a person's is needed"),
        ("showcase/acme", "a showcase page, not a person's; a person's is needed"),
        ("school/acme", "a school page, not a person's; a person's is needed"),
        ("groups/1", "a group page, not a person's; a person's is needed"),
        ("jobs/view/1", "a job page, not a person's; a person's is needed"),
        (
            "search/results/people/?keywords=jane",
            "a search page, not a person's; a person's is needed",
        ),
        ("sales/search/people?x", "a search page, not a person's; a person's is needed"),
        ("pub/dir/Jane/Doe", "a search page, not a person's; a person's is needed"),
        ("posts/jane-doe_x", "the page of a post, not a person's; a person's is needed"),
        (
            "feed/update/urn:li:activity:1",
            "the page of a post, not a person's; a person's is needed",
        ),
        ("pulse/title-jane-doe", "the page of a post, not a person's; a person's is needed"),
        ("feed/", "the page of the feed, not a person's; a person's is needed"),
        (
            "talent/profile/AEMAA",
            "a link that only Recruiter opens, not a public profile; a public profile is needed",
        ),
        (
            "profile/view?id=123",
            "a link of an old kind, not a public profile; a public profile is needed",
        ),
        (
            "sales/profile/1,abc,NAME",
            "a link of an old kind, not a public profile; a public profile is needed",
        ),
    ],
)
def test_other_addresses_of_linkedin_are_told_by_what_they_are(path: str, what: str) -> None:
    address = f"https://www.LinkedIn.com/{path}"
    assert (
        profile_in({Field.LINKEDIN: address}).problem == f"the LinkedIn URL is {what} to find {{}}"
    )
    assert (
        profile_in({Field.SALES_NAVIGATOR: address}).problem
        == f"the Sales Navigator URL is {what} to find {{}}"
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is missing"),
        ("n/a", "is missing"),
        ("jane-doe", "is not the address of a LinkedIn profile"),
        ("https://www.linkedin.com/in/jane\x00", "contains a control character"),
        ("https://www.linkedin.com/in/jane\ufffd", "has lost a character (�)"),
        ("https://www.linkedin.com/in/" + "é" * 79, "is longer than 500 characters"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said(text: str, what: str) -> None:
    assert (
        profile_in({Field.LINKEDIN: text}).problem
        == f"the LinkedIn URL {what}, and it is needed to find {{}}"
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (JANE, JANE, True),
        (JANE, JOHN, False),
        (MEMBER, LEAD, True),
        (LEAD, LEAD.lower(), False),
        (JANE, "https://www.linkedin.com/pub/jane-doe", False),
    ],
)
def test_a_member_s_id_is_one_person_s_wherever_it_stands(one: str, other: str, same: bool) -> None:
    assert (person_key(one) == person_key(other)) is same


PIECE = st.one_of(
    TEXT,
    st.text(st.characters(), max_size=8),
    st.sampled_from(["in", "IN", "pub", "sales", "lead", "%25", "%C3", ",", ID, "İ"]),
)
PAGES = st.one_of(
    PIECE,
    st.builds(
        "{}linkedin.com/{}/{}".format,
        st.sampled_from(["", "https://www.", "//"]),
        st.sampled_from(["in", "pub"]),
        PIECE,
    ),
    st.lists(PIECE, max_size=6).map("/".join).map("https://www.linkedin.com/{}".format),
)


@given(PAGES)
@example("linkedin.com/in/\u2100")
@example("https://www.linkedin.com/in/a%2E")
def test_a_canonical_address_is_plain_ascii_and_its_own_canonical_form(text: str) -> None:
    profile_in({Field.LINKEDIN: text, Field.SALES_NAVIGATOR: text})
    for url in person_urls(text):
        assert url.isascii()
        assert url.isprintable()
        assert " " not in url
        assert person_urls(url) == [url]
        assert person_key(url)
        assert is_sales_navigator(url) == ("/sales/lead/" in url)


@given(PAGES, PAGES)
def test_what_is_sent_is_never_too_long_and_what_is_not_has_its_reason(
    linkedin: str, sales: str
) -> None:
    profile = profile_in({Field.LINKEDIN: linkedin, Field.SALES_NAVIGATOR: sales})
    assert (profile.url is None) == bool(profile.problem)
    assert len(profile.url or "") <= MAX_URL
    assert profile.problem.format("x") or profile.url


@given(
    st.sampled_from(["", "http://", "https://"]),
    st.sampled_from(["", "www.", "fr.", "uk."]),
    st.from_regex(r"[a-z0-9-]{1,12}/?", fullmatch=True) | st.sampled_from(["me", "null/"]),
    st.sampled_from(["", LEAD, JOHN]),
)
def test_the_short_way_of_an_address_ends_where_the_long_one_does(
    scheme: str, host: str, name: str, sales: str
) -> None:
    cells = {Field.LINKEDIN: f"{scheme}{host}linkedin.com/in/{name}", Field.SALES_NAVIGATOR: sales}
    assert profile_in(cells) == linkedin._profile_among(cells)


@pytest.mark.parametrize(
    "piece",
    [
        "http/",
        "https://",
        "/",
        "a.",
        "www.",
        "%25",
        "linkedin.com/in/",
        "linkedin.com/in/a,b.",
        " a",
        ",",
    ],
)
def test_a_cell_as_long_as_they_come_is_read_in_a_moment(piece: str) -> None:
    """A pattern that tries again at every character takes minutes over these."""
    person_urls(f"linkedin.com/in/{piece * 40_000}")
    person_urls(piece * 40_000)
