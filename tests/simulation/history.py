"""One history of the pipeline, with whatever can go wrong chosen by a seed.

hub             who goes on, and what happens next
fates           what becomes of a call
drop            what is dropped: a file, what is looked for, caps on credits
world           the pipeline over an AWS in memory, and the ways by which work is heard of
pipeline        the real pipeline, but for what is no part of a history
aws, dynamodb   AWS in memory
provider        the provider with a ledger
interventions   what people do meanwhile
promises        what must hold
bill, people, status   what must hold of credits, of persons, and of what pages say
telling         what must hold of what people are told
"""

import random
from collections.abc import Mapping

from tests.simulation.drop import Drop
from tests.simulation.hub import Hub
from tests.simulation.interventions import Interventions
from tests.simulation.pipeline import SimulatedPipeline
from tests.simulation.promises import Promises
from tests.simulation.world import END, QUIET, World


class History:
    """A file's life from its upload to long after its deadline.

    Args:
        chance: chooses everything.
        kind: of the pipeline; a subclass has a bug.
        script: what goes wrong, by the number of the call; then nothing else does.
        copied: whether the same file is uploaded twice, under two names.
        shared: whether other files are uploaded that share people with it.
    """

    def __init__(
        self,
        chance: random.Random,
        kind: type[SimulatedPipeline] = SimulatedPipeline,
        script: Mapping[int, int] | None = None,
        copied: bool = False,
        shared: bool = False,
    ) -> None:
        self.hub = Hub(chance, script)
        self.world = World(self.hub, kind, Drop(self.hub, copied, shared))
        self._interventions = Interventions(self.world)
        self._promises = Promises(self.world, self._interventions)
        self.world.on_step = self._promises.on_step
        self.world.on_write = self._promises.on_write
        self.world.on_accepted = self._promises.on_accepted
        self.world.on_event = self._promises.on_event
        self.world.s3.on_put = self._promises.on_put

    def run(self) -> None:
        """Let everything happen, then check every promise.

        Raises:
            Violation: with the story.
        """
        drop = self.world.drop
        files = (f"of {len(file.rows)} rows for {file.wanted}" for file in drop.files.values())
        self.hub.let_calls_fail()
        self._promises.begin()
        self.hub.tell(
            f"a file {' and one '.join(files)} is uploaded;"
            f" {self.hub.faults:.0%} of calls go wrong; {drop.caps}"
        )
        self.world.upload()
        self._interventions.plan()
        self.hub.run(QUIET, END)
        self._promises.check()


def run_history(seed: int, kind: type[SimulatedPipeline] = SimulatedPipeline) -> History:
    """The history of a seed, run and checked; of five, the same file is uploaded twice in one, and
    files that share people in two.

    Raises:
        Violation: a promise was broken; its text is the story.
    """
    history = History(random.Random(seed), kind, copied=seed % 5 == 4, shared=seed % 5 in (1, 3))
    history.run()
    return history
