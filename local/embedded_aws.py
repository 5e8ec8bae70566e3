"""The embedded AWS, mended in the three places where it differs from AWS in what this pipeline needs.

The product is written for AWS. Where ministack 1.5.33 answers otherwise, the difference is mended here, so that the template and
the code stay as AWS wants them. Each mend names what it replaces; it fails at start if a new version moves that.
"""

from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.services import eventbridge, lambda_svc, s3

_version: ContextVar[str | None] = ContextVar("version", default=None)


def mend() -> None:
    """Put the mends in place, before the first request is served."""
    _events_carry_the_version()
    _batches_are_allowed_by_the_single_action()
    _concurrency_is_a_number()


def _events_carry_the_version() -> None:
    """S3's EventBridge events of a versioned bucket have `version-id`.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event

    def fire_with_version(*arguments: Any, **named: Any) -> None:
        token = _version.set(named.get("version_id"))
        try:
            fire(*arguments, **named)
        finally:
            _version.reset(token)

    def dispatch_with_version(event: dict[str, Any], *arguments: Any, **named: Any) -> Any:
        version = _version.get()
        if version and event.get("Source") == "aws.s3":
            detail = s3.json.loads(event["Detail"])
            detail["object"]["version-id"] = version
            event = event | {"Detail": s3.json.dumps(detail)}
        return dispatch(event, *arguments, **named)

    s3._fire_s3_event, eventbridge._dispatch_event = fire_with_version, dispatch_with_version


def _batches_are_allowed_by_the_single_action() -> None:
    """`SendMessageBatch` needs the permission `sqs:SendMessage`; there is no action of its own name.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
    """
    extract = iam_actions.extract_iam_action

    def extract_single(*arguments: Any, **named: Any) -> Any:
        action = extract(*arguments, **named)
        return "sqs:SendMessage" if action == "sqs:SendMessageBatch" else action

    iam_actions.extract_iam_action = extract_single


def _concurrency_is_a_number() -> None:
    """A parameter of type Number that a template refers to arrives as a number; here it stays text and breaks the poller."""
    concurrency = lambda_svc._sqs_esm_concurrency

    def concurrency_of(esm: dict[str, Any], *arguments: Any, **named: Any) -> int:
        scaling = esm.get("ScalingConfig") or {}
        if "MaximumConcurrency" in scaling:
            scaling["MaximumConcurrency"] = int(scaling["MaximumConcurrency"])
        return int(concurrency(esm, *arguments, **named))

    lambda_svc._sqs_esm_concurrency = concurrency_of


if __name__ == "__main__":
    mend()
    app.main()
