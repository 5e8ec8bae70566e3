"""Why a row was not sent, and what came of one that was."""

from types import MappingProxyType

# In place of the path of a file from which something is known: of one whose job is gone, and of one
# that is not named.
EARLIER_FILE, ANOTHER_FILE = "an earlier file", "another file"

EMPTY = "The row is empty"
NOT_SAMPLED = "Not in the sample; drop the file without the option sample to have it sent"
ERASED = "The person was erased"
TIMED_OUT = (
    "Sent, but Pronto had not answered by the job’s deadline; a later answer is added when it comes"
)
AMBIGUOUS = "Sent, but nobody saw whether Pronto accepted it; sending it again might be paid twice"
AWAITED = "Sent; the file is amended when the answer comes"
AWAITED_ELSEWHERE = (
    "The same person is being looked up already, for another row or file; this file is amended when"
    " the answer comes"
)
WAITED_IN_VAIN = (
    "Not sent: the same person was being looked up for another row or file, and the answer did not"
    " come before this job’s deadline"
)
NO_ANSWER_AT_END = (
    "Sent, but Pronto had not answered when the platform team ended the job; a later answer is"
    " added when it comes"
)
ENDED_BEFORE = "The platform team ended the job before this row was sent"
# By the names of `Canceller`.
CANCELLED_BEFORE: MappingProxyType[str, str] = MappingProxyType(
    {
        "owner": "The file was deleted before this row was sent",
        "operator": "The platform team cancelled the job before this row was sent",
    }
)
NOT_SENT_IN_TIME = "Not sent before the job’s deadline"

# Why a row is not worth a credit. Its owner may know better.
_INSIST = "; correct the row, or drop it into a folder check=off to have it sent all the same"
TEST = f"The name is a test or a placeholder, not a person’s{_INSIST}"
ADDRESS_AS_NAME = f"An e-mail address or a website stands where a name should be{_INSIST}"
NUMBER_AS_NAME = f"A number stands where a name should be{_INSIST}"
OFFICE = f"The name is that of an office or a mailbox, not a person’s{_INSIST}"
COMPANY_AS_NAME = f"The name is that of a company or a place, not a person’s{_INSIST}"
GARBLED = f"The name has characters that were lost before the file was saved{_INSIST}"
REPEATED_HEADER = f"The header stands here again, so this is no contact{_INSIST}"
TOTAL = f"This is a line of totals, not a contact{_INSIST}"

# Fragments about a cell.
MISSING = "is missing"
LOST_CHARACTER = "has lost a character (�)"
LINE_BREAK = "contains a line break"
CONTROL_CHARACTER = "contains a control character"
ONLY_AN_INITIAL = "is only an initial"
TWO_PEOPLE = "is that of two people, who need a row each"
NOT_DIVIDED = "could not be divided into a first and a last name"
NO_PROFILE = "is not the address of a LinkedIn profile"


_OVER_BUDGETS = {
    "month": (
        "The credits that the platform team allows for a month do not reach this row; drop it again"
        " next month"
    ),
    "file": "The credits that are allowed for this file do not reach this row",
}


def over_budget(scope: str) -> str:
    """Of a row that a cap on credits left out: that of the month, of the file, or of a folder."""
    of_folder = (
        f"The credits that the folder {scope} has for a month do not reach this row; drop it again"
        " next month"
    )
    return _OVER_BUDGETS.get(scope, of_folder)


def too_long(most: int) -> str:
    return f"is longer than {most} characters"


def cells_do_not_fit(cells: int, width: int) -> str:
    return f"The row has {cells} cells where the header has {width}"


def about(field: str, problem: str) -> str:
    """A fragment about one field's cell."""
    return f"the {field} {problem}"


def profile_needed(field: str, problem: str, purpose: str) -> str:
    return f"the {field} {problem}, and it is needed to find {purpose}"


def another_page(field: str, what: str, wanted: str, purpose: str) -> str:
    return f"the {field} is {what}, not {wanted}; {wanted} is needed to find {purpose}"


def no_company(company: str) -> str:
    return f"“{company}” is no company where somebody could have an e-mail address{_INSIST}"


def company_needed(given: bool) -> str:
    """A company cannot be told; `given` is whether the row has a website or an e-mail address."""
    doubt = ", and the row’s website or e-mail address does not belong to a company"
    return f"a company or a website is needed to find an e-mail{doubt if given else ''}"


def sentence(problems: list[str]) -> str:
    """All that is wrong with a row, as one sentence."""
    text = "; ".join(problems)
    return text[0].upper() + text[1:]


def not_found(noun: str) -> str:
    return f"Pronto found no {noun} for this contact"


def not_taken(reason: str) -> str:
    return f"Pronto does not take this contact: {reason or 'no reason given'}"


def same_person(row: int, detail: str) -> str:
    """Of a copy; `detail` is that of the row that was sent."""
    return f"The same person as in row {row}, sent once" + (f": {detail}" if detail else "")


def same_person_has_it(row: int, noun: str) -> str:
    """Of a copy of a row that was not sent, since it has what is looked for."""
    return f"The same person as in row {row}, which has the {noun} already"


def already_there(noun: str) -> str:
    return f"The row has the {noun} already; drop it into a folder refresh=true to look again"


def same_person_known(row: int, detail: str) -> str:
    """Of a copy of a row for which nothing was sent; `detail` is that row's."""
    return f"The same person as in row {row}: {detail}"


def from_earlier(detail: str, file: str, day: str) -> str:
    """Of a row whose result came for another file, before; `detail` is what else there is to
    tell.
    """
    where = f"from {file}, {day}"
    return f"{detail} ({where})" if detail else where


def copy_of_unsent(row: int, reason: str) -> str:
    return f"The same person as in row {row}, which was not sent: {reason}"


def copy_not_sampled(row: int) -> str:
    return f"The same person as in row {row}, which is not in the sample"


def fixed(name: str, row: int, detail: str, others: int) -> str:
    """Of a row that was fixed and dropped again; `others` is how many more rows say to be it."""
    first = f"Fixed as row {row} of {name}"
    if others:
        more = "another row says" if others == 1 else f"{others:,} more rows say"
        were = "was" if others == 1 else "were"
        first += f", the first to say so: {more} to be this row, too, and {were} not taken"
    return f"{first}: {detail}" if detail else first


def of_another_table(header_row: int) -> str:
    return (
        f"The row belongs to another table, whose header is in row {header_row}; drop that table as"
        " a file of its own"
    )
