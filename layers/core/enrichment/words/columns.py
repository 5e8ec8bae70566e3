"""Why a column was taken or left alone, and what is asked of a file's owner about it."""

OURS = "is a result of an earlier enrichment"
SOMEBODY_ELSE = "is about somebody else, such as an owner or a referrer"
FORMER = "is about an earlier company"
SECOND_PERSON = "is about a second person"
COMPANY_PAGE = "is a company’s page, not a person’s"
PERSONAL = "is personal, not of the company"
ATTRIBUTE = "says something else about the person or the company"

FAX = "is for faxes"
COMPANY_PHONE = "is a company’s phone, not the person’s own"
SHARED_NUMBERS = "has the same numbers for several people, as a switchboard has"

COMPANIES = "names of companies"
PEOPLE = "names of people"
TEXTS = "other texts"
A_FEW = "a few values over and over again"
ANOTHER_IS_TRUSTED_MORE = "says the same as another column, which is trusted more"
DISAGREES = "says something else than the column that is trusted more"

# Why a column is taken: by its header, by its values, or by both.
WHY = {
    (True, False): "its header says so",
    (True, True): "its header and its values say so",
    (False, True): "its values say so",
}
EARLIER_ANSWER = "it is what an earlier enrichment found"
BY_FOLDER = "the folder’s _columns.json says so"


def holds(kind: str) -> str:
    return f"holds {kind or 'something else'}"


def not_sure(percent: int) -> str:
    return f"may be it, but that is only {percent}% sure"
