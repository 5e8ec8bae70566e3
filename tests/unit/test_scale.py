"""The model of large jobs: it loses no row, says the same each time, and names what is full."""

from typing import Any

import pytest

from bench.scale import given, growth, work
from bench.scale.cost import counted
from bench.scale.figures import Figures
from bench.scale.limits import STATIONS, fullest, shares
from bench.scale.model import Model
from bench.scale.told import jobs, newest
from bench.scale.way import BATCH, Way
from enrichment.steps.outcomes import RESERVE
from enrichment.steps.unfinished import SPARE

_CALLS = {"get": 2.0, "put": 100.0, "query": 1.0, "cpu": 0.01, "writes": 110.0, "reads": 3.0}
FOUND: dict[str, Any] = {
    "sizes": {
        "1000": {
            "split": {"seconds": 0.03, "megabytes": 90},
            "compile": {"seconds": 0.05, "megabytes": 100},
            "file": 125_000,
            "plan": 160_000,
        }
    },
    "work": {
        name: {"job": {"get": 2.0, "write": 1.0, "writes": 5.0}, "batch": _CALLS}
        for name in ("split", "submit", "webhook", "tally", "compile")
    },
}
FOUND["work"]["tally"] = {"job": {}, "batch": {"get": 2.0, "query": 2.0, "writes": 13.0}}
STARTING = {
    "functions": {name: {"seconds": 0.3} for name in FOUND["work"]},
    "later": {"seconds": 0.002, "floor": 0.002},
}


def way(post: float = 1.0, **chosen: int) -> Way:
    return Way(Figures(chosen), FOUND["work"], FOUND["sizes"], STARTING, post)


def one(rows: int, **chosen: int) -> Model:
    return Model(way(**chosen), [(rows, 0.0)]).run()


@pytest.mark.parametrize("lanes", [0, 3])
def test_every_row_goes_through(lanes: int) -> None:
    dropped = [(1, 0.0), (99, 0.0), (100, 5.0), (1_001, 1.0), (12_345, 0.0)]
    model = Model(way(), dropped, lanes=lanes).run()

    assert [job.answered for job in model.jobs] == [rows for rows, _ in dropped]
    assert all(job.settled == job.sent == job.batches for job in model.jobs)
    assert all(
        job.dropped_at < job.planned_at < job.sent_at < job.answered_at < (job.output_at or 0)
        for job in model.jobs
    )
    assert counted(model)["results"] == sum(rows for rows, _ in dropped)
    assert model.runs.now == model.door.refused == 0


def test_what_the_door_refuses_is_lost_and_counted() -> None:
    model = one(5_000, WebhookRate=10, WebhookBurst=50)
    [job] = model.jobs
    assert 0 < job.answered == 5_000 - model.door.refused < 5_000
    assert job.output_at is None


def test_a_seed_decides_all_of_it() -> None:
    def times(seed: int) -> list[float | None]:
        return [job.output_at for job in Model(way(), [(3_000, 0.0)] * 3, seed).run().jobs]

    assert times(1) == times(1) != times(2)


def test_more_rows_take_longer_and_cost_more() -> None:
    jobs = [growth.of_job(way(), rows) for rows in (100, 1_000, 10_000, 50_000)]
    for name in ("seconds", "split", "sending", "compile", "usd"):
        values = [job[name] for job in jobs]
        assert values == sorted(values)
        assert values[0] < values[-1]


def test_five_requests_at_a_time_take_as_long_as_they_must() -> None:
    model = one(50_000, WebhookConcurrency=100)
    [job] = model.jobs
    turns = 50_000 / BATCH / model.submit.servers
    least = turns * model.way.submit
    assert least <= job.sent_at - job.planned_at < 1.05 * least


@pytest.mark.parametrize(
    ("chosen", "name", "more", "others"),
    [
        (
            {"WebhookConcurrency": 2, "Concurrency": 10},
            "webhook",
            {"WebhookConcurrency": 4, "Concurrency": 10},
            {"WebhookConcurrency": 2, "Concurrency": 20},
        ),
        (
            {"WebhookConcurrency": 50},
            "requests",
            {"WebhookConcurrency": 50, "Concurrency": 10},
            {"WebhookConcurrency": 100},
        ),
    ],
)
def test_the_fullest_station_is_the_one_that_sets_the_pace(
    chosen: dict[str, int], name: str, more: dict[str, int], others: dict[str, int]
) -> None:
    model = one(150_000, **chosen)
    taken = shares(model)

    assert fullest(taken) == name
    assert taken[name] == max(taken[station] for station in STATIONS)
    assert 0.9 < taken[name] <= 1
    assert one(150_000, **more).span < 0.8 * model.span
    assert one(150_000, **others).span > 0.97 * model.span


def test_a_large_file_takes_several_runs_none_of_which_is_too_long() -> None:
    usual = way()
    for runs, spare, function in (
        (usual.plan_runs(50_000_000), SPARE, "split"),
        (usual.compile_runs(12_000_000), RESERVE, "compile"),
    ):
        most = usual.figures.timeout(function) - spare
        assert len(runs) > 1
        assert all(seconds == most for seconds in runs[:-1])
        assert 0 < runs[-1] <= most


def test_a_file_that_no_run_can_write_is_told() -> None:
    with pytest.raises(RuntimeError, match="no run"):
        way().compile_runs(50_000_000)


def test_what_a_batch_takes_is_counted_in_the_real_code() -> None:
    found = work.counted(small=11, large=21)
    batches = {name: took["batch"] for name, took in found.items()}
    assert batches["submit"]["put"] == BATCH  # its people
    assert batches["webhook"]["put"] == BATCH
    assert batches["compile"]["query"] == 1
    assert batches["tally"]["query"] == 2

    larger = work.lived(16)
    for name, took in found.items():
        for kind, calls in larger[name].items():
            foretold = took["job"].get(kind, 0) + 16 * took["batch"].get(kind, 0)
            assert kind == "cpu" or abs(foretold - calls) <= max(1, 0.05 * calls), (name, kind)


def test_what_is_told_of_a_job_is_what_is_fullest() -> None:
    found = newest()
    for rows, job in found["jobs"].items():
        name = fullest(job["shares"])
        assert job["shares"][name] == max(job["shares"][station] for station in STATIONS)
        [line] = [
            line for line in jobs(found).splitlines() if line.startswith(f"| {int(rows):,} |")
        ]
        assert f"| {name}, " in line


def test_each_peak_by_hand_has_its_command() -> None:
    for each in given.given()["by_hand"]:
        assert each["command"]
