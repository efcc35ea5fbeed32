"""Gaps that give the label away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.discovery import RATE, q_values
from mispredict.errors.findings import Condition
from mispredict.errors.predicates import rule_text
from mispredict.suspects.copies import Tie, tie_of
from mispredict.suspects.detector import About, Found
from mispredict.suspects.in_time import was_in_time
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.leak_words import counted, interval
from mispredict.suspects.ranked import Ranked, rank_auc
from mispredict.suspects.stacked import stack_of
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect, Where

LEAST_Z = 5.0
LEAST_GAPS = 20
LOOKED_INTO = 6
MOST_OUTCOMES = 3  # classes, the most frequent ones
DECISIVE = 0.35  # difference of the two labels' shares of gaps that no honest gap is likely to have
LEAST_ROWS = 200


@dataclass(frozen=True, eq=False)
class _Gap:
    column: str
    outcome: Outcome
    is_gap: np.ndarray  # (rows of the stack,) bool
    ranked: Ranked
    q_value: float

    def shares(self, event: np.ndarray) -> tuple[float, float]:
        """Return the share of gaps among events and among the rest."""
        return float(self.is_gap[event > 0].mean()), float(self.is_gap[event == 0].mean())


class MissingLeak:
    """Finds columns whose gaps know the label."""

    kind = "missing_leak"
    about = About(
        title="A gap gives the label away",
        needs="200 labelled rows of two classes, and a column that a model reads with 20 gaps",
        how="the share of gaps among events and among the rest, corrected over the columns; then whether anything but "
        "the label ties the gaps to the other columns",
        means="suspected: the label alone ties gaps to the other columns, or the shares differ by more than 35 points "
        "and small trees lose by not knowing; info: gaps go with the label as honest ones may",
        clear="[data.available_at] for the column, or the reason for which its values are missing, known before the "
        "outcome",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return what is missing to ask gaps about the label."""
        if not inquiry.outcomes or len(inquiry.examined) < LEAST_ROWS:
            return f"fewer than {LEAST_ROWS} labelled rows of two classes"
        columns = inquiry.common(inquiry.read)
        if not any(side.rows[c].isna().any() for side in inquiry.sides for c in columns):
            return "no column that a model reads has a gap"
        return None

    def find(self, inquiry: Inquiry) -> Found:
        """Return the columns whose gaps know the label, the strongest first."""
        found, looked = [], 0
        for outcome in inquiry.outcomes[:MOST_OUTCOMES]:
            gaps = _gaps(inquiry, outcome)
            looked = max(looked, len(gaps))
            strong = [one for one in gaps if abs(one.ranked.z) >= LEAST_Z and one.q_value <= RATE]
            found += _suspects(inquiry, sorted(strong, key=lambda one: -abs(one.ranked.z))[:LOOKED_INTO])
        best = {frozenset(one.culprits): one for one in sorted(found, key=lambda one: one.weight)}
        return Found(tuple(sorted(best.values(), key=lambda one: -one.weight)), inquiry.scope(looked))


def _gaps(inquiry: Inquiry, outcome: Outcome) -> list[_Gap]:
    stack = stack_of(inquiry)
    event = stack.event(outcome)
    masks = {
        c: np.concatenate([side.rows[c].isna().to_numpy(dtype=bool) for side in inquiry.sides]) for c in stack.columns
    }
    enough = {c: one for c, one in masks.items() if LEAST_GAPS <= one.sum() <= len(one) - LEAST_GAPS}
    ranked = [rank_auc(one.astype(np.float64), event) for one in enough.values()]
    q = q_values([one.p_value for one in ranked])
    return [
        _Gap(c, outcome, one, r, float(value))
        for (c, one), r, value in zip(enough.items(), ranked, q.tolist(), strict=True)
    ]


