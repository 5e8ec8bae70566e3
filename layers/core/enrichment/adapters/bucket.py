"""The data bucket: one version of an upload is read as a stream, answers are written as streams."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Self, cast

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

_GONE = ("NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed")
# What it says where a conditional write found something else than was seen, or nothing.
_CHANGED = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "404", "412")
_PASSING = "passing=yes"  # the tag by which the bucket's lifecycle knows what need not be kept
# What S3 says of anything that is not there to those who may not list the whole bucket.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
_FORBIDDEN = "AccessDenied"
_CHUNK = 1 << 16  # bytes that are read at once
PART = 5 << 20  # bytes, the least that S3 takes; of 10,000 parts, so an object may grow to 52 GB

_PAGE = 1000  # versions in one listing, the most that S3 gives

_REWRITTEN = "erased-at"  # metadata of what an erasure wrote: a digest of its key
_NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _second(moment: datetime) -> int:
    return int(moment.timestamp())


def _lines_with(whole: bytes, text: bytes) -> Iterator[bytes]:
    at = whole.find(text)
    while at >= 0:
        start, end = whole.rfind(b"\n", 0, at) + 1, whole.find(b"\n", at)
        yield whole[start:] if end < 0 else whole[start:end]
        at = -1 if end < 0 else whole.find(text, end)


class Upload:
    """One uploaded object, for finding those whose event was lost. Times are epoch seconds."""

    def __init__(self, key: str, version: str, size: int, at: int) -> None:
        self.key, self.version, self.size, self.at = key, version, size, at


class Content(NamedTuple):
    """What a version holds, and whether an erasure wrote it (`Bucket.rewrite`)."""

    body: BinaryIO
    is_rewritten: bool


class Version:
    """One version of an object, whether it is the newest, and its bytes."""

    def __init__(self, key: str, id: str, is_latest: bool, size: int = 0) -> None:  # noqa: A002
        self.key, self.id, self.is_latest, self.size = key, id, is_latest, size


class There(NamedTuple):
    """What lies at a key, for a write that must not overwrite anything newer. Without an `etag`
    nothing does.
    """

    etag: str = ""
    body: bytes = b""


class Bucket:
    """The bucket that people drop files into and take answers from.

    Args:
        client: a botocore S3 client.
        name: the bucket's name.
    """

    def __init__(self, client: "S3Client", name: str) -> None:
        self._client, self.name = client, name

    def read(self, key: str, version: str | None = None) -> BinaryIO | None:
        """The content as a stream; None when the object or the version is not there any more."""
        answer = self._get(key, version)
        return cast(BinaryIO, answer["Body"]) if answer else None

    def upload(self, key: str, version: str) -> "Content | None":
        """The content of a version, and whether `rewrite` wrote it; None when it is not there."""
        answer = self._get(key, version)
        if answer is None:
            return None
        is_rewritten = answer.get("Metadata", {}).get(_REWRITTEN) == _digest(key)
        return Content(cast(BinaryIO, answer["Body"]), is_rewritten)

    def is_rewritten(self, key: str, version: str) -> bool:
        """Whether `rewrite` wrote a version."""
        said: Mapping[str, str] = self._head(key, version).get("Metadata", {})
        return said.get(_REWRITTEN) == _digest(key)

    def _get(self, key: str, version: str | None) -> dict[str, Any] | None:
        try:
            if version is None:
                answer = self._client.get_object(Bucket=self.name, Key=key)
            else:
                answer = self._client.get_object(Bucket=self.name, Key=key, VersionId=version)
        except self._client.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _GONE or (code == _FORBIDDEN and not self._is_there(key, version)):
                return None
            raise
        return dict(answer)

    def read_range(self, key: str, start: int, end: int) -> bytes:
        """Bytes `start` to `end` (exclusive)."""
        answer = self._client.get_object(
            Bucket=self.name, Key=key, Range=f"bytes={start}-{end - 1}"
        )
        return answer["Body"].read()

    def lines(self, key: str, version: str | None = None) -> Iterator[bytes]:
        """The lines of a text object, one at a time; of its newest version, or of another.

        botocore's `iter_lines` divides each line once more.
        """
        asked: Any = {"VersionId": version} if version else {}
        answer = self._client.get_object(Bucket=self.name, Key=key, **asked)
        left = b""
        while chunk := answer["Body"].read(_CHUNK):
            *whole, left = (left + chunk).split(b"\n")
            yield from whole
        if left:
            yield left

    def lines_with(self, key: str, text: bytes) -> Iterator[bytes]:
        """Those of the lines that have a text, in a fraction of the time if they are few."""
        answer = self._client.get_object(Bucket=self.name, Key=key)
        left = b""
        while chunk := answer["Body"].read(_CHUNK):
            whole, _, left = (left + chunk).rpartition(b"\n")
            yield from _lines_with(whole, text)
        yield from _lines_with(left, text)

    def write(self, key: str, content_type: str) -> "Writer":
        """A stream to an object. The object appears whole when the block ends, or not at all if the
        block raises.
        """
        return Writer(self._client, self.name, key, content_type)

    def rewrite(self, key: str, content_type: str) -> "Writer":
        """A stream to a new version of an object, from which a person was erased. Its metadata say
        so, so that nobody takes it for an upload; copied to another key it is one again.
        """
        return Writer(self._client, self.name, key, content_type, {_REWRITTEN: _digest(key)})

    def look(self, key: str) -> There:
        """What lies at a key now. What may not be read counts as nothing: those who may not list
        the bucket cannot tell, and `replace` sees.
        """
        try:
            answer = self._client.get_object(Bucket=self.name, Key=key)
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in (*_GONE, _FORBIDDEN):
                return There()
            raise
        return There(answer["ETag"], answer["Body"].read())

    def replace(
        self, key: str, content_type: str, body: bytes, there: There, passing: bool = False
    ) -> bool:
        """Put an object in place of what was seen; False if something else lies there by now. One
        that is `passing` is not kept for long once another one has its place.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        """
        seen: Any = {"IfMatch": there.etag} if there.etag else {"IfNoneMatch": "*"}
        if passing:
            seen["Tagging"] = _PASSING
        try:
            self._client.put_object(
                Bucket=self.name, Key=key, Body=body, ContentType=content_type, **seen
            )
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _CHANGED:
                return False
            raise
        return True

    def content_type(self, key: str, version: str) -> str:
        """What an object's version says it is."""
        return str(self._head(key, version).get("ContentType", "application/octet-stream"))

    def _head(self, key: str, version: str) -> dict[str, Any]:
        try:
            return dict(self._client.head_object(Bucket=self.name, Key=key, VersionId=version))
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion", "404", "405"):
                return {}
            raise

    def versions(self, folder: str) -> Iterator[Version]:
        """All versions of all objects below a folder, without marks of deletion."""
        for each in self._listed(folder):
            yield Version(each["Key"], each["VersionId"], each["IsLatest"], each["Size"])

    def delete_version(self, key: str, version: str) -> None:
        """Delete a version for good; nothing where it is gone."""
        self._client.delete_object(Bucket=self.name, Key=key, VersionId=version)

    def is_deleted(self, key: str) -> bool:
        """Whether somebody deleted an object: the newest of its versions marks that it is gone."""
        listed = self._client.list_object_versions(Bucket=self.name, Prefix=key, MaxKeys=10)
        return any(
            marker["Key"] == key and marker["IsLatest"]
            for marker in listed.get("DeleteMarkers", [])
        )

    def _is_there(self, key: str, version: str | None) -> bool:
        """Whether there is an object, or a version of it."""
        for found in self._listed(key):
            if found["Key"] != key:  # a longer one: those follow
                return False
            if found["VersionId"] == version or (version is None and found["IsLatest"]):
                return True
        return False

    def page_of_uploads(self, folder: str, after: str = "") -> tuple[list[Upload], str]:
        """Some of the versions below a folder, replaced ones too: each was somebody's file.

        Args:
            after: the key behind which they begin; at the first one by default.

        Returns:
            As many as one call brings, in the order of their keys, and what to give as `after` for
            those that follow, empty if none do. Those of the last key may come again. Of a key that
            has more versions than that, the newest are all that comes.
        """
        asked: Any = {"KeyMarker": after} if after else {}
        page = self._client.list_object_versions(
            Bucket=self.name, Prefix=folder, MaxKeys=_PAGE, **asked
        )
        versions = page.get("Versions", [])
        uploads = [
            Upload(each["Key"], each["VersionId"], each["Size"], _second(each["LastModified"]))
            for each in versions
        ]
        if not page.get("IsTruncated"):
            return uploads, ""
        # By the version at which a page ends, nobody could go on once that is deleted for good. So
        # the next page begins behind the last key of which this one has all versions.
        last = page["NextKeyMarker"]
        keys = {each["Key"] for each in (*versions, *page.get("DeleteMarkers", []))}
        return uploads, max(keys - {last, after}, key=str.encode, default=last)

    def _listed(self, prefix: str) -> Iterator[Mapping[str, Any]]:
        """The versions whose keys begin so, in the order of the keys."""
        listing = self._client.get_paginator("list_object_versions")
        for page in listing.paginate(Bucket=self.name, Prefix=prefix):
            yield from cast(list[Mapping[str, Any]], page.get("Versions", []))


