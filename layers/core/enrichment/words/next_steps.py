"""What the owner of a file can do next, as imperative sentences without their full stop. What
stands in brackets is to be a link, and a folder or key follows some.
"""

OPEN_ENRICHED = "[Open the enriched file]: all your rows, with what was found"
OPEN_EARLIER_ANSWER = (
    "[Open the enriched file] as it is so far; it is written anew when the rest is through"
)
OPEN_EARLIER_REPORT = "[Open the report of the same file]: it tells what came of it"
OPEN_EARLIER_RESULT = "[Open the result of the same file], once that report says that it is there"
ASK_FOR_EARLIER = "Ask the platform team where the results of the same file are"
PAY_AGAIN = "To pay for all rows once more, drop the file into"
NOTHING = "Nothing: each row that asked for an answer has one"
COMES_BACK = (
    "Nothing: this page refreshes itself while it is open, and your file comes back in the folder"
)
ESTIMATE_COMES = (
    "Nothing: this page refreshes itself while it is open, and then tells what the file would cost"
)
WAIT_FOR_REST = "Wait for the rest: this page refreshes itself while it is open"
WHEN_MENDED = (
    "See that the cause below is mended, and do not drop the file again: it comes back in the"
    " folder"
)
STOP = (
    "To stop it, delete the uploaded file: nothing more is sent, and what was paid for is"
    " delivered. It is"
)
NEVER_AGAIN = "Do not drop the file again: the platform team can have its output written"
ASK_FOR_LOST = "Ask the platform team for the results: they are kept"
CHANGE = "Do what is told below, and drop the file again into"
PUT_ELSEWHERE = "Do what is told below, and drop the file again"
NOTHING_TO_SEND = "Nothing of this file would be sent as it is"
KNOWN_FOR_NOTHING = "To get what is known already, at no cost, drop the file into"
REST_OF_SAMPLE = "To have the rest of the file sent, drop the same file into"
ASK_ABOUT_LIMIT = "Have the limit on credits raised first: at worst, {} would be left out otherwise"


def send(contacts: str) -> str:
    return f"To have {contacts} sent, drop the file into"


def fix(rows: str) -> str:
    return f"[Fix {rows} in the rejected file], and drop it into"


def fix_and_drop(to_fix: str, others: str) -> str:
    """Of a rejected file that has rows to fix, and others."""
    return f"[Fix {to_fix} in the rejected file], and drop it, with {others} not sent yet, into"


def drop(rows: str) -> str:
    """Of a rejected file whose rows need no fix."""
    return f"[Take the rejected file], which has {rows} not sent yet, and drop it into"


def raise_limit(rows: str) -> str:
    return f"Have the limit on credits raised that the reasons below name: it left out {rows}"


def wait(rows: str) -> str:
    return (
        f"Wait for the answers to {rows}: the enriched file and this page are written anew with"
        " them. Do not drop such rows again"
    )


def late(rows: str) -> str:
    return f"Do not drop {rows} again that got no answer in time: a late answer is added here"


def ask_about_ambiguous(rows: str) -> str:
    return f"Ask the platform team about {rows} that may have been paid for; do not drop them again"
