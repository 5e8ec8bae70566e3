"""Links to objects, as AWS takes them."""

from urllib.parse import parse_qs, urlsplit

import pytest

from enrichment.adapters.clients import Clients
from enrichment.adapters.links import Links


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> Links:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return Links(Clients().links, "data", "eu-west-3", 3600)


def test_a_link_is_signed_by_version_4_for_the_buckets_own_region(links: Links) -> None:
    """Objects under a key of KMS take no other, and no redirect keeps a signature.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
    """
    link = urlsplit(links.signed("enriched/email/50 % + é.csv"))
    asked = parse_qs(link.query)

    assert (link.scheme, link.netloc) == ("https", "data.s3.eu-west-3.amazonaws.com")
    assert link.path == "/enriched/email/50%20%25%20%2B%20%C3%A9.csv"
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-Expires"] == ["3600"]


def test_the_console_is_linked_to_where_it_is_known(links: Links) -> None:
    assert links.console("reports/a b.html") == (
        "https://eu-west-3.console.aws.amazon.com/s3/object/data"
        "?region=eu-west-3&prefix=reports%2Fa%20b.html"
    )
    for region in ("", "cn-north-1", "us-gov-west-1"):
        assert Links(Clients().links, "data", region, 0).console("a") == ""
