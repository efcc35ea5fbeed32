import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.case import Case
from mispredict.obvious.freeze import Why, freeze
from tests.mispredict.obvious import postgres

PAYMENT = FrozenRow(
    id="tx 1",
    values={"amount": 12.5, "channel": "app", "age": None},
    dtypes={"amount": "float64", "channel": "category", "age": "float64"},
    categories={"channel": ["web", "app"]},
    truth=0,
    predicted=1,
    classes=(0, 1),
    probability_of_truth=0.2,
    score=0.8,
    data_sha256="d" * 64,
    model_sha256="m" * 64,
    threshold=0.5,
)


@pytest.fixture
def payment() -> FrozenRow:
    return PAYMENT


@pytest.fixture
def case_of() -> Callable[..., Case]:
    """Return a function that makes a case of a payment with another id, amount or reason."""

    def make(name: str = "tx 1", *, row: FrozenRow = PAYMENT, reason: str = "a good customer", **why: Any) -> Case:
        return freeze([replace(row, id=name)], Why(reason, why.pop("by", "ann"), **why))[0]

    return make


_skipped: list[str] = []


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a PostgreSQL of our own and return its URL; without one the tests fail where CI=true."""
    try:
        postgres.programs()
    except postgres.NoServer as problem:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(str(problem))
        _skipped.append(str(problem))
        pytest.skip(str(problem))
    with postgres.serving(tmp_path_factory.mktemp("postgres")) as address:
        yield address


@pytest.fixture
def database(server: str) -> str:
    """Return the URL of a new and empty database."""
    import uuid

    import psycopg

    name = f"set_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for words in dict.fromkeys(_skipped):
        terminalreporter.section("POSTGRESQL TESTS SKIPPED", red=True, bold=True)
        terminalreporter.write_line(words)