class Writer:
    """A write-only stream to one object, by multipart upload once it is larger than one part."""

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        key: str,
        content_type: str,
        metadata: Mapping[str, str] = _NOTHING_SAID,
    ) -> None:
        self._client, self._bucket, self._key, self._type = client, bucket, key, content_type
        self._said: Any = {"Metadata": dict(metadata)} if metadata else {}
        self.version = ""  # of the object, once it appeared
        self._buffer = bytearray()
        self._upload: str | None = None
        self._parts: list[CompletedPartTypeDef] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self.discard()

    def close(self) -> None:
        """Let the object appear."""
        if self._upload is None:
            put = self._client.put_object(
                Bucket=self._bucket,
                Key=self._key,
                Body=bytes(self._buffer),
                ContentType=self._type,
                **self._said,
            )
            self.version = put.get("VersionId", "")
            return
        if self._buffer:
            self._flush()
        done = self._client.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload,
            MultipartUpload={"Parts": self._parts},
        )
        self.version = done.get("VersionId", "")
        self._upload = None

    def discard(self) -> None:
        """Throw away what was written and did not appear."""
        if self._upload is not None:
            self._client.abort_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload
            )

    def write(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) >= PART:
            self._flush()

    def _flush(self) -> None:
        if self._upload is None:
            answer = self._client.create_multipart_upload(
                Bucket=self._bucket, Key=self._key, ContentType=self._type, **self._said
            )
            self._upload = answer["UploadId"]
        number = len(self._parts) + 1
        part = self._client.upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload,
            PartNumber=number,
            Body=cast(bytes, self._buffer),  # botocore takes it as it is; a copy takes 8 MB more
        )
        self._parts.append({"PartNumber": number, "ETag": part["ETag"]})
        self._buffer = bytearray()
