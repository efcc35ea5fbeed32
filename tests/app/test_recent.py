from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from app.recent import MOST, recent, remember


def touched(path: Path) -> Path:
    path.touch()
    return path


def test_the_last_one_opened_comes_first_and_once(tmp_path: Path) -> None:
    first, second = touched(tmp_path / "a.toml"), touched(tmp_path / "b.toml")
    for path in (first, second, first):
        remember(path)
    assert [one.path for one in recent()] == [str(first), str(second)]


def test_the_list_stays_short_and_leaves_out_what_is_gone(tmp_path: Path) -> None:
    for number in range(MOST + 3):
        remember(touched(tmp_path / f"{number}.toml"))
    (tmp_path / "5.toml").unlink()
    assert len(recent()) == MOST - 1


def test_a_list_that_can_not_be_written_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = touched(tmp_path / "a.toml"), touched(tmp_path / "b.toml")
    remember(first)

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    remember(second)
    assert [one.path for one in recent()] == [str(first)]


def test_many_at_once_leave_one_whole_list_and_nothing_else(tmp_path: Path) -> None:
    path = touched(tmp_path / "a.toml")
    failed: list[OSError] = []

    def often() -> None:
        try:
            for _ in range(50):
                remember(path)
        except OSError as fault:
            failed.append(fault)

    threads = [threading.Thread(target=often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [one.path for one in recent()] == [str(path)]
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["recent.json"]
