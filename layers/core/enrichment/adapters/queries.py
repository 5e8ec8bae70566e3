"""Queries of DynamoDB past the layers of botocore that take twice as long as to sign and send one:
what finds the address each time, says who asks, repeats, and tells all who listen to its steps.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from pydantic_core import to_json

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_HEADERS = MappingProxyType(
    {"X-Amz-Target": "DynamoDB_20120810.Query", "Content-Type": "application/x-amz-json-1.0"}
)
_BEFORE_SEND = "before-send.dynamodb.Query"  # who listens to it may answer instead, as tests do


class Queries:
    """Asks as a client does, with its signer and its connections, which know of keys that change,
    of proxies and of certificates.

    Args:
        client: a botocore DynamoDB client.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        parts: Any = client  # botocore hands them out nowhere; its version is pinned
        self._signer, self._http = parts._request_signer, parts._endpoint.http_session
        self._url = client.meta.endpoint_url.rstrip("/") + "/"
        self._region = client.meta.region_name
        self._answered = parts.meta.events.emit_until_response

    def ask(self, asked: Mapping[str, Any]) -> bytes | None:
        """The answer to a query, as the JSON that it is.

        Args:
            asked: the parameters of `client.query`.

        Returns:
            None where there was none, or a refusal. Ask the client then: it tells what is wrong,
            and asks again where that may pass.
        """
        request = AWSRequest("POST", self._url, dict(_HEADERS), to_json(asked))
        try:
            self._signer.get_auth_instance("dynamodb", self._region).add_auth(request)
            prepared = request.prepare()
            _, answer = self._answered(_BEFORE_SEND, request=prepared)
            answer = answer or self._http.send(prepared)
        except BotoCoreError:
            return None
        return bytes(answer.content) if answer.status_code == HTTPStatus.OK else None
