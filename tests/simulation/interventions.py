"""What people do meanwhile: operators, whoever rotates keys, and whoever pays for credits."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from random import Random

from enrichment.domain.batch import BatchState
from enrichment.domain.operating import Action
from enrichment.errors import OperatorError
from tests.simulation.aws import START
from tests.simulation.pipeline import DEADLINE
from tests.simulation.provider import PRICES, Place
from tests.simulation.world import World


class Interventions:
    """Intervenes in a world, and remembers what changes the promises: rows that were sent again
    on purpose, that a job was ended early, and files that were deleted.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.resent: set[Place] = set()
        self.given_up = False
        self.deleted: set[str] = set()  # jobs whose files were deleted

    def plan(self) -> None:
        """Choose who will do what, and when."""
        hub = self._world.hub
        chance = hub.chance
        if chance.random() < 0.3:
            hub.later(0, DEADLINE, "the signing key is rotated", self._rotate)
        if chance.random() < 0.15:
            hub.later(0, DEADLINE, "the API key stops working", self._break_key)
            hub.later(DEADLINE // 2, DEADLINE // 2, "the API key is mended", self._mend_key)
        if chance.random() < 0.1:
            self._for_a_while("the API key's secret is missing", self._miss_key)
        if chance.random() < 0.12:
            self._for_a_while("the table is down", self._break_table)
        if chance.random() < 0.12:
            self._for_a_while("a bad deploy of webhook is out", self._break_webhook)
        for _ in range(hub.some(0, 3)):
            hub.later(0, 2 * DEADLINE, "somebody posts a forged result", self._world.forge)
        if chance.random() < 0.6:
            hub.later(DEADLINE // 3, DEADLINE, "the account is topped up", self._top_up)
        if chance.random() < 0.1:
            name = "an operator resends what is ambiguous"
            hub.later(DEADLINE + 900, 1800, name, self._resend)
        if chance.random() < 0.05:
            hub.later(600, DEADLINE, "an operator ends the job", self._give_up)

        self._plan_for_owners()
        self._plan_for_pauses()
        name = "outputs that failed are asked for again"
        hub.at(START + 2 * DEADLINE, name, lambda: self._ask(Action.COMPILE))

    def _plan_for_owners(self) -> None:
        chance = Random("".join(file.text for file in self._world.drop.files.values()))
        if chance.random() < 0.1:
            at = START + chance.randrange(DEADLINE)
            job = chance.choice(list(self._world.jobs))
            self._world.hub.at(at, "somebody deletes a file", partial(self._delete, job))

    def _plan_for_pauses(self) -> None:
        chance = Random("pause".join(file.text for file in self._world.drop.files.values()))
        if chance.random() < 0.1:
            at = START + chance.randrange(DEADLINE)
            pause, resume = partial(self._ask, Action.PAUSE), partial(self._ask, Action.RESUME)
            self._world.hub.at(at, "an operator pauses the jobs", pause)
            if chance.random() < 0.7:
                again = at + chance.randrange(DEADLINE)
                self._world.hub.at(again, "an operator lets the jobs go on", resume)

    def _for_a_while(self, name: str, change: Callable[[bool], None]) -> None:
        """Let something be broken for up to an hour, from some time within the first."""
        begin = START + self._world.hub.some(0, DEADLINE // 2)
        end = begin + self._world.hub.some(60, DEADLINE)
        self._world.hub.at(begin, name, lambda: change(True))
        self._world.hub.at(end, f"{name} no more", lambda: change(False))

    def _miss_key(self, broken: bool) -> None:
        self._world.pipeline.api_key.missing = broken

    def _break_table(self, broken: bool) -> None:
        self._world.table_works = not broken

    def _break_webhook(self, broken: bool) -> None:
        self._world.door.broken = broken

    def _rotate(self) -> None:
        self._world.secrets.versions["signing-key"].insert(0, "second")

    def _break_key(self) -> None:
        self._world.provider.key_works = False

    def _mend_key(self) -> None:
        self._world.provider.key_works = True
        self._ask(Action.RESUME)

    def _top_up(self) -> None:
        self._world.topped_up = True
        self._world.provider.balance += 500 * PRICES[self._world.drop.wanted]

    def _resend(self) -> None:
        for job in filter(None, map(self._world.job, self._world.jobs)):
            self.resent |= {
                (job.id, row)
                for batch in self._world.pipeline.batches.of(job)
                if batch.state is BatchState.UNKNOWN
                for row in batch.rows or range(batch.first_row, batch.last_row + 1)
            }
        self._ask(Action.RESEND)

    def _give_up(self) -> None:
        self.given_up = True
        self._ask(Action.GIVE_UP)

    def _delete(self, job: str) -> None:
        if self._world.arrived(job):
            self.deleted.add(job)
            self._world.delete(job)

    def _ask(self, action: Action) -> None:
        for job in self._world.jobs:
            with suppress(OperatorError):  # it makes no sense now; the operator sees that
                self._world.pipeline.operate.run(job, action)
