"""The pipeline in one process, each of its functions with its own clients, variables and rights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from botocore.exceptions import ClientError

from enrichment.pipeline import Pipeline
from tests.functional.world import Messages, World
from tests.iam.calls import requests_of
from tests.iam.policies import Policies, Request
from tests.iam.stack import FUNCTIONS, ROLES, the_stack
from tests.simulation import aws
from tests.simulation.pipeline import FakeClients

Rights = Mapping[str, Policies]
"""What each role may do."""


@dataclass(frozen=True)
class Asked:
    """What somebody asked for in a role's name."""

    role: str
    request: Request


class Denied(ClientError):
    """IAM did not allow it."""

    def __init__(self, action: str) -> None:
        super().__init__({"Error": {"Code": "AccessDenied", "Message": action}}, action)


class Account:
    """Lets through what a role may do, and notes all that it asks for."""

    def __init__(self, rights: Rights) -> None:
        self.rights = rights
        self.asked: list[Asked] = []
        self.denied: list[Asked] = []

    def ask(self, role: str, request: Request) -> None:
        """Note a request.

        Raises:
            Denied: the role may not do it.
        """
        asked = Asked(role, request)
        self.asked.append(asked)
        if not self.rights[role].allow(request):
            self.denied.append(asked)
            raise Denied(request.action)


class Client:
    """A client with the credentials of a role."""

    def __init__(self, real: Any, service: str, role: str, account: Account) -> None:
        self._real, self._service, self._role, self._account = real, service, role, account
        self.exceptions = getattr(real, "exceptions", None)

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**given: Any) -> Any:
            self._authorize(method, given)
            return getattr(self._real, method)(**given)

        return call

    def get_object(self, **given: Any) -> Any:
        """S3 does not tell those who may not list the bucket that something is missing."""
        self._authorize("get_object", given)
        try:
            return self._real.get_object(**given)
        except ClientError:
            listing = Request("s3:ListBucket", f"arn:aws:s3:::{given['Bucket']}")
            if self._account.rights[self._role].allow(listing):
                raise
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject") from None

    def get_paginator(self, method: str) -> aws.Paginator:
        def page(**given: Any) -> Any:
            self._authorize(method, given)
            return next(self._real.get_paginator(method).paginate(**given))

        return aws.Paginator(page)

    def _authorize(self, method: str, given: Mapping[str, Any]) -> None:
        for request in requests_of(self._service, method, given):
            self._account.ask(self._role, request)


class Queues(Messages):
    """The queue of batches, and beside it others, as lists of bodies by their URL."""

    def __init__(self, world: World, submit: str) -> None:
        super().__init__(world.clock)
        self._submit = submit
        self.others: dict[str, dict[str, str]] = {}

    def put(self, url: str, body: str) -> None:
        self.others.setdefault(url, {})[uuid4().hex] = body

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> Any:  # noqa: N803
        if QueueUrl == self._submit:
            return super().send_message_batch(QueueUrl, Entries)
        for entry in Entries:
            self.put(QueueUrl, entry["MessageBody"])
        return {"Successful": Entries}

    def receive_message(self, QueueUrl: str, **_: int) -> dict[str, Any]:  # noqa: N803
        there = self.others.pop(QueueUrl, {})
        return {
            "Messages": [
                {"MessageId": name, "ReceiptHandle": name, "Body": body}
                for name, body in there.items()
            ]
        }

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803
        if QueueUrl == self._submit:
            return super().get_queue_attributes(QueueUrl, AttributeNames)
        there = len(self.others.get(QueueUrl, {}))
        return {"Attributes": {"ApproximateNumberOfMessages": str(there)}}

    def delete_message(self, **_: str) -> None:
        """It is gone since it was received."""

    def delete_message_batch(self, **_: Any) -> None:
        """They are gone since they were received."""

    def change_message_visibility(self, **_: Any) -> None:
        """Nothing is hidden here."""


class Bucket(aws.S3):
    """A bucket that takes objects in parts."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._uploads: dict[str, dict[str, Any]] = {}

    def create_multipart_upload(self, **given: Any) -> dict[str, str]:
        name = uuid4().hex
        self._uploads[name] = given | {"Body": b""}
        return {"UploadId": name}

    def upload_part(self, **given: Any) -> dict[str, str]:
        def act() -> dict[str, str]:
            self._uploads[given["UploadId"]]["Body"] += given["Body"]
            return {"ETag": "etag"}

        return dict(self.guard("part", act))

    def complete_multipart_upload(self, **given: Any) -> dict[str, Any]:
        return self.put_object(**self._uploads.pop(given["UploadId"]))

    def abort_multipart_upload(self, **given: Any) -> None:
        del self._uploads[given["UploadId"]]


class WorldOfRoles(World):
    """A world in which each function has the variables of the template, and may do what `rights`
    let its role do.
    """

    def __init__(self, rights: Rights) -> None:
        super().__init__()
        self.iam = Account(rights)
        self.environments = {each: the_stack().environment(each) for each in FUNCTIONS}
        names = self.environments["submit"]
        self.s3 = self.account.s3 = Bucket(lambda _, act: act(), self.clock)
        secrets = {
            names["SIGNING_KEY_SECRET"]: "first signing key",
            names["PERSON_KEY_SECRET"]: "the person key",
            names["API_KEY_SECRET"]: self.provider.behaviour.api_key,
        }
        self.secrets = aws.Secrets(lambda _, act: act(), secrets)
        self.messages = self.queues = Queues(self, names["SUBMIT_QUEUE_URL"])
        self.pipeline = Pipeline(
            self.clients(), self._all_variables(), self.clock, self.pipeline.new_id
        )
        for function in FUNCTIONS:
            setattr(self.pipeline, function, getattr(self.of(function), function))

    def of(self, role: str) -> Pipeline:
        """The pipeline of a function."""
        pipeline = Pipeline(
            self.clients_of(role), self.environments[role], self.clock, self.pipeline.new_id
        )
        pipeline.metrics, pipeline.in_parallel = self.metrics, map
        return pipeline

    def clients_of(self, role: str) -> Any:
        """The clients of a function."""
        real = vars(self.clients())
        aws_clients = {
            service: Client(client, service, role, self.iam)
            for service, client in real.items()
            if not isinstance(client, httpx.Client)
        }
        return FakeClients(**(real | aws_clients))

    def clients(self) -> Any:
        clients = super().clients()
        clients.functions = _Started(self.functions)
        return clients

    def let_others_act(self) -> None:
        """Have Lambda and API Gateway do once what they do in the names of roles."""
        for role in self.iam.rights:
            for request in the_stack().done_by_others(role):
                self.iam.ask(role, request)

    def _all_variables(self) -> dict[str, str]:
        return {name: text for each in self.environments.values() for name, text in each.items()}


class _Started:
    """Tells a start by the function's short name."""

    def __init__(self, functions: Any) -> None:
        self._functions = functions
        self._short = {the_stack().name_of(each): each for each in FUNCTIONS}

    def invoke(self, FunctionName: str, **given: Any) -> None:  # noqa: N803
        self._functions.invoke(FunctionName=self._short[FunctionName], **given)


def template_rights() -> dict[str, Policies]:
    """What the template lets each role do."""
    return {role: the_stack().policies(role) for role in ROLES}
