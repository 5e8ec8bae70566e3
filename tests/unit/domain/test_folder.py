"""What the folders of a key ask for, and where answers to it go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.contact import EnrichmentType
from enrichment.domain.folder import (
    ENRICHED,
    REJECTED,
    REPORTS,
    Request,
    is_upload,
    job_id,
    output_key,
    plan_key,
    request_of,
)
from enrichment.errors import BadOption, UnknownFolder


@pytest.mark.parametrize(
    ("key", "request_"),
    [
        ("incoming/email/leads.csv", Request(EnrichmentType.EMAIL)),
        ("incoming/personal_email/q3/north/leads.csv", Request(EnrichmentType.PERSONAL_EMAIL)),
        ("incoming/phone/leads.csv", Request(EnrichmentType.PHONE)),
        ("incoming/phone/countries=FR,BE/leads.csv", Request(EnrichmentType.PHONE, ("FR", "BE"))),
        (
            "incoming/phone/q3/countries=fr, be,FR/old/leads.csv",
            Request(EnrichmentType.PHONE, ("FR", "BE")),
        ),
        (
            "incoming/email/max_credits=500/q3/leads.csv",
            Request(EnrichmentType.EMAIL, max_credits=500),
        ),
        (
            "incoming/phone/max_credits=0/countries=FR/leads.csv",
            Request(EnrichmentType.PHONE, ("FR",), 0),
        ),
        ("incoming/email/check=off/leads.csv", Request(EnrichmentType.EMAIL, check=False)),
        ("incoming/email/check=on/leads.csv", Request(EnrichmentType.EMAIL)),
        ("incoming/email/sample=50/leads.csv", Request(EnrichmentType.EMAIL, sample=50)),
        (
            "estimate/phone/sample=1000/leads.csv",
            Request(EnrichmentType.PHONE, estimate=True, sample=1000),
        ),
        ("incoming/email/a=b.csv", Request(EnrichmentType.EMAIL)),
        ("incoming/email/é t%41+b/naïve file+%20.csv", Request(EnrichmentType.EMAIL)),
    ],
)
def test_the_folders_say_what_is_wanted(key: str, request_: Request) -> None:
    assert request_of(key) == request_


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("leads.csv", "the top of the bucket"),
        ("inbox/leads.csv", "“inbox”"),
        ("Incoming/email/leads.csv", "“Incoming”"),
        ("/incoming/email/leads.csv", "“”"),
        ("incoming/leads.csv", "“incoming/” itself"),
        ("incoming/email", "“incoming/” itself"),
        ("incoming/fax/leads.csv", "“incoming/fax/”"),
        ("incoming/Email/leads.csv", "“incoming/Email/”"),
    ],
)
def test_an_unknown_folder_is_named_and_the_right_ones_are_told(key: str, words: str) -> None:
    with pytest.raises(UnknownFolder) as raised:
        request_of(key)
    assert words in str(raised.value)
    assert "incoming/email/ or incoming/phone/ or incoming/personal_email/" in str(raised.value)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("incoming/email/colour=red/leads.csv", "“colour=red”"),
        ("incoming/email/=/leads.csv", "“=”"),
        ("incoming/phone/Countries=FR/leads.csv", "“Countries=FR”"),
        ("incoming/phone/countries=FR/x/countries=FR/leads.csv", "“countries” is given twice"),
        ("incoming/phone/countries=FR,France/leads.csv", "“FRANCE”"),
        ("incoming/phone/countries=FR,UK/leads.csv", "“UK”"),
        ("incoming/phone/countries=FR,/leads.csv", "is not a country code"),
        ("incoming/phone/countries=/leads.csv", "is not a country code"),
        ("incoming/email/max_credits=/leads.csv", "“max_credits” takes a whole number"),
        ("incoming/email/max_credits=-5/leads.csv", "“-5” is not one"),
        ("incoming/email/max_credits=1,000/leads.csv", "“1,000” is not one"),
        ("incoming/email/max_credits=²/leads.csv", "“²” is not one"),
        (f"incoming/email/max_credits={'9' * 50}/leads.csv", "takes a number up to"),
        ("incoming/email/check=no/leads.csv", "either check=on or check=off; “no” is neither"),
        ("incoming/email/sample=0/leads.csv", "“sample” takes a whole number from 1 to 1,000"),
        ("incoming/email/sample=/leads.csv", "“” is not one"),
        ("incoming/email/sample=-5/leads.csv", "“-5” is not one"),
        ("incoming/email/sample=1001/leads.csv", "“1001” is not one"),
        (f"incoming/email/sample={'9' * 900}/leads.csv", "“sample” takes"),
        ("incoming/email/sample=10%/leads.csv", "“10%” is not one"),
        ("incoming/email/sample=fifty/leads.csv", "“fifty” is not one"),
        ("incoming/email/sample=٥٠/leads.csv", "“٥٠” is not one"),
        ("incoming/email/sample=5/sample=9/leads.csv", "“sample” is given twice"),
        ("incoming/email/countries=FR/leads.csv", "means nothing for email"),
        ("incoming/personal_email/countries=FR/leads.csv", "means nothing for personal_email"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused_with_its_name(key: str, words: str) -> None:
    with pytest.raises(BadOption) as raised:
        request_of(key)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    "key",
    [
        "leads.csv",
        "incoming/email/leads.csv",
        "inbox/leads.csv",
        "enriched.csv",
        "my/enriched/leads.csv",
    ],
)
def test_a_persons_file_is_an_upload_even_in_a_folder_without_meaning(key: str) -> None:
    assert is_upload(key)


@given(folder=st.sampled_from([ENRICHED, REJECTED, REPORTS, "work"]), rest=st.text(max_size=20))
def test_what_the_pipeline_writes_is_never_an_upload(folder: str, rest: str) -> None:
    assert not is_upload(f"{folder}/{rest}")
    assert not is_upload(plan_key("job", "plan"))


def test_a_folder_made_in_the_console_is_no_upload() -> None:
    assert not is_upload("incoming/email/")


LONG = st.builds(
    lambda letter, times: letter * times, st.sampled_from("aé😀/"), st.integers(1, 1024)
)
KEYS = (
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["", "incoming/", "incoming/email/", "/"]),
        st.text(),
        LONG | st.text(),
        st.text(),
    )
    .map(lambda key: key.encode()[:1024].decode(errors="ignore"))
    .filter(bool)
)


@given(
    folder=st.sampled_from([ENRICHED, REJECTED, REPORTS]),
    key=KEYS,
    suffix=st.sampled_from([".csv", ".json", ".html"]),
)
def test_an_answer_to_any_key_fits_and_starts_no_job(folder: str, key: str, suffix: str) -> None:
    job = job_id("bucket", key, "version")
    answer = output_key(folder, key, job, suffix)

    assert not is_upload(answer)
    assert len(answer.encode()) <= 1024
    assert answer.startswith(f"{folder}/")
    assert answer.endswith(f"{job}{suffix}")


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("incoming/email/leads.csv", "enriched/email/leads-abc.csv"),
        (
            "incoming/phone/countries=FR,BE/q3/leads.v2.csv",
            "enriched/phone/countries=FR,BE/q3/leads.v2-abc.csv",
        ),
        ("incoming/email/a b/é+%41 %2B.csv", "enriched/email/a b/é+%41 %2B-abc.csv"),
        ("incoming/email/leads", "enriched/email/leads-abc.csv"),
        ("leads.csv", "enriched/leads-abc.csv"),
    ],
)
def test_an_answer_lies_under_the_path_of_its_upload_as_it_was_written(
    key: str, answer: str
) -> None:
    assert output_key(ENRICHED, key, "abc", ".csv") == answer


OBJECTS = st.tuples(st.text(max_size=5), st.text("abc._", min_size=1, max_size=5))


@given(st.lists(OBJECTS, min_size=2, max_size=2, unique=True))
def test_each_version_of_each_object_is_a_job_of_its_own_and_always_the_same(
    objects: list[tuple[str, str]],
) -> None:
    one, other = (job_id("bucket", key, version) for key, version in objects)
    assert one != other
    assert one == job_id("bucket", *objects[0])
    assert len(one) == 16
    assert set(one) <= set("abcdefghijklmnopqrstuvwxyz234567")
