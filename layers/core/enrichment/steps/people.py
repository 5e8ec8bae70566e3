"""One person, one credit: who of a batch is sent, who is known, and who is on their way already.

The ledger has an entry of each person: the row that was or will be sent for them, and the claim of
the batch by which. A batch takes its people after its own claim and before its POST, and sends only
those that it took. Why no two rows are then sent for one person, as long as the first has a result
or may get one:

1. An entry changes hands by a conditional write on the claim that was read in it. Of two that want
   it, one gets it; the other looks again.
2. It is taken from a claim only once that claim can bring no result: the batch was read, after the
   entry, in a state in which nothing of it is under way (PLANNED, REJECTED, OVER_BUDGET, or gone),
   or the job's deadline has passed, for a batch that is SENDING by longer than any run lasts.
3. While a claim is at work its batch is SENDING, and for five minutes nobody but its own run moves
   it on. A run that was frozen for long gives its claim up, and sends nothing (`SubmitBatch`).
4. Each attempt of a batch has a claim of its own and writes it into the entries of its people, its
   own ones too. So what others read of an earlier attempt does not hold any more, and they know.
5. An entry remembers the rows in whose place it was put. What comes for them late is used by
   whoever looks next, if it is only the next attempt of the same batch.

A run that dies with its people leaves its batch SENDING, then UNKNOWN: the others wait for it until
its job's deadline. An operator who has such a batch sent again takes the risk knowingly, and so
does whoever drops a file with `force=true`, whose people are sent whoever they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, NamedTuple

from enrichment.adapters.secrets import PersonKey
from enrichment.clock import Clock
from enrichment.domain.batch import Batch, BatchesByRow, BatchState
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.folder import request_of
from enrichment.domain.job import LATE, Job
from enrichment.domain.origin import Origin
from enrichment.domain.person import Entry, Person, Reuse, person_of
from enrichment.domain.plan import PlannedContact
from enrichment.domain.token import RowRef
from enrichment.errors import BrokenInvariant
from enrichment.parallel import Parallel
from enrichment.store.batches import Batches
from enrichment.store.jobs import Jobs
from enrichment.store.persons import Persons
from enrichment.store.results import Results
from enrichment.words import rows as words

_MOST_LOOKS = 3  # at an entry that changes hands meanwhile; then its row waits
_LONGEST_RUN = 300  # seconds after a job's deadline in which a run of it may still be at work

# The states of a batch in which nothing of it is under way.
_IDLE = frozenset({BatchState.PLANNED, BatchState.REJECTED, BatchState.OVER_BUDGET})


class Known(NamedTuple):
    """What is known of a person: a result, and where it comes from."""

    payload: dict[str, Any]
    origin: Origin


@dataclass
class Sorted:
    """The contacts of a batch: those to be sent, those whose people are known, by row, and those
    that wait because another row of the same person is on its way.
    """

    new: list[PlannedContact] = field(default_factory=list)
    known: dict[int, Known] = field(default_factory=dict)
    waiting: list[PlannedContact] = field(default_factory=list)


@dataclass(frozen=True)
class _Asked:
    """A contact with the entry that its batch wants to make, and the key of it; `there` is the one
    that is there, in whose place it would be, None once its own is.
    """

    contact: PlannedContact
    person: Person
    key: str
    entry: Entry
    there: Entry | None = None


@dataclass(frozen=True)
class People:
    """Keeps the ledger of persons."""

    persons: Persons
    results: Results
    batches: Batches
    jobs: Jobs
    secret: PersonKey
    reuse: Reuse
    clock: Clock
    in_parallel: Parallel

    def sort(self, job: Job, batch: Batch, contacts: Sequence[PlannedContact]) -> Sorted:
        """Take the people of a batch that was claimed, as far as they are to be had.

        What an earlier attempt of the batch stored of those who are known stands.
        """
        if not self.reuse.is_on:
            return Sorted(new=list(contacts))
        done = Sorted(known=self._stored(batch))
        others = [one for one in contacts if one.row not in done.known]
        asked = self.in_parallel(self._add, self._asked(job, batch, others))
        if request_of(job.key).force:
            self._insist(job, batch, list(asked))
            return replace(done, new=others)
        left = _not_taken(asked, done)
        for _ in range(_MOST_LOOKS if left else 0):
            free = self._judge(left, wanted_of(job), done)
            left = _not_taken(self.in_parallel(self._replace, free), done)
        done.waiting += (one.contact for one in left)
        return done

    def known(
        self,
        wanted: EnrichmentType,
        countries: Sequence[str],
        contacts: Mapping[int, Contact],
    ) -> dict[int, Known]:
        """Look up which contacts, by row, are people that are known; nothing is written."""
        if not (self.reuse.is_on and contacts):
            return {}
        secret, now = self.secret.read(), self.clock()
        people = {row: person_of(one, wanted, countries, secret) for row, one in contacts.items()}
        there = self._entries(person.key for person in people.values())
        apart = {
            row
            for row, person in people.items()
            if person.key in there and person.is_told_apart(there[person.key].marks)
        }
        there |= self._entries(people[row].own for row in apart)
        entries = {
            row: entry
            for row, person in people.items()
            if (entry := there.get(person.own if row in apart else person.key))
            and entry.expires_at > now
        }
        owners = _Owners(self, wanted, (ref for entry in entries.values() for ref in entry.rows))
        return {row: known for row, entry in entries.items() if (known := owners.known(entry.rows))}

    def give(self, batch: Batch, known: Mapping[int, Known]) -> None:
        """Store what is known as the results of a batch's rows."""
        now = self.clock()

        def store(row: int) -> None:
            ref = RowRef(batch.job, batch.number, row)
            self.results.put(ref, known[row].payload, now, known[row].origin)

        list(self.in_parallel(store, known))

    def _entries(self, keys: Iterable[str]) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        different = list(dict.fromkeys(keys))
        most = self.persons.most
        chunks = [different[start : start + most] for start in range(0, len(different), most)]
        for found in self.in_parallel(self.persons.of, chunks):
            entries |= found
        return entries

    def _stored(self, batch: Batch) -> dict[int, Known]:
        results = self.results.of(batch)
        return {
            row: Known(came.payload, came.origin) for row, came in results.items() if came.origin
        }

    def _asked(
        self, job: Job, batch: Batch, contacts: Sequence[PlannedContact]
    ) -> Iterable[_Asked]:
        secret, wanted = self.secret.read(), wanted_of(job)
        if batch.claim is None:
            raise BrokenInvariant(f"batch {batch.number} of job {job.id} was not claimed")
        for contact in contacts:
            person = person_of(contact.contact, wanted, job.countries, secret)
            entry = Entry(
                job=job.id,
                batch=batch.number,
                row=contact.row,
                claim=batch.claim,
                marks=person.marks,
                # As long as the latest result that is looked for may be used.
                expires_at=job.deadline_at + LATE + self.reuse.longest,
            )
            yield _Asked(contact, person, person.key, entry)

    def _add(self, one: _Asked) -> _Asked:
        return self._looked(one, self.persons.add(one.key, one.entry))

    def _replace(self, one: _Asked) -> _Asked:
        if one.there is None:
            return one
        return self._looked(one, self.persons.replace(one.key, one.there, one.entry))

    def _insist(self, job: Job, batch: Batch, asked: Sequence[_Asked]) -> None:
        """Take all people, and note first who is known: their entries tell it no more then."""
        if rows := _before(asked):
            owners = _Owners(self, wanted_of(job), rows)
            known = {one.contact.row for one in asked if owners.useful(one.entry.before)}
            if known - set(batch.again):
                self.batches.change(batch, again=sorted(known.union(batch.again)))
        list(self.in_parallel(self._enter, asked))

    def _enter(self, one: _Asked) -> None:
        if one.there:
            self.persons.enter(one.key, one.entry)

    def _looked(self, one: _Asked, there: Entry | None) -> _Asked:
        """What was found at a key; somebody else of the same key has a key of their own."""
        if there is None:
            return replace(one, there=None)
        if not one.person.is_told_apart(there.marks):
            return replace(one, there=there, entry=one.entry.in_place_of(there))
        if one.key == one.person.own:
            raise BrokenInvariant("somebody is told apart from those with the same marks")
        return self._add(replace(one, key=one.person.own))

    def _judge(self, asked: Sequence[_Asked], wanted: EnrichmentType, done: Sorted) -> list[_Asked]:
        """Those whose entries nothing will come of any more; the others are done."""
        owners = _Owners(self, wanted, _before(asked))
        free = []
        for one in asked:
            there = one.there
            if there is None or there.expires_at <= self.clock():
                free.append(one)
            elif known := owners.known(one.entry.before):
                done.known[one.contact.row] = known
            elif not there.is_of(one.entry) and owners.awaits(there):
                done.waiting.append(one.contact)
            else:
                free.append(one)
        return free


