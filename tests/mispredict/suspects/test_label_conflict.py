"""Equal rows with different labels: planted, and by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.label_conflict import LabelConflict
from tests.mispredict.suspects.conftest import Ask
from tests.mispredict.suspects.labels_of import clear_cut


def table(rows: int, seed: int) -> pd.DataFrame:
    return clear_cut(rows, seed).drop(columns=["shop", "reviewer"])


def repeated(rows: int, again: int, seed: int = 0) -> pd.DataFrame:
    """Return a table in which some rows come twice, each with its label turned the second time."""
    own = table(rows, seed)
    second = own.iloc[:again].assign(label=1 - own["label"].iloc[:again])
    return pd.concat([own, second], ignore_index=True)


def test_rows_recorded_twice_with_both_labels_are_found(ask: Ask) -> None:
    (one,) = LabelConflict().find(ask(repeated(800, 60), table(800, 1))).suspects
    assert one.severity == "suspected"
    assert one.evidence["pairs"] == one.evidence["pairs with different labels"] == 60
    assert one.evidence["within the examined table"] == 60
    assert set(one.rows) == {*map(str, range(60)), *map(str, range(800, 860))}
    assert "60 of 60 pairs of rows that are equal in all 3 columns read have different labels" in one.summary


def test_conflicts_across_the_tables_are_counted_apart(ask: Ask) -> None:
    examined, training = table(800, 0), table(800, 1)
    copied = examined.iloc[:50].assign(label=1 - examined["label"].iloc[:50])
    (one,) = LabelConflict().find(ask(examined, pd.concat([training, copied], ignore_index=True))).suspects
    assert one.evidence["only across the tables"] == 50
    assert one.evidence["within the examined table"] == one.evidence["within the training table"] == 0
    assert sorted(map(int, one.rows)) == list(range(50))


def test_ids_of_the_examined_table_are_named(ask: Ask) -> None:
    examined = repeated(400, 40).assign(key=[f"k{i}" for i in range(440)])
    (one,) = LabelConflict().find(ask(examined, table(400, 1), id="key")).suspects
    assert set(one.rows) == {f"k{i}" for i in (*range(40), *range(400, 440))}


@pytest.mark.parametrize("seed", range(3))
def test_coarse_columns_with_honest_labels_raise_no_alarm(ask: Ask, seed: int) -> None:
    def coarse(seed: int) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        size, kind = rng.integers(0, 4, 1_500), rng.integers(0, 3, 1_500)
        odds = 0.8 * size - kind
        return pd.DataFrame(
            {"size": size, "kind": kind, "label": (rng.random(1_500) < 1 / (1 + np.exp(-odds))).astype(int)}
        )

    found = LabelConflict().find(ask(coarse(seed), coarse(seed + 50)))
    assert found.suspects == ()
    assert "3,000 labelled rows" in found.looked_at


def test_rows_that_repeat_with_their_label_are_no_conflict(ask: Ask) -> None:
    own = table(600, 0)
    again = pd.concat([own, own.iloc[:80]], ignore_index=True)
    assert LabelConflict().find(ask(again, table(600, 1))).suspects == ()


def test_tables_without_a_repeated_row_pass(ask: Ask) -> None:
    assert LabelConflict().find(ask(table(300, 0), table(300, 1))).suspects == ()
    assert LabelConflict().find(ask(table(300, 0), None)).suspects == ()


def test_too_few_rows_are_refused(ask: Ask) -> None:
    assert LabelConflict().refusal(ask(table(40, 0), table(300, 1))) == "40 rows: fewer than 60"
