from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.suspect import Suspect
from tests.mispredict.parity.serving import FEATURES, Service, rows

TABLE = rows()
SERVICE = Service(TABLE)


def found(log: pd.DataFrame) -> tuple[Suspect, ...]:
    return SERVICE.judged("score_mismatch", log).suspects


def changed(how: object) -> pd.DataFrame:
    log = SERVICE.log(TABLE)
    return log.assign(score=how(log["score"]))  # type: ignore[operator]


def test_the_models_own_answers_are_no_finding() -> None:
    assert found(SERVICE.log(TABLE)) == ()
    assert found(changed(lambda p: p.astype("float32"))) == ()


def test_a_log_that_keeps_other_digits_is_no_other_model() -> None:
    log = SERVICE.log(TABLE)
    assert found(log.assign(amount=np.nextafter(log["amount"], np.inf))) == ()
    assert found(log.assign(amount=log["amount"].astype("float32").astype(float))) == ()


def test_features_that_differ_are_not_the_models_fault() -> None:
    assert found(SERVICE.log(TABLE.assign(amount=TABLE["amount"] * 100))) == ()


@pytest.mark.parametrize(
    ("how", "name"),
    [
        (lambda p: np.log(p / (1 - p)), "log-odds"),
        (lambda p: 1 - p, "the other class"),
        (lambda p: 100 * p, "percent"),
        (lambda p: (p >= 0.5).astype(float), "labels"),
        (lambda p: p**2, "another calibration"),
    ],
)
def test_how_answers_differ_is_named(how: object, name: str) -> None:
    (one,) = found(changed(how))
    assert (one.severity, one.evidence["read as"]) == ("certain", name)


@pytest.mark.parametrize("how", [lambda p: p.round(3), lambda p: p + 1e-5])
def test_fewer_digits_and_another_runtime_are_no_alarm(how: object) -> None:
    (one,) = found(changed(how))
    assert one.severity == "info"


def test_another_model_on_some_machines_is_found_with_its_place() -> None:
    other = Service(rows(seed=5)).model
    log = SERVICE.log(TABLE).merge(TABLE[["row", "app"]], on="row")
    odd = log["app"] == "5.0"
    log.loc[odd, "score"] = other.predict_proba(log.loc[odd, FEATURES])[:, 1]
    (one,) = found(log)
    assert (one.severity, one.evidence["read as"]) == ("certain", "another model")
    assert one.where is not None
    assert one.where.rule == "app = '5.0'"
    assert one.share == pytest.approx(1)


def test_scores_that_are_none_are_counted() -> None:
    (one,) = found(changed(lambda p: p.where(p.index > 9).where(p.index < 1_000, 3.0)))
    assert one.evidence["entries without a score"] == 10
    assert one.evidence["scores outside 0 to 1"] == 1_000


def test_why_answers_can_not_be_compared_is_said() -> None:
    log = SERVICE.log(TABLE)
    assert SERVICE.judged("score_mismatch", log, logged={}).why_not == "no score is logged: [online] names none"
    assert SERVICE.judged("score_mismatch", None).why_not == "no [online] log"  # type: ignore[arg-type]
    assert SERVICE.judged("score_mismatch", log.assign(score=np.nan)).why_not == "no entry of the log has a score"
    spoiled = log.assign(amount=log["amount"].where(log.index > 3, np.inf))
    assert SERVICE.judged("score_mismatch", spoiled).why_not.startswith("the model can't answer the logged features")
