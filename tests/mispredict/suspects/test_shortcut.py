"""A value that told in training and tells nothing where the model is asked is named; honest ones are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from mispredict.investigation.investigation import Investigation
from mispredict.investigation.suspecting import inquiry_of
from mispredict.suspects.cue_parts import parts_of
from mispredict.suspects.cues import cues_of
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.shortcut import Shortcut
from mispredict.suspects.suspect import Suspect
from tests.mispredict.suspects.conftest import Ask, ordinary

ROWS = 4_000


def with_code(rows: int, seed: int, told: float) -> pd.DataFrame:
    """Return ordinary rows with a code that was overwritten by 9 in a part of the events."""
    rng = np.random.default_rng(seed + 100)
    table = ordinary(rows, seed)
    table["check"] = rng.choice([0, 1, 9], rows, p=[0.6, 0.34, 0.06])
    table.loc[(table["label"] == 1) & (rng.random(rows) < told), "check"] = 9
    return table


def find(inquiry: Inquiry) -> tuple[Suspect, ...]:
    assert Shortcut().refusal(inquiry) is None
    return Shortcut().find(inquiry).suspects


@pytest.fixture(scope="module")
def honest() -> pd.DataFrame:
    return with_code(ROWS, 1, 0.0)


def test_a_value_that_stopped_to_tell_is_named_with_the_rows_where_the_model_cheated(
    ask: Ask, honest: pd.DataFrame
) -> None:
    (found,) = find(ask(honest, with_code(ROWS, 0, 0.3)))
    assert (found.culprits, found.severity) == (("check",), "certain")
    assert found.where is not None
    assert found.where.rule == "check = 9"
    assert set(found.rows) == {str(i) for i in np.flatnonzero(honest["check"] == 9)}
    assert len(found.rows) == len(set(found.rows))
    assert "the model leans on `check` = 9: in training" in found.summary
    wrong, right = found.evidence["wrong because of it"], found.evidence["right because of it"]
    assert wrong > 2 * right
    assert wrong == len(found.evidence["they are"])
    assert set(found.evidence["they are"]) <= set(found.rows)
    assert found.q_value is not None
    assert found.q_value < 1e-6
    assert 0 < found.weight <= 1
    bars, moved = found.charts
    assert bars.series[0].marked == (False, True)
    assert dict(zip(moved.series[0].x, moved.series[0].marked, strict=True))["check"]


def test_rows_that_are_wrong_because_of_it_are_right_without_it(ask: Ask, honest: pd.DataFrame) -> None:
    inquiry = ask(honest, with_code(ROWS, 0, 0.3))
    (found,) = find(inquiry)
    places = [int(one) for one in found.evidence["they are"]]
    said = inquiry.examined.probabilities
    assert said is not None
    assert ((said[places, 1] >= 0.5).astype(int) != inquiry.examined.truth[places]).all()
    neutral = inquiry.examined.rows.iloc[places].assign(check=0)
    again = (inquiry.model.predict_proba(neutral)[:, 1] >= 0.5).astype(int)
    assert (again == inquiry.examined.truth[places]).mean() > 0.8


def test_without_the_fault_nothing_is_found(ask: Ask, honest: pd.DataFrame) -> None:
    assert find(ask(honest, with_code(ROWS, 0, 0.0))) == ()


def test_a_value_that_goes_on_to_tell_is_no_shortcut(ask: Ask) -> None:
    assert find(ask(with_code(ROWS, 1, 0.3), with_code(ROWS, 0, 0.3))) == ()


def test_a_shuffled_column_is_not_named(ask: Ask, honest: pd.DataFrame) -> None:
    training = with_code(ROWS, 0, 0.3)
    training["check"] = np.random.default_rng(0).permutation(training["check"])
    assert find(ask(honest, training)) == ()


def test_a_good_column_that_drifts_a_little_is_none(ask: Ask) -> None:
    examined = ordinary(ROWS, 1)
    examined["age"] += np.random.default_rng(0).normal(3, 2, ROWS)
    assert find(ask(examined, ordinary(ROWS, 0))) == ()


def test_a_default_that_suddenly_stands_in_many_rows_is_a_broken_feature_and_none(
    ask: Ask, honest: pd.DataFrame
) -> None:
    training, broken = with_code(ROWS, 0, 0.3), with_code(ROWS, 1, 0.3)
    broken.loc[np.random.default_rng(0).random(ROWS) < 0.4, "check"] = 9
    assert find(ask(broken, training)) == ()


def test_a_column_that_the_model_does_not_lean_on_is_none(ask: Ask, honest: pd.DataFrame) -> None:
    assert find(ask(honest, with_code(ROWS, 0, 0.3), not_read=("check",))) == ()


def test_missing_values_can_be_the_cue(ask: Ask) -> None:
    def gaps(seed: int, told: float) -> pd.DataFrame:
        table, rng = ordinary(ROWS, seed), np.random.default_rng(seed)
        gone = (rng.random(ROWS) < 0.05) | ((table["label"] == 1) & (rng.random(ROWS) < told))
        return table.assign(visits=table["visits"].mask(gone).astype("float64"))

    training, examined = gaps(0, 0.3), gaps(1, 0.0)
    model = HistGradientBoostingClassifier(max_iter=40, random_state=0).fit(
        training[["age", "visits"]], training["label"]
    )
    opened = Investigation(model=model, rows=examined, target="label", training=training)
    (found,) = find(inquiry_of(opened._opened, opened._steps.scan().sample, (), lambda share, doing: None))
    assert found.where is not None
    assert found.where.rule == "visits is missing"
    assert "missing `visits`" in found.summary


def test_a_value_that_pointed_away_from_the_event_counts_too(ask: Ask) -> None:
    def table(seed: int, told: float) -> pd.DataFrame:
        rows, rng = ordinary(ROWS, seed), np.random.default_rng(seed)
        mark = (rng.random(ROWS) < 0.05) | ((rows["label"] == 0) & (rng.random(ROWS) < told))
        return rows.assign(mark=mark.astype(int) * 7)

    (found,) = find(ask(table(1, 0.0), table(0, 0.3)))
    assert found.culprits == ("mark",)
    assert "rows are not label = 1" in found.summary


def test_three_classes_are_judged_alike(ask: Ask) -> None:
    def table(seed: int, told: float) -> pd.DataFrame:
        rows = with_code(ROWS, seed, told)
        return rows.assign(label=np.where(rows["label"] == 1, "b", np.where(rows["noise"] > 0.5, "c", "a")))

    (found,) = find(ask(table(1, 0.0), table(0, 0.3)))
    assert found.culprits == ("check",)
    assert found.evidence["class it pointed to"] == "label = b"


@pytest.fixture(scope="module")
def halves(honest: pd.DataFrame) -> pd.DataFrame:
    days = pd.date_range("2026-01-01", periods=2 * ROWS, freq="h")
    both = pd.concat([with_code(ROWS, 0, 0.3), honest], ignore_index=True)
    return both.assign(at=days, site=np.repeat(["old", "new"], ROWS))


def learned_elsewhere(rows: pd.DataFrame, **roles: str) -> Inquiry:
    features, training = ["age", "amount", "visits", "noise", "check"], with_code(ROWS, 5, 0.3)
    model = HistGradientBoostingClassifier(max_iter=40, random_state=0).fit(training[features], training["label"])
    opened = Investigation(model=model, rows=rows, target="label", **roles)
    return inquiry_of(opened._opened, opened._steps.scan().sample, (), lambda share, doing: None)


def test_without_training_the_later_half_is_compared_with_the_earlier(halves: pd.DataFrame) -> None:
    (found,) = find(learned_elsewhere(halves.drop(columns="site"), time="at"))
    assert "in the earlier half" in found.summary
    assert found.where is not None
    assert [one.column for one in found.where.conditions] == ["check", "at"]
    assert {int(one) for one in found.rows} == {i for i in np.flatnonzero(halves["check"] == 9) if i >= ROWS}


def test_without_training_one_site_is_compared_with_the_rest(halves: pd.DataFrame) -> None:
    (found,) = find(learned_elsewhere(halves.drop(columns="at")))
    assert found.where is not None
    assert found.where.rule == "check = 9 and site = 'new'"
    assert (
        find(learned_elsewhere(with_code(2 * ROWS, 3, 0.3).assign(site=halves["site"], at=halves["at"]), time="at"))
        == ()
    )


def test_refusals_say_what_is_lacking(ask: Ask, honest: pd.DataFrame) -> None:
    judge = Shortcut().refusal
    alone = honest[["age", "visits", "label"]]
    assert judge(ask(alone)) == "no [training] table, and no time or column without a role that parts the table"
    assert judge(ask(alone[:30])) == "no [training] table, and no time or column without a role that parts the table"


def test_stored_scores_are_refused(tmp_path: Path, honest: pd.DataFrame) -> None:
    folder = tmp_path
    honest.assign(p=0.5).to_parquet(folder / "rows.parquet")
    (folder / "i.toml").write_text('[data]\npath = "rows.parquet"\ntarget = "label"\n[model]\nscores = "p"\n')
    opened = Investigation.from_file(folder / "i.toml")
    inquiry = inquiry_of(opened._opened, opened._steps.scan().sample, (), lambda share, doing: None)
    assert Shortcut().refusal(inquiry) == "stored scores, no model that could be asked with other values"


def test_one_class_no_common_column_and_no_probabilities_are_refused(ask: Ask, honest: pd.DataFrame) -> None:
    inquiry = ask(honest[:500], with_code(500, 0, 0.3))
    side = inquiry.examined
    one_class = replace(inquiry, examined=side.take(side.truth == 1))
    assert Shortcut().refusal(one_class) == "rows of one class only"
    strange = replace(inquiry, features=("nobody",))
    assert Shortcut().refusal(strange) == "no column that the model reads is in both tables"
    mute = replace(inquiry, examined=replace(side, probabilities=None))
    assert Shortcut().refusal(mute) == "a model that gives no probabilities"


@pytest.mark.parametrize("rows", [30, 300])
def test_bad_tables_are_survived_without_a_word(ask: Ask, rows: int) -> None:
    def spoiled(seed: int) -> pd.DataFrame:
        table, rng = with_code(rows, seed, 0.3), np.random.default_rng(seed)
        table["constant"], table["bool"] = 1, rng.random(rows) < 0.5
        table["empty"] = pd.Series([None] * rows, dtype="object")
        table["prose"] = [f"a long story {rng.integers(1_000_000)}" for _ in range(rows)]
        table["when"] = pd.date_range("2026-01-01", periods=rows, tz="UTC" if seed else None)
        table["endless"] = np.where(rng.random(rows) < 0.1, np.inf, rng.normal(size=rows))
        return table

    judged = ask(spoiled(1), spoiled(0), not_read=("endless",))
    if Shortcut().refusal(judged) is None:
        assert Shortcut().find(judged).looked_at.endswith("training rows")
        assert rows > 30 or not Shortcut().find(judged).suspects


def test_training_with_other_types_is_survived(ask: Ask, honest: pd.DataFrame) -> None:
    inquiry = ask(honest, with_code(ROWS, 0, 0.3).assign(channel=1.5), not_read=("channel",))
    assert [one.column for one in cues_of(inquiry, parts_of(inquiry), ("channel", "check"))] == ["check"]


def test_many_columns_are_looked_through_and_the_caller_s_frames_stay(ask: Ask) -> None:
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(rng.normal(size=(600, 400)), columns=[f"c{i}" for i in range(400)])
    table = wide.assign(label=rng.integers(0, 2, 600))
    before = table.copy()
    assert find(ask(table[:300].reset_index(drop=True), table[300:].reset_index(drop=True), model="linear")) == ()
    pd.testing.assert_frame_equal(table, before)
