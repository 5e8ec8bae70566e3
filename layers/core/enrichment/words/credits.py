"""What credits were spent, and what was left of them, in words."""

OF_MONTH = "what is left of the platform team’s credits for this month"


def of_file(most: int) -> str:
    return f"the {most:,} credits that this file may use"


def of_folder(folder: str) -> str:
    return f"what is left of the credits of the folder {folder} for this month"


def bill(contacts: int, things: int, thing: str, price: int, total: str, possible: int) -> str:
    """What a job cost, as a sum that can be checked.

    Args:
        contacts: that were sent.
        things: that were found and are charged.
        thing: what each of them is.
        price: credits for each.
        total: credits, and money where that is known, in words.
        possible: credits that may have been charged besides.
    """
    found = f"{_counted(things, thing)} found"
    more = f" Up to {possible:,} more may have been charged." if possible else ""
    return (
        f"{_counted(contacts, 'contact')} sent; {found} × {_counted(price, 'credit')} = {total}."
        f"{more} Computed from the prices that are set here; Pronto’s own account decides."
    )


def at_most(contacts: int, thing: str, price: int, most_each: int, total: str) -> str:
    """What a file would cost at most. Only what is found is charged."""
    several = f", up to {_counted(most_each // price, thing)} each" if most_each > price > 0 else ""
    return (
        f"At most {total}: {_counted(contacts, 'contact')} × {_counted(most_each, 'credit')}."
        f" Pronto charges {_counted(price, 'credit')} for each {thing} that it finds{several}, and"
        " nothing for the others. Computed from the prices that are set here."
    )


def found_of_late(contacts: int, found: int, things: int, days: int, thing: str) -> str:
    """What is expected of a file's contacts, and from what."""
    several = f", {things:,} in all" if things > found else ""
    return (
        f"Of the {_counted(contacts, 'contact')} that were sent to find {_article(thing)} in the"
        f" last {days} days, {found:,} were found{several}; what is expected here follows from"
        " that. Another file may have more, or fewer."
    )


def too_little_known(contacts: int, days: int, enough: int, thing: str) -> str:
    """Why nothing is expected yet, and how to learn more."""
    sent = f"only {contacts:,}" if contacts else "none"
    return (
        "How much of that is likely cannot be told yet: it takes the results of"
        f" {enough:,} contacts, and {sent} were sent to find {_article(thing)} in the last {days}"
        " days. A folder sample=50 tells more."
    )


def _article(thing: str) -> str:
    return f"an {thing}" if thing[0] in "aeiou" else f"a {thing}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


NO_BALANCE = (
    "Pronto did not tell the account’s balance before this job or after it, so nothing can be"
    " compared with this count."
)


def fell(before: int, after: int, counted: int, possible: int) -> str:
    """What the account's balance did while a job ran, beside what is counted here.

    Args:
        before: the balance before the first batch was sent.
        after: the balance when the report was written.
        counted: credits of the job by our count.
        possible: credits that may have been charged besides.
    """
    fallen = before - after
    if fallen < 0:
        return (
            f"The account’s balance rose by {-fallen:,} while this job ran: somebody topped it up,"
            " so the two cannot be compared."
        )
    said = f"The account’s balance fell by {fallen:,} while this job ran"
    if counted <= fallen <= counted + possible:
        return f"{said}, which agrees with this count."
    if fallen > counted:
        return (
            f"{said}, {fallen - counted:,} more than is counted here. Other jobs and other users of"
            " the account may have used them."
        )
    return (
        f"{said}, {counted - fallen:,} less than is counted here. Pronto may charge less than the"
        " prices that are set here, or charge later; or somebody topped it up."
    )
