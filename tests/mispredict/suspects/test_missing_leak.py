from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.suspects.missing_leak import MissingLeak
from mispredict.suspects.suspect import Suspect
from tests.mispredict.suspects.conftest import Ask, ordinary
from tests.mispredict.suspects.test_target_leak import tied


def alarms(ask: Ask, examined: pd.DataFrame, training: pd.DataFrame | None = None, **roles: object) -> list[Suspect]:
    found = MissingLeak().find(ask(examined, training, **roles))
    return [one for one in found.suspects if one.severity != "info"]


def with_gaps(rows: pd.DataFrame, seed: int, more: float = 0.3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    gone = rng.random(len(rows)) < 0.05 + more * rows["label"]
    return rows.assign(n3=rows["n3"].mask(gone))


def test_gaps_that_come_with_the_label_are_named(ask: Ask) -> None:
    found = alarms(ask, with_gaps(tied(3_000), 1), with_gaps(tied(4_000, 1), 2))
    assert [one.culprits for one in found] == [("n3",)]
    assert found[0].where is not None
    assert found[0].where.rule == "n3 is missing"


def test_gaps_that_come_without_it_are_named_too(ask: Ask) -> None:
    rows, rng = tied(6_000), np.random.default_rng(1)
    gone = rng.random(6_000) < np.where(rows["label"] == 1, 0.02, 0.4)
    assert [one.culprits for one in alarms(ask, rows.assign(n3=rows["n3"].mask(gone)))] == [("n3",)]


def test_gaps_of_a_category_are_named(ask: Ask) -> None:
    rows, rng = tied(6_000), np.random.default_rng(1)
    branch = pd.Series(rng.choice(list("uvw"), 6_000), dtype=object)
    gone = rng.random(6_000) < 0.05 + 0.3 * rows["label"]
    assert [one.culprits for one in alarms(ask, rows.assign(branch=branch.mask(gone, None)), also_read=["branch"])] == [
        ("branch",)
    ]


def test_gaps_of_one_source_are_named_together(ask: Ask) -> None:
    rows = with_gaps(tied(6_000), 1)
    found = alarms(ask, rows.assign(n4=rows["n4"].mask(rows["n3"].isna())))
    assert [set(one.culprits) for one in found] == [{"n3", "n4"}] * len(found)
    assert found


def test_gaps_by_chance_and_gaps_that_other_columns_foretell_are_no_alarm(ask: Ask) -> None:
    rows, rng = tied(5_000), np.random.default_rng(2)
    assert alarms(ask, rows.assign(n3=rows["n3"].mask(rng.random(5_000) < 0.2))) == []
    asked_of_the_big = (rows["kind"] == "small") & (rng.random(5_000) < 0.8)
    assert alarms(ask, rows.assign(n3=rows["n3"].mask(asked_of_the_big))) == []


def test_refusals_say_what_is_missing(ask: Ask) -> None:
    assert MissingLeak().refusal(ask(ordinary(300))) == "no column that a model reads has a gap"
    assert MissingLeak().refusal(ask(ordinary(100))) == "fewer than 200 labelled rows of two classes"
