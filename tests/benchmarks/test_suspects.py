from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import suspects
from benchmarks.plants import CONTROLS, PLANTS, Tables
from benchmarks.worlds import WORLDS, parted


def tables(rows: int = 1_200) -> Tables:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=rows), "b": rng.integers(0, 5, rows), "c": rng.choice(list("xy"), rows)})
    frame["label"] = (rng.random(rows) < 1 / (1 + np.exp(1 - frame["a"]))).astype(int)
    return parted(frame, rng)


@pytest.mark.parametrize("name", [*PLANTS, *CONTROLS])
def test_a_plant_keeps_the_tables_whole_and_names_columns_that_are_there(name: str) -> None:
    sound = tables()
    planted = {**PLANTS, **CONTROLS}[name](sound, np.random.default_rng(1))
    made = planted.tables
    assert len(made.examined) == len(sound.examined)
    assert len(made.training) >= len(sound.training)
    assert set(made.features) <= set(made.examined) & set(made.training)
    assert set(planted.culprits) <= set(made.examined)
    assert bool(planted.kinds) == (name in PLANTS)


@pytest.mark.parametrize("world", WORLDS)
def test_a_world_has_two_sides_of_one_table(world: str) -> None:
    made = WORLDS[world](np.random.default_rng(0))
    assert list(made.training) == list(made.examined)
    assert set(made.features) | {"label"} == set(made.examined)
    assert made.training["label"].nunique() == made.examined["label"].nunique() > 1


def test_the_summary_counts_places_and_alarms() -> None:
    cases = [
        suspects.Outcome("noisy_code", "orders", 1, ("target_leak: grade",)),
        suspects.Outcome("noisy_code", "wine", None, ()),
        suspects.Outcome("nothing", "wine", None, ("drift: a",)),
        suspects.Outcome("nothing", "orders", None, ("time_leak: a",)),
    ]
    assert suspects.summed(cases) == [
        "| noisy_code | 2 | first in 1, named in 1 |",
        "| nothing (sound) | 2 | alarms in 1 |",
    ]
