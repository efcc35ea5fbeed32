"""What holds for every detector, on ordinary tables and on odd ones."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier

from mispredict.discovery import RATE
from mispredict.investigation.investigation import Investigation
from mispredict.investigation.suspecting import inquiry_of
from mispredict.report.report import plain_json
from mispredict.suspects import SUSPECTS
from mispredict.suspects.detector import Detector
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.suspect import SEVERITIES, Suspect
from mispredict.worker.codec import decode, encode
from tests.mispredict.suspects.conftest import ordinary

Odd = Callable[[], tuple[pd.DataFrame, pd.DataFrame | None, dict[str, object]]]
START = pd.Timestamp("2026-01-01")


def timed(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return an ordinary table with ids, times, customers and times of labels."""
    rng = np.random.default_rng(seed)
    table = ordinary(rows, seed)
    at = START + pd.to_timedelta(np.sort(rng.uniform(0, 60, rows)), unit="D")
    told = pd.Series(at + pd.to_timedelta(rng.exponential(2, rows), unit="D")).where(table["label"] == 1)
    return table.assign(id=np.arange(rows), at=at, customer=rng.integers(0, rows // 6 + 1, rows), told=told)


ROLES = {"id": "id", "time": "at", "entity": ("customer",), "label_time": "told"}


def no_training() -> tuple[pd.DataFrame, None, dict[str, object]]:
    return timed(600), None, ROLES


def other_columns() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    return timed(600), timed(600, 1).drop(columns=["channel", "at"]).assign(extra=1), ROLES


def other_dtypes() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    training = timed(600, 1)
    return timed(600), training.astype({"visits": str, "customer": str, "label": float}), ROLES


def unreadable_times() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    return timed(600).assign(at="soon", told="never"), timed(600, 1), ROLES


def two_time_zones() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    examined, training = timed(600), timed(600, 1)
    return examined.assign(at=examined["at"].dt.tz_localize("Asia/Tokyo")), training, ROLES


def one_row_an_entity() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    examined, training = timed(600), timed(600, 1)
    return examined.assign(customer=np.arange(600)), training.assign(customer=np.arange(600, 1200)), ROLES


def young_all_equal() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    examined = timed(600)
    young = examined["at"] > START + pd.Timedelta(days=45)
    labels = examined["label"].where(~young, 0)
    return examined.assign(label=labels, told=examined["told"].where(~young)), timed(600, 1), ROLES


def wide() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    def made(seed: int) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        many = pd.DataFrame(rng.normal(size=(300, 2_000)), columns=[f"w{i}" for i in range(2_000)])
        return many.assign(label=(rng.random(300) < 0.3).astype(int))

    return made(0), made(1), {}


def prose() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    words = np.array(["<b>late</b>", "paid", "$x$", "called", "`again`", "never", "'; drop"])

    def made(seed: int) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        return ordinary(600, seed).assign(remark=[" ".join(rng.choice(words, 12)) for _ in range(600)])

    return made(0), made(1), {}


def target_renamed() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    tables = (ordinary(600, seed) for seed in (0, 1))
    examined, training = (one.assign(outcome=one["label"] * 3 + 2) for one in tables)
    return examined, training, {}


def rare_class() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    def made(seed: int) -> pd.DataFrame:
        table = timed(600, seed)
        kinds = np.where(table["label"] == 1, "late", np.where(table["age"] > 40, "paid", "open"))
        kinds[[5, 50, 500]] = "lost"
        return table.assign(label=kinds)

    return made(0), made(1), ROLES


def tiny() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    return timed(30), timed(30, 1), ROLES


def empty_and_constant() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    def made(seed: int) -> pd.DataFrame:
        return timed(400, seed).assign(
            none=pd.Series([None] * 400, dtype=object), gaps=np.nan, same=7, flag=True, when=pd.NaT
        )

    return made(0), made(1), ROLES


def infinite_beside_the_features() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    return ordinary(400).assign(beside=np.inf), ordinary(400, 1).assign(beside=-np.inf), {"features": ("age", "visits")}


def the_same_table_twice() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    return timed(400), timed(400), ROLES


ODD: dict[str, Odd] = {
    one.__name__: one
    for one in (
        *(no_training, other_columns, other_dtypes, unreadable_times, two_time_zones, one_row_an_entity),
        *(young_all_equal, wide, prose, target_renamed, rare_class, tiny, empty_and_constant),
        *(infinite_beside_the_features, the_same_table_twice),
    )
}


def inquiry_into(examined: pd.DataFrame, training: pd.DataFrame | None, roles: dict[str, object]) -> Inquiry:
    taken = {"label", *(c for role in roles.values() for c in ((role,) if isinstance(role, str) else role))}
    own = [c for c in roles.get("features", ()) or examined if c not in taken or "features" in roles]
    numbers = [c for c in own if c in examined and examined[c].dtype.kind in "if" and examined[c].notna().any()]
    read = [c for c in numbers if training is None or c in training]
    learned = examined if training is None else training.astype(dict.fromkeys(read, float))
    model = HistGradientBoostingClassifier(max_iter=10, random_state=0) if len(read) < 100 else DummyClassifier()
    labels = learned["label"].astype(examined["label"].dtype)
    model.fit(learned[read], labels)
    opened = Investigation(model=model, rows=examined, target="label", training=training, **roles)
    # What only a candidate would read is looked at too: every column without a role.
    others = tuple(c for c in examined if c not in taken)
    return inquiry_of(opened._opened, opened._steps.scan().sample, others, lambda share, doing: None)


@pytest.fixture(scope="module")
def inquiries() -> dict[str, Inquiry]:
    return {}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", SUSPECTS)
def test_every_detector_answers_on_every_odd_table(kind: str, odd: str, inquiries: dict[str, Inquiry]) -> None:
    if odd not in inquiries:
        inquiries[odd] = inquiry_into(*ODD[odd]())
    inquiry, detector = inquiries[odd], SUSPECTS[kind]
    why_not = detector.refusal(inquiry)
    if why_not is not None:
        assert why_not == why_not.strip() != ""
        return
    found = detector.find(inquiry)
    assert found.looked_at
    for one in found.suspects:
        check(one, detector, inquiry)


def check(one: Suspect, detector: Detector, inquiry: Inquiry) -> None:
    """Hold a finding to what reports and pages rely on."""
    assert one.kind == detector.kind
    assert one.severity in SEVERITIES
    assert 0.0 <= one.weight <= 1.0
    assert np.isfinite(one.score)
    assert all(said == said.strip() != "" for said in (one.summary, one.cleared_by, one.next_step))
    assert set(one.culprits) <= set(inquiry.examined.rows)
    for p in (one.p_value, one.q_value):
        assert p is None or 0.0 <= p <= 1.0
    if one.q_value is not None and one.severity != "info":
        assert one.q_value <= RATE
    json.dumps(plain_json(one.evidence), allow_nan=False)
    for series in (s for chart in one.charts for s in chart.series):
        assert len(series.y) in (0, len(series.x))
        assert len(series.low) == len(series.high)
        assert len(series.low) in (0, len(series.x))
        assert len(series.marked) in (0, len(series.x))
    assert len(set(one.rows)) == len(one.rows)
    blobs: list[bytes] = []
    assert decode(json.loads(json.dumps(encode(one, blobs))), blobs).summary == one.summary


@pytest.mark.parametrize("kind", SUSPECTS)
def test_every_detector_says_what_it_is(kind: str) -> None:
    about = SUSPECTS[kind].about
    assert SUSPECTS[kind].kind == kind
    assert all(len(said) > 10 for said in (about.needs, about.how, about.means, about.clear))
    assert 3 < len(about.title) < 60


@pytest.mark.parametrize("kind", SUSPECTS)
def test_sound_tables_raise_no_alarm(kind: str) -> None:
    for seed in (0, 2, 4):
        inquiry = inquiry_into(timed(1_500, seed), timed(2_500, seed + 1).assign(id=lambda t: t["id"] + 9_999), ROLES)
        if SUSPECTS[kind].refusal(inquiry) is None:
            assert [s.summary for s in SUSPECTS[kind].find(inquiry).suspects if s.severity != "info"] == []


@pytest.mark.parametrize("kind", SUSPECTS)
def test_no_detector_changes_the_tables(kind: str) -> None:
    inquiry = inquiry_into(timed(400), timed(400, 1), ROLES)
    before = [side.rows.copy() for side in inquiry.sides]
    if SUSPECTS[kind].refusal(inquiry) is None:
        SUSPECTS[kind].find(inquiry)
    for side, was in zip(inquiry.sides, before, strict=True):
        pd.testing.assert_frame_equal(side.rows, was)
