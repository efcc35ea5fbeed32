from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.split_overlap import SplitOverlap
from mispredict.suspects.suspect import Suspect
from mispredict.suspects.two_parts import area, two_parts
from mispredict.tables.memory import table_of
from tests.mispredict.suspects.conftest import Ask, ordinary


def tables(copied: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return examined and training rows; the first `copied` examined ones stand in training under other ids."""
    examined = ordinary(800, seed).assign(id=np.arange(800))
    training = ordinary(1_200, seed + 1).assign(id=np.arange(5_000, 6_200))
    copies = examined.head(copied).assign(id=np.arange(9_000, 9_000 + copied))
    return examined, pd.concat([training, copies], ignore_index=True)


def found(ask: Ask, examined: pd.DataFrame, training: pd.DataFrame | None, **roles: object) -> tuple[Suspect, ...]:
    return SplitOverlap().find(ask(examined, training, **roles)).suspects


@pytest.mark.parametrize("copied", [30, 160])
def test_rows_in_both_tables_are_all_listed_whatever_their_id(ask: Ask, copied: int) -> None:
    (suspect,) = found(ask, *tables(copied), id="id")
    assert suspect.severity == "certain"
    assert suspect.rows == tuple(map(str, range(copied)))
    assert suspect.share == copied / 800
    assert suspect.summary.startswith(f"{copied} of 800 examined rows")


def test_tables_that_share_no_row_have_no_finding(ask: Ask) -> None:
    assert found(ask, *tables(0), id="id") == ()


def test_rows_are_known_by_their_place_without_an_id(ask: Ask) -> None:
    examined, training = tables(40)
    (suspect,) = found(ask, examined.drop(columns="id"), training.drop(columns="id"))
    assert suspect.rows == tuple(map(str, range(40)))


def test_coarse_rows_that_repeat_by_chance_are_no_finding(ask: Ask) -> None:
    rng = np.random.default_rng(3)
    coarse = [pd.DataFrame(rng.integers(0, 4, (n, 4)), columns=list("abcd")) for n in (800, 1_200)]
    examined, training = (one.assign(label=rng.integers(0, 2, len(one))) for one in coarse)
    assert len(examined.merge(training.drop_duplicates())) > 100
    assert found(ask, examined, training) == ()


def test_rows_with_another_label_are_counted_apart(ask: Ask) -> None:
    examined, training = tables(40)
    training.loc[1_200:1_209, "label"] = 1 - training.loc[1_200:1_209, "label"]
    (suspect,) = found(ask, examined, training, id="id")
    assert len(suspect.rows) == 30
    assert suspect.evidence["rows equal in all features, whatever the label"] == 40
    assert suspect.evidence["of these, with another label in training only"] == 10


def test_figures_are_told_with_and_without(ask: Ask) -> None:
    (suspect,) = found(ask, *tables(160), id="id")
    assert [one.split(":")[0] for one in suspect.evidence["figures"]] == ["AUC", "accuracy", "log loss"]
    assert suspect.charts[0].series[0].marked == (True, True)
    assert sum(suspect.charts[1].series[0].y) == 160


def test_without_training_it_is_not_judged(ask: Ask) -> None:
    assert SplitOverlap().refusal(ask(tables(0)[0])) == "no [training] table"


def test_an_untold_overlap_is_not_judged(ask: Ask) -> None:
    examined, training = tables(0)
    inquiry = ask(examined, training, id="id")
    less = inquiry.sides[1].rows.drop(columns="amount")
    lacking = replace(inquiry.sides[1], rows=less, table=table_of(less))
    assert SplitOverlap().refusal(replace(inquiry, training=lacking)) == "a column is not in both tables: 'amount'"


def test_without_features_rows_cannot_be_compared(ask: Ask) -> None:
    inquiry = replace(ask(*tables(0), id="id"), features=())
    assert SplitOverlap().refusal(inquiry) == "no column is known that the model reads"


def test_area_is_the_auc_with_delongs_interval() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        event = np.arange(200) % 4 == 0
        one = area(rng.normal(size=200) + event, event)
        hits += one.low <= 0.76025 <= one.high  # the normal integral of 1 / sqrt(2)
    assert 180 <= hits <= 198
    assert area(np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 1])).value == 1.0


def test_a_part_of_few_rows_is_not_told(ask: Ask) -> None:
    parts = two_parts(ask(*tables(0), id="id"), np.arange(800) < 5)
    assert parts.inside == {}
    assert parts.lines("these", "the rest") == []
    assert parts.chart("title", ("these", "the rest")) == ()
