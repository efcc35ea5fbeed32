"""Logs that share no row with the table: two samples, clearly called weaker."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.suspect import Judged, Suspect
from tests.mispredict.parity.serving import FEATURES, Service, rows

EVERY = rows(6_000)
TABLE, OTHERS = EVERY.iloc[:3_000], EVERY.iloc[3_000:].reset_index(drop=True)
SERVICE = Service(TABLE)
FIFTH = np.arange(len(OTHERS)) % 5 == 0


def judged(kind: str, served: pd.DataFrame, **roles: object) -> Judged:
    log = served[[*FEATURES, "app"]].assign(score=SERVICE.model.predict_proba(served[FEATURES])[:, 1])
    return SERVICE.judged(kind, log, **roles)


def found(served: pd.DataFrame) -> tuple[Suspect, ...]:
    """Return the findings, but that there were no pairs, which is always the last one."""
    *suspects, said = judged("skew", served).suspects
    assert said.summary.startswith("The table and the log could only be compared as samples, which is weaker: ")
    return tuple(suspects)


def test_other_rows_of_the_same_world_are_no_finding() -> None:
    assert found(OTHERS) == ()
    assert judged("skew", OTHERS).looked_at == "no pairs: 3,000 of 3,000 entries against 3,000 of 3,000 rows"
    assert judged("score_mismatch", OTHERS).suspects == ()
    assert judged("score_mismatch", OTHERS).looked_at == "3,000 of 3,000 entries"


@pytest.mark.parametrize("seed", range(12))
def test_false_alarms_are_rare(seed: int) -> None:
    world = rows(4_000, seed=100 + seed)
    served = world.iloc[2_000:].reset_index(drop=True)
    (said,) = Service(world.iloc[:2_000]).judged("skew", served[FEATURES], logged={}).suspects
    assert said.culprits == ()


@pytest.mark.parametrize(
    ("change", "cause", "parameter", "words"),
    [
        (lambda s: s.assign(amount=s["amount"] * 100), "scale", "x 100", "is about 100 x what it is offline"),
        (lambda s: s.assign(amount=s["amount"] / 1000), "scale", "x 0.001", "is about 1/1000 of what it is offline"),
        (lambda s: s.assign(amount=-s["amount"]), "sign", "x -1", "has the other sign"),
        (lambda s: s.assign(age=s["age"] + 40), "offset", "+40", "more than offline"),
        (lambda s: s.assign(age=s["age"].where(~FIFTH)), "missing", "missing", "is missing in 20.0% of the entries"),
        (
            lambda s: s.assign(age=s["age"].where(~FIFTH, -1)),
            "default_filled",
            "filled with -1",
            "is -1 in 20.0% of the entries",
        ),
    ],
)
def test_what_traffic_hardly_makes_is_suspected_with_its_likely_cause(
    change: Callable[[pd.DataFrame], pd.DataFrame], cause: str, parameter: str, words: str
) -> None:
    one = found(change(OTHERS))[0]
    assert (one.severity, one.cause) == ("suspected", cause)
    assert one.evidence["parameter"].startswith(parameter[:3])
    assert one.summary.startswith("Without pairs, and so weaker: `")
    assert words in one.summary
    assert one.share is None


def test_a_client_that_sends_cents_is_found_by_its_version() -> None:
    one = found(OTHERS.assign(amount=OTHERS["amount"].where(OTHERS["app"] != "4.2", OTHERS["amount"] * 100)))[0]
    assert (one.severity, one.cause) == ("suspected", "scale")
    assert one.where is not None
    assert one.where.rule == "app = '4.2'"


def test_another_traffic_is_worth_knowing_and_no_alarm() -> None:
    (one,) = found(OTHERS[OTHERS["age"] > 40].reset_index(drop=True))
    assert (one.severity, one.culprits, one.cause) == ("info", ("age",), None)
    assert "moving the table's rows there changes the score by" in one.summary
    assert one.cleared_by == "knowing that the service had other rows than the table: then this is traffic"


def test_what_moves_the_score_most_comes_first() -> None:
    far = OTHERS.assign(amount=OTHERS["amount"] * 100, age=OTHERS["age"].where(~FIFTH))
    assert [one.culprits for one in found(far)] == [("amount",), ("age",)]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda s: s + " ", "whitespace"),
        (lambda s: "V" + s, None),
        (lambda s: s.where(s != "4.2", "?"), "default_filled"),
    ],
)
def test_levels_that_are_spelled_otherwise_are_told(
    change: Callable[[pd.Series], pd.Series], cause: str | None
) -> None:
    (one,) = found(OTHERS.assign(app=change(OTHERS["app"])))
    assert (one.severity, one.culprits, one.cause) == ("info", ("app",), cause)


def test_answers_are_replayed_without_any_row() -> None:
    log = OTHERS[[*FEATURES, "app"]].assign(score=SERVICE.model.decision_function(OTHERS[FEATURES]))
    (one,) = SERVICE.judged("score_mismatch", log).suspects
    assert one.summary.startswith("the service answered log-odds, not a probability in 100.0% of 3,000 entries")
    assert one.summary.endswith("no row of the table is known for them")
    assert one.share is None
    other = Service(TABLE.iloc[:300], seed=3)
    scores = np.where(OTHERS["app"] == "5.0", other.model.predict_proba(OTHERS[FEATURES])[:, 1], log["score"])
    plain = np.where(OTHERS["app"] == "5.0", scores, SERVICE.model.predict_proba(OTHERS[FEATURES])[:, 1])
    (one,) = SERVICE.judged("score_mismatch", log.assign(score=plain)).suspects
    assert one.where is not None
    assert one.where.rule == "app = '5.0'"


def test_what_can_not_be_compared_is_said() -> None:
    few = OTHERS[FEATURES].iloc[:40]
    why = SERVICE.judged("skew", few, logged={}).why_not
    assert why.startswith("[online] has no id, and the join by entity and time needs")
    assert why.endswith("40 rows on one side: fewer than 100")
    strange = pd.DataFrame({"x": np.zeros(500)})
    assert SERVICE.judged("skew", strange, logged={}).why_not.endswith("no column in common")
    lacking = OTHERS[["age", "amount"]].assign(score=0.5)
    why = SERVICE.judged("score_mismatch", lacking).why_not
    assert why.endswith("without pairs the model needs every feature in the log, which lacks 'visits'")
