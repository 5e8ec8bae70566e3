"""Which domain is the company's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.columns import Field
from enrichment.domain.websites import MAX_DOMAIN, company_domain, is_shared
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


SHARED_HOSTS = """
gmail.com googlemail.com outlook.com outlook.fr outlook.co.uk hotmail.com hotmail.be hotmail.com.mx
live.com live.ch msn.com yahoo.com yahoo.fr yahoo.com.pe ymail.com icloud.com me.com mac.com aol.com
aol.de gmx.de gmx.net gmx.fr web.de t-online.de freenet.de vodafone.de orange.fr wanadoo.fr free.fr
sfr.fr bbox.fr laposte.net libero.it virgilio.it alice.it tin.it uol.com.br bol.com.br terra.com.br
globo.com sapo.pt telefonica.net orange.es ziggo.nl kpnmail.nl telenet.be skynet.be proximus.be
bluewin.ch btinternet.com proton.me protonmail.com pm.me tutanota.com fastmail.com zoho.com
yandex.ru mail.ru qq.com 163.com 126.com naver.com rediffmail.com wp.pl seznam.cz comcast.net
mail.yahoo.com
linkedin.com fr.linkedin.com lnkd.in facebook.com m.facebook.com twitter.com x.com instagram.com
youtube.com linktr.ee sites.google.com crunchbase.com acme.wordpress.com acme.business.site
"""


@pytest.mark.parametrize(
    "host",
    SHARED_HOSTS.split(),
)
def test_hosts_of_everybody_are_no_company_s(host: str) -> None:
    assert is_shared(host)
    assert (
        company_domain(
            {
                Field.DOMAIN: host,
                Field.WEBSITE: f"https://www.{host}/x",
                Field.EMAIL: f"jane@{host}",
            }
        )
        is None
    )


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
    assert not is_shared(host)


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
