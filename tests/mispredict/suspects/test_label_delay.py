"""Labels that came too early: planted with and without moments of labels, and ripe ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.predicates import holds
from mispredict.suspects.label_delay import LabelDelay
from mispredict.suspects.maturing import curve_of
from mispredict.suspects.suspect import Suspect
from tests.mispredict.suspects.conftest import Ask
from tests.mispredict.suspects.labels_of import clear_cut, late

ROLES = {"time": "at", "label_time": "told", "not_read": ("was_late",)}


def past(rows: int, seed: int = 1) -> pd.DataFrame:
    """Return ripe rows of the 60 days before."""
    table = late(rows, 4, cut=1_000, seed=seed)
    earlier = pd.Timedelta(days=200)
    return table.assign(at=table["at"] - earlier, told=table["told"] - earlier)


def found(ask: Ask, examined: pd.DataFrame, **roles: object) -> tuple[Suspect, ...]:
    return LabelDelay().find(ask(examined, past(2_000), **(ROLES | roles))).suspects


@pytest.mark.parametrize("median", [3.0, 10.0])
def test_events_that_have_not_come_are_counted_and_their_rows_ranked(ask: Ask, median: float) -> None:
    examined = late(4_000, median, cut=60)
    inquiry = ask(examined, late(4_000, median, cut=60, seed=1), **ROLES)
    (one,) = LabelDelay().find(inquiry).suspects
    missing = int(examined["was_late"].sum())
    assert one.severity == "certain"
    assert one.culprits == ("at", "told")
    assert one.evidence["events expected to be missing"] == pytest.approx(missing, rel=0.25)
    low, high = one.evidence["their 95 % interval"]
    assert low <= one.evidence["events expected to be missing"] <= high
    listed = examined["was_late"].to_numpy()[[int(i) for i in one.rows]]
    assert listed[:50].mean() > examined["was_late"].mean() * 3
    assert [text.split(":")[0] for text in one.evidence["figures"]] == ["AUC", "log loss", "accuracy"]


def test_the_place_is_a_rule_over_the_table(ask: Ask) -> None:
    examined = late(3_000, 3, cut=60)
    (one,) = found(ask, examined)
    assert one.where is not None
    inside = holds(one.where.conditions, examined)
    assert set(one.rows) <= set(np.flatnonzero(inside).astype(str))
    assert inside.sum() < 1_500


def test_ripe_labels_raise_no_alarm(ask: Ask) -> None:
    for median in (3.0, 10.0):
        assert found(ask, late(2_000, median, cut=1_000)) == ()


def test_a_drop_is_seen_without_moments_of_labels(ask: Ask) -> None:
    examined = late(4_000, 4, cut=60).drop(columns="told")
    training = past(2_000).drop(columns="told")
    inquiry = ask(examined, training, time="at", not_read=("was_late",))
    (one,) = LabelDelay().find(inquiry).suspects
    assert one.severity == "suspected"
    assert one.culprits == ("at",)
    assert "models promise" in one.summary
    ripe = late(4_000, 4, cut=1_000).drop(columns="told")
    assert LabelDelay().find(ask(ripe, training, time="at", not_read=("was_late",))).suspects == ()


def test_a_label_whose_time_is_always_known_is_not_assumed(ask: Ask) -> None:
    examined = late(1_000, 4, cut=60)
    examined["told"] = examined["told"].fillna(examined["at"] + pd.Timedelta(days=1))
    assert found(ask, examined) == ()


def test_labels_known_before_their_row_are_counted_and_survived(ask: Ask) -> None:
    examined = late(3_000, 4, cut=60)
    early = examined["told"].notna() & (np.arange(3_000) % 10 == 0)
    examined.loc[early, "told"] = examined.loc[early, "at"] - pd.Timedelta(days=2)
    (one,) = found(ask, examined)
    assert one.evidence["labels known before their row"] == int(early.sum())


def test_two_time_zones_are_one_time(ask: Ask) -> None:
    examined = late(3_000, 4, cut=60)
    zoned = examined.assign(at=examined["at"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))
    (one,), (other,) = found(ask, examined), found(ask, zoned)
    assert one.evidence["events expected to be missing"] == other.evidence["events expected to be missing"]


def test_times_as_text_are_read_and_numbers_too(ask: Ask) -> None:
    examined = late(3_000, 4, cut=60)
    text = examined.assign(at=examined["at"].astype(str), told=examined["told"].dt.strftime("%Y-%m-%d %H:%M:%S"))
    (one,) = LabelDelay().find(ask(text, None, **ROLES)).suspects
    assert one.where is None  # a text has no order
    day = pd.Timestamp("2026-01-01")
    days = examined.assign(
        at=(examined["at"] - day) / pd.Timedelta(days=1), told=(examined["told"] - day) / pd.Timedelta(days=1)
    )
    (other,) = LabelDelay().find(ask(days, None, **ROLES)).suspects
    assert other.evidence["events expected to be missing"] == pytest.approx(
        one.evidence["events expected to be missing"], rel=0.05
    )


def test_three_classes_are_judged(ask: Ask) -> None:
    examined = late(3_000, 4, cut=60)
    kinds = np.where(examined["label"] == 0, "none", np.where(examined["noise"] > 0, "theft", "dispute"))
    (one,) = LabelDelay().find(ask(examined.assign(label=kinds), None, **ROLES)).suspects
    assert "stand as 'none'" in one.summary


def test_refusals_say_what_lacks(ask: Ask) -> None:
    detector = LabelDelay()
    plain = clear_cut(300).drop(columns=["shop", "reviewer"])
    assert detector.refusal(ask(plain, None)) == "no time column is named"
    table = late(400, 4, cut=60)
    assert detector.refusal(ask(table.assign(at="soon"), None, **ROLES)) == "0 of 400 moments of 'at' can be read"
    assert detector.refusal(ask(table.iloc[:80], None, **ROLES)) == "80 rows: fewer than 100"
    assert detector.refusal(ask(table.assign(at=table["at"].iloc[0]), None, **ROLES)) == "all rows have the same 'at'"
    few = table.assign(label=(np.arange(400) < 5).astype(int))
    assert detector.refusal(ask(few, table, **ROLES)) == "5 rows are of another class than 0: fewer than 20"


def test_the_curve_of_truncated_delays_is_the_true_one() -> None:
    rng = np.random.default_rng(0)
    ages, delays = rng.uniform(0, 60, 20_000), rng.exponential(10, 20_000)
    seen = delays <= ages
    curve = curve_of(delays[seen], ages[seen])
    assert curve is not None
    at = np.array([2.0, 5.0, 10.0, 20.0, 40.0])
    assert curve.at(at) == pytest.approx(1 - np.exp(-at / 10), abs=0.03)
    assert curve.believed_from == pytest.approx(10 * np.log(20), rel=0.1)
    assert curve_of(delays[:5], ages[:5]) is None
