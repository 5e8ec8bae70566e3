"""Which columns of a file are which fields of a contact, concluded from headers, values, and the
columns beside them.

Nothing here depends on the order of columns or rows, except between columns that are alike in
everything: of these the first counts.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from enrichment import vocabulary
from enrichment.domain.agreement import (
    contains,
    is_domain_of,
    is_on_domain_of,
    is_spelt_in,
    same_company,
    same_host,
)
from enrichment.domain.columns import OF_SEVERAL_COLUMNS, Field, normalised
from enrichment.domain.evidence import NO_EVIDENCE, ValueKind, evidence_of, fit
from enrichment.domain.found import SURE_ENOUGH, Found, SampleRow, TakenColumn, UnusedColumn
from enrichment.domain.header_rows import meanings_of
from enrichment.domain.header_words import NOTHING, RANK_OF_ROLES, Kind, Meaning
from enrichment.words import columns as words

_LOOKS_RIGHT = 0.3  # from which a column that is not taken is worth a word

_HALVES = (Field.FIRST_NAME, Field.LAST_NAME)
_FULL_NAMES = (Field.FULL_NAME, Field.FULL_NAME_FAMILY_FIRST)
_NAMES = frozenset({*_HALVES, *_FULL_NAMES})
_LINKED = frozenset({Field.LINKEDIN, Field.SALES_NAVIGATOR, Field.WEBSITE})
_MUST_AGREE = frozenset({Field.COMPANY, Field.DOMAIN, Field.WEBSITE})
_ONES_OWN = frozenset({Field.FULL_NAME, Field.EMAIL, Field.LINKEDIN})
_BY_VALUES = 20  # the rank of columns whose header says nothing


def find_columns(
    header: Sequence[str],
    rows: Sequence[SampleRow] = (),
    above: Sequence[str] = (),
    *,
    among: Collection[int] | None = None,
) -> Found:
    """What each column is, by its header, the sample below it, and the groups above it.

    `among` are the positions that are looked at; None for all.
    """
    return _Finding(header, rows, above, among).found()


@dataclass(frozen=True)
class _Guess:
    """That a column is a field: how sure (0 to 1), and how much it is trusted among others."""

    field: Field
    position: int
    certainty: float
    rank: tuple[int, int]
    why: str


class _Finding:
    """The conclusion for one file."""

    def __init__(
        self,
        header: Sequence[str],
        rows: Sequence[SampleRow],
        above: Sequence[str],
        among: Collection[int] | None,
    ) -> None:
        self._header, self._rows = header, rows
        left = () if among is None else set(range(len(header))) - set(among)
        self._meanings = [
            NOTHING if at in left else each for at, each in enumerate(meanings_of(header, above))
        ]
        self._values = [
            NO_EVIDENCE
            if at in left
            else evidence_of(row.cells[at] for row in rows if at < len(row.cells))
            for at in range(len(header))
        ]
        linked = {at for row in rows for at in row.links}
        self._links = {at: evidence_of(row.links.get(at, "") for row in rows) for at in linked}
        self._guesses: list[_Guess] = []
        self._unused: dict[int, UnusedColumn] = {}

    def found(self) -> Found:
        self._guess_by_headers()
        self._leave_roles_of_others()
        self._guess_by_neighbours()
        self._guess_by_values()
        taken = [guess for field in Field for guess in self._chosen(field)]
        positions = {guess.position for guess in taken}
        return Found(
            taken=tuple(
                TakenColumn(
                    field=guess.field,
                    position=guess.position,
                    sure=_percent(guess.certainty),
                    why=guess.why,
                )
                for guess in taken
            ),
            unused=tuple(
                unused for at, unused in sorted(self._unused.items()) if at not in positions
            ),
        )

    # What headers say

    def _guess_by_headers(self) -> None:
        for at, said_by_header in enumerate(self._meanings):
            if said_by_header.aside:
                self._set_aside(at, said_by_header.aside)
            elif said_by_header.field:
                self._guess(said_by_header.field, at, said_by_header)

    def _guess(self, field: Field, at: int, by: Meaning) -> None:
        fits = self._fit(field, at)
        if fits <= -0.5 and (other := self._other(at)):
            self._leave(at, field, words.holds(self._kind(at)))
            self._add(other, at, 0.5, (by.rank[0] + 2, by.rank[1]), self._fit(other, at))
        elif fits <= -0.5:
            self._leave(at, field, words.holds(self._kind(at)))
            if fits > -1:
                self._add(field, at, by.weight, by.rank, fits)
        else:
            self._add(field, at, by.weight, by.rank, fits)

    def _fit(self, field: Field, at: int) -> float:
        linked = fit(field, self._links[at]) if field in _LINKED and at in self._links else 0.0
        if linked > 0:
            return linked
        if field in _ONES_OWN and self._is_of_few(at):
            return -0.9
        return fit(field, self._values[at])

    def _is_of_few(self, at: int) -> bool:
        """Whether a column names a few over and over again, such as those who look after others."""
        values = self._values[at]
        return values.filled >= 20 and values.distinct <= 0.15 * values.filled

    def _other(self, at: int) -> Field | None:
        """What addresses a column has whose header says something else."""
        values = self._values[at]
        for field in (Field.LINKEDIN, Field.EMAIL, Field.WEBSITE):
            if fit(field, values) >= 0.7:
                return field
        return None

    def _kind(self, at: int) -> str:
        values = self._values[at]
        if self._is_of_few(at):
            return words.A_FEW
        if values.company >= 0.3:
            return words.COMPANIES
        if values.kinds.get(ValueKind.TEXT, 0) >= 0.5:
            return words.PEOPLE if values.given >= 0.3 else words.TEXTS
        return max(values.kinds, key=lambda kind: (values.kinds[kind], kind), default="").strip()

    def _add(
        self, field: Field, at: int, weight: float, rank: tuple[int, int], fits: float
    ) -> None:
        certainty = 1 - (1 - weight) * (1 - fits) if fits >= 0 else weight * (1 + fits)
        by_header, by_values = weight >= 0.3, fits >= 0.3
        why = words.WHY[by_header, by_values or not by_header]
        self._guesses.append(_Guess(field, at, certainty, rank, why))

    def _leave(self, at: int, field: Field, why: str) -> None:
        self._unused.setdefault(at, UnusedColumn(field=field, position=at, why=why))

    def _set_aside(self, at: int, why: str) -> None:
        """Note a column that is about something else, if its values look right."""
        values = self._values[at]
        for field in (Field.LINKEDIN, Field.EMAIL, Field.FULL_NAME, Field.COMPANY):
            if why not in (words.ATTRIBUTE, words.OURS) and fit(field, values) >= 0.7:
                self._leave(at, field, why)
                return

    def _leave_roles_of_others(self) -> None:
        """Somebody's pages and addresses by their role, such as a recruiter's, are somebody else's
        if the file names its people otherwise.
        """
        named = any(
            guess.field in _NAMES and guess.rank[0] < RANK_OF_ROLES for guess in self._guesses
        ) or any(
            each.kind in (Kind.PERSONS_NAME, Kind.CONTACT) and each.rank[0] < RANK_OF_ROLES
            for each in self._meanings
        )
        if not named:
            return
        for guess in list(self._guesses):
            if guess.rank[0] >= RANK_OF_ROLES and guess.field is not Field.COMPANY:
                self._guesses.remove(guess)
                self._meanings[guess.position] = Meaning(aside=words.SOMEBODY_ELSE)
                self._leave(guess.position, guess.field, words.SOMEBODY_ELSE)
        for at, each in enumerate(self._meanings):
            if each.kind and each.rank[0] >= RANK_OF_ROLES:
                self._meanings[at] = Meaning(aside=words.SOMEBODY_ELSE)

    # What the columns beside them say

    def _guess_by_neighbours(self) -> None:
        for kind, decide in (
            (Kind.PERSONS_NAME, self._part_of_name),
            (Kind.NAME, self._whose_name),
            (Kind.PARTY, self._whose_party),
            (Kind.CONTACT, self._whole_name),
            (Kind.ADDRESS, self._whose_address),
        ):
            columns = [
                (each.rank, normalised(self._header[at]), at, each)
                for at, each in enumerate(self._meanings)
                if each.kind is kind
            ]
            for _, _, at, each in sorted(columns, key=lambda column: column[:3]):
                if decision := decide(at, each):
                    field, weight = decision
                    by = Meaning(field, weight=weight, rank=each.rank)
                    self._guess(field, at, by)

    def _has(self, *fields: Field) -> bool:
        return any(guess.field in fields and guess.certainty >= 0.4 for guess in self._guesses)

    def _part_of_name(self, at: int, each: Meaning) -> tuple[Field, float]:
        """Beside one half of a name the other one (`Vorname, Name`), otherwise all of it."""
        missing = [half for half in _HALVES if not self._has(half)]
        if len(missing) == 1 and not self._is_whole(at):
            return missing[0], max(each.weight, 0.7)
        return Field.FULL_NAME, each.weight

    def _is_whole(self, at: int) -> bool:
        """Whether most values have a name's other half in them."""
        halves = [guess.position for guess in self._guesses if guess.field in _HALVES]
        return self._values[at].several >= 0.5 and any(
            self._share(at, half, contains) >= 0.5 for half in halves
        )

    def _whose_party(self, at: int, each: Meaning) -> tuple[Field, float] | None:
        """Whoever buys: a person by its values, else a company if the file has people otherwise."""
        if self._names_companies(at):
            return None if self._has(Field.COMPANY) else (Field.COMPANY, each.weight)
        if self._values[at].given >= 0.3 and not self._names_known():
            return self._part_of_name(at, each)
        is_open = self._has(*_NAMES) and not self._has(Field.COMPANY)
        return (Field.COMPANY, 0.65) if is_open else None

    def _whose_name(self, at: int, each: Meaning) -> tuple[Field, float] | None:
        """A person's name or a company's: by its values, or else by what else there is."""
        values = self._values[at]
        if self._names_companies(at):
            return None if self._has(Field.COMPANY) else (Field.COMPANY, each.weight)
        if self._is_second_name(at):
            return None
        if self._is_list_of_companies(at):
            return Field.COMPANY, 0.7
        if values.given >= 0.3 and (self._has(Field.COMPANY) or not self._has(*_FULL_NAMES)):
            return self._part_of_name(at, each)
        if self._is_of_company():
            return Field.COMPANY, 0.7
        if self._has(*_FULL_NAMES):
            return None
        is_unlike = values.looked >= _MANY and values.given < 0.08
        if is_unlike and not (self._has(*_HALVES) or self._spells_addresses(at)):
            return Field.FULL_NAME, 0.4
        return self._part_of_name(at, each)

    def _is_second_name(self, at: int) -> bool:
        """Whether another mere `name` is somebody's: `Name 1`, `Name 2` of a timetable."""
        names = {
            other
            for other, each in enumerate(self._meanings)
            if each.kind is Kind.NAME and other != at
        }
        return any(guess.position in names and guess.field in _NAMES for guess in self._guesses)

    def _names_companies(self, at: int) -> bool:
        return self._values[at].company >= 0.2 and self._values[at].given_first < 0.3

    def _is_of_company(self) -> bool:
        """Whether a mere `name` is a company's: nothing else names the company, and persons have
        their own column or none.
        """
        if self._has(Field.COMPANY) or self._has(*_HALVES):
            return False
        contacts = any(
            each.kind is Kind.CONTACT and fit(Field.FULL_NAME, values) > 0
            for each, values in zip(self._meanings, self._values, strict=True)
        )
        return self._has(*_FULL_NAMES) or contacts or self._is_list("company_list")

    def _is_list_of_companies(self, at: int) -> bool:
        """Whether the values beside a name are a company's: its domain, its page on LinkedIn."""
        if self._has(*_NAMES, Field.COMPANY, Field.LINKEDIN) or self._values[at].given_first >= 0.5:
            return False
        pages = any(values.share(ValueKind.COMPANY_PAGE) >= 0.6 for values in self._values)
        return pages or (self._names_domains(at) and not self._spells_addresses(at))

    def _is_list(self, table: str) -> bool:
        known = {normalised(word) for word in vocabulary.words("headers", table)}
        return any(normalised(cell) in known for cell in self._header)

    def _whole_name(self, _at: int, each: Meaning) -> tuple[Field, float] | None:
        if self._has(*_FULL_NAMES) or all(map(self._has, _HALVES)):
            return None
        return Field.FULL_NAME, each.weight

    def _whose_address(self, at: int, each: Meaning) -> tuple[Field, float] | None:
        values = self._values[at]
        if fit(Field.LINKEDIN, values) >= 0.5 or self._is_list("connection_list"):
            return Field.LINKEDIN, 0.8
        return (Field.WEBSITE, 0.65) if each.weight >= 0.5 else None

    # What values say by themselves

    def _guess_by_values(self) -> None:
        guessed = {guess.position for guess in self._guesses}
        open_columns = [
            at
            for at, each in enumerate(self._meanings)
            if at not in guessed and self._values[at].looked and each.aside in ("", words.ATTRIBUTE)
        ]
        unnamed = [at for at in open_columns if self._meanings[at] is NOTHING]
        self._guess_addresses(open_columns, set(unnamed))
        for conclude in (self._by_full_names, self._by_first_names, self._by_last_names):
            if not self._names_known():
                conclude([at for at in unnamed if not self._is_guessed(at)])
        if not self._has(Field.COMPANY):
            self._by_companies([at for at in unnamed if not self._is_guessed(at)])

    def _is_guessed(self, at: int) -> bool:
        return any(guess.position == at for guess in self._guesses)

    def _names_known(self) -> bool:
        return self._has(*_FULL_NAMES) or all(map(self._has, _HALVES))

    def _guess_addresses(self, columns: Iterable[int], unnamed: set[int]) -> None:
        for at in columns:
            values, bonus = self._values[at], 0.05 if at in unnamed else 0.0
            if values.share(ValueKind.SALES) >= 0.6:
                self._by_values(Field.SALES_NAVIGATOR, at, 0.85 + bonus)
            elif values.share(ValueKind.PROFILE) >= 0.6:
                self._by_values(Field.LINKEDIN, at, 0.85 + bonus)
            elif at in unnamed and values.share(ValueKind.EMAIL) >= 0.8:
                self._by_values(Field.EMAIL, at, 0.85)
        if not self._has(Field.LINKEDIN):
            self._guess_linked_profiles()
        if not self._has(Field.WEBSITE, Field.DOMAIN):
            self._guess_sites([at for at in unnamed if not self._is_guessed(at)])

    def _guess_linked_profiles(self) -> None:
        """Names may link to profiles; such a column is taken for both."""
        names = [guess.position for guess in self._guesses if guess.field in _NAMES]
        for at in names:
            links = self._links.get(at, NO_EVIDENCE)
            if links.share(ValueKind.PROFILE, ValueKind.SALES) >= 0.6:
                self._by_values(Field.LINKEDIN, at, 0.9)

    def _guess_sites(self, columns: Iterable[int]) -> None:
        """A column of sites is the company's if its e-mail addresses or its name agree."""
        for at in columns:
            values = self._values[at]
            if (
                values.share(ValueKind.URL, ValueKind.DOMAIN) >= 0.8
                and values.hosts >= 0.5 * values.looked
            ):
                bare = values.share(ValueKind.DOMAIN) >= 0.5
                own = self._agrees(at, (Field.EMAIL,), same_host, 0.3) or self._agrees(
                    at, (Field.COMPANY,), is_domain_of, 0.3
                )
                self._by_values(Field.DOMAIN if bare else Field.WEBSITE, at, 0.85 if own else 0.5)

    def _by_values(self, field: Field, at: int, certainty: float) -> None:
        self._guesses.append(_Guess(field, at, certainty, (_BY_VALUES, 0), words.WHY[False, True]))

    def _by_full_names(self, columns: list[int]) -> None:
        for at in columns:
            values = self._values[at]
            if values.several >= 0.6 and values.company < 0.15 and values.looked >= _FEWEST:
                if values.given >= 0.4:
                    self._by_values(Field.FULL_NAME, at, 0.9 if self._spells_addresses(at) else 0.7)
                elif values.given >= 0.15 and self._spells_addresses(at):
                    self._by_values(Field.FULL_NAME, at, 0.75)

    def _by_first_names(self, columns: list[int]) -> None:
        if self._has(Field.FIRST_NAME):
            return
        for at in columns:
            values = self._values[at]
            if values.single >= 0.5 and values.given_first >= 0.5 and values.looked >= _FEWEST:
                self._by_values(Field.FIRST_NAME, at, 0.7 + 0.15 * self._spells_addresses(at))

    def _by_last_names(self, columns: list[int]) -> None:
        """A last name is known by a first name beside it, and by addresses that spell it."""
        if not self._has(Field.FIRST_NAME) or self._has(Field.LAST_NAME):
            return
        for at in columns:
            values = self._values[at]
            if values.single >= 0.5 and values.company < 0.2 and self._spells_addresses(at):
                self._by_values(Field.LAST_NAME, at, 0.8)

    def _by_companies(self, columns: list[int]) -> None:
        for at in columns:
            values = self._values[at]
            if values.share(ValueKind.TEXT) < 0.7 or values.looked < _FEWEST:
                continue
            if self._names_domains(at):
                self._by_values(Field.COMPANY, at, 0.85)
            elif values.company >= 0.3:
                self._by_values(Field.COMPANY, at, 0.75)

    def _spells_addresses(self, at: int) -> bool:
        """Whether e-mail addresses or profiles of the same rows spell these names."""
        return self._agrees(at, (Field.EMAIL, Field.LINKEDIN), is_spelt_in, 0.3)

    def _is_spelt_by_names(self, at: int) -> bool:
        """Whether addresses spell the names of the same rows."""
        return any(
            self._share(guess.position, at, is_spelt_in) >= 0.3
            for guess in self._guesses
            if guess.field in _NAMES
        )

    def _names_domains(self, at: int) -> bool:
        """Whether domains of the same rows have these names in them."""
        return self._agrees(at, (Field.EMAIL, Field.DOMAIN, Field.WEBSITE), is_on_domain_of, 0.3)

    def _agrees(
        self, at: int, fields: Sequence[Field], alike: Callable[[str, str], bool], share: float
    ) -> bool:
        return any(
            self._share(at, guess.position, alike) >= share
            for guess in self._guesses
            if guess.field in fields and guess.position != at
        )

    def _share(self, at: int, other: int, alike: Callable[[str, str], bool]) -> float:
        """The share of the rows in which two columns are alike, among those that have both."""
        pairs = [
            (row.cells[at], row.cells[other])
            for row in self._rows
            if max(at, other) < len(row.cells) and row.cells[at] and row.cells[other]
        ]
        return sum(alike(*pair) for pair in pairs) / len(pairs) if pairs else 0.0

    # Which of several

    def _chosen(self, field: Field) -> list[_Guess]:
        """The columns that are taken for a field, the most trusted first."""
        guesses = [guess for guess in self._guesses if guess.field is field]
        for guess in guesses:
            if guess.certainty >= _LOOKS_RIGHT and _percent(guess.certainty) < SURE_ENOUGH:
                self._leave(guess.position, field, words.not_sure(_percent(guess.certainty)))
        likely = sorted(
            (guess for guess in guesses if _percent(guess.certainty) >= SURE_ENOUGH),
            key=self._trust,
        )
        if not likely:
            return []
        if field is Field.FULL_NAME and any(
            guess.field is Field.FULL_NAME_FAMILY_FIRST and _percent(guess.certainty) >= SURE_ENOUGH
            for guess in self._guesses
        ):
            self._leave(likely[0].position, field, words.ANOTHER_IS_TRUSTED_MORE)
            return []
        first, others = likely[0], likely[1:]
        taken = [first]
        for guess in others:
            if why := self._against(field, first, guess):
                self._leave(guess.position, field, why)
            else:
                taken.append(guess)
        return taken

    def _trust(self, guess: _Guess) -> tuple[bool, tuple[int, int], float, str, int]:
        empty = bool(self._rows) and not self._is_filled(guess.position)
        header = normalised(self._header[guess.position])
        return empty, guess.rank, -guess.certainty, header, guess.position

    def _is_filled(self, at: int) -> bool:
        return bool(self._values[at].filled or self._links.get(at, NO_EVIDENCE).filled)

    def _against(self, field: Field, first: _Guess, guess: _Guess) -> str:
        """Why a further column is not taken; empty if nothing speaks against it."""
        if field not in OF_SEVERAL_COLUMNS:
            return words.ANOTHER_IS_TRUSTED_MORE
        if RANK_OF_ROLES <= guess.rank[0] < _BY_VALUES and guess.rank[0] > first.rank[0]:
            return words.ANOTHER_IS_TRUSTED_MORE
        if guess.rank[0] == _BY_VALUES and not self._is_spelt_by_names(guess.position):
            return words.DISAGREES
        if not self._rows or field not in _MUST_AGREE:
            return ""
        alike = same_company if field is Field.COMPANY else same_host
        both = [
            (row.cells[first.position], row.cells[guess.position])
            for row in self._rows
            if max(first.position, guess.position) < len(row.cells)
            and row.cells[first.position].strip()
            and row.cells[guess.position].strip()
        ]
        agree = sum(alike(*pair) for pair in both)
        return words.DISAGREES if len(both) >= _FEWEST and agree < 0.3 * len(both) else ""


_FEWEST = 4  # values or rows from which something is concluded
_MANY = 8  # values from which it is concluded that none is a person's


def _percent(certainty: float) -> int:
    return round(100 * certainty)
