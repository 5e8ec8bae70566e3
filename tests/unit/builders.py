"""Data for the tests; each builder takes only what a test is about."""

from typing import Any

from hypothesis import strategies as st

from enrichment.domain.batch import Batch
from enrichment.domain.contact import Contact, EnrichmentType
from enrichment.domain.job import Job
from enrichment.domain.layout import Limits

# Any text that a UTF-8 file can hold, with the characters that have caused trouble drawn more often.
TEXT = st.one_of(st.text(max_size=20), st.text(alphabet="aZé,;\t\"' \n\r.=@:/%?#[]\\+\u2028\x85\ufeff\u00a0ßﬁ😀", max_size=12))

# Any value that JSON can hold, lone surrogates (`"\ud800"`) included.
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["", " ", "N/A", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)

LIMITS = Limits(file=50_000_000, unpacked=200_000_000, rows=1_048_576)
MONEY = "{} credits’ worth".format
TYPES = st.sampled_from(EnrichmentType)


def a_job(**fields: object) -> Job:
    plain = {"id": "job", "key": "incoming/email/a.csv", "version": "v1", "size": 1, "created_at": 0, "deadline_at": 3600}
    return Job.model_validate(plain | {"wanted": EnrichmentType.EMAIL} | fields)


def a_batch(**fields: object) -> Batch:
    plain = {"job": "job", "plan": "plan", "number": 1, "size": 2, "first_row": 2, "last_row": 3, "start": 0, "end": 9}
    return Batch.model_validate(plain | fields)


def a_contact(**fields: str | None) -> Contact:
    return Contact.model_validate({"firstname": "Jane", "lastname": "Doe"} | fields)
