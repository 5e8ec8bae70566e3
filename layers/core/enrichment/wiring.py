"""Which adapters each use case gets: the one place where boto3 clients are made, once for each process.

Imports are inside the functions, so that a cold start pays for what its own use case needs and no more.
"""

import time
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from botocore.config import Config

from enrichment.adapters.functions import Starter
from enrichment.adapters.table import JobTable
from enrichment.errors import SettingsError
from enrichment.settings import settings
from enrichment.usecases.completion import Completion

if TYPE_CHECKING:
    from enrichment.adapters.bucket import Bucket
    from enrichment.adapters.metrics import Metrics
    from enrichment.adapters.provider import Pronto
    from enrichment.adapters.queue import SubmitQueue
    from enrichment.adapters.secrets import Secrets
    from enrichment.usecases.compile import CompileJob
    from enrichment.usecases.operate import Operate
    from enrichment.usecases.pause import PauseJob
    from enrichment.usecases.publish import PublishReport
    from enrichment.usecases.receive import ReceiveWebhook
    from enrichment.usecases.split import SplitUpload
    from enrichment.usecases.submit import SubmitBatch
    from enrichment.usecases.sweep import Sweep
    from enrichment.usecases.tally import TallyResults
    from enrichment.usecases.tidy import TidyDeadLetters

_RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=3, read_timeout=20)


def clock() -> int:
    return int(time.time())


def new_id() -> str:
    return uuid4().hex


@cache
def split_upload() -> "SplitUpload":
    from enrichment.adapters.seen import SeenOnDisk
    from enrichment.usecases.estimate import EstimateJob
    from enrichment.usecases.split import SplitUpload

    return SplitUpload(
        table=_table(),
        bucket=_bucket(),
        queue=_queue(),
        completion=_completion(),
        publish=_publish(),
        estimate=EstimateJob(_table(), _bucket(), clock, settings().price, settings().money, settings().month_cap),
        seen=SeenOnDisk,
        clock=clock,
        new_id=new_id,
        deadline_seconds=settings().deadline_seconds,
        price=settings().price,
        limits=settings().limits,
    )


@cache
def submit_batch() -> "SubmitBatch":
    from enrichment.usecases.submit import SubmitBatch

    webhook_url = settings().webhook_url
    if not webhook_url:
        raise SettingsError("the environment variable WEBHOOK_URL is missing")
    return SubmitBatch(
        table=_table(),
        bucket=_bucket(),
        queue=_queue(),
        provider=_provider(),
        secrets=_secrets(),
        completion=_completion(),
        pause=_pause(),
        clock=clock,
        new_id=new_id,
        webhook_url=webhook_url,
        month_cap=settings().month_cap,
    )


@cache
def receive_webhook() -> "ReceiveWebhook":
    from enrichment.usecases.receive import ReceiveWebhook

    return ReceiveWebhook(table=_table(), secrets=_secrets(), metrics=_metrics(), clock=clock)


@cache
def tally_results() -> "TallyResults":
    from enrichment.usecases.tally import TallyResults

    return TallyResults(table=_table(), completion=_completion(), metrics=_metrics())


@cache
def compile_job() -> "CompileJob":
    from enrichment.usecases.compile import CompileJob

    return CompileJob(table=_table(), bucket=_bucket(), publish=_publish(), clock=clock, money=settings().money)


@cache
def sweep() -> "Sweep":
    from enrichment.usecases.pause import ResumeJob
    from enrichment.usecases.sweep import Sweep

    return Sweep(
        table=_table(),
        bucket=_bucket(),
        queue=_queue(),
        starter=_starter(),
        completion=_completion(),
        provider=_provider(),
        secrets=_secrets(),
        pause=_pause(),
        resume=ResumeJob(_table(), _queue()),
        clock=clock,
    )


@cache
def tidy_dead_letters() -> "TidyDeadLetters":
    from enrichment.adapters.queue import DeadLetters
    from enrichment.usecases.tidy import TidyDeadLetters

    urls = (settings().submit_dead_letters_url, settings().failed_events_url)
    queues = tuple(DeadLetters(_client("sqs"), url) for url in urls if url)
    return TidyDeadLetters(_table(), queues, settings().bucket)


@cache
def operate() -> "Operate":
    from enrichment.usecases.operate import Operate
    from enrichment.usecases.pause import ResumeJob

    return Operate(
        table=_table(),
        queue=_queue(),
        completion=_completion(),
        resume=ResumeJob(_table(), _queue()),
        clock=clock,
        deadline_seconds=settings().deadline_seconds,
    )


@cache
def _table() -> JobTable:
    return JobTable(_client("dynamodb"), settings().table, settings().retention_seconds)


@cache
def _bucket() -> "Bucket":
    from enrichment.adapters.bucket import Bucket

    return Bucket(_client("s3"), settings().bucket)


@cache
def _queue() -> "SubmitQueue":
    from enrichment.adapters.queue import SubmitQueue

    return SubmitQueue(_client("sqs"), settings().submit_queue_url)


@cache
def _starter() -> Starter:
    return Starter(_client("lambda"), settings().split_function, settings().compile_function)


@cache
def _completion() -> Completion:
    return Completion(_table(), _starter(), clock)


@cache
def _pause() -> "PauseJob":
    from enrichment.usecases.pause import PauseJob

    return PauseJob(_table(), _publish(), _metrics(), clock)


@cache
def _metrics() -> "Metrics":
    from enrichment.adapters.metrics import Metrics

    return Metrics(settings().stack)


@cache
def _publish() -> "PublishReport":
    from enrichment.adapters.report_page import page
    from enrichment.usecases.publish import PublishReport

    return PublishReport(_bucket(), page)


@cache
def _provider() -> "Pronto":
    import httpx

    from enrichment.adapters.provider import Pronto

    return Pronto(httpx.Client(), settings().pronto_base_url)


@cache
def _secrets() -> "Secrets":
    from enrichment.adapters.secrets import Secrets

    return Secrets(_client("secretsmanager"), settings().api_key_secret, settings().signing_key_secret)


@cache
def _client(service: str) -> Any:
    return boto3.client(service, config=_RETRIES)  # type: ignore[call-overload]  # the name is not a literal
