"""Rare values that give the label away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.discovery import RATE
from mispredict.errors.findings import Condition
from mispredict.errors.predicates import rule_text
from mispredict.suspects.detector import About, Found
from mispredict.suspects.foretold import Foretold, foretell, known_chances
from mispredict.suspects.in_time import was_in_time
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.leak_words import counted, interval
from mispredict.suspects.stacked import stack_of
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect, Where
from mispredict.suspects.told import Value, pure_values

MOST_TOLD = 4  # values of one column: a code marks rows by one or two; a quantity with many such values is natural
LEAST_MISSED = 25.0  # exceptions that the other columns would make one expect where none came
FEW_EXCEPTIONS = 0.05  # of the expected ones
LEAST_ROWS = 200
MOST_OUTCOMES = 3  # classes, the most frequent ones


@dataclass(frozen=True, eq=False)
class _Told:
    """One column's values that give the label away."""

    outcome: Outcome
    column: str
    values: tuple[Value, ...]  # the one with most expected exceptions first
    foretold: Foretold  # whether other columns foretell, within each label, which rows have such a value
    rest: float  # AUC of the column's other values

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.values)

    @property
    def nearly(self) -> int:
        return max(one.nearly for one in self.values)

    @property
    def missed(self) -> float:
        return sum(one.missed for one in self.values)

    @property
    def exceptions(self) -> int:
        return sum(one.rows - one.events if one.is_event else one.events for one in self.values)


