"""Columns too good to be true, alone or two or three together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.discovery import RATE, q_values
from mispredict.suspects.copies import Tie, tie_of
from mispredict.suspects.detector import About, Found
from mispredict.suspects.in_time import was_in_time
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.leak_words import counted, leak_chart, power_chart
from mispredict.suspects.powers import Powers, powers_of
from mispredict.suspects.stacked import stack_of
from mispredict.suspects.suspect import Severity, Suspect
from mispredict.suspects.together import Together, together_of

LEAST_Z = 5.0  # of a column's AUC: weaker ones can't be told from luck
LEAST_AUC = 0.58  # alone: weaker columns hardly help a model, and many honest ones are as free of the others
LOOKED_INTO = 6  # columns of each outcome that small models are asked about
MOST_OUTCOMES = 3  # classes of a large table, each of which takes a dozen small models; all of a small one
LARGE = 1_000_000  # cells
LEAST_GAIN = 0.004  # of the AUC by a copy of the label
FREE = 0.05  # R2 given the label, linear, above which a column plainly shares more with others than the label
DECIDES = 1.0  # log odds of the AUC that a column alone adds
ALL_BUT = 0.98  # AUC from which a column all but repeats the label
LEAST_ROWS = 200


@dataclass(frozen=True, eq=False)
class _Looked:
    column: str
    power: Powers
    place: int
    q_value: float
    tie: Tie

    @property
    def auc(self) -> float:
        return float(self.power.auc[self.place])

    @property
    def repeats(self) -> bool:
        """Return whether the column alone is all there is to know, and the others know far less."""
        return self.auc >= ALL_BUT and self.tie.unique.odds >= 2.0

    @property
    def is_copy(self) -> bool:
        """Return whether the label alone ties it to the others, and a model gains by it."""
        return self.tie.is_copy and self.tie.unique.gain >= LEAST_GAIN

    @property
    def decides(self) -> bool:
        return self.tie.unique.odds >= DECIDES and self.tie.unique.gain >= 0.05


class TargetLeak:
    """Finds columns that know the answer."""

    kind = "target_leak"
    about = About(
        title="A column knows the answer",
        needs="200 labelled rows of two classes, and a column that a model reads",
        how="each column's power alone, what small trees lose without it, and whether anything but the label ties it "
        "to the other columns; sums, differences and ratios of columns that give the label away together",
        means="certain: it all but repeats the label and the other columns know far less; suspected: it shares with "
        "other columns what the label shares with them and nothing else, or it alone takes most of what is left to "
        "know; info: [data.available_at] says that it was known in time",
        clear="[data.available_at] with the moment at which each of its values became known, all before the prediction",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return what is missing to ask columns about the label."""
        if not inquiry.outcomes or len(inquiry.examined) < LEAST_ROWS:
            return f"fewer than {LEAST_ROWS} labelled rows of two classes"
        return None if inquiry.common(inquiry.read) else "no column that a model reads is in both tables"

    def find(self, inquiry: Inquiry) -> Found:
        """Return the columns that know the answer, alone first."""
        powers = powers_of(inquiry)
        powers = powers[:MOST_OUTCOMES] if stack_of(inquiry).values.size > LARGE else powers
        looked = [one for power in powers for one in _looked_into(inquiry, power)]
        pairs = together_of(inquiry)
        # A column that is all or nothing beside another one is half of a form, not a leak of its own.
        halves = {c for pair in pairs for c in pair.columns if pair.auc >= pair.alone + 0.1}
        alone = [s for one in looked if (s := _suspect(inquiry, one, halves)) is not None]
        named = {culprit for one in alone if one.severity != "info" for culprit in one.culprits}
        found = [*alone, *(_together(inquiry, one) for one in pairs if not named & set(one.columns))]
        best = {frozenset(one.culprits): one for one in sorted(found, key=lambda one: one.weight)}
        scope = inquiry.scope(len(stack_of(inquiry).columns))
        return Found(tuple(sorted(best.values(), key=lambda one: -one.weight)), scope)


def _looked_into(inquiry: Inquiry, power: Powers) -> list[_Looked]:
    """Return the columns that may be leaks, by their power and by how little the others say of them."""
    stack, q = stack_of(inquiry), q_values(power.p_value)
    strong = [
        i
        for i in np.argsort(-power.z, kind="stable")
        if power.auc[i] >= LEAST_AUC and power.z[i] >= LEAST_Z and q[i] <= RATE
    ]
    free = [i for i in strong if power.shared[i] < FREE][:LOOKED_INTO]
    first = [i for i in strong[:LOOKED_INTO] if i not in free and (power.auc[i] >= 0.7 or i == strong[0])]
    answers = []
    for number, place in enumerate([*free, *first]):
        column = stack.columns[place]
        inquiry.report(number / (2 * LOOKED_INTO), f"asking what is lost without {column}")
        tie = tie_of(inquiry, power.outcome, power.scores[:, place], (column,))
        answers.append(_Looked(column, power, int(place), float(q[place]), tie))
    return answers


