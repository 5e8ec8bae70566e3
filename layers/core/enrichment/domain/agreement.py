"""Whether the cells of one row agree: a name with an address, a company with a domain."""

from enrichment.domain.cell import said
from enrichment.domain.characters import plain
from enrichment.domain.evidence import look


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, plain(text)))


def contains(whole: str, part: str) -> bool:
    """Whether a text has another in it, and more."""
    text = plain(part).strip()
    return bool(text) and text in plain(whole) and len(text) < len(whole.strip())


def is_spelt_in(name: str, address: str) -> bool:
    """Whether an e-mail address or a profile has a word of a name in it."""
    local = address.partition("@")[0] if "@" in address else address.rpartition("/in/")[2]
    text = _compact(local)
    return any(len(word) > 2 and word in text for word in map(_compact, name.split()))


def is_on_domain_of(company: str, address: str) -> bool:
    """Whether an address is on a domain that has a company's name, or its first word, in it."""
    labels = _compact(_host_of(address).rpartition(".")[0])
    name = plain(company).split()
    first = _compact(name[0]) if name else ""
    return bool(labels) and (
        (len(first) > 2 and first in labels) or (len(labels) > 3 and labels in _compact(company))
    )


def _host_of(text: str) -> str:
    found = look(text)
    return found.host.removeprefix("www.")


def is_domain_of(address: str, company: str) -> bool:
    """The same the other way round."""
    return is_on_domain_of(company, address)


def same_host(one: str, other: str) -> bool:
    """Whether two addresses are on one host, `www.` aside."""
    return bool(_host_of(one)) and _host_of(one) == _host_of(other)


def same_company(one: str, other: str) -> bool:
    """Whether two names begin alike, as those of one company with and without its legal form do."""
    first, second = _compact(said(one)), _compact(said(other))
    shorter, longer = sorted((first, second), key=len)
    return bool(shorter) and longer.startswith(shorter[:6])
