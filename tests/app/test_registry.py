from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from app import registry
from app.desks import MOST, DeskBook
from app.recent import recent, remember
from mispredict.bad_input import InvestigationRefused
from tests.app.synthetic_desk import SyntheticDesk


class Closing(SyntheticDesk):
    closed = 0

    def close(self) -> None:
        self.closed += 1


def made(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "investigation.toml"
    path.write_text("")
    return path


def test_a_name_is_short_and_safe_and_tells_paths_apart(tmp_path: Path) -> None:
    one, two = (registry.short_name(tmp_path / place / "Weekend <b>Spike" / "investigation.toml") for place in "ab")
    assert one.startswith("weekend-b-spike-")
    assert one != two


def test_only_registered_names_are_found(tmp_path: Path) -> None:
    name = registry.register(made(tmp_path / "monday"))
    assert registry.find(name) is not None
    for hostile in ("/etc/passwd", "../monday", str(tmp_path / "monday" / "investigation.toml"), ""):
        assert registry.find(hostile) is None


def test_the_environment_names_what_a_server_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [made(tmp_path / day) for day in ("monday", "tuesday")]
    monkeypatch.setenv(registry.OPEN, os.pathsep.join(map(str, paths)))
    assert registry.names() == tuple(map(registry.short_name, paths))


def test_a_link_to_a_recent_investigation_outlives_the_server(tmp_path: Path) -> None:
    path = made(tmp_path / "monday")
    remember(path)
    assert registry.find(registry.short_name(path)) is not None


def test_recent_ones_are_listed_last_first_while_they_exist(tmp_path: Path) -> None:
    monday, tuesday = made(tmp_path / "monday"), made(tmp_path / "tuesday")
    for path in (monday, tuesday, monday):
        remember(path)
    assert [r.path for r in recent()] == [str(monday), str(tuesday)]
    monday.unlink()
    assert [r.path for r in recent()] == [str(tuesday)]


def test_a_damaged_list_of_recent_ones_is_started_anew(tmp_path: Path) -> None:
    path = made(tmp_path / "monday")
    remember(path)
    (tmp_path / "home" / "recent.json").write_text("{half")
    assert recent() == ()
    remember(path)
    assert len(recent()) == 1


def test_an_unknown_desk_is_refused() -> None:
    with pytest.raises(InvestigationRefused, match="no investigation called 'x'"):
        DeskBook().get("x")


def test_the_least_used_desk_is_closed_first() -> None:
    desks: dict[str, Any] = {f"d{number}": Closing() for number in range(MOST + 1)}
    for name, desk in desks.items():
        registry.register_desk(name, lambda desk=desk: desk)
    book = DeskBook()
    for name in desks:
        assert book.get(name) is desks[name]
        book.get("d0")
    assert [name for name, desk in desks.items() if desk.closed] == ["d1"]
    book.close_all()
    assert all(desk.closed for desk in desks.values())


def test_a_changed_file_makes_what_is_shown_stale(tmp_path: Path) -> None:
    path = made(tmp_path / "monday")
    name, book = registry.register(path), DeskBook()
    book.get(name)
    assert not book.is_stale(name)
    os.utime(path, ns=(1, 1))
    assert book.is_stale(name)
