import os
import stat
from pathlib import Path

import pytest

from mispredict.cache import cache_folder


def test_the_named_folder_is_made_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "here" / "it is"))
    assert cache_folder() == tmp_path / "here" / "it is"
    assert os.name != "posix" or stat.S_IMODE(cache_folder().stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_falls_back_to_one_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "file" / "below"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "file"))
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    found = cache_folder()
    assert found.is_relative_to(tmp_path)
    assert os.access(found, os.W_OK)
