"""Calls that are made beside others."""

from threading import get_ident

import pytest

from enrichment.parallel import aside


def test_a_call_is_made_in_a_thread_and_its_result_waited_for() -> None:
    begun = aside(get_ident)
    assert begun() != get_ident()
    assert begun() == begun()


def test_what_it_raises_comes_where_its_result_is_waited_for() -> None:
    def fail() -> None:
        raise OSError("no answer")

    begun = aside(fail)
    with pytest.raises(OSError, match="no answer"):
        begun()
