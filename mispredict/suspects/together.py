"""Columns that are harmless one by one and give the label away together: sums, differences, ratios, equality.

A sum or a difference of any columns is a direction in which the classes lie apart though each column hides it; Fisher's
discriminant finds it in one step, and of logarithms it finds products and ratios.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from mispredict.discovery import RATE, q_values
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.powers import Powers, powers_of
from mispredict.suspects.ranked import rank_auc
from mispredict.suspects.rates import bins_of
from mispredict.suspects.stacked import Stack, stack_of
from mispredict.suspects.suspect import Chart, Series
from mispredict.suspects.told import few_exceptions

MOST_NUMBERS = 150  # columns, the ones that go with others most
MOST_CODES = 40
MOST_ROWS = 20_000
LEAST_MORE = 0.08  # AUC that the columns know together beyond what they know side by side
LEAST_AUC = 0.6
HARMLESS = 0.8  # AUC alone: a column that knows more needs no other one to be a suspect
PURE = 0.2  # of the label's rate over all rows, where columns differ though they mostly are equal
LEAST_RARE = 50  # rows
BY_LUCK = 1e-9  # of as few exceptions, by what both columns say side by side
SAME_VALUES = 0.5  # of two codes' values from which equality is a question


@dataclass(frozen=True, eq=False)
class Together:
    """Two or three columns and the form in which they know the label."""

    columns: tuple[str, ...]
    words: str  # "billed - settled"
    auc: float  # of the form, on rows that it was not chosen on
    apart: float  # of the same columns side by side: the sum of what each knows alone
    alone: float  # of the best of them
    p_value: float
    q_value: float
    tried: int  # forms
    chart: Chart
    is_pure: bool = False  # where the columns differ (or are equal) hardly a row has the other label


def together_of(inquiry: Inquiry) -> tuple[Together, ...]:
    """Return the forms that give the label away, the strongest first, no column in two of them."""
    found: list[Together] = []
    for power in powers_of(inquiry)[:3]:
        forms = [*_directions(inquiry, power), *_equalities(inquiry, power)]
        q = q_values([one.p_value for one in forms])
        for one, value in zip(forms, q, strict=True):
            more = one.auc >= LEAST_AUC and one.auc - one.apart >= LEAST_MORE
            if value <= RATE and one.alone <= HARMLESS and (more or one.is_pure):
                found.append(replace(one, q_value=float(value), tried=len(forms)))
    kept: list[Together] = []
    for one in sorted(found, key=lambda one: 0.03 * len(one.columns) - one.auc):  # a third column has to add as much
        if not any(set(one.columns) & set(other.columns) for other in kept):
            kept.append(one)
    return tuple(kept)


def _directions(inquiry: Inquiry, power: Powers) -> Iterator[Together]:
    """Return the best two and three columns of the direction that parts the classes, plain and in logarithms."""
    stack = stack_of(inquiry)
    rows = np.random.default_rng(inquiry.seed).permutation(len(stack.truth))[:MOST_ROWS]
    half = np.arange(len(rows)) % 2 == 0
    for form in ("plain", "logarithms"):
        places, values = _numbers(stack, rows, form)
        if len(places) < 2:
            continue
        event = stack.event(power.outcome)[rows]
        order = _leading(values[half], event[half])
        for count in (2, 3):
            chosen = order[:count]
            if len(chosen) == count:
                inquiry.report(0.6, "adding and subtracting columns")
                yield _direction(
                    stack, power, (rows, half, event), [places[i] for i in chosen], values[:, chosen], form
                )


def _numbers(stack: Stack, rows: np.ndarray, form: str) -> tuple[list[int], np.ndarray]:
    """Return the numbers that vary and have few gaps, gaps filled by the median; positive ones only for logarithms."""
    places = []
    for place in np.flatnonzero(~stack.is_code):
        held = stack.values[rows, place]
        held = held[~np.isnan(held)]
        if len(held) > 0.8 * len(rows) and np.ptp(held) > 0 and (form == "plain" or held.min() > 0):
            places.append(int(place))
    places = places[:MOST_NUMBERS]
    values = stack.values[rows][:, places]
    values = np.where(np.isnan(values), np.nanmedian(values, axis=0) if places else 0.0, values)
    return places, np.log(values) if form == "logarithms" else values


def _leading(values: np.ndarray, event: np.ndarray) -> list[int]:
    """Return the columns by their part in Fisher's discriminant, the largest first."""
    weights = _discriminant(values, event)
    return [int(i) for i in np.argsort(-np.abs(weights), kind="stable")]


