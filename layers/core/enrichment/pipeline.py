"""The assembly: the one place where use cases get the adapters, steps and settings that they need.

    pipeline = Pipeline(Clients(), os.environ, system_clock, new_id)
    pipeline.split.run("incoming/email/leads.csv", version, size)

Every part is made when it is first asked for and then kept, so that a function pays at its cold
start for what its own use case needs and no more; hence the imports inside. A part may be replaced
before it is used, by assigning it or in a subclass: tests, the simulation and its planted bugs do.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from enrichment import settings
from enrichment.adapters.clients import PATIENT, Clients, Patience
from enrichment.clock import Clock, system_clock
from enrichment.parallel import Aside, Parallel, aside, side_by_side

if TYPE_CHECKING:
    from enrichment.adapters.bucket import Bucket
    from enrichment.adapters.metrics import Metrics
    from enrichment.adapters.provider import Pronto
    from enrichment.adapters.queue import DeadLetters, SubmitQueue
    from enrichment.adapters.secrets import ApiKey, PersonKey, SigningKey
    from enrichment.adapters.secrets import Client as SecretsClient
    from enrichment.adapters.starter import CompileStarter, EraseStarter, SplitStarter
    from enrichment.domain.report import Report
    from enrichment.steps.balance import AskBalance
    from enrichment.steps.cancellation import CancelJob
    from enrichment.steps.completion import Completion
    from enrichment.steps.dead_letters import ClearDeadLetters
    from enrichment.steps.erasing import EraseGroup
    from enrichment.steps.estimate import EstimateFile
    from enrichment.steps.fixed_rows import FixedRejects
    from enrichment.steps.index import WriteIndex
    from enrichment.steps.intake import Intake
    from enrichment.steps.lost_files import FindLostFiles
    from enrichment.steps.pages import Pages
    from enrichment.steps.pause import PauseJob, ResumeJob
    from enrichment.steps.people import People
    from enrichment.steps.progress import ShowProgress
    from enrichment.steps.publishing import PublishReport
    from enrichment.steps.recipients import Recipients
    from enrichment.steps.redriving import RedriveDeadLetters
    from enrichment.steps.repeated_upload import RepeatedUpload
    from enrichment.steps.settlement import SettleBatch
    from enrichment.steps.sifting import SiftBatch
    from enrichment.steps.statement import StateMonths
    from enrichment.steps.telling import TellChanges
    from enrichment.steps.unfinished import UnfinishedPlans
    from enrichment.store.batches import Batches
    from enrichment.store.budget import Budget
    from enrichment.store.contents import Contents
    from enrichment.store.erasures import Erasures
    from enrichment.store.fixes import Fixes
    from enrichment.store.jobs import Jobs
    from enrichment.store.listings import Listings
    from enrichment.store.persons import Persons
    from enrichment.store.results import Results
    from enrichment.store.results_by_batch import ResultsByBatch
    from enrichment.store.table import Table
    from enrichment.usecases.cancel import CancelUpload
    from enrichment.usecases.compile import CompileJob
    from enrichment.usecases.erase import EraseUpload
    from enrichment.usecases.inform import Inform
    from enrichment.usecases.operate import Operate
    from enrichment.usecases.split import SplitUpload
    from enrichment.usecases.submit import SubmitBatch
    from enrichment.usecases.sweep import Sweep
    from enrichment.usecases.tally import TallyResults
    from enrichment.usecases.webhook import ReceiveWebhook

S = TypeVar("S", bound=settings.Settings)


def new_id() -> str:
    """An id that nobody had before."""
    return uuid4().hex


@cache
def deployed(patience: Patience = PATIENT) -> "Pipeline":
    """The pipeline of this process, as a function of the stack has it."""
    return Pipeline(Clients(patience), os.environ, system_clock, new_id)


class Pipeline:
    """The whole pipeline, real or simulated.

    Args:
        clients: of AWS and the provider.
        environment: variables by name, of which each part reads its own (`enrichment.settings`).
        clock: the time in epoch seconds.
        new_id: names plans and claims; no two alike.
    """

    in_parallel: Parallel = staticmethod(side_by_side)
    aside: Aside = staticmethod(aside)

    def __init__(
        self,
        clients: Clients,
        environment: Mapping[str, str],
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self.clients, self.environment = clients, environment
        self.clock, self.new_id = clock, new_id
        self._settings: dict[type[settings.Settings], settings.Settings] = {}

    @cached_property
    def batch_size(self) -> int:
        """Contacts of a batch."""
        from enrichment.domain.batch import MAX_BATCH

        return MAX_BATCH

    # Use cases: one for each function

    @cached_property
    def split(self) -> "SplitUpload":
        from enrichment.domain.lanes import lanes_for
        from enrichment.usecases.split import SplitUpload

        return SplitUpload(
            jobs=self.jobs,
            batches=self.batches,
            contents=self.contents,
            bucket=self.bucket,
            queue=self.submit_queue,
            starter=self.split_starter,
            unfinished=self.unfinished,
            fixed=self.fixed_rejects,
            intake=self.intake,
            completion=self.completion,
            publish=self.publish,
            progress=self.progress,
            recipients=self.recipients,
            estimate=self.estimate,
            repeated=self.repeated_upload,
            clock=self.clock,
            new_id=self.new_id,
            deadline_seconds=self._read(settings.DeadlineSettings).deadline_seconds,
            prices=self._read(settings.PriceSettings).prices,
            batch_size=self.batch_size,
            lanes=lanes_for(self._read(settings.ConcurrencySettings).concurrency),
        )

    @cached_property
    def submit(self) -> "SubmitBatch":
        from enrichment.usecases.submit import SubmitBatch

        return SubmitBatch(
            jobs=self.jobs,
            batches=self.batches,
            budget=self.budget,
            bucket=self.bucket,
            queue=self.submit_queue,
            provider=self.provider,
            api_key=self.api_key,
            signing_key=self.signing_key,
            completion=self.completion,
            pause=self.pause,
            sift=self.sift,
            metrics=self.metrics,
            clock=self.clock,
            new_id=self.new_id,
            webhook_url=self._read(settings.WebhookUrlSettings).webhook_url,
            aside=self.aside,
        )

    @cached_property
    def webhook(self) -> "ReceiveWebhook":
        from enrichment.usecases.webhook import ReceiveWebhook

        return ReceiveWebhook(
            self.results, self.signing_key, self.metrics, self.clock, self.in_parallel
        )

    @cached_property
    def tally(self) -> "TallyResults":
        from enrichment.usecases.tally import TallyResults

        month_cap = self._read(settings.MonthCapSettings).month_cap
        return TallyResults(
            self.jobs, self.batches, self.completion, self.metrics, self.clock, month_cap
        )

    @cached_property
    def compile(self) -> "CompileJob":
        from enrichment.usecases.compile import CompileJob

        return CompileJob(
            jobs=self.jobs,
            batches=self.batches,
            results=self.results_by_batch,
            contents=self.contents,
            budget=self.budget,
            bucket=self.bucket,
            publish=self.publish,
            fixed=self.fixed_rejects,
            settle=self.settle,
            balance=self.balance,
            metrics=self.metrics,
            clock=self.clock,
            money=self._read(settings.MoneySettings).money,
            name_paths=self._name_paths,
            metric_folders=self._read(settings.MetricFolderSettings).folders,
            is_reused=self._read(settings.ReuseSettings).is_reused,
            new_id=self.new_id,
        )

    @cached_property
    def sweep(self) -> "Sweep":
        from enrichment.usecases.sweep import Patience, Sweep

        waits = self._read(settings.PatienceSettings)
        return Sweep(
            jobs=self.jobs,
            batches=self.batches,
            results=self.results,
            bucket=self.bucket,
            queue=self.submit_queue,
            split_starter=self.split_starter,
            compile_starter=self.compile_starter,
            find_lost_files=self.find_lost_files,
            completion=self.completion,
            cancel=self.cancel_job,
            provider=self.provider,
            api_key=self.api_key,
            pause=self.pause,
            resume=self.resume,
            clear_dead_letters=self.clear_dead_letters,
            state_months=self.state_months,
            budget=self.budget,
            metrics=self.metrics,
            clock=self.clock,
            patience=Patience(quiet=waits.quiet_minutes * 60, probe=waits.probe_minutes * 60),
        )

    @cached_property
    def operate(self) -> "Operate":
        from enrichment.steps.checking import CheckStack
        from enrichment.steps.finding import FindJobs
        from enrichment.steps.showing import ShowJob
        from enrichment.usecases.operate import Operate

        return Operate(
            jobs=self.jobs,
            batches=self.batches,
            queue=self.submit_queue,
            completion=self.completion,
            pause=self.pause,
            resume=self.resume,
            cancel=self.cancel_job,
            find=FindJobs(self.jobs, self.clock),
            show=ShowJob(self.batches),
            check=CheckStack(self.provider, self.api_key, self.clock),
            redrive=self.redrive,
            clock=self.clock,
            deadline_seconds=self._read(settings.DeadlineSettings).deadline_seconds,
        )

    @cached_property
    def inform(self) -> "Inform":
        from enrichment.usecases.inform import Inform

        return Inform(self.jobs, self.progress, self.index, self.tell)

    @cached_property
    def cancel(self) -> "CancelUpload":
        from enrichment.usecases.cancel import CancelUpload

        return CancelUpload(self.jobs, self.bucket, self.cancel_job)

    @cached_property
    def erase(self) -> "EraseUpload":
        from enrichment.steps.erasees import ReadErasees
        from enrichment.steps.erasing_groups import FindGroups
        from enrichment.usecases.erase import EraseUpload

        return EraseUpload(
            erasures=self.erasures,
            bucket=self.bucket,
            starter=self.erase_starter,
            erasees=ReadErasees(self.bucket, self._read(settings.LimitSettings).limits),
            groups=FindGroups(self.bucket, self.jobs, self.in_parallel),
            erase=self.erase_group,
            in_parallel=self.in_parallel,
            clock=self.clock,
        )

    # Steps that several of them share

    @cached_property
    def intake(self) -> "Intake":
        from enrichment.steps.intake import Intake

        return Intake(self.bucket, self._read(settings.LimitSettings).limits)

    @cached_property
    def recipients(self) -> "Recipients":
        from enrichment.steps.recipients import Recipients

        return Recipients(self.jobs, self.bucket, self._read(settings.NotifySettings).allowed)

    @cached_property
    def estimate(self) -> "EstimateFile":
        from enrichment.steps.estimate import EstimateFile

        return EstimateFile(
            jobs=self.jobs,
            budget=self.budget,
            bucket=self.bucket,
            publish=self.publish,
            people=self.people,
            clock=self.clock,
            prices=self._read(settings.PriceSettings).prices,
            money=self._read(settings.MoneySettings).money,
            name_paths=self._name_paths,
        )

    @cached_property
    def repeated_upload(self) -> "RepeatedUpload":
        from enrichment.steps.repeated_upload import RepeatedUpload

        return RepeatedUpload(self.jobs, self.contents, self.publish, self.clock, self._name_paths)

    @cached_property
    def unfinished(self) -> "UnfinishedPlans":
        from enrichment.steps.unfinished import UnfinishedPlans

        return UnfinishedPlans(self.bucket)

    @cached_property
    def fixed_rejects(self) -> "FixedRejects":
        from enrichment.steps.fixed_rows import FixedRejects

        return FixedRejects(self.jobs, self.fixes, self.bucket, self.clock)

    @cached_property
    def completion(self) -> "Completion":
        from enrichment.steps.completion import Completion

        return Completion(
            jobs=self.jobs,
            batches=self.batches,
            results=self.results,
            settle=self.settle,
            compile_starter=self.compile_starter,
            clock=self.clock,
        )

    @cached_property
    def cancel_job(self) -> "CancelJob":
        from enrichment.steps.cancellation import CancelJob

        return CancelJob(self.jobs, self.completion, self.clock)

    @cached_property
    def settle(self) -> "SettleBatch":
        from enrichment.steps.settlement import SettleBatch

        return SettleBatch(self.batches, self.clock)

    @cached_property
    def balance(self) -> "AskBalance":
        from enrichment.steps.balance import AskBalance

        return AskBalance(self.provider, self.api_key)

    @cached_property
    def pause(self) -> "PauseJob":
        from enrichment.steps.pause import PauseJob

        return PauseJob(self.jobs, self.metrics, self.clock)

    @cached_property
    def resume(self) -> "ResumeJob":
        from enrichment.steps.pause import ResumeJob

        return ResumeJob(self.jobs, self.batches, self.submit_queue)

    @cached_property
    def publish(self) -> "PublishReport":
        from enrichment.steps.publishing import PublishReport

        return PublishReport(self.pages, self.bucket.name, self._console_region, self.clock)

    @cached_property
    def pages(self) -> "Pages":
        from enrichment.steps.pages import Pages

        return Pages(self.bucket, self.page)

    @cached_property
    def progress(self) -> "ShowProgress":
        from enrichment.steps.progress import ShowProgress

        period = self._read(settings.StatusSettings).status_seconds
        return ShowProgress(self.jobs, self.pages, self.publish, self.clock, period)

    @cached_property
    def index(self) -> "WriteIndex":
        from enrichment.adapters.index_page import page
        from enrichment.steps.index import WriteIndex

        return WriteIndex(self.jobs, self.bucket, page, self._console_region, self.clock)

    @cached_property
    def tell(self) -> "TellChanges":
        from enrichment.adapters.events import EventBus
        from enrichment.adapters.links import Links
        from enrichment.adapters.report_headline import headline
        from enrichment.adapters.topics import Topics
        from enrichment.steps.telling import TellChanges

        told = self._read(settings.TellSettings)
        name, region = self.bucket.name, self._region
        return TellChanges(
            jobs=self.jobs,
            bucket=self.bucket,
            events=EventBus(self.clients.events),
            topics=Topics(self.clients.topics, told.job_topic),
            links=Links(self.clients.links, name, region, told.link_seconds),
            headline=headline,
            clock=self.clock,
            stack=told.stack,
            region=region,
        )

    @cached_property
    def state_months(self) -> "StateMonths":
        from enrichment.adapters.statement_page import page
        from enrichment.steps.statement import StateMonths

        return StateMonths(self.budget, self.bucket, page, self.clock)

    @cached_property
    def find_lost_files(self) -> "FindLostFiles":
        from enrichment.steps.lost_files import FindLostFiles

        return FindLostFiles(
            bucket=self.bucket,
            listings=self.listings,
            jobs=self.jobs,
            erasures=self.erasures,
            split_starter=self.split_starter,
            erase_starter=self.erase_starter,
            clock=self.clock,
        )

    @cached_property
    def clear_dead_letters(self) -> "ClearDeadLetters":
        from enrichment.steps.dead_letters import ClearDeadLetters

        return ClearDeadLetters(
            self.jobs, self.batches, self.erasures, self.dead_letters, self.bucket.name
        )

    @cached_property
    def redrive(self) -> "RedriveDeadLetters":
        from enrichment.adapters.queue import DeadLetters
        from enrichment.steps.redriving import RedriveDeadLetters

        urls, sqs = self._read(settings.DeadLetterSettings), self.clients.sqs
        submit = self._read(settings.QueueSettings).submit_queue_url
        return RedriveDeadLetters(
            queues=(
                DeadLetters(sqs, urls.submit_dead_letters_url, submit),
                DeadLetters(sqs, urls.webhook_dead_letters_url, urls.webhook_queue_url),
                DeadLetters(sqs, urls.failed_events_url),
            ),
            split_starter=self.split_starter,
            compile_starter=self.compile_starter,
            erase_starter=self.erase_starter,
            bucket=self.bucket.name,
        )

    @cached_property
    def people(self) -> "People":
        from enrichment.steps.people import People

        return People(
            persons=self.persons,
            results=self.results,
            batches=self.batches,
            jobs=self.jobs,
            secret=self.person_key,
            reuse=self._read(settings.ReuseSettings).reuse,
            clock=self.clock,
            in_parallel=self.in_parallel,
        )

    @cached_property
    def sift(self) -> "SiftBatch":
        from enrichment.steps.sifting import SiftBatch

        return SiftBatch(
            people=self.people,
            jobs=self.jobs,
            batches=self.batches,
            queue=self.submit_queue,
            completion=self.completion,
            clock=self.clock,
        )

    @cached_property
    def erase_group(self) -> "EraseGroup":
        from enrichment.steps.erasing import EraseGroup
        from enrichment.steps.erasing_files import EraseFromFiles
        from enrichment.steps.erasing_reports import EraseFromReports
        from enrichment.steps.erasing_rows import EraseRows

        is_removed = self._read(settings.ErasedRowsSettings).erased_rows == "remove"
        return EraseGroup(
            jobs=self.jobs,
            bucket=self.bucket,
            rows=EraseRows(
                batches=self.batches,
                results=self.results,
                persons=self.persons,
                secret=self.person_key,
                bucket=self.bucket,
                clock=self.clock,
            ),
            files=EraseFromFiles(self.bucket, remove=is_removed),
            reports=EraseFromReports(self.bucket, self.page),
        )

    # The store

    @cached_property
    def table(self) -> "Table":
        from enrichment.store.table import Table

        store = self._read(settings.StoreSettings)
        return Table(self.clients.dynamodb, store.table, store.retention_seconds, self.clock)

    @cached_property
    def jobs(self) -> "Jobs":
        from enrichment.store.jobs import Jobs

        return Jobs(self.table)

    @cached_property
    def batches(self) -> "Batches":
        from enrichment.store.batches import Batches

        return Batches(self.table)

    @cached_property
    def results(self) -> "Results":
        from enrichment.store.results import Results

        return Results(self.table)

    @cached_property
    def results_by_batch(self) -> "ResultsByBatch":
        from enrichment.store.results_by_batch import ResultsByBatch

        return ResultsByBatch(self.results, self.table, self.clients.queries.ask, self.clock)

    @cached_property
    def budget(self) -> "Budget":
        from enrichment.store.budget import Budget

        return Budget(self.table, self._read(settings.MonthCapSettings).month_cap)

    @cached_property
    def contents(self) -> "Contents":
        from enrichment.store.contents import Contents

        return Contents(self.table)

    @cached_property
    def fixes(self) -> "Fixes":
        from enrichment.store.fixes import Fixes

        return Fixes(self.table)

    @cached_property
    def persons(self) -> "Persons":
        from enrichment.store.persons import Persons

        return Persons(self.table)

    @cached_property
    def erasures(self) -> "Erasures":
        from enrichment.store.erasures import Erasures

        return Erasures(self.table)

    @cached_property
    def listings(self) -> "Listings":
        from enrichment.store.listings import Listings

        return Listings(self.table)

    # The other edges

    @cached_property
    def bucket(self) -> "Bucket":
        from enrichment.adapters.bucket import Bucket

        return Bucket(self.clients.s3, self._read(settings.BucketSettings).bucket)

    @cached_property
    def submit_queue(self) -> "SubmitQueue":
        from enrichment.adapters.queue import SubmitQueue

        return SubmitQueue(self.clients.sqs, self._read(settings.QueueSettings).submit_queue_url)

    @cached_property
    def dead_letters(self) -> "tuple[DeadLetters, ...]":
        from enrichment.adapters.queue import DeadLetters

        urls = self._read(settings.DeadLetterSettings)
        return (
            DeadLetters(self.clients.sqs, urls.submit_dead_letters_url),
            DeadLetters(self.clients.sqs, urls.failed_events_url),
            DeadLetters(self.clients.sqs, urls.webhook_dead_letters_url, urls.webhook_queue_url),
        )

    @cached_property
    def compile_starter(self) -> "CompileStarter":
        from enrichment.adapters.starter import CompileStarter

        function = self._read(settings.CompileStartSettings).compile_function
        return CompileStarter(self.clients.functions, function)

    @cached_property
    def split_starter(self) -> "SplitStarter":
        from enrichment.adapters.starter import SplitStarter

        function = self._read(settings.SplitStartSettings).split_function
        return SplitStarter(self.clients.functions, function)

    @cached_property
    def erase_starter(self) -> "EraseStarter":
        from enrichment.adapters.starter import EraseStarter

        function = self._read(settings.EraseStartSettings).erase_function
        return EraseStarter(self.clients.functions, function)

    @cached_property
    def provider(self) -> "Pronto":
        from enrichment.adapters.provider import Pronto

        return Pronto(self.clients.http, self._read(settings.ProviderSettings).pronto_base_url)

    @cached_property
    def secrets(self) -> "SecretsClient":
        """Reads the secrets of a function, all in one call if it has several."""
        variables = [name.upper() for each in settings.SECRETS for name in each.names()]
        names = [self.environment[each] for each in variables if each in self.environment]
        if len(names) == 1:
            return self.clients.secrets
        from enrichment.adapters.secrets import SecretsTogether

        return SecretsTogether(self.clients.secrets, names, self.clock)

    @cached_property
    def api_key(self) -> "ApiKey":
        from enrichment.adapters.secrets import ApiKey

        name = self._read(settings.ApiKeySettings).api_key_secret
        return ApiKey(self.secrets, name, self.clock)

    @cached_property
    def signing_key(self) -> "SigningKey":
        from enrichment.adapters.secrets import SigningKey

        name = self._read(settings.SigningKeySettings).signing_key_secret
        return SigningKey(self.secrets, name, self.clock)

    @cached_property
    def person_key(self) -> "PersonKey":
        from enrichment.adapters.secrets import PersonKey

        name = self._read(settings.PersonKeySettings).person_key_secret
        return PersonKey(self.secrets, name, self.clock)

    @cached_property
    def metrics(self) -> "Metrics":
        from enrichment.adapters.metrics import Metrics

        return Metrics(self._read(settings.MetricSettings).stack)

    @cached_property
    def page(self) -> "Callable[[Report], str]":
        """Renders a report as a page."""
        from enrichment.adapters.report_page import page

        return page

    @property
    def _region(self) -> str:
        return self.environment.get("AWS_REGION", "")  # which Lambda sets itself

    @property
    def _console_region(self) -> str:
        """Empty where nothing has AWS's console."""
        return "" if "AWS_ENDPOINT_URL" in self.environment else self._region

    @property
    def _name_paths(self) -> bool:
        return self._read(settings.NamingSettings).name_paths

    def _read(self, kind: type[S]) -> S:
        if kind not in self._settings:
            self._settings[kind] = kind.read(self.environment)
        found = self._settings[kind]
        assert isinstance(found, kind)  # noqa: S101  # for the type checker
        return found
