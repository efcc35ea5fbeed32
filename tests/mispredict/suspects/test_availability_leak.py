"""Values that became known after the prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mispredict.suspects.availability_leak import AvailabilityLeak

from .conftest import Ask, ordinary

LEAK = AvailabilityLeak()
ROLES: dict[str, Any] = {"time": "at", "available_at": {"amount": "known"}}


def timed(late: float, rows: int = 1_500) -> pd.DataFrame:
    """Return a table in which a share of `amount` was written after the label, by which it was changed."""
    rng = np.random.default_rng(0)
    table = ordinary(rows)
    is_late = rng.random(rows) < late
    table["amount"] += np.where(is_late & (table["label"] == 1), 500.0, 0.0)
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.uniform(0, 90, rows), unit="D")
    lag = np.where(is_late, rng.uniform(1, 20, rows), -rng.uniform(0, 30, rows))
    return table.assign(at=at, known=at + pd.to_timedelta(lag, unit="D"))


def test_late_values_are_certain_and_their_rows_are_listed(ask: Ask) -> None:
    table = timed(0.1)
    (found,) = LEAK.find(ask(table.iloc[:700], table.iloc[700:], **ROLES)).suspects
    assert (found.severity, found.culprits) == ("certain", ("amount",))
    late = np.flatnonzero((table["known"] > table["at"])[:700])
    assert {int(one) for one in found.rows} == set(late)
    assert found.evidence["auc_of_late"] > 0.9 > found.evidence["auc_of_timely"]


def test_timely_values_and_clock_noise_are_not_named(ask: Ask) -> None:
    assert not LEAK.find(ask(timed(0.0), **ROLES)).suspects
    table = timed(0.0)
    table["known"] = table["at"] + pd.Timedelta(seconds=20)
    assert not LEAK.find(ask(table, **ROLES)).suspects


def test_a_date_of_the_same_day_is_in_time(ask: Ask) -> None:
    table = timed(0.0)
    table["at"] = table["at"].dt.floor("D")
    table["known"] = table["at"] + pd.Timedelta(hours=20)
    assert not LEAK.find(ask(table, **ROLES)).suspects


def test_a_single_late_value_is_worth_knowing_only(ask: Ask) -> None:
    table = timed(0.0)
    table.loc[5, "known"] = table.loc[5, "at"] + pd.Timedelta(days=2)
    (found,) = LEAK.find(ask(table, **ROLES)).suspects
    assert found.severity == "info"


def test_a_feature_that_nobody_reads_is_worth_knowing_only(ask: Ask) -> None:
    found = LEAK.find(ask(timed(0.2), not_read=("amount",), **ROLES)).suspects
    # the model of this fixture reads nothing named in not_read
    assert [one.severity for one in found] == ["info"]


def test_what_a_time_zone_explains_is_not_certain(ask: Ask) -> None:
    table = timed(0.0)
    table["known"] = (table["at"] + pd.Timedelta(hours=2)).dt.tz_localize("UTC")
    (found,) = LEAK.find(ask(table, **ROLES)).suspects
    assert found.severity == "suspected"
    assert "time zone" in found.summary
    assert "without a zone, taken for UTC" in found.evidence["read_as"][0]


def test_texts_are_read_and_what_cannot_be_is_counted(ask: Ask) -> None:
    table = timed(0.1)
    texts = table["known"].dt.strftime("%Y-%m-%dT%H:%M:%S").astype(object)
    texts[:10] = "soon"
    (found,) = LEAK.find(ask(table.assign(known=texts), **ROLES)).suspects
    assert found.severity == "certain"
    assert "10 of 1,500 values are no time that can be read" in found.evidence["read_as"][1]
    looked = LEAK.find(ask(table.assign(known="never"), **ROLES))
    assert not looked.suspects
    assert "`known` can't be read" in looked.looked_at


def test_label_time_stands_in_for_a_missing_time(ask: Ask) -> None:
    roles = {"label_time": "at", "available_at": ROLES["available_at"]}
    assert [one.severity for one in LEAK.find(ask(timed(0.1), **roles)).suspects] == ["certain"]


def test_what_is_missing_is_said(ask: Ask) -> None:
    table = timed(0.1, 200)
    assert LEAK.refusal(ask(table, time="at")) == "no [data.available_at] says when values became known"
    inquiry = ask(table, available_at=ROLES["available_at"])
    assert LEAK.refusal(inquiry) == "no `time` says when predictions were made"
    assert LEAK.refusal(ask(table.assign(at="?"), **ROLES)) == "the times in `at` can't be read"


def test_odd_tables_raise_nothing(ask: Ask) -> None:
    table = timed(0.1, 60)
    assert LEAK.find(ask(table, table.drop(columns="known"), **ROLES)).suspects
    three = timed(0.0, 90).assign(label=lambda t: np.arange(len(t)) % 3)
    assert not LEAK.find(ask(three, **ROLES)).suspects
    empty = timed(0.1, 90).assign(amount=None)
    assert not LEAK.find(ask(empty, **ROLES)).suspects
