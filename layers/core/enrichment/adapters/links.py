"""Links to objects of the bucket: signed, for whoever has them, and into AWS's console."""

from typing import TYPE_CHECKING

from enrichment.adapters.report_links import console_href

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Links:
    """Makes links.

    Args:
        client: a botocore S3 client that signs by version 4, as encrypted objects want it.
        bucket: the bucket's name.
        region: where it is.
        seconds: for how long signed links work; 0 for none.
    """

    def __init__(self, client: "S3Client", bucket: str, region: str, seconds: int) -> None:
        self._client, self._bucket, self._region = client, bucket, region
        self.seconds = seconds

    def signed(self, key: str) -> str:
        """A link to what lies at a key. It ends with the credentials that sign it, or earlier."""
        return self._client.generate_presigned_url(
            ClientMethod="get_object",
            Params={"Bucket": self._bucket, "Key": key},
            ExpiresIn=self.seconds,
        )

    def console(self, key: str) -> str:
        """The page of an object in AWS's console; empty where that is not known."""
        return console_href(self._region, self._bucket, key) or ""
