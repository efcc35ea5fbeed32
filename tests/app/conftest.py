"""The pages over a synthetic desk: a fresh server state for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import registry
from mispredict.investigation.desk import Desk
from tests.app.synthetic_desk import SyntheticDesk

MAIN = Path(__file__).parents[2] / "app" / "main.py"
Pages = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MISPREDICT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MISPREDICT_STORE", str(tmp_path / "obvious.db"))
    for name in ("MISPREDICT_OPEN", "MISPREDICT_UPLOAD", "STREAMLIT_SERVER_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    registry.clear()
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()
    registry.clear()


@pytest.fixture
def desk() -> SyntheticDesk:
    return SyntheticDesk()


@pytest.fixture
def pages() -> Pages:
    """Return a function that opens a page over a desk, with what its address says."""

    def opened(desk: Desk | None, page: str = "overview", **query: str) -> AppTest:
        if desk is not None:
            registry.register_desk("synthetic", lambda: desk)
        at = AppTest.from_file(str(MAIN), default_timeout=20)
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        return at if page == "overview" else at.switch_page(f"views/{page}.py").run()

    return opened