class _Owners:
    """The rows of entries: what came of them, and what still may. Each thing is read once."""

    def __init__(self, people: People, wanted: EnrichmentType, rows: Iterable[RowRef]) -> None:
        self._people, self._wanted, self._now = people, wanted, people.clock()
        refs = list(rows)
        self._results = people.results.of_rows(refs, people.in_parallel) if refs else {}
        self._job = cache(people.jobs.get)
        self._batch, self._parts = cache(self._read_batch), cache(self._read_parts)

    def useful(self, rows: Iterable[RowRef]) -> RowRef | None:
        """The first of a person's rows that has a result which may be used again."""
        return next(filter(self._is_useful, rows), None)

    def known(self, rows: Iterable[RowRef]) -> Known | None:
        """The result of the first of a person's rows that has one which may be used again."""
        row = self.useful(rows)
        if row is None:
            return None
        came = self._results[row]
        origin = came.origin or Origin(job=row.job, file=self._file(row.job), at=came.at)
        return Known(came.payload, origin)

    def awaits(self, entry: Entry) -> bool:
        """Whether a first result may come yet for the row of an entry."""
        job = self._job(entry.job)
        if job is None or entry.ref in self._results:
            return False
        batch = self._batch(entry.job, entry.batch)
        if batch and batch.state is BatchState.DIVIDED:
            batch = self._parts(entry.job).of(entry.row)
        if batch is None or batch.state in _IDLE:
            return False
        patience = _LONGEST_RUN if batch.state is BatchState.SENDING else 0
        return self._now < job.deadline_at + patience

    def _is_useful(self, row: RowRef) -> bool:
        came = self._results.get(row)
        if came is None or came.is_erased:
            return False
        is_found = came.result.found(self._wanted)
        at = came.origin.at if came.origin else came.at
        return self._people.reuse.allows(is_found, self._now - at)

    def _read_batch(self, job_id: str, number: int) -> Batch | None:
        job = self._job(job_id)
        return self._people.batches.get(job, number) if job else None

    def _read_parts(self, job_id: str) -> BatchesByRow:
        job = self._job(job_id)
        return BatchesByRow(self._people.batches.of(job) if job else ())

    def _file(self, job_id: str) -> str:
        job = self._job(job_id)
        return job.key if job else words.EARLIER_FILE


def _before(asked: Iterable[_Asked]) -> list[RowRef]:
    """The rows that had the people before, as far as they are others'."""
    return [ref for one in asked for ref in one.entry.before]


def wanted_of(job: Job) -> EnrichmentType:
    """What a job that runs looks for."""
    if job.wanted is None:
        raise BrokenInvariant(f"job {job.id} runs without a type")
    return job.wanted


def _not_taken(asked: Iterable[_Asked], done: Sorted) -> list[_Asked]:
    """Those whose people others have; the people of the rest were taken, so they are new."""
    left = []
    for one in asked:
        if one.there is None or one.there == one.entry:
            done.new.append(one.contact)
        else:
            left.append(one)
    return left
