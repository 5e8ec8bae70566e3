"""What a local stack leaves on the disk."""

from pathlib import Path

from local.stack import write_for_owner


def test_what_may_hold_a_key_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "stack.json"
    file.write_text("readable by everybody")
    write_for_owner(file, "{}")
    assert file.read_text() == "{}"
    assert file.stat().st_mode & 0o777 == 0o600
