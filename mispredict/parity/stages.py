"""From the table to the service's answer, step by step: what comes from traffic, what from features and the model.

The same rows are replayed: with the table's features, with the logged ones, and as they were answered. What the log
loss gains at each step is that step's; what it gains from all rows to the logged ones is traffic's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mispredict.parity.online import Replayed, Source, Stage, Step, Word

LEAST_ROWS = 50  # labelled, and 10 of either class
LEAST_OF_CLASS = 10
MATTERS = 0.02  # part of the log loss offline from which a difference matters
MOST = 0.75  # part of the difference that one source must make to be named alone
OUTSIDE = 0.01  # part of the answers outside 0 to 1 from which they are no probabilities
_FLOOR = 1e-6  # of a probability: one answer of 0 must not be all there is
_WORDS: dict[Source, str] = {
    "features": "the features that were served",
    "model": "the model's own answers",
    "traffic": "which rows were served",
}
_NAMES: dict[str, str] = {
    "table": "all rows of the table",
    "logged rows": "the rows that were served, by the table's features",
    "logged features": "the same rows, by the logged features",
    "answers": "the same rows, as the service answered",
}


@dataclass(frozen=True, eq=False)
class Rows:
    """Labelled rows of the table: the event (0 or 1), its probability, whether the row was logged, its owner."""

    event: np.ndarray
    offline: np.ndarray
    is_logged: np.ndarray
    owner: np.ndarray  # int64, rows of one are not independent


@dataclass(frozen=True, eq=False)
class Ways:
    """Labelled pairs: the event (0 or 1) and its probability on three ways; `answered` is None where none is logged."""

    event: np.ndarray
    offline: np.ndarray
    replayed: np.ndarray
    answered: np.ndarray | None
    owner: np.ndarray


def replay(rows: Rows, ways: Ways) -> Replayed:
    """Return where the gap between offline and online comes from."""
    ways, notes = _usable(ways)
    stages = _stages(rows, ways)
    gap, of_features = _gap(ways)
    counts = [int((ways.event == one).sum()) for one in (0, 1)]
    if len(ways.event) < LEAST_ROWS or min(counts) < LEAST_OF_CLASS:
        why = f"{len(ways.event):,} labelled pairs with {counts[1]:,} events"
        return Replayed("cannot tell", f"{why}: too few to tell", stages, (), gap, of_features, notes)
    steps = _steps(rows, ways)
    word = _word(steps)
    matters = sum(one.added for one in steps if one.low > 0) >= MATTERS * _loss(ways.event, ways.offline).mean()
    return Replayed(word, _sentence(word, stages, steps), stages, steps, gap, of_features, notes, bool(matters))


def _usable(ways: Ways) -> tuple[Ways, tuple[str, ...]]:
    """Return the pairs with known scores; answers that are no probabilities are left out as a whole."""
    notes, answered = [], ways.answered
    if answered is not None:
        held = answered[np.isfinite(answered)]
        if not len(held):
            notes.append("no score was logged, so the model's own answers are not judged")
            answered = None
        elif ((held < 0) | (held > 1)).mean() > OUTSIDE:
            notes.append("the logged scores are no probabilities, so the model's own answers are not judged here")
            answered = None
    else:
        notes.append("no score was logged, so the model's own answers are not judged")
    known = np.isfinite(ways.offline) & np.isfinite(ways.replayed)
    if answered is not None:
        known &= np.isfinite(answered)
        answered = np.clip(answered[known], 0.0, 1.0)
    usable = Ways(ways.event[known], ways.offline[known], ways.replayed[known], answered, ways.owner[known])
    return usable, tuple(notes)


def _stages(rows: Rows, ways: Ways) -> tuple[Stage, ...]:
    found = [_stage("table", rows.event, rows.offline)]
    found.append(_stage("logged rows", ways.event, ways.offline))
    found.append(_stage("logged features", ways.event, ways.replayed))
    return (*found, _stage("answers", ways.event, ways.answered)) if ways.answered is not None else tuple(found)


def _stage(name: str, event: np.ndarray, scores: np.ndarray) -> Stage:
    from sklearn.metrics import roc_auc_score

    if not len(event):
        return Stage(name, _NAMES[name], 0, None, None, None)  # type: ignore[arg-type]
    area = float(roc_auc_score(event, scores)) if 0 < event.mean() < 1 else None
    loss = float(_loss(event, scores).mean())
    return Stage(name, _NAMES[name], len(event), loss, area, float(scores.mean()))  # type: ignore[arg-type]


def _loss(event: np.ndarray, scores: np.ndarray) -> np.ndarray:
    own = np.where(event == 1, scores, 1 - scores)
    return np.asarray(-np.log(np.clip(own, _FLOOR, 1.0)))


def _gap(ways: Ways) -> tuple[float | None, float | None]:
    """Return the mean absolute difference of the score, and the features' part of it."""
    final = ways.replayed if ways.answered is None else ways.answered
    difference = final - ways.offline
    whole = float(np.abs(difference).sum())
    if not len(difference):
        return None, None
    if whole == 0:
        return 0.0, None
    features = float((np.sign(difference) * (ways.replayed - ways.offline)).sum()) / whole
    return whole / len(difference), features


