"""What checks said, kept with the set: which case has failed before, and which one flips back and forth."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from mispredict.obvious.check import CheckResult
from mispredict.obvious.database import reading, writing
from mispredict.obvious.freeze import utc_now
from mispredict.obvious.schema import CHECK_OUTCOME, CHECK_RUN, STORE
from mispredict.obvious.store import Store

FLIPS = 2  # changes between right and wrong from which on a case goes back and forth: right, wrong, right


@dataclass(frozen=True)
class Fresh:
    """A model's figures on data that it has not seen, measured when it was checked."""

    accuracy: float
    rows: int
    data_sha256: str


@dataclass(frozen=True)
class Run:
    """One recorded check."""

    seq: int
    time: str
    actor: str
    model: str
    model_sha256: str | None
    passed: int
    judged: int  # cases that were not expired
    fresh: Fresh | None


@dataclass(frozen=True)
class Judgement:
    """What one recorded check said of one case."""

    run: int
    time: str
    model: str
    model_sha256: str | None
    status: str
    score: float | None


def record(store: Store, result: CheckResult, *, by: str, fresh: Fresh | None = None) -> int:
    """Keep a check with the set and return its number."""
    with writing(store.engine) as connection:
        connection.execute(select(STORE).with_for_update())
        seq = (connection.execute(select(func.max(CHECK_RUN.c.seq))).scalar() or 0) + 1
        connection.execute(insert(CHECK_RUN).values(_run_row(seq, result, by, fresh)))
        rows = [
            {"run": seq, "case_id": o.case.id, "status": o.status, "score": o.score}
            for o in result.outcomes
        ]  # fmt: skip
        if rows:
            connection.execute(insert(CHECK_OUTCOME), rows)
    return seq


def runs(store: Store) -> tuple[Run, ...]:
    """Return the recorded checks, the first one first."""
    with reading(store.engine) as connection:
        counts = _counts(connection)
        found = connection.execute(select(CHECK_RUN).order_by(CHECK_RUN.c.seq)).mappings().all()
    return tuple(_run(row, counts.get(row["seq"], {})) for row in found)


def judgements(store: Store, cases: Sequence[str] = ()) -> dict[str, tuple[Judgement, ...]]:
    """Return what the recorded checks said of each case, or of those named, the first check first."""
    query = select(CHECK_OUTCOME, CHECK_RUN).join(CHECK_RUN, CHECK_RUN.c.seq == CHECK_OUTCOME.c.run)
    query = query.where(CHECK_OUTCOME.c.case_id.in_(cases)) if cases else query
    found: dict[str, list[Judgement]] = {}
    with reading(store.engine) as connection:
        for row in connection.execute(query.order_by(CHECK_RUN.c.seq)).mappings():
            one = Judgement(
                row["run"], row["time"], row["model"], row["model_sha256"], row["status"], row["score"]
            )  # fmt: skip
            found.setdefault(row["case_id"], []).append(one)
    return {name: tuple(told) for name, told in found.items()}


def statuses(store: Store, runs: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return what each of some recorded checks said of each case."""
    found: dict[int, dict[str, str]] = {run: {} for run in runs}
    columns = (CHECK_OUTCOME.c.run, CHECK_OUTCOME.c.case_id, CHECK_OUTCOME.c.status)
    with reading(store.engine) as connection:
        for run, case_id, status in connection.execute(select(*columns).where(CHECK_OUTCOME.c.run.in_(runs))):
            found[run][case_id] = status
    return found


def flips(told: Sequence[Judgement]) -> int:
    """Return how often a case went from right to wrong or back, checks that did not judge it left out."""
    right = [one.status == "passed" for one in told if one.status in ("passed", "failed")]
    return sum(before != after for before, after in itertools.pairwise(right))


def goes_back_and_forth(told: Sequence[Judgement]) -> bool:
    """Return whether a case was right, wrong and right again, or the other way round."""
    return flips(told) >= FLIPS


def _run_row(seq: int, result: CheckResult, by: str, fresh: Fresh | None) -> dict[str, Any]:
    return {
        "seq": seq,
        "time": utc_now(),
        "actor": by[:200],
        "model": result.model[:400],
        "model_sha256": result.model_sha256,
        "fresh": None if fresh is None else json.dumps(fresh.__dict__),
    }


def _counts(connection: Connection) -> dict[int, dict[str, int]]:
    query = select(CHECK_OUTCOME.c.run, CHECK_OUTCOME.c.status, func.count())
    found: dict[int, dict[str, int]] = {}
    for run, status, count in connection.execute(query.group_by(CHECK_OUTCOME.c.run, CHECK_OUTCOME.c.status)):
        found.setdefault(run, {})[status] = count
    return found


def _run(row: Any, counts: dict[str, int]) -> Run:
    fresh = None if row["fresh"] is None else Fresh(**json.loads(row["fresh"]))
    judged = sum(count for status, count in counts.items() if status != "expired")
    return Run(
        row["seq"], row["time"], row["actor"], row["model"], row["model_sha256"], counts.get("passed", 0), judged, fresh
    )
