"""What a sample of a file says of the whole."""

from collections.abc import Callable
from dataclasses import asdict

from enrichment.domain.job import Job
from enrichment.domain.rates import Range, Rate
from enrichment.domain.report import Expected, Outlook, Trial


def trial_of(job: Job, rate: Rate, money: Callable[[int], str], is_reused: bool) -> Trial | None:
    """What came of the sample that a job sent; None of a job that sent the whole file.

    Args:
        job: gives the contacts of the sample and of the file, and the price.
        rate: of the contacts that have their answer.
        money: tells what credits cost, in words.
        is_reused: whether the answers of the sample are used again for the whole file.
    """
    if not job.sample:
        return None
    return Trial(
        asked=job.sample,
        contacts=job.population,
        sent=job.contacts,
        answered=rate.tried,
        found=rate.found,
        things=rate.things,
        outlook=_outlook(job, rate, money, is_reused) if rate.tried else None,
    )


def _outlook(job: Job, rate: Rate, money: Callable[[int], str], is_reused: bool) -> Outlook:
    low, high = rate.interval
    # Whoever has an answer is not paid for again, as long as answers are reused. Others of the
    # sample are sent with the rest, such as those that a cap left out.
    all_anew = not is_reused and job.contacts < job.population
    left = job.population if all_anew else max(0, job.population - rate.tried)
    cost = rate.credits_for(left, job.price)
    return Outlook(
        share=_percent(rate.share),
        share_least=_percent(low),
        share_most=_percent(high),
        found=_expected(rate.found_among(job.population - rate.tried).more(rate.found)),
        contacts=left,
        credits=_expected(cost),
        at_most=left * job.most_each,
        cost=money(cost.likely),
    )


def _percent(share: float) -> float:
    return round(100 * share, 1)


def _expected(what: Range) -> Expected:
    return Expected(**asdict(what))
