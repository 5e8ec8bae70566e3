"""What IAM is asked for each call of a boto3 client: actions, resources and condition keys, as the
service authorization reference has them.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

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
    match method:
        case "transact_write_items":
            for action in given["TransactItems"]:
                ((kind, part),) = action.items()
                yield _of_item(_PARTS[kind], part)
        case "batch_get_item" | "batch_write_item":
            for table, wanted in given["RequestItems"].items():
                reads = method == "batch_get_item"
                keys = wanted["Keys"] if reads else [_written(each) for each in wanted]
                pks = {key["pk"]["S"]: None for key in keys}
                yield Request(_DYNAMODB[method], TABLE + table, {_LEADING: tuple(pks)})
        case "query" if "IndexName" in given:
            place = f"{TABLE}{given['TableName']}/index/{given['IndexName']}"
            yield Request(_DYNAMODB[method], place)
        case "query":
            pk = given["ExpressionAttributeValues"][":pk"]["S"]
            yield Request(_DYNAMODB[method], TABLE + given["TableName"], {_LEADING: (pk,)})
        case "scan":
            yield Request(_DYNAMODB[method], TABLE + given["TableName"])
        case _:
            yield _of_item(_DYNAMODB[method], given)


def _of_item(action: str, given: Parameters) -> Request:
    context = {
        _LEADING: (_key_in(given)["pk"]["S"],),
        "dynamodb:Attributes": tuple(sorted(_attributes(given))),
    }
    if "ReturnValues" in given:
        context["dynamodb:ReturnValues"] = (given["ReturnValues"],)
    return Request(action, TABLE + given["TableName"], context)


def _key_in(given: Parameters) -> Any:
    return given.get("Key") or given["Item"]


def _written(request: Parameters) -> Any:
    ((_, one),) = request.items()
    return _key_in(one)


def _attributes(given: Parameters) -> set[str]:
    """The attributes that a request names, anywhere."""
    names = given.get("ExpressionAttributeNames", {})
    expressions = (
        given.get(f"{kind}Expression", "") for kind in ("Update", "Condition", "Projection")
    )
    words = re.findall(r"[#:]?\w+", " ".join(expressions))
    named = {names.get(word, word) for word in words if not word.startswith(":")}
    return named - _KEYWORDS | set(_key_in(given))


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


def _sqs(method: str, given: Parameters) -> Iterator[Request]:
    name = given["QueueUrl"].rpartition("/")[2]
    yield Request(_SQS[method], f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")


def _functions(method: str, given: Parameters) -> Iterator[Request]:
    name = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{given['FunctionName']}"
    yield Request(_FUNCTIONS[method], name)


def _secrets(method: str, given: Parameters) -> Iterator[Request]:
    name = given["SecretId"]
    whole = name if name.startswith("arn:") else f"{_SECRET}{name}-AbCdEf"
    yield Request(_SECRETS[method], whole)


_LEADING = "dynamodb:LeadingKeys"
_SECRET = f"arn:{PARTITION}:secretsmanager:{REGION}:{ACCOUNT}:secret:"
_KEYWORDS = {"SET", "ADD", "REMOVE", "AND", "OR", "NOT", "IN"} | {
    "attribute_exists",
    "attribute_not_exists",
    "begins_with",
}
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
_FUNCTIONS = {
    "invoke": "lambda:InvokeFunction",
    "update_function_code": "lambda:UpdateFunctionCode",
    "update_function_configuration": "lambda:UpdateFunctionConfiguration",
}
_SECRETS = {
    "get_secret_value": "secretsmanager:GetSecretValue",
    "put_secret_value": "secretsmanager:PutSecretValue",
}
_OF_SERVICE: Mapping[str, Callable[[str, Parameters], Iterator[Request]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "sqs": _sqs,
    "functions": _functions,
    "secrets": _secrets,
}
