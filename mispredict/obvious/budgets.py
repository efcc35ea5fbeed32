"""How fast a model has to answer: budgets that are kept with the set, and what a measurement makes of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select

from mispredict.bad_input import BadInput
from mispredict.endpoint.measured import Latency
from mispredict.obvious.case import Case
from mispredict.obvious.database import reading, writing
from mispredict.obvious.frames import alike, frame_of
from mispredict.obvious.freeze import utc_now
from mispredict.obvious.schema import BUDGET, STORE
from mispredict.obvious.store import Store
from mispredict.obvious.targets import Target

SINGLE_CALLS, BATCH_CALLS, BATCH_ROWS = 300, 30, 1_000
NAMES = tuple(f"{size}.p{quantile}" for size in ("single", "batch") for quantile in (50, 95, 99))
_SAID = re.compile(r"([a-z0-9.]+)=(\S+)")


@dataclass(frozen=True)
class Budget:
    """The most milliseconds that a quantile of the latency may be."""

    name: str  # single.p99: of calls with one row; batch.p99: of calls with 1,000
    milliseconds: float
    actor: str
    time: str


@dataclass(frozen=True)
class Held:
    """A budget and what was measured."""

    name: str
    budget: float | None  # milliseconds; None: no budget
    measured: float  # milliseconds

    @property
    def is_kept(self) -> bool:
        """Return whether the measurement is within the budget, where there is one."""
        return self.budget is None or self.measured <= self.budget


def parse_budget(text: str) -> tuple[str, float | None]:
    """Return the name and the milliseconds of `single.p99=20`; None for `single.p99=none`; raises BadInput.

    >>> parse_budget("single.p99=20"), parse_budget("batch.p50=none")
    (('single.p99', 20.0), ('batch.p50', None))
    """
    said = _SAID.fullmatch(text)
    name, value = said.groups() if said else ("", "")
    if name not in NAMES or not (value == "none" or _is_positive(value)):
        raise BadInput(
            f"the budget {text!r}",
            needed=f"NAME=MILLISECONDS with one of {', '.join(NAMES)}",
            do="say single.p99=20, or single.p99=none to lift it",
        )
    return name, None if value == "none" else float(value)


def set_budget(store: Store, name: str, milliseconds: float | None, *, by: str) -> None:
    """Keep a budget with the set, or lift it; what it was stays in the table."""
    with writing(store.engine) as connection:
        connection.execute(select(STORE).with_for_update())
        seq = (connection.execute(select(func.max(BUDGET.c.seq))).scalar() or 0) + 1
        told = {"seq": seq, "name": name, "milliseconds": milliseconds, "actor": by[:200], "time": utc_now()}
        connection.execute(insert(BUDGET).values(told))


def budgets(store: Store) -> tuple[Budget, ...]:
    """Return the budgets that count, in the order of their names."""
    with reading(store.engine) as connection:
        rows = connection.execute(select(BUDGET).order_by(BUDGET.c.seq)).mappings().all()
    last = {row["name"]: row for row in rows}
    return tuple(
        Budget(name, last[name]["milliseconds"], last[name]["actor"], last[name]["time"])
        for name in NAMES
        if name in last and last[name]["milliseconds"] is not None
    )


def measure(cases: Sequence[Case], target: Target) -> tuple[Latency, Latency]:
    """Return the latency of a row at a time and of 1,000, over the rows of the set's most common schema."""
    largest = max(alike(cases), key=len)
    rows, classes = frame_of(largest), largest[0].model.classes
    single = target.latency(rows, classes, size=1, calls=SINGLE_CALLS)
    return single, target.latency(rows, classes, size=BATCH_ROWS, calls=BATCH_CALLS)


def hold(measured: tuple[Latency, Latency], kept: Sequence[Budget]) -> tuple[Held, ...]:
    """Return each quantile that was measured beside its budget."""
    limits = {budget.name: budget.milliseconds for budget in kept}
    figures = [v for one in measured for v in (one.p50_ms, one.p95_ms, one.p99_ms)]
    return tuple(Held(name, limits.get(name), value) for name, value in zip(NAMES, figures, strict=True))


def _is_positive(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and float(text) > 0
    except ValueError:
        return False
