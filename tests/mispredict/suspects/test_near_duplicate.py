from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.coded import Coding
from mispredict.suspects.near_cells import columns_of
from mispredict.suspects.near_chance import excess_of
from mispredict.suspects.near_duplicate import NearDuplicate
from mispredict.suspects.near_pairs import Pairs, mutual, near_pairs
from mispredict.suspects.suspect import Suspect
from tests.mispredict.suspects.conftest import Ask, ordinary
from tests.mispredict.suspects.reading_all import ask_of_all

START = pd.Timestamp("2026-01-01")


def tables(copied: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return examined and training rows; the first `copied` examined ones stand in training too."""
    examined, training = ordinary(800, seed), ordinary(1_200, seed + 1)
    return examined, pd.concat([training, examined.head(copied)], ignore_index=True)


def found(ask: Ask, examined: pd.DataFrame, training: pd.DataFrame | None, **roles: object) -> tuple[Suspect, ...]:
    return NearDuplicate().find(ask(examined, training, **roles)).suspects


def moved_by_a_hair(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    names = ["age", "amount", "noise"]
    return rows.assign(**{c: rows[c] + rng.normal(0, 1e-3 * rows[c].std(), len(rows)) for c in names})


def with_one_cell_changed(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return rows.assign(amount=rows["amount"] * rng.uniform(0.5, 0.9, len(rows)))


def rounded(rows: pd.DataFrame, _rng: np.random.Generator) -> pd.DataFrame:
    return rows.assign(age=rows["age"].round(1), amount=rows["amount"].round(1), noise=rows["noise"].round(3))


@pytest.mark.parametrize("altered", [moved_by_a_hair, with_one_cell_changed, rounded])
@pytest.mark.parametrize("copied", [24, 80])
def test_altered_copies_are_found_and_listed(ask: Ask, altered, copied: int) -> None:
    examined, training = tables(copied)
    copies = altered(training.iloc[1_200:], np.random.default_rng(5))
    (suspect,) = found(ask, examined, pd.concat([training.iloc[:1_200], copies], ignore_index=True))
    assert suspect.severity == ("certain" if copied == 80 else "suspected")
    listed, true = set(suspect.rows), set(map(str, range(copied)))
    assert len(listed & true) >= 0.95 * copied
    assert len(listed - true) <= 0.1 * copied


def test_tables_without_copies_have_no_finding(ask: Ask) -> None:
    for seed in range(3):
        assert found(ask, *tables(0, seed=10 * seed)) == ()


def test_equal_rows_are_left_to_the_other_detector(ask: Ask) -> None:
    assert found(ask, *tables(80)) == ()


def test_texts_in_another_case_are_almost_equal(ask: Ask) -> None:
    examined, training = tables(40)
    training.loc[1_200:, "channel"] = training.loc[1_200:, "channel"].str.upper() + " "
    training.loc[1_200:, "age"] += 1e-3
    (suspect,) = NearDuplicate().find(ask_of_all(examined, training)).suspects
    assert set(suspect.rows) == set(map(str, range(40)))
    assert any(line.startswith("age: 40 of 40") for line in suspect.evidence["cells that are not equal, by column"])


def test_coarse_rows_that_are_near_by_chance_are_no_finding(ask: Ask) -> None:
    rng = np.random.default_rng(3)
    coarse = [pd.DataFrame(rng.integers(0, 5, (n, 8)), columns=list("abcdefgh")) for n in (800, 1_200)]
    examined, training = (one.assign(label=rng.integers(0, 2, len(one))) for one in coarse)
    assert found(ask, examined, training) == ()


def test_events_in_groups_that_resemble_each_other_are_no_finding_when_dealt_at_random(ask: Ask) -> None:
    rng = np.random.default_rng(4)
    base = ordinary(500, 7)
    rows = base.loc[np.repeat(np.arange(500), 4)].reset_index(drop=True)
    rows["amount"] = rows["amount"] + rng.normal(0, 1e-4, len(rows))
    order = rng.permutation(len(rows))
    examined, training = (rows.iloc[part].reset_index(drop=True) for part in (order[:800], order[800:]))
    assert found(ask, examined, training) == ()


def test_customers_who_come_back_unchanged_are_worth_knowing_only(ask: Ask) -> None:
    examined = ordinary(600, 1).assign(who=np.arange(600), at=START + pd.to_timedelta(np.arange(600), unit="h"))
    training = examined.assign(at=examined["at"] - pd.Timedelta(days=60), amount=examined["amount"] + 1e-3)
    (suspect,) = found(ask, examined, training, entity="who", time="at")
    assert suspect.severity == "info"


def test_it_refuses_in_words(ask: Ask) -> None:
    examined, training = tables(0)
    assert NearDuplicate().refusal(ask(examined)) == "no [training] table"
    few = [one[["age", "noise", "label"]] for one in (examined, training)]
    assert NearDuplicate().refusal(ask(*few)) == "fewer than 3 columns that the model reads are in both tables"
    assert NearDuplicate().refusal(ask(examined.head(25), training)) == "a table of 25 rows: fewer than 30"


def test_pairs_cross_the_tables_by_chance_as_often_as_their_sizes_say() -> None:
    rng = np.random.default_rng(0)
    places = rng.permutation(2_000)
    one, other = np.sort(places.reshape(2, 1_000), axis=0)
    pairs = Pairs(one, other, rng.random(1_000), np.zeros(1_000, np.int64))
    excess = excess_of(pairs, 800, 1_200)
    assert excess is not None
    assert excess.chance == pytest.approx(0.48, abs=0.001)
    assert excess.p_value > 0.001
    assert excess_of(pairs.take(np.zeros(1_000, bool)), 800, 1_200) is None


def test_each_row_stands_in_one_mutual_pair_at_most() -> None:
    pairs = Pairs(np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([0.5, 0.1, 0.9]), np.array([1, 1, 1]))
    assert mutual(pairs, 3).one.tolist() == [0]
    assert mutual(pairs, 3).other.tolist() == [2]


def test_near_pairs_hold_the_label_fixed() -> None:
    rows = ordinary(200, 3)
    both = pd.concat([rows, rows], ignore_index=True).assign(label=lambda t: np.r_[rows["label"], 1 - rows["label"]])
    columns = columns_of(Coding.of([both]), ("age", "amount", "noise"), 0)
    pairs = near_pairs(columns, both["label"].to_numpy(), 1, 0, lambda share, doing: None)
    label = both["label"].to_numpy()
    assert len(pairs.one)
    assert (label[pairs.one] == label[pairs.other]).all()
