"""What a report's page says of rows that were not paid for."""

from enrichment.adapters.page_template import counted
from enrichment.domain.contact import EnrichmentType
from enrichment.domain.report import Again, Report, Saved

_NOUNS = {
    EnrichmentType.EMAIL: "a work e-mail",
    EnrichmentType.PHONE: "a phone number",
    EnrichmentType.PERSONAL_EMAIL: "a personal e-mail",
}


def already_sentence(report: Report) -> str:
    """How many rows had what was looked for, for the headline; empty if there are none."""
    if not (saved := report.already_there):
        return ""
    has = "has" if saved.rows == 1 else "have"
    return f"{counted(saved.rows, 'row')} {has} {_noun(report)} already."


def savings(report: Report) -> list[str]:
    """What was saved and how that is reckoned, in sentences; empty if nothing was."""
    return [*_of_already_there(report), *_of_known(report), *_of_again(report)]


def known_sentence(report: Report) -> str:
    """How many people were known from other files, for the headline; empty if none were."""
    if not (saved := report.known):
        return ""
    one, more = ("is", "are") if report.status == "estimated" else ("was", "were")
    return f"{_people(saved.rows)} {one if saved.rows == 1 else more} known from other files."


def _of_known(report: Report) -> list[str]:
    if not (saved := report.known):
        return []
    return [
        f"{known_sentence(report)} Such rows are not sent and cost nothing: they get what was found"
        " then, or that nothing was; the last column says where it is from.",
        _cost(report, saved),
        "To pay for everybody again, drop the file into a folder force=true.",
    ]


def _of_again(report: Report) -> list[str]:
    if not (again := report.again):
        return []
    people, one = _people(again.people), again.people == 1
    price = _price(again)
    if report.status == "estimated":
        is_known = f"{people} {'is' if one else 'are'} known from other files, and would be sent"
        least = "at least " if report.type is EnrichmentType.PHONE else ""
        cost = f"If all of them are found, that costs {least}{price}"
    else:
        were = "was" if one else "were"
        is_known = f"{people} {were} known from other files, and {were} sent"
        cost = f"What was found of them cost {price}"
    return [
        f"{is_known} all the same, since the file is in a folder force=true. {cost}; without that"
        " folder they cost nothing."
    ]


def _of_already_there(report: Report) -> list[str]:
    if not (saved := report.already_there):
        return []
    return [
        f"{already_sentence(report)} Such rows are not sent, cost nothing and keep what they have.",
        _cost(report, saved),
        "To have them sent all the same, drop the file into a folder refresh=true.",
    ]


def _cost(report: Report, saved: Saved) -> str:
    """What they would have cost; of phones, each number that is found costs."""
    if not saved.contacts:
        return "None of them would have been sent anyway, so that saves nothing."
    least = "at least " if report.type is EnrichmentType.PHONE else ""
    others = saved.rows - saved.contacts
    copies = (
        f"; the other {counted(others, 'row')} could not be sent, or repeat these people"
        if others
        else ""
    )
    return (
        f"Had Pronto been asked for {_people(saved.contacts)} and found all, that would have cost "
        f"{least}{_price(saved)}{copies}."
    )


def _price(these: Saved | Again) -> str:
    """Credits that were saved, or spent, and what they cost."""
    return counted(these.credits, "credit") + (f" ({these.cost})" if these.cost else "")


def _noun(report: Report) -> str:
    return _NOUNS[report.type or EnrichmentType.EMAIL]


def _people(number: int) -> str:
    return f"{number:,} {'person' if number == 1 else 'people'}"
