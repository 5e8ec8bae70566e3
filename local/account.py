"""The local account as a person with access to it sees it: dropping files, following jobs, fetching answers."""

import json
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from enrichment.adapters.table import JobTable
from enrichment.domain.batch import BatchState
from enrichment.domain.folder import ENRICHED, REJECTED, REPORTS, answer_key
from enrichment.domain.job import Job, JobState
from local.stack import Stack, StackError


@dataclass(frozen=True)
class Seen:
    """How far a job has come. Times are epoch seconds."""

    state: JobState
    paused: bool
    deadline_at: int
    rows: int
    contacts: int
    batches: int
    accepted: int
    results: int


class Account:
    """What an administrator may do on a local stack."""

    def __init__(self, stack: Stack) -> None:
        self._bucket = stack.bucket
        self._s3, self._lambda = stack.client("s3"), stack.client("lambda")
        self._operate = stack.functions["operate"]
        self._table = JobTable(stack.client("dynamodb"), stack.table, retention=0)

    def upload(self, file: Path, key: str) -> str:
        """Drop a file; its version."""
        return str(self._s3.put_object(Bucket=self._bucket, Key=key, Body=file.read_bytes())["VersionId"])

    def job(self, job_id: str) -> Job | None:
        return self._table.job(job_id)

    def progress(self, job_id: str) -> Seen | None:
        """How far a job has come; None before it exists."""
        job = self._table.job(job_id)
        if job is None:
            return None
        batches = self._table.batches(job)
        sent = {BatchState.ACCEPTED, BatchState.COMPLETE}
        complete = sum(batch.size for batch in batches if batch.state is BatchState.COMPLETE)
        partly = sum(self._table.count_results(batch) for batch in batches if batch.state is not BatchState.COMPLETE)
        accepted = sum(batch.state in sent for batch in batches)
        return Seen(
            job.state, job.halt is not None, job.deadline_at, job.rows, job.contacts, job.batches, accepted, complete + partly
        )

    def read(self, key: str) -> bytes | None:
        """An object's content; None if there is none."""
        try:
            return bytes(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise

    def operate(self, job_id: str, action: str) -> str:
        """Ask for an operator's action on a job; what was done.

        Raises:
            StackError: it could not be done; the message says why.
        """
        event = json.dumps({"job": job_id, "action": action}).encode()
        answer = self._lambda.invoke(FunctionName=self._operate, Payload=event)
        done = json.loads(answer["Payload"].read())
        if "done" not in done:
            raise StackError(str(done.get("error") or done))
        return str(done["done"])

    def list_keys(self, prefix: str = "") -> list[str]:
        """The keys of all objects below a prefix."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def fetch(self, key: str, job: str, into: Path) -> dict[str, Path]:
        """Save what came back for an upload below a folder; the paths by kind, of what there is."""
        answers = {kind: answer_key(REPORTS, key, job, kind) for kind in (".html", ".json")}
        data = self.read(answers[".json"])
        report = json.loads(data) if data else {}
        answers |= {kind: report[kind] for kind in (ENRICHED, REJECTED) if report.get(kind)}
        fetched = {}
        for kind, answer in answers.items():
            content = self.read(answer)
            if content is not None:
                fetched[kind] = into / answer
                fetched[kind].parent.mkdir(parents=True, exist_ok=True)
                fetched[kind].write_bytes(content)
        return fetched
