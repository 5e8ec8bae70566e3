"""Queries of DynamoDB past the layers of botocore that take twice as long as to sign and send one:
what finds the address each time, says who asks, repeats, and tells all who listen to its steps.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zlib import crc32

from botocore.awsrequest import AWSRequest, AWSResponse
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
    of proxies and of certificates, and at the address that it found for a call before.

    Args:
        client: a botocore DynamoDB client.
    """

    def __init__(self, client: "DynamoDBClient") -> None:
        parts: Any = client  # botocore hands them out nowhere; its version is pinned
        self._signer, self._http = parts._request_signer, parts._endpoint.http_session
        self._region, self._url = client.meta.region_name, ""
        events: Any = client.meta.events
        self._answered = events.emit_until_response
        events.register("before-send.dynamodb", self._note_address)

    def ask(self, asked: Mapping[str, Any]) -> bytes | None:
        """The answer to a query, as the JSON that it is.

        Args:
            asked: the parameters of `client.query`.

        Returns:
            None where there was none, a refusal, or one that came to harm; and where the client has
            not called anybody yet. Ask the client then: it tells what is wrong, and asks again
            where that may pass.
        """
        if not self._url:
            return None
        request = AWSRequest("POST", self._url, dict(_HEADERS), to_json(asked))
        try:
            self._signer.get_auth_instance("dynamodb", self._region).add_auth(request)
            prepared = request.prepare()
            _, answer = self._answered(_BEFORE_SEND, request=prepared)
            answer = answer or self._http.send(prepared)
            content = bytes(answer.content)
        except BotoCoreError:
            return None
        return content if _is_whole(answer, content) else None

    def _note_address(self, request: Any, **_: object) -> None:
        self._url = request.url


def _is_whole(answer: AWSResponse, content: bytes) -> bool:
    checksum = answer.headers.get("x-amz-crc32")
    return answer.status_code == HTTPStatus.OK and checksum in (None, str(crc32(content)))
