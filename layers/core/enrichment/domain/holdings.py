"""What a row has already of what is looked for, so that nothing is paid for it."""

from collections.abc import Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from enrichment.domain.addresses import first_address
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
        self._emails = found.columns.get(Field.EMAIL, ())
        self._held = tuple(each.position for each in found.held if each.held is HELD[wanted])
        self._countries = tuple(countries)
        look, columns = {
            EnrichmentType.EMAIL: (self._work_email, (*self._emails, *self._held)),
            EnrichmentType.PERSONAL_EMAIL: (self._personal_email, (*self._emails, *self._held)),
            EnrichmentType.PHONE: (self._phones, self._held),
        }[wanted]
        self._look, self._columns = look, columns

    def __bool__(self) -> bool:
        """Whether any column is looked at."""
        return bool(self._columns)

    def of(self, cells: Sequence[str], domain: str | None) -> tuple[str, ...]:
        """What a row has: an address, or its phone numbers in E.164; nothing if it has none.

        Args:
            cells: the row's, as many as the header has.
            domain: the company's, as it would be sent.
        """
        for at in self._columns:  # most rows have nothing, and there may be many
            if cells[at]:
                return self._look(cells, domain)
        return ()

    def _work_email(self, cells: Sequence[str], domain: str | None) -> tuple[str, ...]:
        for at in self._emails:
            cell = cells[at]
            may_be = domain and (domain in cell.lower() or not cell.isascii())
            if may_be and (found := first_address(cell, lambda host: own_domain(host) == domain)):
                return (found,)
        for at in self._held:
            if found := first_address(cells[at], lambda host: own_domain(host) is not None):
                return (found,)
        return ()

    def _personal_email(self, cells: Sequence[str], domain: str | None) -> tuple[str, ...]:
        for at in self._emails:
            if found := first_address(cells[at], is_mail_host):
                return (found,)
        for at in self._held:
            if found := first_address(cells[at], lambda host: _is_private(host, domain)):
                return (found,)
        return ()

    def _phones(self, cells: Sequence[str], domain: str | None) -> tuple[str, ...]:
        regions = regions_of(domain, self._countries)
        found = (phones_in(cells[at], regions, self._countries) for at in self._held)
        return tuple(dict.fromkeys(chain.from_iterable(found)))


def _is_private(host: str, domain: str | None) -> bool:
    return is_mail_host(host) or own_domain(host) not in (None, domain)
