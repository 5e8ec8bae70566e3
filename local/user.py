"""Whoever uses the local stack: drops files, follows their jobs, decides on them, and fetches what
comes back.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from enrichment.domain.batch import BatchState
from enrichment.domain.folder import ENRICHED, REJECTED, REPORTS, output_key
from enrichment.domain.job import ENDED, Job, JobState
from local.stack import Stack, StackError


@dataclass(frozen=True)
class Progress:
    """How far a job has come.

    `deadline_at` is in epoch seconds, `accepted` counts batches, `results` counts contacts.
    `reported` tells that a report has been written on what the job has come to: its end or a pause.
    """

    state: JobState
    reported: bool
    deadline_at: int
    rows: int
    contacts: int
    batches: int
    accepted: int
    results: int


class User:
    """A user of a local stack who is its operator too, with an administrator's rights."""

    def __init__(self, stack: Stack) -> None:
        self._bucket, self._operate = stack.bucket, stack.functions["operate"]
        self._pipeline = stack.pipeline()
        self._s3, self._lambda = stack.client("s3"), stack.client("lambda")

    def upload(self, file: Path, key: str) -> str:
        """Drop a file; its version."""
        put = self._s3.put_object(Bucket=self._bucket, Key=key, Body=file.read_bytes())
        return str(put["VersionId"])

    def job(self, job_id: str) -> Job | None:
        return self._pipeline.jobs.get(job_id)

    def progress(self, job_id: str) -> Progress | None:
        """How far a job has come; None before it exists."""
        job = self.job(job_id)
        if job is None:
            return None
        batches = self._pipeline.batches.of(job)
        told = job.state is JobState.PAUSED and job.halt_told_at is not None
        sent = {BatchState.ACCEPTED, BatchState.COMPLETE}
        return Progress(
            state=job.state,
            reported=told or job.state in ENDED,
            deadline_at=job.deadline_at,
            rows=job.rows,
            contacts=job.contacts,
            batches=job.batches,
            accepted=sum(batch.state in sent for batch in batches),
            # The results of a batch that has all of them need not be counted again.
            results=sum(
                batch.size
                if batch.state is BatchState.COMPLETE
                else len(self._pipeline.results.of(batch))
                for batch in batches
            ),
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
        listing = self._s3.get_paginator("list_objects_v2")
        pages = listing.paginate(Bucket=self._bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def fetch(self, key: str, job: str, into: Path) -> dict[str, Path]:
        """Save what came back for an upload below a folder; the paths by kind, of what there is."""
        outputs = {kind: output_key(REPORTS, key, job, kind) for kind in (".html", ".json")}
        data = self.read(outputs[".json"])
        report = json.loads(data) if data else {}
        outputs |= {kind: report[kind] for kind in (ENRICHED, REJECTED) if report.get(kind)}
        fetched = {}
        for kind, output in outputs.items():
            content = self.read(output)
            if content is not None:
                fetched[kind] = into / output
                fetched[kind].parent.mkdir(parents=True, exist_ok=True)
                fetched[kind].write_bytes(content)
        return fetched
