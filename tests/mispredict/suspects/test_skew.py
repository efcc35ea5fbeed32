from __future__ import annotations

import itertools
from math import factorial

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.suspect import Suspect
from tests.mispredict.parity.serving import FEATURES, Service, rows

TABLE = rows()
SERVICE = Service(TABLE)
SHARE = "share of the score difference"
OLD_APP = (TABLE["app"] == "4.2").to_numpy()


def found(log: pd.DataFrame, **roles: object) -> tuple[Suspect, ...]:
    return SERVICE.judged("skew", log, **roles).suspects


def in_cents() -> pd.DataFrame:
    """Return the rows as served where one release sends cents."""
    return TABLE.assign(amount=TABLE["amount"].where(~OLD_APP, TABLE["amount"] * 100))


def test_a_column_in_another_unit_is_certain_with_cause_place_and_share() -> None:
    (one,) = found(SERVICE.log(in_cents()))
    assert (one.severity, one.culprits, one.cause) == ("certain", ("amount",), "scale")
    assert one.share == pytest.approx(1)
    assert one.where is not None
    assert one.where.rule == "app = '4.2'"
    assert one.summary.startswith(f"`amount` is 100 x larger online in {OLD_APP.mean():.1%} of 2,000 pairs (all where")
    assert "repairing it removes 100% and turns " in one.summary


def test_shares_are_the_exact_shapley_values() -> None:
    served = in_cents().assign(visits=lambda x: x["visits"] * 0 + 9, age=lambda x: -x["age"])
    said = {one.culprits[0]: str(one.evidence[SHARE]) for one in found(SERVICE.log(served))}
    shares = {name: float(text.split("%")[0]) / 100 for name, text in said.items()}

    def score(group: tuple[str, ...]) -> np.ndarray:
        mixed = TABLE[FEATURES].assign(**{name: served[name] for name in group})
        return np.asarray(SERVICE.model.predict_proba(mixed)[:, 1])

    gap = score(tuple(FEATURES)) - score(())
    for name in FEATURES:
        phi = np.zeros(len(TABLE))
        for size in range(3):
            for group in itertools.combinations([one for one in FEATURES if one != name], size):
                weight = factorial(size) * factorial(2 - size) / factorial(3)
                phi += weight * (score((*group, name)) - score(group))
        assert shares[name] == pytest.approx((np.sign(gap) * phi).sum() / np.abs(gap).sum(), abs=6e-4)


def test_equal_rows_and_another_traffic_are_no_skew() -> None:
    log = SERVICE.log(TABLE)
    assert found(log) == ()
    assert found(log[log["amount"] > 30]) == ()
    noise = np.random.default_rng(0).normal(size=len(log))
    assert found(log.assign(amount=log["amount"] * (1 + 1e-7 * noise))) == ()


def test_a_start_is_found_where_there_is_one() -> None:
    late = TABLE["when"] >= "2026-03-20"
    (one,) = found(SERVICE.log(TABLE.assign(age=TABLE["age"].where(~late, 0.0))))
    assert "since 2026-03-20" in one.summary
    assert one.cause == "default_filled"


def test_a_column_that_no_model_reads_is_worth_knowing_only() -> None:
    log = SERVICE.log(TABLE).merge(TABLE[["row", "app"]], on="row")
    (one,) = found(log.assign(app=log["app"] + " "))
    assert (one.severity, one.culprits, one.cause) == ("info", ("app",), "whitespace")


def test_what_can_not_be_joined_is_counted_by_reason() -> None:
    log = SERVICE.log(in_cents())
    odd = pd.concat([log.iloc[:1_500], log.iloc[:40], log.iloc[:5].assign(row=None), log.iloc[:7].assign(row="x")])
    (one,) = found(odd)
    assert one.evidence["pairs looked at"] == "1,500 of 1,500 pairs"
    assert one.evidence["not joined"] == {
        "rows that were not logged": 500,
        "log entries whose id is not in the table": 1,
        "log entries of an id that was logged before": 46,
        "log entries without an id": 5,
    }