class SparseLeak:
    """Finds values that tell the label, however few rows have them."""

    kind = "sparse_leak"
    about = About(
        title="A rare value gives the label away",
        needs="200 labelled rows of two classes, and a column that a model reads with values that repeat",
        how="values whose rows all have one label where small trees over the other columns expect both, corrected over "
        "all values; then whether the other columns foretell who has such a value",
        means="suspected: up to four values of a column do so, and either nothing but the label foretells them or "
        "there is hardly an exception where 25 or more were expected; info: a quantity with many such values, or "
        "one known in time",
        clear="[data.available_at] with the moment at which the column's values became known, or the rule of the "
        "business by which these rows can have no other label",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return what is missing to ask values about the label."""
        if not inquiry.outcomes or len(inquiry.examined) < LEAST_ROWS:
            return f"fewer than {LEAST_ROWS} labelled rows of two classes"
        return None if inquiry.common(inquiry.read) else "no column that a model reads is in both tables"

    def find(self, inquiry: Inquiry) -> Found:
        """Return the columns with values that give the label away, the one that tells most first."""
        told = [one for outcome in inquiry.outcomes[:MOST_OUTCOMES] for one in _told(inquiry, outcome)]
        best: dict[str, _Told] = {}
        for one in sorted(told, key=lambda one: one.missed):
            best[one.column] = one
        suspects = sorted((_suspect(inquiry, one) for one in best.values()), key=lambda one: -one.weight)
        return Found(tuple(suspects), inquiry.scope(len(stack_of(inquiry).columns)))


def _told(inquiry: Inquiry, outcome: Outcome) -> list[_Told]:
    stack = stack_of(inquiry)
    values = [one for one in pure_values(inquiry, outcome) if one.q_value <= RATE]
    answers = []
    for number, place in enumerate(sorted({one.place for one in values})):
        inquiry.report(number / 8, f"asking who has such values of {stack.columns[place]}")
        own = sorted((one for one in values if one.place == place), key=lambda one: -one.missed)
        has = np.isin(stack.values[:, place], [one.value for one in own])
        column = stack.columns[place]
        foretold = foretell(inquiry, outcome, has.astype(np.float64), (column,))
        answers.append(_Told(outcome, column, tuple(own), foretold, _rest(inquiry, outcome, place, has)))
    return answers


def _rest(inquiry: Inquiry, outcome: Outcome, place: int, has: np.ndarray) -> float:
    """Return the AUC of the column's other values, as rates among like values of other rows."""
    from mispredict.suspects.powers import powers_of
    from mispredict.suspects.ranked import rank_auc

    power = next(one for one in powers_of(inquiry) if one.outcome == outcome)
    return rank_auc(power.scores[~has, place], stack_of(inquiry).event(outcome)[~has]).auc


def _severity(inquiry: Inquiry, one: _Told) -> Severity:
    if was_in_time(inquiry, one.column) or one.nearly > MOST_TOLD:
        return "info"
    is_made = one.foretold.is_nothing and _goes_with_label(inquiry, one)
    no_exception = one.exceptions <= FEW_EXCEPTIONS * one.missed and one.missed >= LEAST_MISSED
    return "suspected" if is_made or no_exception else "info"


def _goes_with_label(inquiry: Inquiry, one: _Told) -> bool:
    """Return whether so many exceptions were expected that they can't all have failed to come by luck."""
    return one.missed >= 8 and one.exceptions <= 0.1 * one.missed


def _suspect(inquiry: Inquiry, one: _Told) -> Suspect:
    first, stack = one.values[0], stack_of(inquiry)
    severity = _severity(inquiry, one)
    shown = [_shown(inquiry, one.column, value.value) for value in one.values]
    conditions = _conditions(one.column, shown)
    where = Where(rule_text(conditions), conditions)
    has = np.isin(stack.values[: stack.examined, stack.place(one.column)], [value.value for value in one.values])
    sure = 0.9 if one.foretold.is_nothing else 0.7
    return Suspect(
        kind="sparse_leak",
        severity=severity,
        culprits=(one.column,),
        score=one.missed - one.exceptions,
        weight=float(sure * (0.6 + 0.4 * min(1.0, one.missed / (0.02 * len(stack.truth))))),
        summary=f"{_values_words(one, shown)} tell{'s' * (len(shown) == 1)} the label: {one.exceptions:,} of "
        f"{one.rows:,} rows have another one, where {one.missed:,.0f} were expected by the other columns"
        + (f"; {one.nearly} values nearly do so, as those of a quantity may" if one.nearly > MOST_TOLD else ""),
        cleared_by=f"the moment at which `{one.column}` is written, before the prediction, or the rule by which these "
        "rows can have no other label",
        next_step=f"look up when `{one.column}` becomes {shown[0]!r}; if after the outcome, leave it out and learn "
        "again",
        p_value=first.p_value,
        q_value=first.q_value,
        where=where,
        evidence={
            "values": [str(value) for value in shown[:50]],
            "class": str(one.outcome.label),
            "rows": one.rows,
            "exceptions": one.exceptions,
            "exceptions_expected": one.missed,
            "auc_of_other_values": one.rest,
            "foretold_given_the_label_r2": one.foretold.r2,
            "examined_rows": int(has.sum()),
            "looked_at": counted(inquiry),
            "p_value_of": "as few exceptions by the chances of the other columns, for the first value, corrected over "
            "all frequent values",
        },
        charts=(_chart(inquiry, one, shown),),
    )


def _values_words(one: _Told, shown: list[object]) -> str:
    listed = ", ".join(f"{value!r}" if isinstance(value, str) else f"{value}" for value in shown[:3])
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return f"`{one.column}` = {listed}{more}"


def _shown(inquiry: Inquiry, column: str, value: float) -> object:
    """Return a value as the table has it: a number, or the text of a code."""
    labels = inquiry.coding.labels(column)
    if labels is None:
        return int(value) if value == int(value) and abs(value) < 2**53 else value
    if value < 0:
        return "a rare value"
    held = inquiry.examined.rows[column]
    text = str(labels[int(value)])
    return text if held.dtype.kind not in "iufb" else _number(text)


def _number(text: str) -> object:
    number = float(text) if text not in ("True", "False") else text == "True"
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _conditions(column: str, shown: list[object]) -> tuple[Condition, ...]:
    return (Condition(column, "=", shown[0]) if len(shown) == 1 else Condition(column, "in", shown),)


def _chart(inquiry: Inquiry, one: _Told, shown: list[object]) -> Chart:
    """Return the label's rate among the rows of each value and among all others, beside what is expected."""
    stack = stack_of(inquiry)
    event, place = stack.event(one.outcome), stack.place(one.column)
    chance = known_chances(inquiry, one.outcome, (one.column,))
    rest = ~np.isin(stack.values[:, place], [value.value for value in one.values])
    names = (*(str(value) for value in shown[:8]), "other values")
    rates = [value.events / value.rows for value in one.values[:8]] + [float(event[rest].mean()) if rest.any() else 0.0]
    rows = np.array([value.rows for value in one.values[:8]] + [max(1, int(rest.sum()))])
    expected = [value.expected / value.rows for value in one.values[:8]]
    expected.append(float(chance[rest].mean()) if rest.any() else 0.0)
    low, high = interval(np.array(rates), rows)
    bars = Series(
        "came", names, tuple(rates), tuple(low.tolist()), tuple(high.tolist()), (*(True for _ in names[1:]), False)
    )
    title = f"The rate of {one.outcome.label} by value of {one.column}, and what the other columns expect"
    return Chart("bars", title, one.column, "rate", (bars, Series("expected", names, tuple(expected))))