def _steps(rows: Rows, ways: Ways) -> tuple[Step, ...]:
    losses = [_loss(ways.event, one) for one in (ways.offline, ways.replayed)]
    steps = [_traffic(rows), _step("features", losses[1] - losses[0], ways.owner)]
    if ways.answered is not None:
        steps.append(_step("model", _loss(ways.event, ways.answered) - losses[1], ways.owner))
    return tuple(steps)


def _traffic(rows: Rows) -> Step:
    """Return how far the mean loss of the logged rows is above that of all rows."""
    losses, part = _loss(rows.event, rows.offline), rows.is_logged.mean()
    if part in (0.0, 1.0):
        return Step("traffic", 0.0, 0.0, 0.0)
    logged, every = losses[rows.is_logged].mean(), losses.mean()
    influence = np.where(rows.is_logged, (losses - logged) / part, 0.0) - (losses - every)
    return _step("traffic", influence + (logged - every), rows.owner)


def _step(source: Source, amounts: np.ndarray, owner: np.ndarray) -> Step:
    """Return the mean with its 95 % interval, owners taken whole."""
    mean, count = float(amounts.mean()), len(amounts)
    _, codes = np.unique(owner, return_inverse=True)
    sums = np.bincount(codes, amounts - mean)
    spread = float(np.sqrt(len(sums) / max(1, len(sums) - 1) * (sums**2).sum()) / count)
    return Step(source, mean, mean - 1.96 * spread, mean + 1.96 * spread)


def _word(steps: Sequence[Step]) -> Word:
    """Return what makes the gap: the steps that are plainly above 0."""
    worse = [one for one in steps if one.low > 0]
    if not worse:
        return "none"
    most = max(worse, key=lambda one: one.added)
    return most.source if most.added >= MOST * sum(one.added for one in worse) else "several"


def _sentence(word: Word, stages: Sequence[Stage], steps: Sequence[Step]) -> str:
    last, table = stages[-1].log_loss, stages[0].log_loss
    assert last is not None
    assert table is not None
    head = f"As served, the model's log loss is {last:.3f} nats a row against {table:.3f} on the table"
    if word == "none":
        return f"{head}: neither the features, nor the model's answers, nor the traffic make it plainly worse"
    named = sorted((one for one in steps if one.is_plain), key=lambda one: -one.added)
    parts = ", ".join(f"{_WORDS[one.source]} {one.added:+.4f} [{one.low:+.4f} to {one.high:+.4f}]" for one in named)
    return f"{head}; of the difference make {parts}{_small(named, table)}"


def _small(named: Sequence[Step], base: float) -> str:
    """Return what is said of a difference that is plain and small."""
    whole = sum(one.added for one in named)
    return f": {whole / base:.1%} of the log loss, which hardly matters" if 0 < whole < MATTERS * base else ""
