"""Jobs whose results all came, to be compiled: `python -m bench.answered FILE` splits a file and
leaves beside it what compiling it reads.

Their table is botocore's own client, whose requests are answered in this process: what it costs to
read an answer is the pipeline's own work, what it costs to send one is not. Of the results, which
are made up, 45 in a hundred have an e-mail.
"""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from struct import Struct
from types import MappingProxyType
from typing import IO, Any, NamedTuple, cast
from zlib import crc32

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.response import StreamingBody

from bench.account import KEY, Account, Body
from enrichment.adapters.clients import Clients
from enrichment.adapters.metrics import Metrics
from enrichment.domain.batch import Batch, BatchState
from enrichment.domain.folder import plan_key
from enrichment.domain.job import JobState
from enrichment.domain.metric import Metric
from enrichment.store.attributes import wire
from enrichment.store.items import batch_key, fields_of, job_key, reading_key, results_of
from tests.simulation.dynamodb import DynamoDB

_CONTACT = re.compile(
    rb'^\{"row":(\d+),"contact":\{"firstname":"(.*?)","lastname":"(.*?)"', re.MULTILINE
)
_NOBODY = MappingProxyType(
    {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "none",  # nothing is sent
    }
)
_UNIT = 4096  # bytes that a consistent read takes a unit for
# Where an answer begins, its length, the units that it takes, and its checksum.
_PLACE = Struct("<QIII")
_PAGE = 1_000  # batches in one answer
_FOUND, _OF = 9, 20  # rows with an e-mail
_RECEIVED, _EXPIRES = "1800000000", "1807776000"


