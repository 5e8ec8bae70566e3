"""Shares of a whole, in whole per cent that add up to 100."""

from collections.abc import Sequence


def shares(parts: Sequence[int]) -> list[str]:
    """The share of each part in their sum, for people: neither 0% nor 100% unless it is none or
    all. The numbers add up to 100, apart from shares below 1%, which have none.

    >>> shares([1, 1, 1]), shares([899, 1]), shares([3, 0])
    (['34%', '33%', '33%'], ['>99%', '<1%'], ['100%', '0%'])
    """
    whole = sum(parts)
    rounded = _rounded(parts, whole) if whole else [0] * len(parts)
    return [_told(part, whole, number) for part, number in zip(parts, rounded, strict=True)]


def percent(part: int, whole: int) -> str:
    """One share for people.

    >>> percent(1, 3), percent(1, 900), percent(899, 900), percent(0, 0)
    ('33%', '<1%', '>99%', '0%')
    """
    return _told(part, whole, round(100 * part / whole) if whole else 0)


def _told(part: int, whole: int, rounded: int) -> str:
    if 0 < 100 * part < whole:
        return "<1%"
    if part < whole and 100 * part > 99 * whole:
        return ">99%"
    return f"{rounded}%"


def _rounded(parts: Sequence[int], whole: int) -> list[int]:
    """Whole per cent by the largest remainder: what is left after rounding down goes to those that
    lost most by it.
    """
    numbers = [100 * part // whole for part in parts]
    lost = sorted(range(len(parts)), key=lambda at: -(100 * parts[at] % whole))
    for at in lost[: 100 - sum(numbers)]:
        numbers[at] += 1
    return numbers
