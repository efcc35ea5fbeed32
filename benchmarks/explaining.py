"""`python -m benchmarks.explaining [--json FILE] [--rounds N] [--quick]`: what explanations cost, beside their peers.

Every ratio compares two things of the same run; a figure is the least of the rounds, since whatever else the machine
does only adds to it. shap's cost is linear in rows, so it is asked for 50 rows of a forest and scaled. Targets are
printed beside what was measured; nothing here fails.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.speed import row, show

COLUMNS = [f"x{i:02d}" for i in range(30)]
LEARNED = 10_000
ASKED_OF_SHAP = 50  # rows of the forest that shap is asked for


class Bench:
    """The two models and their rows, in full size or in one that a test can afford."""

    def __init__(self, *, trees: int, depth: int, rows: int, rounds: int) -> None:
        self.trees, self.depth, self.count, self.rounds = trees, depth, rows, rounds
        rng = np.random.default_rng(0)
        self.table = pd.DataFrame(rng.normal(size=(LEARNED + rows, 30)), columns=COLUMNS)
        chance = 1.0 / (1.0 + np.exp(-self.table["x00"] - self.table["x01"] * self.table["x02"]))
        self.truth = (rng.random(len(self.table)) < chance).to_numpy().astype(int)

    @property
    def rows(self) -> pd.DataFrame:
        """Return the rows that no model learned from."""
        return self.table[LEARNED:]

    @property
    def background(self) -> pd.DataFrame:
        """Return learned rows that stand in for absent columns."""
        return self.table[:1_000]

    @cached_property
    def forest(self) -> Any:
        """Return the random forest."""
        from sklearn.ensemble import RandomForestClassifier

        model = RandomForestClassifier(self.trees, max_depth=self.depth, random_state=0, n_jobs=-1)
        return model.fit(self.table[:LEARNED], self.truth[:LEARNED]).set_params(n_jobs=None)

    @cached_property
    def booster(self) -> Any:
        """Return the LightGBM booster of as many trees, with 31 leaves."""
        import lightgbm

        settings = {"objective": "binary", "num_leaves": 31, "verbose": -1, "seed": 0}
        return lightgbm.train(settings, lightgbm.Dataset(self.table[:LEARNED], self.truth[:LEARNED]), self.trees)

    def least(self, work: Callable[[], Any], rounds: int | None = None) -> float:
        """Return the shortest time of the rounds after a first one that isn't counted, s."""
        work()
        return min(_seconds(work) for _ in range(rounds or self.rounds))


def time_walks(bench: Bench) -> list[dict[str, Any]]:
    """Return the walk's rows: one row against treeinterpreter and eli5, then many rows."""
    from explainers import explain
    from explainers.forests.read import forest_of
    from explainers.forests.scores import contributions, ready

    one, none = bench.rows[:1], bench.rows[:0]
    stacked = forest_of(bench.forest, 1)
    own = bench.least(lambda: explain(bench.forest, one, none, method="walk"), 20)
    alone = bench.least(lambda: contributions(stacked, ready(stacked, one.to_numpy())), 20)
    many = bench.least(lambda: contributions(stacked, ready(stacked, bench.rows.to_numpy())), 1)
    name = f"forest of {bench.trees} trees"
    return [
        row(f"walk, one row, {name}", own * 1e3, "ms", "at most 3"),
        row("the same, contributions alone", alone * 1e3, "ms", ""),
        *_against_peer("treeinterpreter", lambda: _treeinterpreter(bench, one), own, alone, "at least 200"),
        *_against_peer("eli5", lambda: _eli5(bench, one), own, alone, "at least 50"),
        row(f"walk, {bench.count:,} rows", many, "s", "at most 1.5"),
    ]


def _against_peer(name: str, work: Callable[[], Any], own: float, alone: float, target: str) -> list[dict[str, Any]]:
    """Return a peer's time over an explanation's, and over that of the contributions, which are all it answers."""
    if find_spec(name) is None:
        return [row(f"... {name}: not installed", float("nan"), "", target)]
    work()
    seconds = min(_seconds(work) for _ in range(2))
    return [
        row(f"... {name}, the same row", seconds * 1e3, "ms", ""),
        row(f"... {name} / walk", seconds / own, "x", target),
        row(f"... {name} / contributions alone", seconds / alone, "x", ""),
    ]


def _treeinterpreter(bench: Bench, one: pd.DataFrame) -> Any:
    from treeinterpreter import treeinterpreter

    return treeinterpreter.predict(bench.forest, one.to_numpy())


def _eli5(bench: Bench, one: pd.DataFrame) -> Any:
    import eli5

    return eli5.explain_prediction(bench.forest, one.iloc[0], feature_names=COLUMNS)