def _suspects(inquiry: Inquiry, gaps: list[_Gap]) -> list[Suspect]:
    answers = []
    for number, one in enumerate(gaps):
        inquiry.report(number / len(gaps), f"asking who has no {one.column}")
        same = tuple(other.column for other in gaps if _go_together(one.is_gap, other.is_gap))
        tie = tie_of(inquiry, one.outcome, _signed(one), tuple(dict.fromkeys((one.column, *same))))
        answers.append(_suspect(inquiry, one, tie, same))
    return answers


def _go_together(first: np.ndarray, second: np.ndarray) -> bool:
    """Return whether two columns are missing in nearly the same rows, as those of one source are."""
    return bool((first & second).sum() >= 0.9 * (first | second).sum())


def _signed(one: _Gap) -> np.ndarray:
    """Return the gaps as 1, or as 0 where they go with the rest, so that more means more events."""
    return (one.is_gap if one.ranked.z > 0 else ~one.is_gap).astype(np.float64)


def _suspect(inquiry: Inquiry, one: _Gap, tie: Tie, same: tuple[str, ...]) -> Suspect:
    stack = stack_of(inquiry)
    event = stack.event(one.outcome)
    among, rest = one.shares(event)
    severity = _severity(inquiry, one, tie, abs(among - rest))
    conditions = (Condition(one.column, "is missing", None),)
    sure = 0.9 if tie.is_copy else 0.6
    return Suspect(
        kind="missing_leak",
        severity=severity,
        culprits=(one.column, *(c for c in same if c != one.column)),
        score=abs(among - rest),
        weight=float(sure * (0.6 + 0.4 * min(1.0, max(0.0, tie.unique.gain) / 0.1))),
        summary=f"`{one.column}` is missing in {among:.1%} of the rows with label {one.outcome.label} and in "
        f"{rest:.1%} of the others"
        + (", and among rows of one label no other column foretells where" if tie.foretold.is_nothing else "")
        + f"; small trees reach AUC {tie.unique.with_it:.3f} with the column and {tie.unique.without:.3f} without",
        cleared_by=f"the reason for which `{one.column}` is missing, known before the outcome",
        next_step=f"ask when `{one.column}` is filled in; if only once the outcome is known, leave it out, or take it "
        "as it was at the prediction",
        p_value=one.ranked.p_value,
        q_value=one.q_value,
        where=Where(rule_text(conditions), conditions),
        evidence={
            "class": str(one.outcome.label),
            "gaps": int(one.is_gap.sum()),
            "share_among_events": among,
            "share_among_the_rest": rest,
            "goes_with_other_columns_z": tie.through_label,
            "foretold_given_the_label_r2": tie.foretold.r2,
            "auc_without_the_column": tie.unique.without,
            "auc_with_it": tie.unique.with_it,
            "looked_at": counted(inquiry),
            "p_value_of": "no relation of gaps with the label, two-sided, corrected over columns with gaps",
        },
        charts=(_chart(inquiry, one),),
    )


def _severity(inquiry: Inquiry, one: _Gap, tie: Tie, apart: float) -> Severity:
    if was_in_time(inquiry, one.column):
        return "info"
    return "suspected" if tie.is_copy or (apart >= DECISIVE and tie.unique.gain >= 0.01) else "info"


def _chart(inquiry: Inquiry, one: _Gap) -> Chart:
    """Return the share of gaps by label and table."""
    stack = stack_of(inquiry)
    event = stack.event(one.outcome) > 0
    series = []
    for name, inside in (("examined", stack.is_examined), ("training", ~stack.is_examined)):
        rows = np.array([max(1, int((inside & event).sum())), max(1, int((inside & ~event).sum()))])
        shares = np.array([float(one.is_gap[inside & part].sum()) for part in (event, ~event)]) / rows
        low, high = interval(shares, rows)
        if inside.any():
            x = (f"label {one.outcome.label}", "other labels")
            series.append(Series(name, x, tuple(shares.tolist()), tuple(low.tolist()), tuple(high.tolist())))
    title = f"How often {one.column} is missing, by label"
    return Chart("bars", title, "rows", "share missing", tuple(series))
