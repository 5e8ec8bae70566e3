"""Every process of a run finds the same tests."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Content is numbered, since that of an archive has the second in which it was made."""
    return argname if isinstance(val, bytes) else None
