"""`python -m benchmarks.peers [--json FILE] [--sets N]`: who finds planted slices, ours beside other people's ways.

For each size of the slice, share of turned labels and shape: the Jaccard index of the slice's rows with the best of the
first five answers, and (in brackets) with the first one. Whoever is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.finders import FINDERS, absent
from benchmarks.planting import SHAPES, Planted, plant, scored_table

SIZES, FLIPS = (0.02, 0.05, 0.1), (0.2, 0.4)
TABLES = ("generated", "digits")
Cell = tuple[str, float, float]  # shape, size, flips
Scores = tuple[float, float]  # best of five, first


def jaccard(first: np.ndarray, second: np.ndarray) -> float:
    """Return the rows of both over the rows of either."""
    return float((first & second).sum() / max((first | second).sum(), 1))


def score(answers: list[np.ndarray], fault: np.ndarray) -> Scores:
    """Return the best Jaccard index of five answers and that of the first; 0 for no answer."""
    each = [jaccard(answer, fault) for answer in answers[:5]]
    return max(each, default=0.0), each[0] if each else 0.0


def compare(sets: int) -> tuple[dict[Cell, dict[str, Scores]], dict[str, float]]:
    """Return each cell's mean scores a finder over `sets` planted tables, and each finder's CPU seconds.

    The second way of ours goes on from the first one: its seconds are what it adds.
    """
    able = {name: find for name, find in FINDERS.items() if name not in absent()}
    scores: dict[Cell, dict[str, list[Scores]]] = defaultdict(lambda: defaultdict(list))
    spent: dict[str, float] = defaultdict(float)
    for number in range(sets):
        table = scored_table(TABLES[number % len(TABLES)], seed=number)
        for at, cell in enumerate(itertools.product(SHAPES, SIZES, FLIPS)):
            shape, size, flips = cell
            planted: Planted = plant(table, shape=shape, size=size, flips=flips, seed=1_000 * number + at)
            for name, find in able.items():
                begin = time.process_time()
                scores[cell][name].append(score(find(planted.scored), planted.fault))
                spent[name] += time.process_time() - begin
    return {cell: {name: _mean(of) for name, of in by.items()} for cell, by in scores.items()}, spent


def _mean(scores: list[Scores]) -> Scores:
    best, first = np.mean(scores, axis=0).tolist()
    return best, first


def show(cells: dict[Cell, dict[str, Scores]], spent: dict[str, float]) -> None:
    """Print the table, finders side by side."""
    names = list(spent)
    for number, name in enumerate(names):
        print(f"{number + 1} = {name} ({spent[name]:.0f} s of CPU)")
    for name, why in absent().items():
        print(f"absent: {name} ({why})")
    print(f"\n{'shape':<9}{'size':>5}{'flips':>6} " + "".join(f"{number + 1:>13}" for number in range(len(names))))
    for (shape, size, flips), by in cells.items():
        figures = "".join(f"{by[name][0]:>6.2f} ({by[name][1]:.2f})" for name in names)
        print(f"{shape:<9}{size:>5.0%}{flips:>6} {figures}")


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("peers.json"))
    parser.add_argument("--sets", type=int, default=5, help="planted tables a cell")
    asked = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    cells, spent = compare(asked.sets)
    show(cells, spent)
    rows = [{"shape": c[0], "size": c[1], "flips": c[2], "scores": by} for c, by in cells.items()]
    asked.json.write_text(json.dumps({"cells": rows, "cpu": spent, "absent": absent()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
