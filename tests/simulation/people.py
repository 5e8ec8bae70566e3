"""What the pipeline promises of persons: nobody is paid for twice while what is known is used."""

import json

from enrichment.store.items import job_key, row_of
from tests.simulation.dynamodb import Item
from tests.simulation.interventions import Interventions
from tests.simulation.pipeline import LONGEST_CLAIM
from tests.simulation.provider import Place
from tests.simulation.world import World, found_in

_LOOKED = LONGEST_CLAIM + 40  # seconds at most from the look at a person to the POST


class PeoplePromises:
    """Holds a world to its promises about persons.

    Args:
        world: what is looked at.
        interventions: what people did: who sends again on purpose takes the risk.
    """

    def __init__(self, world: World, interventions: Interventions) -> None:
        self._world, self._interventions = world, interventions
        # By what is looked for and person, in their order.
        self._accepted: dict[tuple[str, int], list[Place]] = {}
        self._given: set[Place] = set()  # rows that have what was found for another one

    def on_accepted(self, place: Place) -> None:
        """The provider accepts a contact: no other row of the same person has what may be used, nor
        may get it.
        """
        earlier = self._accepted.setdefault(self._person(place), [])
        for other in earlier:
            if other != place and not {place, other} & self._interventions.resent:
                words = f"nobody is paid for twice (row {place[1]}, and row {other[1]} before)"
                self._world.hub.promise(not self._serves(other), words)
        earlier.append(place)

    def others(self, place: Place) -> list[Place]:
        """The other rows of the same person that the provider accepted."""
        return [each for each in self._accepted.get(self._person(place), []) if each != place]

    def is_known(self, place: Place, found: str) -> bool:
        """Whether that was found for another row of the same person."""
        told = [self._world.acknowledged.get(other) for other in self.others(place)]
        return found in told

    def on_write(self, key: tuple[str, str], item: Item) -> None:
        """What is known is used only as long as it may be; what a row was given before goes with it
        into another batch.
        """
        if key[0].startswith("RESULT#") and "origin" in item:
            given = key[0].split("#")[1], row_of(key[1])
            if given in self._given:
                return
            self._given.add(given)
            age = self._world.hub.now - int(item["origin"]["at"]) - _LOOKED
            words = f"what is known is used as long as it may be ({age} s)"
            self._world.hub.promise(self._world.reuse.allows(_is_found(item), age), words)

    def _person(self, place: Place) -> tuple[str, int]:
        job, row = place
        file = self._world.file(job)
        return file.wanted, file.people[row]

    def _serves(self, place: Place) -> bool:
        """Whether the result of a row may be used for others, or may come in time yet."""
        now = self._world.hub.now
        key = job_key(place[0])
        job = self._world.dynamodb.items[key["pk"], key["sk"]]
        on_its_way = now < int(job["deadline_at"])
        result = self._result(place)
        if result is None:
            return on_its_way
        age = now - int(result["received_at"])
        may_be_used = self._world.reuse.allows(_is_found(result), age)
        return may_be_used and (on_its_way or age > _LOOKED)

    def _result(self, place: Place) -> Item | None:
        job, row = place
        for (pk, sk), item in self._world.dynamodb.items.items():
            if pk.startswith(f"RESULT#{job}#") and sk == f"ROW#{row:08}" and "origin" not in item:
                return item
        return None


def _is_found(result: Item) -> bool:
    return bool(found_in(json.loads(result["payload"])))
