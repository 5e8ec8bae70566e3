"""All that is searched for people, in groups: what belongs to one job is searched and erased
together, since a row that is named in one of its objects is the same row in the others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from enrichment.adapters.bucket import Bucket, Version
from enrichment.domain.folder import (
    ERASE,
    REPORTS,
    SEARCHED,
    UPLOADS,
    WORK,
    is_upload,
    job_id,
    page_key,
)
from enrichment.domain.job import Job
from enrichment.domain.returned import jobs_named
from enrichment.parallel import Parallel
from enrichment.steps.pages import PAGE
from enrichment.store.jobs import Jobs

_LEFT_OUT = (f"{REPORTS}/{ERASE}/", f"{REPORTS}/statements/")  # which name files, and nobody
_SOURCE = "/source"


@dataclass
class Group:
    """The versions of all objects of one job, with those of its path's page; without a job, those
    of a report and its page, or one version of another object.
    """

    job: Job | None = None
    plans: list[Version] = field(default_factory=list)
    notes: list[Version] = field(default_factory=list)
    memories: list[Version] = field(default_factory=list)
    reports: list[Version] = field(default_factory=list)
    answers: list[Version] = field(default_factory=list)
    inputs: list[Version] = field(default_factory=list)

    def add(self, version: Version) -> None:
        """Put a version where it belongs, by its key."""
        top, name = version.key.partition("/")[0], version.key.rpartition("/")[2]
        if top == REPORTS:
            self.reports.append(version)
        elif top in UPLOADS or version.key.endswith(_SOURCE):
            self.inputs.append(version)
        elif top != WORK:
            self.answers.append(version)
        elif name.endswith(".people"):
            self.memories.append(version)
        else:
            (self.plans if name.startswith("plan-") else self.notes).append(version)

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        rest = (*self.plans, *self.notes, *self.reports)
        return sum(each.size for each in (*rest, *self.files))

    @property
    def files(self) -> list[Version]:
        """Files of rows; the job's own comes last."""
        return [*self.answers, *self.inputs]


@dataclass(frozen=True)
class FindGroups:
    """Lists the bucket."""

    bucket: Bucket
    jobs: Jobs
    in_parallel: Parallel

    def run(self) -> dict[str, Group]:
        """All groups by a name that stays the same: the job's id, or the key and mostly the
        version.
        """
        versions = list(self._versions())
        named = set(filter(None, (_job_named(each.key) for each in versions)))
        jobs = {job.id: job for job in self.in_parallel(self.jobs.get, sorted(named)) if job}
        read = {(job.file, job.version): job.id for job in jobs.values()}
        groups: dict[str, Group] = {}
        of_paths = _by_page(jobs.values())
        for each in versions:
            owner = _job_named(each.key)
            if each.key.partition("/")[0] in UPLOADS:
                owner = read.get((each.key, each.id)) or self._job_of(each, jobs)
            owners = [owner] if owner in jobs else of_paths.get(_stem(each.key), [])
            for name in owners or [_alone(each)]:
                groups.setdefault(name, Group(jobs.get(name))).add(each)
        return groups

    def _versions(self) -> Iterator[Version]:
        for folder in SEARCHED:
            for each in self.bucket.versions(f"{folder}/"):
                is_ours = each.key.startswith(tuple(f"{top}/" for top in UPLOADS))
                if each.key.startswith(_LEFT_OUT) or each.key.endswith("/"):
                    continue
                if not is_ours or is_upload(each.key):
                    yield each

    def _job_of(self, upload: Version, jobs: dict[str, Job]) -> str:
        """The job of an upload, which is added to those that are known."""
        owner = job_id(self.bucket.name, upload.key, upload.id)
        if owner not in jobs and (job := self.jobs.get(owner)):
            jobs[owner] = job
        return owner


def _by_page(jobs: Iterable[Job]) -> dict[str, list[str]]:
    """The jobs whose reports the page of a path may have shown, by its key without ending."""
    of_paths: dict[str, list[str]] = {}
    for job in jobs:
        if key := page_key(job.key, PAGE):
            of_paths.setdefault(_stem(key), []).append(job.id)
    return of_paths


def _alone(version: Version) -> str:
    """The name of a group without a job. A report and its page, and all their versions, are one."""
    key = version.key
    return _stem(key) if key.startswith(f"{REPORTS}/") else f"{key}\n{version.id}"


def _stem(key: str) -> str:
    return key.rpartition(".")[0]


def _job_named(key: str) -> str:
    """What may be the id of a job in the key of an answer, or of something of work."""
    if key.startswith(f"{WORK}/"):
        return key.split("/")[2]
    if key.partition("/")[0] in UPLOADS:
        return ""
    return next(iter(jobs_named(key)), "")
