from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.findings import Condition
from mispredict.scan.scored import Scored
from mispredict.suspects.joining import joined
from mispredict.suspects.suspect import Suspect, Where

PLAIN = Suspect("label_noise", "suspected", (), 0.0, 0.0, "", "", "")


def scored() -> Scored:
    rows = pd.DataFrame({"queue": ["night", "day", "day", "day"]})
    chances = np.array([0.9, 0.2, 0.2, 0.2])
    ids = np.array(["p1", "p2", "p3", "p4"], dtype=object)
    return Scored(rows, ids, np.zeros(4, np.int64), np.column_stack([1 - chances, chances]), np.ones(4), (0, 1))


@pytest.mark.parametrize(
    "found",
    [
        replace(PLAIN, rows=("p1",)),
        replace(PLAIN, where=Where("queue = 'night'", (Condition("queue", "=", "night"),))),
    ],
)
def test_rows_and_places_are_joined_with_the_errors(found: Suspect) -> None:
    said = joined(found, scored())
    assert said.of_rows == 0.25
    assert said.of_errors == 1.0
    assert said.of_surprise == pytest.approx(np.log(10) / (np.log(10) + 3 * np.log(1 / 0.8)))


def test_a_finding_about_the_whole_table_is_not_joined() -> None:
    assert joined(PLAIN, scored()) == PLAIN


def test_ids_that_are_not_among_the_scored_hold_nothing() -> None:
    said = joined(replace(PLAIN, rows=("elsewhere",)), scored())
    assert (said.of_rows, said.of_errors, said.of_surprise) == (0.0, 0.0, 0.0)
