"""From a row of an investigation to a case."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.case import Case, Source, Witness, id_of
from mispredict.obvious.expectation import Expectation, parse, read_form
from mispredict.obvious.requiring import CaseRefused, Severity, require_reason


def utc_now() -> str:
    """Return the time now, UTC, to the second."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Why:
    """What people say when they promote; refused at once, before any model is opened for it."""

    reason: str
    by: str
    expect: str = "label"  # as `--expect` is written
    severity: Severity = "major"
    incident: str | None = None
    expires: str | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    at: str = field(default_factory=utc_now)

    def __post_init__(self) -> None:
        require_reason(self.reason)
        read_form(self.expect)


def freeze(rows: Sequence[FrozenRow], why: Why) -> tuple[Case, ...]:
    """Return one case a row; raises CaseRefused, ExpectationRefused."""
    return tuple(_case_of(row, why) for row in rows)


def to_scalar(value: Any) -> Any:
    """Return a cell as a JSON scalar that reads back exactly; missing is None, an infinity is text.

    >>> to_scalar(np.float32(0.1)), to_scalar(float("nan")), to_scalar(pd.Timestamp("2026-01-31 12:00"))
    (0.10000000149011612, None, '2026-01-31T12:00:00')
    """
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else str(float(value))
    return _text_of(value)


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (dt.datetime, np.datetime64)):
        instant = pd.Timestamp(value)  # the zone stands in the dtype; its own old offsets can't all be read back
        return (instant if instant.tzinfo is None else instant.tz_convert("UTC")).isoformat()
    if isinstance(value, (dt.timedelta, np.timedelta64)):
        return pd.Timedelta(value).isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    raise CaseRefused(
        f"a {type(value).__name__} in a feature",
        needed="a number, a text, a truth value or a time",
        do="leave that column out of the model's features or turn it into one of these",
    )


def _with_unseen(categories: list[Any], value: Any) -> list[Any]:
    """Return the categories and a value that this model never saw: it reads it as missing, the next may know it."""
    return categories if value is None or value in categories else [*categories, value]


def _claim_of(expect: Expectation) -> str:
    """Return what tells two cases of one row apart: a row may have to be above several others."""
    return f"{expect.kind}:{expect.compared_with}" if expect.compared_with else expect.kind


def _case_of(row: FrozenRow, why: Why) -> Case:
    row = replace(row, truth=to_scalar(row.truth), classes=tuple(to_scalar(c) for c in row.classes))
    expect = parse(why.expect, row)
    values = {name: to_scalar(value) for name, value in row.values.items()}
    return Case(
        id_of(values, kind=_claim_of(expect), name=row.id),
        values,
        dict(row.dtypes),
        {name: _with_unseen([to_scalar(v) for v in listed], values[name]) for name, listed in row.categories.items()},
        expect,
        why.severity,
        why.reason,
        why.by,
        why.at,
        Source(row.data_sha256, row.id, row.truth),
        Witness(row.model_sha256, to_scalar(row.score), row.classes),
        why.incident,
        why.expires,
        why.owner,
        why.tags,
        row.explanation,
    )
