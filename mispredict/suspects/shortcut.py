"""The model cheats: it leans on a value that pointed to the answer in training, and tells nothing where it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from mispredict.suspects.cue_parts import parts_of
from mispredict.suspects.cue_worth import Leaning, Strength, leaning_of, strengths
from mispredict.suspects.cues import LEAST_ROWS, Cue, cues_of
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.shortcut_words import finding
from mispredict.suspects.suspect import Severity, Suspect

MOST_CUES = 4  # that are looked into
BEYOND = 0.7  # log odds that the value adds to the other columns where it is learned
LEFT = 0.4  # part of them that may be left where it is met, and
HARDLY = 0.2  # part of them that may be plainly left: a cue that is weaker and still tells is drift, not cheating
APART = 4.0  # standard errors between the two
LIFT = 0.3  # log odds that the value adds to the model's answers
HARMS, BROKEN = 2.0, 4.0  # standard errors: the surprise it adds, and the events promised that do not come


@dataclass(frozen=True, eq=False)
class Judged:
    """A cue with all that speaks for a shortcut."""

    cue: Cue
    learned: Strength
    met: Strength
    leaning: Leaning

    @property
    def is_shortcut(self) -> bool:
        """Return whether the value stopped to tell, and the model goes on to lean on it and is worse for that."""
        told, left = self.learned.value, self.met.value
        stopped = told >= BEYOND and left <= LEFT * told and left <= max(HARDLY * told, 2 * self.met.spread)
        leans = self.leaning.lift >= LIFT and self.leaning.z >= HARMS and self.leaning.broken >= BROKEN
        return stopped and self.learned.less(self.met) >= APART and leans

    @property
    def severity(self) -> Severity:
        """Return certain where even the ends of the intervals say so."""
        least = self.learned.value - 2 * self.learned.spread
        most = self.met.value + 2 * self.met.spread
        plain = least >= 1 and most <= LEFT * least and self.leaning.z >= 2 * HARMS
        return "certain" if plain else "suspected"


class Shortcut:
    """Finds values that the live model leans on and that stopped to tell anything."""

    kind = "shortcut"
    about = About(
        title="The model cheats",
        needs="a live model that can be asked anew, and rows to compare: a labelled [training] table, or else a time "
        "or a column of 2 to 12 values that no model reads",
        how="values, gaps and ranges that pointed to a class in training and do no longer, beyond what the other "
        "columns say; then the model is asked again with other values in their place",
        means="certain: the value told much and tells hardly anything, by both ends of the intervals, and the model "
        "is worse for it; suspected: the same with less room between",
        clear="that the value tells as much again on newer rows, or a model that was learned without it",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why no shortcut can be judged."""
        if inquiry.model.family == "scores":
            return "stored scores, no model that could be asked with other values"
        if inquiry.examined.probabilities is None:
            return "a model that gives no probabilities"
        if not inquiry.outcomes:
            return "rows of one class only"
        if not inquiry.common(inquiry.features):
            return "no column that the model reads is in both tables"
        if not parts_of(inquiry):
            return f"{inquiry.no_training}, and no time or column without a role that parts the table"
        return None

    def find(self, inquiry: Inquiry) -> Found:
        """Return one finding for each column that the model cheats by, the worst first."""
        columns, parts = inquiry.common(inquiry.features), parts_of(inquiry)
        cues = cues_of(inquiry, parts, columns)[:MOST_CUES]
        judged = [one for number, cue in enumerate(cues) if (one := _judged(inquiry, cue, number)) is not None]
        found = [finding(inquiry, one.cue, (one.learned, one.met), one.leaning, one.severity) for one in judged]
        return Found(tuple(sorted(found, key=_worst)), inquiry.scope(len(columns)))


def _worst(one: Suspect) -> float:
    return -one.score


def _judged(inquiry: Inquiry, cue: Cue, number: int) -> Judged | None:
    inquiry.report(0.6 + 0.1 * number, f"asking the model without {cue.column}")
    learned, met = strengths(inquiry, cue)
    leaning = leaning_of(inquiry, cue) if learned.value >= BEYOND else None
    if leaning is None or len(leaning.places) < LEAST_ROWS:
        return None
    judged = Judged(cue, learned, met, leaning)
    return judged if judged.is_shortcut else None
