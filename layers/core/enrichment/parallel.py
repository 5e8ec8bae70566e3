"""Calls side by side. How they are made is passed in: Python's `map` makes one after the other."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

A = TypeVar("A")
B = TypeVar("B")

AT_ONCE = 8  # botocore's clients hold ten connections


class Parallel(Protocol):
    """The results of a call with each item, in the items' order; the first error is raised."""

    def __call__(self, call: Callable[[A], B], items: Iterable[A], /) -> Iterable[B]: ...


class Aside(Protocol):
    """Begins a call, and returns what waits for its result, or raises its error."""

    def __call__(self, call: Callable[[], B], /) -> Callable[[], B]: ...


def side_by_side(call: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
    """Some at a time, each in a thread."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield from threads.map(call, items)


def aside(call: Callable[[], B]) -> Callable[[], B]:
    """One call, in a thread."""
    threads = ThreadPoolExecutor(1)
    begun = threads.submit(call)
    threads.shutdown(wait=False)
    return begun.result
