from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.case import Case
from mispredict.obvious.freeze import Why, freeze

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