def time_forest_shap(bench: Bench) -> list[dict[str, Any]]:
    """Return exact TreeSHAP of the forest: 1,000 rows along the paths, and one against the background."""
    import shap

    from explainers import explain, subject_of
    from explainers.tree_shap import along_paths

    count, few = min(1_000, bench.count), min(ASKED_OF_SHAP, bench.count)
    subject, peer = subject_of(bench.forest), shap.TreeExplainer(bench.forest)
    own = bench.least(lambda: along_paths(subject, bench.rows[:count], 1), 2)
    asked = bench.rows[:few].to_numpy()
    begin = time.perf_counter()
    theirs = peer.shap_values(asked, check_additivity=False)[:, :, 1]
    scaled = (time.perf_counter() - begin) * count / few
    gap = float(np.abs(theirs - along_paths(subject, bench.rows[:few], 1).values).max())
    one, none = bench.rows[:1], bench.rows[:0]
    alone = bench.least(lambda: explain(bench.forest, one, none, method="shap"))
    shown = bench.least(lambda: explain(bench.forest, one, bench.background, method="shap"))
    single = bench.least(lambda: peer.shap_values(asked[:1], check_additivity=False))
    return [
        row(f"exact TreeSHAP, forest, {count:,} rows", own, "s", ""),
        row(f"... shap.TreeExplainer, {few} rows scaled to {count:,}", scaled, "s", ""),
        row("... shap / own", scaled / own, "x", "at least 5"),
        row("... largest difference between the two", gap * 1e9, "1e-9", "at most 1,000"),
        row("exact TreeSHAP, forest, one row along the paths", alone * 1e3, "ms", ""),
        row("... shap.TreeExplainer, one row", single * 1e3, "ms", ""),
        row("... one row against 100 background rows", shown * 1e3, "ms", "at most 100"),
    ]


def time_booster_shap(bench: Bench) -> list[dict[str, Any]]:
    """Return exact TreeSHAP of LightGBM for all rows, beside every peer that can be imported."""
    from explainers import subject_of
    from explainers.tree_shap import along_paths

    subject, rows = subject_of(bench.booster), bench.rows
    own = bench.least(lambda: along_paths(subject, rows, 1), 2)
    few = rows[: min(1_000, len(rows))]  # all three are linear in rows
    scale = len(rows) / len(few)
    begin = time.perf_counter()
    theirs = bench.booster.predict(few, pred_contrib=True)
    contrib = (time.perf_counter() - begin) * scale
    gap = float(np.abs(theirs[:, :-1] - along_paths(subject, few, 1).values).max())
    peers = {"the booster's pred_contrib": contrib, **_tree_explainers(bench.booster, few, scale)}
    return [
        row(f"exact TreeSHAP, LightGBM, {len(rows):,} rows", own, "s", ""),
        *(row(f"... {name}, {len(few):,} rows scaled", seconds, "s", "") for name, seconds in peers.items()),
        row("... own / the fastest of these", own / min(peers.values()), "x", "at most 1"),
        row("... largest difference from pred_contrib", gap * 1e9, "1e-9", "at most 1,000"),
    ]


def _tree_explainers(booster: Any, few: pd.DataFrame, scale: float) -> dict[str, float]:
    found = {}
    for library in ("shap", "fasttreeshap"):
        if find_spec(library) is None:
            continue
        explainer = __import__(library).TreeExplainer(booster)
        found[f"{library}.TreeExplainer"] = scale * _seconds(
            lambda explainer=explainer: explainer.shap_values(few, check_additivity=False)
        )
    return found


def time_lime(bench: Bench) -> list[dict[str, Any]]:
    """Return LIME on one row beside the bare model on as many samples and LIME's own fit of them."""
    from lime.lime_base import LimeBase

    from explainers import explain

    rng = np.random.default_rng(0)
    samples = pd.DataFrame(rng.normal(size=(5_000, 30)), columns=COLUMNS)
    distances = np.sqrt(((samples.to_numpy() - samples.to_numpy()[0]) ** 2).sum(axis=1))
    width = 0.75 * np.sqrt(len(COLUMNS))
    fit = LimeBase(lambda d: np.sqrt(np.exp(-(d**2) / width**2)), random_state=0)

    def bare() -> None:
        answers = bench.booster.predict(samples)
        both = np.column_stack([1 - answers, answers])
        fit.explain_instance_with_data(samples.to_numpy(), both, distances, 1, len(COLUMNS), "none")

    own = bench.least(lambda: explain(bench.booster, bench.rows[:1], bench.background, method="lime"))
    least = bench.least(bare)
    return [
        row("LIME, one row, LightGBM", own * 1e3, "ms", ""),
        row("... the bare model on 5,000 samples and LIME's own fit", least * 1e3, "ms", ""),
        row("... LIME / these two", own / least, "x", "at most 1.2"),
    ]


def first_call(kind: str) -> list[dict[str, Any]]:
    """Return what the first explanation of a process takes, and the peak of a job of all rows, measured apart."""
    command = [sys.executable, "-m", "benchmarks.explaining_jobs", kind]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return [row(what, figure, unit, target) for what, figure, unit, target in answer]


def _seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def measure(bench: Bench) -> list[dict[str, Any]]:
    """Return every row of the table but those of processes of their own."""
    parts = (time_walks, time_forest_shap, time_booster_shap, time_lime)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peers' own
        return [r for part in parts for r in part(bench)]


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="tiny sizes: the table's shape, not its figures")
    asked = parser.parse_args()
    if asked.quick:
        rows = measure(Bench(trees=5, depth=3, rows=20, rounds=1))
    else:
        rows = measure(Bench(trees=300, depth=12, rows=10_000, rounds=asked.rounds))
        rows += [r for kind in ("walk", "shap", "cold") for r in first_call(kind)]
    show(rows)
    if asked.json:
        machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
        asked.json.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
