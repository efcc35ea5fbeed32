"""Running numbers that know the label."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.suspects.order_leak import OrderLeak

from .conftest import Ask, ordinary

LEAK = OrderLeak()


def numbered(shift: float, rows: int = 3_000) -> pd.DataFrame:
    """Return a table sorted by the label and chance, with the place as a number."""
    table = ordinary(rows)
    place = shift * table["label"] + np.random.default_rng(1).normal(size=rows)
    return table.assign(ticket=place.rank().astype(int) + 500).sort_values("ticket", ignore_index=True)


def halves(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return table.iloc[::2].reset_index(drop=True), table.iloc[1::2].reset_index(drop=True)


def test_a_number_given_by_the_label_is_suspected(ask: Ask) -> None:
    (found,) = LEAK.find(ask(*halves(numbered(0.8)))).suspects
    assert (found.severity, found.culprits) == ("suspected", ("ticket",))
    assert found.evidence["auc"] > 0.65
    assert found.evidence["rows_in_its_order"]


def test_classes_one_after_the_other_are_certain(ask: Ask) -> None:
    (found,) = LEAK.find(ask(*halves(numbered(20.0)))).suspects
    assert found.severity == "certain"


def test_an_honest_or_shuffled_number_is_not_named(ask: Ask) -> None:
    assert not LEAK.find(ask(*halves(numbered(0.0)))).suspects
    table = numbered(0.8).sample(frac=1, random_state=0)
    table["ticket"] = np.random.default_rng(0).permutation(table["ticket"])
    assert not LEAK.find(ask(*halves(table))).suspects


def drifting(rows: int = 3_000) -> pd.DataFrame:
    """Return a table in the order of time, along which the rate and another column change."""
    rng = np.random.default_rng(2)
    along = np.linspace(0, 1, rows)
    table = ordinary(rows).assign(ticket=np.arange(rows), price=100 + 30 * along + rng.normal(0, 3, rows))
    table["label"] = (rng.random(rows) < 0.1 + 0.5 * along).astype(int)
    table["at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(120 * along, unit="D")
    return table


def test_a_number_along_a_real_order_is_no_alarm(ask: Ask) -> None:
    untimed = LEAK.find(ask(*halves(drifting().drop(columns="at")))).suspects
    assert [(one.severity, one.culprits) for one in untimed] == [("info", ("ticket",))]
    assert not LEAK.find(ask(*halves(drifting()), time="at")).suspects


def test_an_order_that_no_column_tells_is_worth_knowing(ask: Ask) -> None:
    (found,) = LEAK.find(ask(*halves(numbered(0.8).drop(columns="ticket")))).suspects
    assert (found.severity, found.culprits) == ("info", ())


def test_one_class_is_refused(ask: Ask) -> None:
    inquiry = ask(ordinary(100).assign(label=lambda t: np.arange(len(t)) % 2))
    assert LEAK.refusal(inquiry) is None
    object.__setattr__(inquiry.examined, "truth", np.zeros(100, dtype=np.int64))
    assert LEAK.refusal(inquiry) == "no two classes with rows enough"


def test_odd_tables_raise_nothing_and_name_nothing(ask: Ask) -> None:
    small = ordinary(30).assign(empty=None, same=3, text="free prose")
    small["endless"] = np.where(small.index % 2 == 0, np.inf, 0.5)
    assert not LEAK.find(ask(small, not_read=("endless",))).suspects
    three = ordinary(600).assign(label=np.r_[np.zeros(3), np.arange(597) % 2 + 1].astype(int), n=np.arange(600))
    three = three.sample(frac=1, random_state=1)
    assert not [one for one in LEAK.find(ask(three)).suspects if one.severity != "info"]
