"""What a row has already of what is looked for, so that nothing is paid for it."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from enrichment.domain.addresses import addresses_in
from enrichment.domain.columns import Field, Held
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.found import Found
from enrichment.domain.phones import phones_in, regions_of
from enrichment.domain.websites import is_mail_host, own_domain

HELD: Mapping[EnrichmentType, Held] = MappingProxyType(
    {
        EnrichmentType.EMAIL: Held.WORK_EMAIL,
        EnrichmentType.PHONE: Held.PHONE,
        EnrichmentType.PERSONAL_EMAIL: Held.PERSONAL_EMAIL,
    }
)


class Holdings:
    """Finds in the rows of a file what they have of it.

    A work e-mail counts if it is at the domain that would be sent, which is the e-mail's own where
    the row has no other; one at another domain may be of an earlier job. A phone number counts if
    it is valid and of the wanted countries, whatever else its cell has. A personal e-mail is one at
    a host that gives mail to everybody, or one in a column of personal e-mails that is not at the
    company's domain.
    """

    def __init__(self, found: Found, wanted: EnrichmentType, countries: Sequence[str] = ()) -> None:
        self._wanted, self._countries = wanted, tuple(countries)
        is_mail = wanted is not EnrichmentType.PHONE
        self._emails = found.columns.get(Field.EMAIL, ()) if is_mail else ()
        self._held = tuple(each.position for each in found.held if each.held is HELD[wanted])

    def __bool__(self) -> bool:
        """Whether any column is looked at."""
        return bool(self._emails or self._held)

    def of(self, cells: Sequence[str], domain: str | None) -> tuple[str, ...]:
        """What a row has: an address, or its phone numbers in E.164; nothing if it has none.

        Args:
            cells: the row's, as many as the header has.
            domain: the company's, as it would be sent.
        """
        match self._wanted:
            case EnrichmentType.EMAIL:
                return tuple(self._work_emails(cells, domain))[:1]
            case EnrichmentType.PERSONAL_EMAIL:
                return tuple(self._personal_emails(cells, domain))[:1]
            case EnrichmentType.PHONE:
                return tuple(dict.fromkeys(self._phones(cells, domain)))

    def _work_emails(self, cells: Sequence[str], domain: str | None) -> Iterator[str]:
        for at in self._emails:
            for address, host in addresses_in(cells[at]):
                if domain and own_domain(host) == domain:
                    yield address
        for at in self._held:
            for address, host in addresses_in(cells[at]):
                if own_domain(host):
                    yield address

    def _personal_emails(self, cells: Sequence[str], domain: str | None) -> Iterator[str]:
        for at in self._emails:
            for address, host in addresses_in(cells[at]):
                if is_mail_host(host):
                    yield address
        for at in self._held:
            for address, host in addresses_in(cells[at]):
                if is_mail_host(host) or own_domain(host) not in (None, domain):
                    yield address

    def _phones(self, cells: Sequence[str], domain: str | None) -> Iterator[str]:
        for at in self._held:
            if cells[at]:
                regions = regions_of(domain, self._countries)
                yield from phones_in(cells[at], regions, self._countries)
