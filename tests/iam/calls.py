"""What IAM is asked for each call of a boto3 client: actions, resources and condition keys, as the
service authorization reference has them.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.item_keys import condition_keys
from tests.iam.policies import Request
from tests.iam.stack import ACCOUNT, PARTITION, REGION

Parameters = Mapping[str, Any]

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/"


def requests_of(service: str, method: str, given: Parameters) -> list[Request]:
    """All that a call must be allowed.

    Raises:
        KeyError: the call is not known here.
    """
    return list(_OF_SERVICE[service](method, given))


def _dynamodb(method: str, given: Parameters) -> Iterator[Request]:
    if method == "transact_write_items":
        for action in given["TransactItems"]:
            ((kind, part),) = action.items()
            yield _of_table(_PARTS[kind], part["TableName"], part)
    elif "RequestItems" in given:
        for table in given["RequestItems"]:
            yield _of_table(_DYNAMODB[method], table, given)
    else:
        index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
        yield _of_table(_DYNAMODB[method], given["TableName"] + index, given)


def _of_table(action: str, place: str, given: Parameters) -> Request:
    keys = {name: tuple(values) for name, values in condition_keys(given).items()}
    return Request(action, TABLE + place, keys)


def _s3(method: str, given: Parameters) -> Iterator[Request]:
    bucket = f"arn:aws:s3:::{given['Bucket']}"
    if "Key" not in given:
        context = {
            f"s3:{name}": (str(given[parameter]),)
            for name, parameter in (("prefix", "Prefix"), ("max-keys", "MaxKeys"))
            if parameter in given
        }
        yield Request(_S3[method], bucket, context)
    else:
        version = "Version" if "VersionId" in given else ""
        yield Request(_S3[method] + version, f"{bucket}/{given['Key']}")
        if "Tagging" in given:
            yield Request("s3:PutObjectTagging", f"{bucket}/{given['Key']}")


def _sqs(method: str, given: Parameters) -> Iterator[Request]:
    name = given["QueueUrl"].rpartition("/")[2]
    yield Request(_SQS[method], f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")


def _links(_: str, given: Parameters) -> Iterator[Request]:
    """A link can do what whoever signed it may do: the right is asked for when it is followed."""
    asked = given["Params"]
    yield Request("s3:GetObject", f"arn:aws:s3:::{asked['Bucket']}/{asked['Key']}")


def _events(method: str, given: Parameters) -> Iterator[Request]:
    for entry in given["Entries"]:
        bus = entry.get("EventBusName", "default")
        context = {"events:source": (entry["Source"],)}
        yield Request(
            _EVENTS[method], f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}", context
        )


def _topics(method: str, given: Parameters) -> Iterator[Request]:
    yield Request(_TOPICS[method], given["TopicArn"])


def _functions(method: str, given: Parameters) -> Iterator[Request]:
    name = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{given['FunctionName']}"
    yield Request(_FUNCTIONS[method], name)


def _secrets(method: str, given: Parameters) -> Iterator[Request]:
    if method == "batch_get_secret_value":
        yield Request("secretsmanager:BatchGetSecretValue", "*")
    for name in given.get("SecretIdList") or [given["SecretId"]]:
        whole = name if name.startswith("arn:") else f"{_SECRET}{name}-AbCdEf"
        yield Request(_SECRETS[method], whole)


_SECRET = f"arn:{PARTITION}:secretsmanager:{REGION}:{ACCOUNT}:secret:"
_PARTS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
_DYNAMODB = {
    "get_item": "dynamodb:GetItem",
    "put_item": "dynamodb:PutItem",
    "update_item": "dynamodb:UpdateItem",
    "delete_item": "dynamodb:DeleteItem",
    "query": "dynamodb:Query",
    "scan": "dynamodb:Scan",
    "batch_get_item": "dynamodb:BatchGetItem",
    "batch_write_item": "dynamodb:BatchWriteItem",
}
_S3 = {
    "get_object": "s3:GetObject",
    "head_object": "s3:GetObject",
    "put_object": "s3:PutObject",
    "delete_object": "s3:DeleteObject",
    "create_multipart_upload": "s3:PutObject",
    "upload_part": "s3:PutObject",
    "complete_multipart_upload": "s3:PutObject",
    "abort_multipart_upload": "s3:AbortMultipartUpload",
    "list_objects_v2": "s3:ListBucket",
    "list_object_versions": "s3:ListBucketVersions",
    "put_bucket_lifecycle_configuration": "s3:PutLifecycleConfiguration",
    "put_bucket_policy": "s3:PutBucketPolicy",
}
_SQS = {
    "send_message_batch": "sqs:SendMessage",
    "receive_message": "sqs:ReceiveMessage",
    "delete_message": "sqs:DeleteMessage",
    "delete_message_batch": "sqs:DeleteMessage",
    "change_message_visibility": "sqs:ChangeMessageVisibility",
    "get_queue_attributes": "sqs:GetQueueAttributes",
    "purge_queue": "sqs:PurgeQueue",
}
_EVENTS = {"put_events": "events:PutEvents"}
_TOPICS = {"publish": "sns:Publish", "subscribe": "sns:Subscribe"}
_FUNCTIONS = {
    "invoke": "lambda:InvokeFunction",
    "update_function_code": "lambda:UpdateFunctionCode",
    "update_function_configuration": "lambda:UpdateFunctionConfiguration",
}
_SECRETS = {
    "get_secret_value": "secretsmanager:GetSecretValue",
    "batch_get_secret_value": "secretsmanager:GetSecretValue",
    "put_secret_value": "secretsmanager:PutSecretValue",
}
_OF_SERVICE: Mapping[str, Callable[[str, Parameters], Iterator[Request]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "sqs": _sqs,
    "functions": _functions,
    "secrets": _secrets,
    "links": _links,
    "events": _events,
    "topics": _topics,
}
