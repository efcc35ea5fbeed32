"""The rules that stand out, one after the other: each on the rows that the ones before it leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mispredict.errors.columns import Binned
from mispredict.errors.findings import Condition
from mispredict.errors.lattice import Lattice, Rule
from mispredict.errors.null import Null
from mispredict.errors.polish import conditions_of, pieces_of, sharpen, shorten
from mispredict.errors.predicates import holds
from mispredict.errors.promises import Promises, promises_of, raw_promises
from mispredict.errors.residuals import MOST_SHARE, how_it_stands_out, way_named
from mispredict.errors.worlds import gain_of, world_score, world_signals
from mispredict.scan.scored import Scored

DEPTH, WIDTH = 3, 16  # columns in a rule; rules that are kept at each length of the search
JUDGED = 3  # rules of each length and search that are judged once more, without their own part in the recalibration
ALIKE = 0.8  # Jaccard of the rows from which two rules are one in other words
MOST_RULES = 10
MOST_ALSO = 5  # rules that are told to be one in other words
LEVEL = 0.05
BEYOND = 2.33  # z of its rows that no earlier rule holds for, from which an overlapping rule is one more
# A recalibration can't tell a fault from its mirror image: where it holds most of the rows of a level, the others
# look faulty. What breaks the tie is the model's own promise, so a rule that breaks it too is preferred by so much.
MIRRORED = 0.7


@dataclass(frozen=True)
class Peeled:
    """A rule of the search and the chance that a search of faultless rows finds one that good."""

    conditions: tuple[Condition, ...]
    p_adjusted: float
    also: tuple[tuple[Condition, ...], ...] = ()  # rules for nearly the same rows


@dataclass(frozen=True, eq=False)
class _Judged:
    rule: Rule
    promises: Promises  # learned on the other rows
    gain: float  # in standard deviations, comparable with the null
    preference: float


def peel_rules(columns: list[Binned], searched: Scored, null: Null, *, seed: int) -> tuple[list[Peeled], float]:
    """Return the significant rules in the order found, and the largest gain of any, significant or not."""
    lattice = Lattice(columns)
    peeled: list[Peeled] = []
    first: list[_Judged] = []
    best = 0.0
    left = np.ones(len(searched), dtype=bool)
    while len(peeled) < MOST_RULES and left.mean() > 0.5:
        ranked = _judge_rules(lattice, searched, left, seed)
        first = first or ranked
        judged = ranked[0] if ranked else None
        best = max(best, judged.gain if judged else 0.0)
        if judged is None or null.p_value(judged.gain) > LEVEL:
            break
        peeled.append(_sharpened(lattice, judged, searched, left, null))
        left = ~any_of(peeled, searched.rows)
    wider = _with_wider(lattice, peeled, first, searched, null, seed=seed)
    return _folded(wider, first, lattice, searched.rows), best


def _sharpened(lattice: Lattice, judged: _Judged, searched: Scored, left: np.ndarray, null: Null) -> Peeled:
    goal = world_signals(judged.promises) * left[:, None], world_score(lattice.rows)
    pieces = sharpen(shorten(pieces_of(lattice, judged.rule), *goal), searched.rows, *goal)
    return Peeled(conditions_of(pieces), null.p_value(judged.gain))


def _with_wider(
    lattice: Lattice, peeled: list[Peeled], first: list[_Judged], searched: Scored, null: Null, *, seed: int
) -> list[Peeled]:
    """Return the rules with those of the first round that overlap with them but stand out beyond them too.

    Where a fault is strongest in a part of its rows, the part comes first and leaves too little of the rest to be
    significant by itself; the whole is. What stood out in the first round alone, before the fault was known and left
    out of the promises, is the fault's mirror image.
    """
    kept = list(peeled)
    everywhere = np.ones(len(searched), dtype=bool)
    for judged in first if peeled else []:
        if len(kept) == MOST_RULES or null.p_value(judged.gain) > LEVEL:
            break
        wider = _sharpened(lattice, judged, searched, everywhere, null)
        inside, told = holds(wider.conditions, searched.rows), any_of(kept, searched.rows)
        beyond = inside & ~told
        way = how_it_stands_out(judged.promises, inside)
        ways = (way, way_named(way.name, promises_of(searched, learn=~told, seed=seed)))
        unlike = all(_jaccard(inside, holds(one.conditions, searched.rows)) < ALIKE for one in kept)
        if unlike and inside.mean() <= MOST_SHARE and beyond.any() and min(one.z(beyond) for one in ways) >= BEYOND:
            kept.append(wider)
    return kept


def _folded(peeled: list[Peeled], first: list[_Judged], lattice: Lattice, rows: pd.DataFrame) -> list[Peeled]:
    """Return the rules, each with those that were left out because they hold for nearly the same rows."""
    others = [(lattice.conditions(one.rule), lattice.mask(one.rule)) for one in first]
    folded = []
    for one in peeled:
        inside = holds(one.conditions, rows)
        alike = [words for words, mask in others if words != one.conditions and _jaccard(inside, mask) >= ALIKE]
        folded.append(replace(one, also=tuple(alike[:MOST_ALSO])))
    return folded


def _jaccard(first: np.ndarray, second: np.ndarray) -> float:
    return float((first & second).sum() / max((first | second).sum(), 1))


def any_of(peeled: Sequence[Peeled], rows: pd.DataFrame) -> np.ndarray:
    """Return the rows that any of the rules holds for."""
    masks = [holds(one.conditions, rows) for one in peeled]
    return np.logical_or.reduce(masks) if masks else np.zeros(len(rows), dtype=bool)


def _judge_rules(lattice: Lattice, searched: Scored, left: np.ndarray, seed: int) -> list[_Judged]:
    """Return the best rules among the rows left, the one that stands out most first.

    A fault that is large enough bends the recalibration: then its own rows look half as bad, and the healthy ones
    look bad too. So rules are also looked for by the promises as the model made them, and every rule is judged by a
    recalibration that has not seen it.
    """
    score = world_score(lattice.rows)
    raw, bent = raw_promises(searched), promises_of(searched, learn=left, seed=seed)
    rules: dict[Rule, None] = {}
    for promises in (bent, raw):
        found = lattice.search(world_signals(promises) * left[:, None], score, depth=DEPTH, width=WIDTH)
        rules.update(dict.fromkeys(_of_each_length(lattice, [one.rule for one in found])))
    judged = []
    for rule in rules:
        whole = lattice.mask(rule)
        if whole.mean() > MOST_SHARE:  # though it may be less than half of the rows left
            continue
        inside = whole & left
        promises = promises_of(searched, learn=left & ~inside, seed=seed)
        unbent = min(gain_of(promises, inside, left & ~inside), _plain_gain(raw, inside))
        plain = _plain_gain(bent, inside)
        judged.append(_Judged(rule, promises, max(unbent, plain), max(unbent, MIRRORED * plain)))
    return sorted(judged, key=lambda one: -one.preference)


def _plain_gain(promises: Promises, inside: np.ndarray) -> float:
    return gain_of(promises, inside, np.ones(len(inside), dtype=bool))


def _of_each_length(lattice: Lattice, rules: list[Rule]) -> list[Rule]:
    """Return the best few rules of every length: long ones crowd out the short one that they are variations of."""
    return [
        rule
        for length in range(1, DEPTH + 1)
        for rule in _unlike(lattice, [one for one in rules if len(one) == length])[:JUDGED]
    ]


def _unlike(lattice: Lattice, rules: list[Rule]) -> list[Rule]:
    """Return the rules without those that hold for nearly the same rows as a better one."""
    kept: list[tuple[Rule, np.ndarray]] = []
    for rule in rules:
        inside = lattice.mask(rule)
        if all((inside & one).sum() < ALIKE * (inside | one).sum() for _, one in kept):
            kept.append((rule, inside))
    return [rule for rule, _ in kept]