def _suspect(inquiry: Inquiry, one: _Looked, halves: set[str]) -> Suspect | None:
    decides = one.decides and one.column not in halves
    if not (one.repeats or decides or one.is_copy):
        return None
    gain = one.tie.unique
    severity = _severity(inquiry, one)
    label = "" if inquiry.is_binary else f" {one.power.outcome.label}"
    return Suspect(
        kind="target_leak",
        severity=severity,
        culprits=(one.column,),
        score=one.auc + max(0.0, gain.gain),
        weight=_weight(one, severity),
        summary=f"`{one.column}` alone ranks the label{label} with AUC {one.auc:.3f}{_why(one)}: small trees "
        f"reach AUC {gain.with_it:.3f} with it and {gain.without:.3f} without"
        + ("; [data.available_at] says that it was known in time" if was_in_time(inquiry, one.column) else ""),
        cleared_by=f"the moments at which the values of `{one.column}` became known, in [data.available_at], all "
        "before the prediction",
        next_step=f"ask whoever makes `{one.column}` when and from what it is written; if after the outcome, leave it "
        "out and learn again",
        p_value=float(one.power.p_value[one.place]),
        q_value=one.q_value,
        evidence=_evidence(inquiry, one),
        charts=(
            leak_chart(inquiry, one.power.outcome, one.place),
            power_chart(stack_of(inquiry).columns, one.power, (one.column,)),
        ),
    )


def _severity(inquiry: Inquiry, one: _Looked) -> Severity:
    if was_in_time(inquiry, one.column):
        return "info"
    return "certain" if one.repeats and one.tie.unique.odds >= 3.0 and one.auc >= 0.99 else "suspected"


def _why(one: _Looked) -> str:
    if one.repeats:
        return ", all but the label itself"
    if one.is_copy:
        return ", and among rows of one label no other column foretells it, as of a column made from the label"
    taken = 1 - (1 - one.tie.unique.with_it) / (1 - one.tie.unique.without)
    return f", and it alone takes {taken:.0%} of what is left to know"


def _weight(one: _Looked, severity: Severity) -> float:
    sure = 1.0 if severity == "certain" else 0.9 if one.is_copy else 0.7
    return float(sure * (0.6 + 0.4 * min(1.0, max(0.0, one.tie.unique.gain) / 0.1)))


def _evidence(inquiry: Inquiry, one: _Looked) -> dict[str, object]:
    others = np.delete(one.power.auc, one.place)
    return {
        "class": str(one.power.outcome.label),
        "auc_alone": one.auc,
        "auc_of_the_next_best": float(others.max(initial=0.5)),
        "auc_with_it": one.tie.unique.with_it,
        "auc_without_it": one.tie.unique.without,
        "foretold_given_the_label_r2": one.tie.foretold.r2,
        "goes_with_other_columns_z": one.tie.through_label,
        "looked_at": counted(inquiry),
        "p_value_of": "no relation with the label, one-sided, corrected over the columns read",
    }


def _together(inquiry: Inquiry, one: Together) -> Suspect:
    names = " and ".join(f"`{column}`" for column in one.columns)
    both = "both" if len(one.columns) == 2 else "all three"
    in_time = all(was_in_time(inquiry, column) for column in one.columns)
    return Suspect(
        kind="target_leak",
        severity="info" if in_time else "certain" if one.auc >= 0.995 and one.apart <= 0.9 else "suspected",
        culprits=one.columns,
        score=one.auc,
        weight=0.5 + 0.5 * min(1.0, max(0.0, one.auc - one.apart) / 0.2),
        summary=f"{names} give the label away together: {one.words} ranks it with AUC {one.auc:.3f}, the best of them "
        f"alone with {one.alone:.3f} and {both} side by side with {one.apart:.3f}",
        cleared_by=f"the moments at which {names} became known, in [data.available_at], all before the prediction",
        next_step=f"ask when {names} are written; one of them is likely to be updated after the outcome",
        p_value=one.p_value,
        q_value=one.q_value,
        evidence={
            "form": one.words,
            "auc_together": one.auc,
            "auc_side_by_side": one.apart,
            "auc_alone": one.alone,
            "tried": one.tried,
            "looked_at": counted(inquiry),
            "p_value_of": "no relation with the label on rows that the form was not chosen on, over all forms",
        },
        charts=(one.chart,),
    )
