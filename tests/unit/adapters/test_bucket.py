"""What S3 says of an object to those who may not list the bucket; and large objects and lines."""

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from enrichment.adapters import bucket
from enrichment.adapters.bucket import Bucket
from tests.simulation.aws import S3

KEY = "incoming/email/leads.csv"


class Silent(S3):
    """A bucket that calls everything forbidden that it does not hand over."""

    def __init__(self) -> None:
        super().__init__(lambda _, act: act())
        self.forbidden = False

    def get_object(self, **request: Any) -> dict[str, Any]:
        forbidden = ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")
        if self.forbidden:
            raise forbidden
        try:
            return super().get_object(**request)
        except ClientError:
            raise forbidden from None


@pytest.fixture
def there() -> Silent:
    s3 = Silent()
    s3.objects = {KEY: [b"old", b"new"], f"{KEY}.bak": [b"1", b"2", b"3"]}
    return s3


def read(s3: Silent, key: str, version: str | None = None) -> bytes | None:
    body = Bucket(cast(Any, s3), "data").read(key, version)
    return body.read() if body else None


def test_what_is_there_is_read(there: Silent) -> None:
    assert (read(there, KEY), read(there, KEY, "1")) == (b"new", b"old")


@pytest.mark.parametrize(
    ("key", "version"),
    [(KEY, "3"), ("incoming/email/lead", None), ("incoming/_columns.json", None)],
)
def test_what_is_not_there_is_missing(there: Silent, key: str, version: str | None) -> None:
    assert read(there, key, version) is None


@pytest.mark.parametrize("version", [None, "1", "2"])
def test_what_is_there_and_forbidden_is_an_error(there: Silent, version: str | None) -> None:
    there.forbidden = True
    with pytest.raises(ClientError):
        read(there, KEY, version)


@pytest.mark.parametrize("size", [2, 3, 1000])
def test_pages_of_uploads_leave_no_version_out(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Not held against moto, which begins a page with its marker, as S3 does not
    (https://github.com/ceph/s3-tests/pull/594).
    """
    monkeypatch.setattr(bucket, "_PAGE", size)
    s3, names = S3(lambda _, act: act()), ("a b", "a+b", "b", "b.csv", "é", "z")
    s3.objects = {f"in/{name}": [b"1", b"2"][: 1 + (name < "c")] for name in names}
    s3.objects["other/a"] = [b""]
    s3.mark_deleted("in/b")
    there = {(key, str(at + 1)) for key, each in s3.objects.items() for at in range(len(each))}
    seen, after, pages = set[tuple[str, str]](), "", 0
    while pages == 0 or (after and pages <= len(names)):
        page, after = Bucket(cast(Any, s3), "data").page_of_uploads("in/", after)
        seen |= {(upload.key, upload.version) for upload in page}
        pages += 1
    assert not after
    # Of a key that has more versions than a page, with the mark that it is deleted, the newest.
    left_out = {("in/b", "1")} if size == 2 else set()
    assert seen == there - left_out - {("other/a", "1")}


class Parts(S3):
    """Takes a large object part by part, as it is handed over."""

    def __init__(self) -> None:
        super().__init__(lambda _, act: act())
        self.parts: list[bytes] = []

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        return {"UploadId": "upload"}

    def upload_part(self, Body: bytes, **_: Any) -> dict[str, str]:  # noqa: N803
        self.parts.append(Body)
        return {"ETag": "part"}

    def complete_multipart_upload(self, Key: str, **_: Any) -> dict[str, str]:  # noqa: N803
        return self.put_object(Bucket="data", Key=Key, Body=b"".join(self.parts))


def test_a_large_object_is_read_line_by_line_as_it_was_written() -> None:
    s3 = Parts()
    bucket = Bucket(cast(Any, s3), "data")
    lines = [b"%d " % number * 10_000 for number in range(300)]
    with bucket.write("large", "application/x-ndjson") as out:
        for line in lines:
            out.write(line + b"\n")
    assert len(s3.parts) > 1
    assert list(bucket.lines("large")) == lines


def test_lines_that_have_a_text_are_found_wherever_a_read_ends() -> None:
    s3 = S3(lambda _, act: act())
    bucket = Bucket(cast(Any, s3), "data")
    lines = [b"%d%s" % (number, b" copy" * (number % 7 == 0)) for number in range(40_000)]
    for end in (b"", b"\n", b"\n\n"):
        s3.objects["plan"] = [b"\n".join(lines) + end]
        assert list(bucket.lines_with("plan", b"copy")) == [line for line in lines if b"c" in line]
    s3.objects["plan"] = [b"\n".join(lines) + b"\ncopy copy"]
    assert list(bucket.lines_with("plan", b"copy"))[-1] == b"copy copy"
    assert not list(bucket.lines_with("plan", b"none"))
