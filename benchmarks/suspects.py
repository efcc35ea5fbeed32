"""`python -m benchmarks.suspects [--json FILE] [--draws N] [--only PLANT ...]`: which planted faults are named.

Sound data is among them: there, every alarm is false.

Every plant of `benchmarks.plants` in every world of `benchmarks.worlds`; the whole battery runs on each, in process.
"""

from __future__ import annotations

import argparse
import json
import warnings
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.plants import CONTROLS, PLANTS, Plant, Planted, Tables
from benchmarks.worlds import WORLDS

# Kinds that may speak in a sound table: tables differ by chance, and households that turn labels are noise by any name.
MAY_SPEAK = {"owners_apart": ("drift", "label_noise")}
LEAST_ROWS = 1_000  # of the smaller table: faults of a few rows are no fair question below
BINARY_ONLY = ("owners_on_both_sides", "young_events", "one_sided_flips", "owners_apart", "ripe_labels")


@dataclass(frozen=True)
class Outcome:
    """What came of one case: the place of the first right finding from 1, None if there was none; all alarms."""

    plant: str
    world: str
    place: int | None
    alarms: tuple[str, ...]  # "kind: culprits" of every finding, the first first


def run(plant: Plant, world: str, draw: int) -> Outcome | None:
    """Return what the battery says of one case; None where the plant does not fit the world."""
    rng = np.random.default_rng([draw, zlib.crc32(f"{plant.__name__}/{world}".encode())])
    tables = WORLDS[world](rng)
    if plant.__name__ in BINARY_ONLY and tables.examined["label"].nunique() > 2:
        return None
    planted = plant(tables, rng)
    found = [one for one in suspects_of(planted.tables) if one.severity != "info"]
    place = next((number for number, one in enumerate(found, 1) if is_right(one, planted)), None)
    return Outcome(plant.__name__, world, place, tuple(f"{one.kind}: {', '.join(one.culprits)}" for one in found))


def is_right(found: Any, planted: Planted) -> bool:
    """Return whether a finding names the fault."""
    named = not planted.culprits or set(planted.culprits) & set(found.culprits)
    return found.kind in planted.kinds and bool(named)


def suspects_of(tables: Tables) -> tuple[Any, ...]:
    """Return the findings of the whole battery on tables, for a booster that learned the training table."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    from mispredict import Investigation

    rows = tables.training[list(tables.features)]
    texts = [c for c in rows if not np.issubdtype(np.asarray(rows[c].dropna()).dtype, np.number)]
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-1)
    prepare = ColumnTransformer([("codes", codes, texts)], remainder="passthrough")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an all-missing column, which is meant
        model = make_pipeline(prepare, HistGradientBoostingClassifier(max_iter=60, random_state=0))
        model.fit(rows, tables.training["label"])
        opened = Investigation(model=model, rows=tables.examined, target="label", training=tables.training,
                               features=list(tables.features), **tables.roles)  # fmt: skip
        return opened.suspects().suspects


def fits(world: str) -> bool:
    """Return whether a world is large enough to plant in."""
    return len(WORLDS[world](np.random.default_rng(0)).examined) >= LEAST_ROWS // 2


def measure(draws: int, only: list[str]) -> list[Outcome]:
    """Return what came of every case, printing each as it comes."""
    outcomes = []
    for name, plant in {**PLANTS, **CONTROLS}.items():
        worlds = [w for w in WORLDS if name in CONTROLS or fits(w)]
        for world in worlds if not only or name in only else []:
            for draw in range(draws):
                if (outcome := run(plant, world, draw)) is not None:
                    outcomes.append(outcome)
                    print(f"{name:22} {world:14} {outcome.place or '-'}  {'; '.join(outcome.alarms[:4])}", flush=True)
    return outcomes


def summed(outcomes: list[Outcome]) -> list[str]:
    """Return a line a plant: cases, named first, named at all; and a line a control: cases with an alarm."""
    by_plant: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        by_plant[one.plant].append(one)
    lines = []
    for name, cases in by_plant.items():
        if name in CONTROLS:
            alarmed = sum(any(not a.startswith(MAY_SPEAK.get(name, ("drift",))) for a in one.alarms) for one in cases)
            lines.append(f"| {name} (sound) | {len(cases)} | alarms in {alarmed} |")
        else:
            first, any_ = sum(one.place == 1 for one in cases), sum(one.place is not None for one in cases)
            lines.append(f"| {name} | {len(cases)} | first in {first}, named in {any_} |")
    return lines


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--draws", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args()
    outcomes = measure(given.draws, given.only)
    print("\n".join(["", "| plant | cases | |", "| --- | --- | --- |", *summed(outcomes)]))
    if given.json:
        given.json.write_text(json.dumps([vars(one) for one in outcomes], indent=1))


if __name__ == "__main__":
    main()
