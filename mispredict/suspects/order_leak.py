"""Running numbers, and the order of rows, that know the label."""

from __future__ import annotations

import numpy as np

from mispredict.discovery import RATE, q_values
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.moments import moments_of
from mispredict.suspects.ranked import Ranked, rank_auc
from mispredict.suspects.running_numbers import Running, running_numbers, told_by_others
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect

LEAST_STRENGTH = 0.52  # AUC; a running number that knows less does no harm worth a look
LEAST_Z = 5.0
PERIODS = 20  # parts of the time in which the number is ranked, so that a drift of the rate is none of its knowledge
BY_OTHERS = 0.01  # share of the number's variance within a class that other columns tell: then the order is a real one
PILED = 0.98  # AUC from which the classes lie one after the other


class OrderLeak:
    """Finds running numbers and orders of rows that know the label."""

    kind = "order_leak"
    about = About(
        title="The order of the rows knows the label",
        needs="both classes, and rows in the order in which they were kept",
        how="whole numbers that count the rows, and the position in the file, are ranked against the label, within "
        "periods of `time` where it is named; a number that other columns tell as well follows a real order",
        means="certain: the classes lie one after the other; suspected: a number that a model reads knows the "
        "label and no "
        "other column explains why; info: the position alone does, or the number follows an order of other columns too",
        clear="how the number is given, and that it is given before the label is known",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return that there is but one class to tell."""
        return None if inquiry.outcomes else "no two classes with rows enough"

    def find(self, inquiry: Inquiry) -> Found:
        """Return the running numbers that know the label, the strongest first, then the position."""
        numbers = running_numbers(inquiry)
        known = [_best(inquiry, one) for one in numbers]
        adjusted = q_values([ranked.p_value for _, ranked in known])
        suspects = []
        for one, (outcome, ranked), q in zip(numbers, known, adjusted, strict=True):
            if abs(ranked.z) >= LEAST_Z and q <= RATE and ranked.strength >= LEAST_STRENGTH and one.column:
                suspects.append(_of_column(inquiry, one, outcome, (ranked, float(q))))
        suspects.sort(key=lambda one: (one.severity == "info", -one.score))
        if not suspects:
            suspects += _of_position(inquiry, numbers, known)
        return Found(tuple(suspects), inquiry.scope(len(numbers) - 1))


def _best(inquiry: Inquiry, number: Running) -> tuple[Outcome, Ranked]:
    """Return the outcome that the number knows best, ranked within periods of time."""
    periods = _periods(inquiry)
    found = []
    for outcome in inquiry.outcomes:
        event = np.concatenate([outcome.of(side) for side in inquiry.sides])
        found.append((outcome, _within(number.values, event, periods)))
    return max(found, key=lambda pair: pair[1].strength)


def _periods(inquiry: Inquiry) -> np.ndarray:
    """Return each row's side and period of time as one number: ranks are compared within it alone."""
    time = inquiry.data.time
    periods = []
    for number, side in enumerate(inquiry.sides):
        own = np.zeros(len(side), dtype=np.int64)
        if time is not None and time in side.rows:
            days = moments_of(side.rows[time]).days
            held = np.isfinite(days)
            if held.any():
                cuts = np.unique(np.quantile(days[held], np.linspace(0, 1, PERIODS + 1)[1:-1]))
                own = np.where(held, np.searchsorted(cuts, days), PERIODS)
        periods.append(own + number * (PERIODS + 1))
    return np.concatenate(periods)


def _within(values: np.ndarray, event: np.ndarray, periods: np.ndarray) -> Ranked:
    """Return one rank statistic of all periods: pairs of rows of one period are compared (van Elteren)."""
    parts = [rank_auc(values[periods == p], event[periods == p]) for p in np.unique(periods)]
    parts = [one for one in parts if one.events and one.others]
    if not parts:
        return Ranked(0.5, 0.0, 0, 0)
    weights = np.array([one.events * one.others / (one.events + one.others) for one in parts])
    aucs = np.array([one.auc for one in parts])
    spread = np.array([(one.auc - 0.5) / one.z if one.z else 0.0 for one in parts])
    total = float(np.sqrt(((weights * spread) ** 2).sum()))
    excess = float((weights * (aucs - 0.5)).sum())
    auc = 0.5 + excess / float(weights.sum())
    return Ranked(auc, excess / total if total > 0 else 0.0, sum(o.events for o in parts), sum(o.others for o in parts))


def _of_column(inquiry: Inquiry, number: Running, outcome: Outcome, known: tuple[Ranked, float]) -> Suspect:
    ranked, q_value = known
    told = told_by_others(inquiry, number, outcome)
    severity = _severity(inquiry, number, ranked, told)
    order = "the rows lie in its order" if number.in_file_order else "each row has its own"
    within = f", rows of one period of `{inquiry.data.time}` compared" if inquiry.data.time else ""
    return Suspect(
        kind="order_leak",
        severity=severity,
        culprits=(number.column,),
        score=2 * ranked.strength - 1,
        weight=min(1.0, 0.45 + 0.25 * number.in_file_order + 0.6 * (2 * ranked.strength - 1)),
        summary=f"`{number.column}` is a running number that knows the label: AUC {ranked.strength:.2f}{within}; "
        f"{order}, "
        + (
            "and other columns tell it too, so the order may be real"
            if told > BY_OTHERS
            else "and no column explains it"
        ),
        cleared_by=f"how `{number.column}` is given, and that it is given before the label is known",
        next_step=f"leave `{number.column}` out and learn again: a number of the row says nothing of new rows",
        p_value=ranked.p_value,
        q_value=q_value,
        evidence={
            "auc": ranked.strength,
            "standard_errors": ranked.z,
            "class": str(outcome.label),
            "part_of_numbers_in_use": number.density,
            "rows_in_its_order": number.in_file_order,
            "told_by_other_columns": told,
        },
        charts=(_chart(inquiry, number, outcome),),
    )


def _severity(inquiry: Inquiry, number: Running, ranked: Ranked, told: float) -> Severity:
    if number.column not in inquiry.read or told > BY_OTHERS:
        return "info"
    return "certain" if ranked.strength >= PILED and number.in_file_order else "suspected"


def _of_position(inquiry: Inquiry, numbers: list[Running], known: list[tuple[Outcome, Ranked]]) -> list[Suspect]:
    """Return that the position in the file knows the label, though no model reads it."""
    number, (outcome, ranked) = numbers[-1], known[-1]
    if abs(ranked.z) < LEAST_Z or ranked.strength < LEAST_STRENGTH:
        return []
    suspect = Suspect(
        kind="order_leak",
        severity="info",
        culprits=(),
        score=2 * ranked.strength - 1,
        weight=0.1,
        summary=f"the rows lie in an order that knows the label: their position ranks it with AUC "
        f"{ranked.strength:.2f}; no "
        "column that a model reads is a running number that does",
        cleared_by="an order that is real, such as one by time with a rate that changed",
        next_step="shuffle the rows before folds or samples are taken from the head of the file",
        p_value=ranked.p_value,
        evidence={"auc": ranked.strength, "standard_errors": ranked.z, "class": str(outcome.label)},
        charts=(_chart(inquiry, number, outcome),),
    )
    return [suspect]


def _chart(inquiry: Inquiry, number: Running, outcome: Outcome) -> Chart:
    own = number.values[: len(inquiry.examined)]
    held = np.flatnonzero(np.isfinite(own))
    parts = np.array_split(held[np.argsort(own[held], kind="stable")], min(PERIODS, max(1, len(held) // 10)))
    event = outcome.of(inquiry.examined)
    middles = tuple(float(own[part].mean()) for part in parts if len(part))
    rates = tuple(float(event[part].mean()) for part in parts if len(part))
    name = number.column or "position"
    return Chart(
        "lines",
        f"The rate of {inquiry.data.target} = {outcome.label} along {name}",
        name,
        "rate",
        (Series("examined rows", middles, rates),),
        float(event.mean()),
        "base rate",
    )
