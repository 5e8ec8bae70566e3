"""Shares in whole per cent."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from enrichment.domain.shares import shares

PARTS = st.lists(st.integers(0, 10**7) | st.integers(0, 20), min_size=1, max_size=14).filter(sum)


@given(PARTS)
def test_shares_add_up_and_none_is_more_than_one_per_cent_off(parts: list[int]) -> None:
    told, whole = shares(parts), sum(parts)
    exact = {
        at: int(share.removesuffix("%")) for at, share in enumerate(told) if share[0] not in "<>"
    }
    tiny = told.count("<1%")
    if ">99%" in told:
        assert set(told) <= {">99%", "<1%", "0%"}
    else:
        assert 100 - tiny <= sum(exact.values()) <= 100
    for at, part in enumerate(parts):
        assert (told[at] == "<1%") == (0 < 100 * part < whole)
        assert (told[at] == ">99%") == (99 * whole < 100 * part < 100 * whole)
        assert (told[at] == "0%") == (part == 0)
        assert (told[at] == "100%") == (part == whole)
        assert at not in exact or abs(exact[at] - 100 * part / whole) < 1


@given(PARTS)
def test_what_is_more_has_no_smaller_share(parts: list[int]) -> None:
    ranked = sorted(parts)
    size = {"<1%": 0.5, ">99%": 99.5}
    told = [size.get(share) or int(share.removesuffix("%")) for share in shares(ranked)]
    assert all(after >= before - 1 for before, after in pairwise(told))
