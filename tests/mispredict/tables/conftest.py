from collections.abc import Callable
from pathlib import Path

import pytest

from mispredict.tables import Table, open_table


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MISPREDICT_CACHE", str(folder))
    return folder


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Table]:
    def write_and_open(content: bytes | str, name: str = "rows.csv") -> Table:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(str(file))

    return write_and_open