@pytest.mark.parametrize(
    ("spoil", "why_not"),
    [
        (lambda log: log.iloc[:4], "only 4 rows of the table are in the log"),
    ],
)
def test_why_sides_can_not_be_compared_is_said(spoil: object, why_not: str) -> None:
    judged = SERVICE.judged("skew", spoil(SERVICE.log(TABLE)))  # type: ignore[operator]
    assert why_not in judged.why_not
    assert judged.suspects == ()


@pytest.mark.parametrize(
    ("spoil", "why_not"),
    [
        (
            lambda log: log.assign(row="n" + log["row"]),
            "no id of the table is in the log: the first are 'r0', 'r1', 'r2' in rows in memory",
        ),
        (
            lambda log: log.assign(row=log["row"].sample(frac=1, random_state=2).to_numpy()),
            "joined rows have nothing in common in any of 3 columns",
        ),
    ],
)
def test_where_ids_do_not_join_that_is_said_and_samples_are_compared(spoil: object, why_not: str) -> None:
    judged = SERVICE.judged("skew", spoil(SERVICE.log(TABLE)))  # type: ignore[operator]
    assert judged.looked_at == "no pairs: 2,000 of 2,000 entries against 2,000 of 2,000 rows"
    (said,) = judged.suspects
    assert (said.severity, said.culprits) == ("info", ())
    assert said.summary.startswith("The table and the log could only be compared as samples, which is weaker: ")
    assert why_not in said.summary


def test_entries_without_ids_are_joined_by_entity_and_time_once_the_clocks_agree() -> None:
    table = TABLE.assign(who=np.random.default_rng(1).integers(0, 150, len(TABLE)))
    service = Service(table)
    served = in_cents().assign(who=table["who"], served_at=TABLE["when"] + pd.Timedelta(seconds=93))
    log = service.log(served).merge(served[["row", "who", "served_at"]], on="row").drop(columns="row")
    late = np.random.default_rng(2).normal(0, 0.5, len(log))
    log["served_at"] += pd.to_timedelta(late, unit="s")
    logged = {"id": None, "time": "served_at", "score": "score"}
    (one,) = service.judged("skew", log.iloc[:1_800], entity="who", logged=logged).suspects
    assert (one.culprits, one.cause) == (("amount",), "scale")
    assert one.evidence["clock of the log"] == "+93 s against the table's time"
    assert one.evidence["not joined"]["rows that were not logged"] == 200
    shuffled = log.assign(served_at=log["served_at"].sample(frac=1, random_state=3).to_numpy())
    said = service.judged("skew", shuffled, entity="who", logged=logged).suspects[-1]
    assert "no lag between the clocks brings entities together" in said.summary


def test_values_out_of_any_range_are_read_too() -> None:
    log = SERVICE.log(TABLE)
    (endless,) = found(log.assign(amount=log["amount"].where(log.index > 50, np.inf)))
    (huge,) = found(log.assign(amount=log["amount"] * 1e300))
    assert (endless.cause, endless.share, huge.cause) == ("default_filled", None, "scale")
    assert "is inf in row" in endless.evidence["no score difference"]


def test_without_a_log_nothing_is_judged() -> None:
    assert SERVICE.judged("skew", None).why_not == "no [online] log"  # type: ignore[arg-type]


def test_columns_that_are_missing_or_renamed_in_the_log_are_told() -> None:
    log = SERVICE.log(in_cents()).rename(columns={"age": "customer_age"}).assign(extra=1)
    (one,) = found(log)
    assert one.evidence["features that were not logged"] == ["age"]
    assert one.evidence["perhaps renamed"] == ["age: customer_age"]


def test_zones_and_texts_of_another_type_do_not_disturb() -> None:
    log = SERVICE.log(TABLE)
    assert found(log.assign(amount=log["amount"].astype(str), visits=log["visits"].astype("float32"))) == ()
