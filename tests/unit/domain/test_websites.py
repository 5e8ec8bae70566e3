"""Which domain is the company's own."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enrichment.domain import websites
from enrichment.domain.columns import Field
from enrichment.domain.websites import MAX_DOMAIN, company_domain
from tests.unit.builders import TEXT


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("acme.com", "acme.com"),
        ("Acme.COM.", "acme.com"),
        ("\u00a0acme.com\u200b", "acme.com"),
        ("HTTP://WWW.Acme.COM/fr?x=1", "acme.com"),
        ("https://www.acme.com:8080/about?x=1#top", "acme.com"),
        ("www.acme.co.uk", "acme.co.uk"),
        ("acme.com/", "acme.com"),
        ("acme.com?utm=x", "acme.com"),
        ("//acme.com", "acme.com"),
        ("https//acme.com", "acme.com"),
        ("http:acme.com", "acme.com"),
        ("https://https://acme.com", "acme.com"),
        ("acme.com\\fr", "acme.com"),
        ("acme.com, acme.fr", "acme.com"),
        ("acme.com;acme.fr", "acme.com"),
        ("acme.com\nacme.fr", "acme.com"),
        ("linkedin.com/company/acme | acme.fr", "acme.fr"),
        ("Acme (acme.com)", "acme.com"),
        ("<https://acme.com>", "acme.com"),
        ('=HYPERLINK("https://acme.com","Acme")', "acme.com"),
        ("jane@acme.com", "acme.com"),
        ("http://Bücher.example/", "xn--bcher-kva.example"),
        ("例え.jp", "xn--r8jz45g.jp"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("acme.рф", "acme.xn--p1ai"),
    ],
)
def test_a_website_in_any_spelling_gives_its_domain(text: str, domain: str) -> None:
    assert company_domain({Field.WEBSITE: text}) == company_domain({Field.DOMAIN: text}) == domain


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("jane@acme.com", "acme.com"),
        ("JANE@Acme.COM", "acme.com"),
        ("mailto:jane@acme.com", "acme.com"),
        ("Jane.Doe <jane@acme.com>", "acme.com"),
        ("jane@acme.com; j@other.com", "acme.com"),
        ("jane@gmail.com, jane@acme.com", "acme.com"),
        ("jane@", None),
        ("acme.com", None),
    ],
)
def test_the_first_address_that_is_not_at_a_free_mail_host_gives_its_domain(
    text: str, domain: str | None
) -> None:
    assert company_domain({Field.EMAIL: text}) == domain


@pytest.mark.parametrize(
    ("cells", "domain"),
    [
        (
            {Field.EMAIL: "jane@third.com", Field.WEBSITE: "other.com", Field.DOMAIN: "acme.com"},
            "acme.com",
        ),
        (
            {Field.EMAIL: "jane@third.com", Field.WEBSITE: "other.com", Field.DOMAIN: "n/a"},
            "other.com",
        ),
        (
            {
                Field.EMAIL: "jane@third.com",
                Field.WEBSITE: "https://facebook.com/acme",
                Field.DOMAIN: "gmail.com",
            },
            "third.com",
        ),
        ({}, None),
    ],
)
def test_domain_comes_before_website_and_website_before_address(
    cells: dict[Field, str], domain: str | None
) -> None:
    assert company_domain(cells) == domain


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n/a",
        "n.a.",
        "-",
        ".",
        "localhost",
        "acme",
        "acme .com",
        "acme..com",
        "a" * 64 + ".com",
        "a." * 127 + "com",
        "192.168.0.1",
        "http://192.168.0.1:8080/",
        "http://[::1]/",
        "http://[",
        "::ffff:10.0.0.1",
        "https://",
        "//",
        "@",
        "jane@",
        "foo_bar.com",
        "-acme.com",
        "xn--\u00fc.com",
        "b\ufffdcher.de",
        "acme.local",
        "acme.c",
        "acme.c0m",
    ],
)
def test_what_is_no_public_host_gives_no_domain(text: str) -> None:
    assert company_domain({Field.DOMAIN: text, Field.WEBSITE: text, Field.EMAIL: text}) is None


FREE_MAIL = """
gmail.com googlemail.com outlook.com outlook.fr outlook.co.uk hotmail.com hotmail.be hotmail.com.mx
live.com live.ch msn.com yahoo.com yahoo.fr yahoo.com.pe ymail.com icloud.com me.com mac.com aol.com
aol.de gmx.de gmx.net gmx.fr web.de t-online.de freenet.de vodafone.de orange.fr wanadoo.fr free.fr
sfr.fr bbox.fr laposte.net libero.it virgilio.it alice.it tin.it uol.com.br bol.com.br terra.com.br
globo.com sapo.pt telefonica.net orange.es ziggo.nl kpnmail.nl telenet.be skynet.be proximus.be
bluewin.ch btinternet.com proton.me protonmail.com pm.me tutanota.com fastmail.com zoho.com
yandex.ru mail.ru qq.com 163.com 126.com naver.com rediffmail.com wp.pl seznam.cz comcast.net
mail.yahoo.com
"""
SITES_OF_OTHERS = "acme.wordpress.com acme.business.site sites.google.com acme.github.io"


@pytest.mark.parametrize("host", [*FREE_MAIL.split(), *SITES_OF_OTHERS.split()])
def test_hosts_of_everybody_are_no_company_s(host: str) -> None:
    cells = {
        Field.DOMAIN: host,
        Field.WEBSITE: f"https://www.{host}/x",
        Field.EMAIL: f"jane@{host}",
    }
    assert company_domain(cells) is None


@pytest.mark.parametrize(
    "host",
    [
        "linkedin.com",
        "facebook.com",
        "twitter.com",
        "instagram.com",
        "youtube.com",
        "github.com",
        "indeed.com",
        "crunchbase.com",
    ],
)
def test_a_host_of_pages_is_that_of_those_who_work_there_but_not_of_whoever_has_a_page(
    host: str,
) -> None:
    assert company_domain({Field.WEBSITE: f"https://www.{host}/acme"}) is None
    assert company_domain({Field.WEBSITE: host}) is None
    assert company_domain({Field.DOMAIN: f"https://www.{host}/acme"}) is None
    assert company_domain({Field.DOMAIN: host}) == host
    assert company_domain({Field.EMAIL: f"jane@mail.{host}"}) == host


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("careers.acme.co.uk", "acme.co.uk"),
        ("www.careers.acme.com", "acme.com"),
        ("co.uk", None),
        ("www.gov.uk", None),
        ("acme.com.br", "acme.com.br"),
        ("shop.acme.uk.com", "acme.uk.com"),
        ("city.kawasaki.jp", "city.kawasaki.jp"),
        ("mail.bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_domain_is_what_can_be_registered(host: str, domain: str | None) -> None:
    assert company_domain({Field.DOMAIN: host}) == domain
    assert company_domain({Field.WEBSITE: f"https://{host}/jobs"}) == domain
    assert company_domain({Field.EMAIL: f"jane@{host}"}) == domain


@pytest.mark.parametrize(
    "host",
    [
        "acme.com",
        "orange.com",
        "google.com",
        "notgmail.com",
        "gmail.com.acme.fr",
        "outlook.studio",
        "yahooinc.com",
    ],
)
def test_hosts_that_only_look_alike_are_companies(host: str) -> None:
    assert company_domain({Field.WEBSITE: f"https://{host}/"}) is not None


WEB = st.one_of(
    TEXT,
    st.text(st.characters()),
    st.builds(
        "{}{}{}.{}/{}".format,
        st.sampled_from(["", "https://", "www.", "a@"]),
        TEXT,
        TEXT,
        st.sampled_from(["com", "é"]),
        TEXT,
    ),
)


@given(WEB)
def test_a_domain_is_ascii_public_and_found_again_in_itself(text: str) -> None:
    domain = company_domain({Field.WEBSITE: text})

    if domain:
        assert domain.isascii()
        assert domain == domain.lower()
        assert "." in domain
        assert len(domain) <= MAX_DOMAIN
        assert company_domain({Field.DOMAIN: domain}) == domain


HOSTS = st.one_of(
    st.from_regex(r"[a-zA-Z0-9.-]{1,20}\.(com|co\.uk|Fr|c)", fullmatch=True),
    st.from_regex(r"([a-z0-9-]{1,66}\.){1,4}[a-z0-9]{1,4}", fullmatch=True),
)


@given(HOSTS)
@example("xn--bcher-kva.de")
@example("ab--cd.de")
@example("a-.de")
def test_a_plain_host_is_the_one_that_idna_makes_of_it(host: str) -> None:
    if websites._PLAIN_HOST.fullmatch(host.lower()):
        assert websites._encoded(host) == host.lower()


@given(HOSTS)
def test_a_plain_address_gives_the_domain_that_it_gives_among_other_words(host: str) -> None:
    among = {Field.EMAIL: f"Jane <jane@{host}>"}
    assert company_domain({Field.EMAIL: f"jane@{host}"}) == company_domain(among)
