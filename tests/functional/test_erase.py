"""People are erased by dropping a file that names them."""

import json

from enrichment.domain.outcome import RowState
from tests.functional.outputs import rows_of, states
from tests.functional.world import World, contacts

KEY = "incoming/email/leads.csv"
JANE = b"Jane2,Doe,company2.example"


def left(world: World, word: bytes) -> list[str]:
    """The keys of which any version holds a word, and items of the table that do."""
    keys = [key for (key, _), body in world.versions().items() if word in body]
    items = [item["pk"]["S"] for item in world.items() if word in json.dumps(item).encode()]
    return sorted({*keys, *items})


def test_a_person_is_gone_from_everything_and_the_receipt_adds_up(world: World) -> None:
    job = world.enrich(KEY, contacts(5))
    assert left(world, b"Jane2")

    receipt = world.erase(
        "erase/people.csv", "First Name,Last Name,Domain\nJane2,Doe,company2.example\n"
    )

    assert receipt
    assert receipt.complete
    assert receipt.found_again == 0
    assert left(world, b"Jane2") == []
    assert left(world, b"company2.example") == []
    assert receipt.adds_up
    assert [person.fate for person in receipt.people] == ["erased"]
    original = rows_of(contacts(5))
    assert rows_of(world.content(KEY).decode()) == [*original[:2], ["", "", ""], *original[3:]]
    assert states(world.enriched(KEY, job))[1] == RowState.ERASED