def _discriminant(values: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Return Fisher's discriminant for columns brought to one spread, shape (columns,)."""
    spread = np.maximum(values.std(axis=0), 1e-12)
    standard = (values - values.mean(axis=0)) / spread
    parts = [standard[event == label] for label in (0.0, 1.0)]
    if min(map(len, parts)) < 20:
        return np.zeros(values.shape[1])
    within = sum((one - one.mean(axis=0)).T @ (one - one.mean(axis=0)) for one in parts) / len(values)
    away = parts[1].mean(axis=0) - parts[0].mean(axis=0)
    return np.linalg.solve(within + 1e-6 * np.eye(len(away)), away)


def _direction(
    stack: Stack,
    power: Powers,
    drawn: tuple[np.ndarray, np.ndarray, np.ndarray],
    places: list[int],
    values: np.ndarray,
    form: str,
) -> Together:
    rows, half, event = drawn
    weights = _discriminant(values[half], event[half]) / np.maximum(values[half].std(axis=0), 1e-12)
    score = values @ weights
    names = tuple(stack.columns[i] for i in places)
    return _judged(power, _Form(names, _words(names, weights, form), score[~half], rows[~half], event[~half], places))


@dataclass(frozen=True, eq=False)
class _Form:
    columns: tuple[str, ...]
    words: str
    score: np.ndarray
    rows: np.ndarray  # of the stack, those that the form was not chosen on
    event: np.ndarray
    places: list[int]


def _judged(power: Powers, form: _Form) -> Together:
    ranked = rank_auc(form.score, form.event)
    own = np.clip(power.scores[form.rows][:, form.places], 1e-4, 1 - 1e-4)
    beside = np.log(own / (1 - own)).sum(axis=1)
    apart = rank_auc(beside, form.event).strength
    alone = max(rank_auc(own[:, i], form.event).strength for i in range(own.shape[1]))
    return Together(
        form.columns,
        form.words,
        ranked.strength,
        max(apart, alone),
        alone,
        ranked.p_value,
        1.0,
        0,
        _chart(power.outcome, form),
    )


def _words(names: tuple[str, ...], weights: np.ndarray, form: str) -> str:
    """Return the direction as a formula with whole or short factors, the first column's made 1."""
    factors = weights / weights[0] if weights[0] else weights
    parts: list[str] = []
    for name, factor in zip(names, factors, strict=True):
        size = f"{abs(factor):.3g}"
        term = (
            (name if size == "1" else f"{size} {name}")
            if form == "plain"
            else (name if size == "1" else f"{name}^{size}")
        )
        plus, minus = ("+", "-") if form == "plain" else ("x", "/")
        parts.append(term if not parts else f"{plus if factor > 0 else minus} {term}")
    return " ".join(parts)


def _equalities(inquiry: Inquiry, power: Powers) -> Iterator[Together]:
    """Return whether two columns of the same values are equal, as a form."""
    stack = stack_of(inquiry)
    codes = [int(i) for i in np.flatnonzero(stack.is_code)][:MOST_CODES]
    labels = {i: inquiry.coding.labels(stack.columns[i]) for i in codes}
    event = stack.event(power.outcome)
    for first, second in combinations(codes, 2):
        one, other = labels[first], labels[second]
        if one is None or other is None or not _alike(set(one), set(other)):
            continue
        texts = [_texts(stack.values[:, i], known) for i, known in ((first, one), (second, other))]
        equal = (texts[0] == texts[1]).astype(np.float64)
        if 0.01 < equal.mean() < 0.99:
            names = (stack.columns[first], stack.columns[second])
            every = np.arange(len(event))
            form = _Form(names, f"{names[0]} = {names[1]}", equal, every, event, [first, second])
            yield replace(_judged(power, form), is_pure=_is_pure(power, form))


def _is_pure(power: Powers, form: _Form) -> bool:
    """Return whether the rarer answer's rows all but have one label, where the columns side by side expect both."""
    rarer = form.score == (1.0 if form.score.mean() < 0.5 else 0.0)
    overall, rate = float(form.event.mean()), float(form.event[rarer].mean())
    if PURE * overall < rate < 1 - PURE * (1 - overall) or rarer.sum() < LEAST_RARE:
        return False
    own = np.clip(power.scores[form.rows[rarer]][:, form.places], 1e-4, 1 - 1e-4)
    odds = np.log(own / (1 - own)).sum(axis=1) - np.log(overall / (1 - overall))
    return few_exceptions(1 / (1 + np.exp(-odds)), form.event[rarer]) <= BY_LUCK


def _alike(first: set[str], second: set[str]) -> bool:
    return len(first & second) >= max(2.0, SAME_VALUES * min(len(first), len(second)))


def _texts(values: np.ndarray, known: Iterable[object]) -> np.ndarray:
    table = pd.Series([*known, ""], dtype=object).to_numpy()
    places = np.where(np.isnan(values) | (values < 0), len(table) - 1, values).astype(np.int64)
    return table[places]


def _chart(outcome: Outcome, form: _Form) -> Chart:
    """Return the event's rate along the form."""
    bins = bins_of(form.score, codes=len(np.unique(form.score)) <= 2)
    rows = np.bincount(bins)
    rates = np.bincount(bins, weights=form.event) / np.maximum(rows, 1)
    middles = [float(np.median(form.score[bins == one])) for one in range(len(rows))]
    order = np.argsort(middles, kind="stable")
    names = {0.0: "no", 1.0: "yes"} if set(middles) <= {0.0, 1.0} else {}
    x = tuple(names.get(middles[i], f"{middles[i]:.6g}") for i in order)
    series = Series("rate", x, tuple(float(rates[i]) for i in order))
    title = f"The rate of {outcome.label} along {form.words}"
    return Chart("bars", title, form.words, "rate", (series,), float(form.event.mean()), "all rows")
