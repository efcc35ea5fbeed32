"""Mixtures of rows scored by stacked trees: rows are encoded once, mixtures are put together from their codes.

A pipeline takes longer to encode a hundred thousand mixed rows than the trees take to answer for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from explainers.answer import log_odds
from explainers.explanation import Unit, Unsupported
from explainers.forests.read import forest_of
from explainers.forests.scores import forest_scores, ready
from explainers.subject import Subject
from explainers.tree_shap import players_of
from explainers.walk import door_of


@dataclass(frozen=True, eq=False)
class CodedGame:
    """Rows and background as whole numbers, equal where the values are; `score` answers for mixtures of them."""

    rows: pd.DataFrame
    background: pd.DataFrame
    score: Callable[[pd.DataFrame], np.ndarray]


def coded_game(
    subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int, unit: Unit
) -> CodedGame:
    """Return prepared rows and background in codes, and what scores them in `unit`.

    Raises `Unsupported` where the trees' sum doesn't give that unit, where a pipeline mixes columns, or without trees.
    """
    door = door_of(subject)
    door.check_unmixed("a game of coded columns")
    forest = forest_of(door.model, class_index)
    link = _LINKS.get((forest.unit, unit))
    if link is None:
        raise Unsupported(f"the trees add up in {forest.unit}, which alone doesn't give {unit}")
    both = pd.concat([rows, background], ignore_index=True)
    matrix = ready(forest, door.matrix(both))
    codes, firsts = _coded(both)
    players = players_of(door)

    def score(mixed: pd.DataFrame) -> np.ndarray:
        return link(forest_scores(forest, _gathered(matrix, mixed.to_numpy(), firsts, players)))

    frame = pd.DataFrame(codes, columns=both.columns)
    return CodedGame(frame.iloc[: len(rows)], frame.iloc[len(rows) :], score)


def _coded(both: pd.DataFrame) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return each value's code (rows, columns), and for each column the first row that holds the value of a code."""
    codes = np.empty(both.shape, dtype=np.int64)
    firsts = []
    for j in range(both.shape[1]):
        codes[:, j] = pd.factorize(both.iloc[:, j], use_na_sentinel=False)[0]
        firsts.append(np.unique(codes[:, j], return_index=True)[1])
    return codes, firsts


def _gathered(matrix: np.ndarray, codes: np.ndarray, firsts: list[np.ndarray], players: np.ndarray) -> np.ndarray:
    """Return encoded rows (mixtures, encoded columns) whose raw columns hold the values of these codes."""
    out = np.empty((len(codes), matrix.shape[1]))
    for e, j in enumerate(players):
        out[:, e] = matrix[firsts[j][codes[:, j]], e]
    return out


def _same(found: np.ndarray) -> np.ndarray:
    return found


def _probability(found: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-found)))


_LINKS: dict[tuple[Unit, Unit], Callable[[np.ndarray], np.ndarray]] = {
    ("probability", "log-odds"): log_odds,
    ("log-odds", "probability"): _probability,
    ("probability", "probability"): _same,
    ("log-odds", "log-odds"): _same,
}