class Answered(Account):
    """Holds a file, its plan, and the results of all that was sent. `reads` are the units of the
    queries for results.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads = 0
        self._folder = _folder(path)
        self._job = json.loads((self._folder / "job").read_text())
        self._reading = json.loads((self._folder / "reading").read_text())
        self.job = str(self._job["id"]["S"])
        # Opened once, and closed with the process, so that an answer takes next to no time.
        self._places = os.open(self._folder / "places", os.O_RDONLY)
        self._stored = os.open(self._folder / "results", os.O_RDONLY)
        clients, answers = _made_once()
        answers[:] = [self._answer]
        vars(self).update(dynamodb=clients.dynamodb, queries=clients.queries, http=clients.http)

    def _get(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["Key"] == plan_key(self.job, self._job["plan"]["S"]):
            path = self._folder / "plan"
            return {"Body": StreamingBody(cast(IO[bytes], Body(path)), path.stat().st_size)}
        return super()._get(given)

    def _put(self, _given: dict[str, Any]) -> dict[str, Any]:
        return {"ETag": "etag"}  # it takes time to count what is in it

    def _answer(self, operation: str, request: dict[str, Any]) -> "_Reply":
        self.calls[operation] += 1
        if operation == "GetItem":
            items = {"JOB": self._job, "READING": self._reading}
            item = items.get(request["Key"]["sk"]["S"])
            return _Reply(json.dumps({"Item": item} if item else {}).encode())
        if operation != "Query":
            return _Reply(b"{}")
        kind, _, asked = request["ExpressionAttributeValues"][":pk"]["S"].partition("#")
        if kind == "PLAN":
            start = request.get("ExclusiveStartKey", {"sk": {"N": "0"}})
            return _Reply((self._folder / f"batches-{start['sk']['N']}").read_bytes())
        return self._results(int(asked[-6:])) if kind == "RESULT" else _Reply(b'{"Items":[]}')

    def _results(self, number: int) -> "_Reply":
        self.calls["Query of results"] += 1
        place = os.pread(self._places, _PLACE.size, number * _PLACE.size)
        start, length, units, checksum = _PLACE.unpack(place)
        self.reads += units
        return _Reply(os.pread(self._stored, length, start), str(checksum))


class _Reply(NamedTuple):
    """A body, and its checksum where that is known."""

    body: bytes
    checksum: str = ""


def _attribute(name: str, value: str) -> str:
    """An attribute as DynamoDB writes it."""
    return f'"{name}":{{"{"N" if name in ("received_at", "expires_at") else "S"}":"{value}"}}'


def _result(pk: str, row: int, first: str, last: str) -> dict[str, str]:
    """A stored result; quotes in it are escaped, as they are sent."""
    has = row % _OF < _FOUND
    email = f'\\"{first.lower()}.{row}@company{row}.example\\"' if has else "null"
    status = "deliverable" if has else "N/A"
    payload = (
        f'{{\\"email\\":{email},\\"email_status\\":\\"{status}\\",\\"enrichment_id\\":\\"{pk[7:]}\\",'
        f'\\"first_name\\":\\"{first}\\",\\"last_name\\":\\"{last}\\",\\"status\\":\\"finished\\"}}'
    )
    times = {"received_at": _RECEIVED, "expires_at": _EXPIRES}
    return {"pk": pk, "sk": f"ROW#{row:08}", "payload": payload, **times}


@cache
def _made_once() -> tuple[Clients, list[Callable[[str, dict[str, Any]], _Reply]]]:
    """The clients of this process, and what answers the requests of DynamoDB's by their operation:
    the last of the list. A process makes its clients once, so that is not measured.
    """
    os.environ.update(_NOBODY)
    clients = Clients()
    answers: list[Callable[[str, dict[str, Any]], _Reply]] = []

    def send(request: Any, **_: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]  # as text, or in bytes where botocore made it
        operation = (target if isinstance(target, str) else target.decode()).rpartition(".")[2]
        reply = answers[-1](operation, json.loads(request.body))
        headers = HTTPHeaders()
        if reply.checksum:
            headers["x-amz-crc32"] = reply.checksum
        return AWSResponse(request.url, 200, headers, _Raw(io.BytesIO(reply.body)))

    client: Any = clients.dynamodb
    client.meta.events.register("before-send.dynamodb", send)
    return clients, answers


class _Raw:
    """What urllib3 would have of an answer."""

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body.read()


class Untold(Metrics):
    """Metrics that nobody is told."""

    def tell(self, values: Mapping[Metric, float], **by: str) -> None:
        """Not measured."""


def prepare(path: Path) -> None:
    """Split a file, in a process of its own, unless it was done before."""
    if not _folder(path).exists():
        subprocess.run([sys.executable, "-m", "bench.answered", str(path)], check=True)


def _folder(path: Path) -> Path:
    return path.with_suffix(".job")


class _Splitting(Account):
    """Keeps the plan and the table."""

    def __init__(self, path: Path, plan: IO[bytes]) -> None:
        super().__init__(path)
        self._plan = plan
        vars(self)["dynamodb"] = DynamoDB(lambda _, act: act(), lambda *_: None)

    def _put(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["Key"].endswith(".jsonl"):
            self._plan.write(given["Body"])
        return super()._put(given)


def _split(path: Path) -> None:
    folder = _folder(path)
    folder.mkdir()
    with (folder / "plan").open("wb") as plan:
        pipeline = _Splitting(path, plan).pipeline()
        job = pipeline.jobs.get(pipeline.split.run(KEY, "1", path.stat().st_size) or "")
        reading = pipeline.jobs.reading(job.id) if job else None
    if job is None or reading is None:
        raise RuntimeError("the file was not split")
    done = job.model_copy(update={"state": JobState.COMPILING, "settled": job.batches})
    (folder / "job").write_text(json.dumps(wire(fields_of(done) | job_key(job.id))))
    (folder / "reading").write_text(json.dumps(wire(fields_of(reading) | reading_key(job.id))))
    batches = pipeline.batches.of(job)
    _write_batches(folder, batches)
    _write_results(folder, batches)


def _write_batches(folder: Path, batches: Sequence[Batch]) -> None:
    """The batches as they are answered, a thousand at once."""
    for start in range(0, len(batches), _PAGE):
        answered = (
            batch.model_copy(update={"state": BatchState.COMPLETE, "answered": batch.size})
            for batch in batches[start : start + _PAGE]
        )
        items = [wire(fields_of(batch) | batch_key(batch)) for batch in answered]
        more = {"LastEvaluatedKey": {"sk": {"N": str(start + _PAGE)}}}
        answer = {"Items": items} | (more if len(batches) > start + _PAGE else {})
        (folder / f"batches-{start}").write_text(json.dumps(answer))


def _write_results(folder: Path, batches: Sequence[Batch]) -> None:
    """The results of each batch as they are answered, and where the answer is and what it costs, by
    the batch's number.
    """
    with (
        (folder / "plan").open("rb") as plan,
        (folder / "results").open("wb") as results,
        (folder / "places").open("wb") as places,
    ):
        for batch in batches:
            plan.seek(batch.start)
            pk = results_of(batch.job, batch.number)
            items = [
                _result(pk, int(row), first.decode(), last.decode())
                for row, first, last in _CONTACT.findall(plan.read(batch.end - batch.start))
            ]
            texts = (",".join(_attribute(*each) for each in item.items()) for item in items)
            answer = ('{"Items":[{' + "},{".join(texts) + "}]}").encode()
            stored = sum(len(name) + len(value) for item in items for name, value in item.items())
            places.seek(batch.number * _PLACE.size)
            units = -(-stored // _UNIT)
            places.write(_PLACE.pack(results.tell(), len(answer), units, crc32(answer)))
            results.write(answer)


if __name__ == "__main__":
    _split(Path(sys.argv[1]))
