from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.suspects.coded import Coding
from mispredict.suspects.drift import Drift, follows_time
from mispredict.suspects.shifted import Effect, cells_of
from mispredict.suspects.suspect import Suspect
from tests.mispredict.suspects.conftest import Ask, ordinary
from tests.mispredict.suspects.reading_all import ask_of_all


def tables(rows: int = 3_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    return ordinary(rows, 0), ordinary(rows, 1)


def found(ask: Ask, examined: pd.DataFrame, training: pd.DataFrame | None, **roles: object) -> tuple[Suspect, ...]:
    return Drift().find(ask(examined, training, **roles)).suspects


def spoiled(examined: pd.DataFrame, part: float) -> pd.DataFrame:
    """Return the table with the age of some rows set to 0, as a broken release would."""
    return examined.assign(age=examined["age"].where(np.random.default_rng(2).random(len(examined)) >= part, 0.0))


def test_tables_drawn_alike_have_no_finding(ask: Ask) -> None:
    for seed in range(0, 6, 2):
        assert found(ask, ordinary(3_000, seed), ordinary(3_000, seed + 1)) == ()


def test_a_value_that_spoils_the_score_is_suspected_with_its_rows(ask: Ask) -> None:
    examined, training = tables()
    training["label"] = (training["age"] + training["noise"] > 40).astype(int)
    examined["label"] = (examined["age"] + examined["noise"] > 40).astype(int)
    first = found(ask, spoiled(examined, 0.1), training)[0]
    assert (first.severity, first.culprits) == ("suspected", ("age",))
    assert first.where is not None
    assert first.where.rule == "age = 0"
    assert first.evidence["part of the log loss"] > 0.2
    assert first.q_value is not None
    assert first.q_value < 1e-6


def test_a_column_that_does_not_matter_is_no_finding_however_far_it_moved(ask: Ask) -> None:
    examined, training = tables()
    training["label"] = (training["age"] > 40).astype(int)
    examined["label"] = (examined["age"] > 40).astype(int)
    suspects = found(ask, examined.assign(noise=examined["noise"] + 0.5), training)
    assert [one.severity for one in suspects if "noise" in one.culprits] in ([], ["info"])


def test_a_level_that_training_never_saw_comes_first() -> None:
    examined, training = tables()
    channel = examined["channel"].where(np.arange(3_000) % 20 > 0, "phone")
    inquiry = ask_of_all(spoiled(examined, 0.1).assign(channel=channel), training)
    first = Drift().find(inquiry).suspects[0]
    assert (first.severity, first.culprits) == ("certain", ("channel",))
    assert first.where is not None
    assert first.where.rule == "channel = 'phone'"
    assert "150 of 3,000 examined rows" in first.summary
    assert "none of 3,000 training rows" in first.summary


def test_rare_levels_of_an_open_set_are_expected() -> None:
    rng = np.random.default_rng(0)
    examined, training = tables()
    streets = [f"street {one}" for one in rng.integers(0, 100_000, 6_000)]
    here, there = examined.assign(street=streets[:3_000]), training.assign(street=streets[3_000:])
    suspects = Drift().find(ask_of_all(here, there)).suspects
    assert all("street" not in one.culprits or one.severity == "info" for one in suspects)


def test_values_that_begin_to_lack_are_suspected() -> None:
    examined, training = tables()
    gone = examined["channel"].where(np.arange(3_000) % 10 > 0, None)
    first = Drift().find(ask_of_all(examined.assign(channel=gone), training)).suspects[0]
    assert (first.severity, first.culprits) == ("suspected", ("channel",))
    assert first.where is not None
    assert first.where.rule == "channel is missing"


def test_a_column_of_another_type_is_suspected(ask: Ask) -> None:
    examined, training = tables(600)
    suspects = found(ask, examined.assign(visits=examined["visits"].astype(str)), training)
    assert ("suspected", ("visits",)) in [(one.severity, one.culprits) for one in suspects]


def test_a_column_that_follows_time_is_told_from_others(ask: Ask) -> None:
    rows = ordinary(2_000, 0).assign(at=pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(2_000), unit="h"))
    rows = rows.assign(month=np.arange(2_000) // 300)
    inquiry = ask(rows.iloc[1_000:].reset_index(drop=True), rows.iloc[:1_000].reset_index(drop=True), time="at")
    assert follows_time(inquiry, "month")
    assert not follows_time(inquiry, "noise")
    assert not follows_time(ask(*tables(300)), "age")  # without times nothing is said to follow them


def test_a_shift_of_all_columns_is_told_jointly(ask: Ask) -> None:
    examined, training = tables()
    last = found(ask, examined.assign(noise=examined["noise"] + 3), training)[-1]
    assert last.severity == "info"
    assert last.summary.startswith("Small trees tell examined from training rows")


def test_it_refuses_in_words(ask: Ask) -> None:
    examined, training = tables(300)
    assert Drift().refusal(ask(examined)) == "no [training] table"
    assert Drift().refusal(ask(examined.head(60), training)) == "a table of 60 rows: fewer than 100"


def test_distances_and_p_values_of_known_tables() -> None:
    frames = [pd.DataFrame({"x": ["a"] * a + ["b"] * (100 - a)}) for a in (60, 40)]
    cells = cells_of(Coding.of(frames), "x")
    assert round(cells.variation, 9) == 0.2
    assert round(cells.p_value, 5) == 0.00468  # chi-square of 8 with one degree of freedom
    assert round(cells.stability, 2) == 0.16
    same = cells_of(Coding.of([frames[0], frames[0]]), "x")
    assert (same.variation, same.p_value) == (0.0, 1.0)


def test_the_effect_is_what_training_proportions_would_change() -> None:
    frames = [pd.DataFrame({"x": ["a"] * a + ["b"] * (100 - a)}) for a in (60, 40)]
    cells = cells_of(Coding.of(frames), "x")
    amounts = np.where(frames[0]["x"] == "a", 3.0, 1.0)
    assert round(Effect.of(cells, amounts).value, 9) == 0.4  # 2.2 as it is, 1.8 with training's proportions


def test_numbers_are_cut_at_quantiles_with_frequent_values_apart() -> None:
    rng = np.random.default_rng(0)
    values = [np.where(rng.random(2_000) < part, 0.0, rng.normal(10, 1, 2_000)) for part in (0.3, 0.05)]
    values[0][:100] = np.nan
    cells = cells_of(Coding.of([pd.DataFrame({"x": one}) for one in values]), "x")
    assert cells.names[:2] == ("missing", "0")
    assert cells.counts[0] == 100
    assert cells.counts.sum() == cells.learned.sum() == 2_000
