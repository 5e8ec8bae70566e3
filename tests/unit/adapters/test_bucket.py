"""What S3 says of an object to those who may not list the bucket; and large objects and lines."""

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

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
