"""Labels that are probably wrong: everywhere, or in one place; ranked, with what a reviewer may expect."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.errors.predicates import rule_text
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.noise_charts import floor_chart, precision_chart, rates_chart
from mispredict.suspects.noise_places import Place, places_of
from mispredict.suspects.noise_rate import Floor, floor_of, without_noise, wrong_chances
from mispredict.suspects.second_opinions import Opinions, opinions_of, why_no_opinions
from mispredict.suspects.suspect import Severity, Suspect, Where

LEAST_CHANCE = 0.05  # of a label to be wrong, from which its row is listed
WORTH_A_LOOK = 0.5  # expected precision of the first 20 rows
STEPS = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)


class LabelNoise:
    """Finds labels that are probably wrong."""

    kind = "label_noise"
    about = About(
        title="Labels are probably wrong",
        needs="60 labelled rows, two classes of 10 rows and a column that a model reads",
        how="models that never saw a row's label say how likely it is; labels are taken for wrong where no row is safe "
        "from contradiction, or where one value of a column that no model reads holds far more of it than the rest",
        means="suspected: contradictions of that number and form are what wrong labels leave; it is never certain, "
        "since events that nothing foretells leave the same",
        clear="a second look at the first rows of the list that finds their labels right",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why no label can be judged."""
        return why_no_opinions(inquiry)

    def find(self, inquiry: Inquiry) -> Found:
        """Return the places of wrong labels, then what holds for the whole table."""
        opinions = opinions_of(inquiry)
        places, tried = places_of(inquiry, opinions)
        suspects = [_in_place(inquiry, opinions, one) for one in places]
        everywhere = _everywhere(inquiry, opinions, places)
        looked_at = f"{inquiry.scope(len(inquiry.common(inquiry.read)))}, {tried:,} rules"
        return Found((*suspects, *everywhere), looked_at)


def _in_place(inquiry: Inquiry, opinions: Opinions, place: Place) -> Suspect:
    """Return the finding about one place, its rows ranked by their chance to be labelled wrong."""
    inside = np.flatnonzero(place.inside[0])
    chances = wrong_chances(opinions.fits(inquiry)[inside], place.rate, len(inquiry.classes))
    order = np.argsort(-chances, kind="stable")
    inside, chances = inside[order], chances[order]
    listed = inside[chances >= LEAST_CHANCE]
    rule = rule_text(place.conditions)
    wrong = float(chances.sum())
    against, promised = _contradictions(inquiry, opinions, inside)
    shown = ", ".join(_named(one.column, one.value, one.op) for one in place.conditions)
    return Suspect(
        kind="label_noise",
        severity="suspected",
        culprits=tuple(one.column for one in place.conditions),
        score=place.gain,
        weight=_weight(inquiry, wrong, 0.45),
        summary=f"about {place.rate:.0%} of the labels are wrong where {shown}: {against:,} of {len(inside):,} rows "
        f"contradict models that fit elsewhere, and these promise {promised:,.1f}",
        cleared_by="a second look at its first rows that finds the labels right",
        next_step=f"have the first {min(20, len(listed))} rows labelled again by somebody else; expect "
        f"{_of_first(chances, 20):.0%} of them to be wrong",
        p_value=place.p_value,
        q_value=place.p_value,
        where=Where(rule, place.conditions),
        rows=tuple(str(i) for i in inquiry.examined.ids[listed]),
        evidence=_place_evidence(inquiry, place, chances),
        charts=(precision_chart(chances), rates_chart(inquiry, opinions, place)),
    )


def _contradictions(inquiry: Inquiry, opinions: Opinions, rows: np.ndarray) -> tuple[int, float]:
    """Return how many of some rows have another label than the likeliest one, and how many should."""
    chances = opinions.sides[0][rows]
    against = int((chances.argmax(axis=1) != inquiry.examined.truth[rows]).sum())
    return against, float((1 - chances.max(axis=1)).sum())


def _named(column: str, value: Any, op: str) -> str:
    return f"`{column}` {op} {value!r}" if isinstance(value, str) else f"`{column}` {op} {value:,}"


def _place_evidence(inquiry: Inquiry, place: Place, chances: np.ndarray) -> dict[str, Any]:
    return {
        "rate of wrong labels": round(place.rate, 4),
        "its 95 % interval": [round(place.low, 4), round(place.high, 4)],
        "rows of the examined table": int(place.inside[0].sum()),
        "rows of the training table": int(place.inside[1].sum()) if len(place.inside) > 1 else 0,
        "log likelihood beyond the rate elsewhere": round(place.gain, 2),
        "the same if classes were only more frequent there": round(place.shift, 2),
        "expected wrong labels": round(float(chances.sum()), 1),
        "expected precision": _steps(chances),
        "looked at": f"{len(inquiry.examined):,} of {inquiry.examined.of:,} rows",
    }


def _everywhere(inquiry: Inquiry, opinions: Opinions, places: tuple[Place, ...]) -> tuple[Suspect, ...]:
    """Return what can be said of labels outside the places: one finding, or none where hardly any label is doubtful."""
    kept = tuple(_outside(places, number, len(side)) for number, side in enumerate(inquiry.sides))
    if kept[0].sum() < 60:
        return ()
    floor = floor_of(inquiry, opinions, kept)
    rate = min(floor.low if floor.is_plain and not floor.has_kink else floor.level, 0.45)
    if rate <= 0:
        return ()
    rows = np.flatnonzero(kept[0])
    fits = without_noise(opinions.fits(inquiry)[rows], rate, len(inquiry.classes))
    chances = wrong_chances(fits, rate, len(inquiry.classes))
    order = np.argsort(-chances, kind="stable")
    if floor.is_plain:
        return (_finding(inquiry, floor, (rate, chances[order], rows[order]), "suspected"),)
    if places or _of_first(chances[order], 20) < WORTH_A_LOOK:
        return ()
    return (_finding(inquiry, floor, (rate, chances[order], rows[order]), "info"),)


def _outside(places: tuple[Place, ...], side: int, rows: int) -> np.ndarray:
    return ~np.logical_or.reduce([np.zeros(rows, dtype=bool), *(one.inside[side] for one in places)])


def _finding(
    inquiry: Inquiry, floor: Floor, ranked: tuple[float, np.ndarray, np.ndarray], severity: Severity
) -> Suspect:
    rate, chances, rows = ranked
    wrong = float(chances.sum())
    listed = rows[: int(np.ceil(2 * wrong)) + 20]
    usual = str(inquiry.classes[int(np.bincount(inquiry.examined.truth).argmax())])
    if severity == "suspected":
        summary = (
            f"no row is safe from contradiction: among the fifth that models are surest of, {floor.level:.0%} are not "
            f"{usual!r}, and surer rows are hardly better; that is how some {rate:.0%} of wrong labels look"
        )
    else:
        summary = (
            f"up to {rate:.1%} of the labels may be wrong, no more than chance explains; of the 20 rows that "
            f"contradict most, {_of_first(chances, 20):.0%} would be"
        )
    return Suspect(
        kind="label_noise",
        severity=severity,
        culprits=(inquiry.data.target,),
        score=floor.level * 100,
        weight=_weight(inquiry, wrong, 0.25) if severity == "suspected" else 0.1,
        summary=summary,
        cleared_by="a second look at its first rows that finds the labels right, or features known to tell little",
        next_step=f"have the first 20 rows labelled again: if labels are wrong, {_of_first(chances, 20):.0%} are",
        rows=tuple(str(i) for i in inquiry.examined.ids[listed]),
        evidence={
            "contradiction among the safest fifth": round(floor.level, 4),
            "its 95 % interval": [round(floor.low, 4), round(floor.high, 4)],
            "rise of log odds among the surest two fifths": round(floor.rise, 3),
            "rise among the rest": round(floor.rise_after, 3),
            "rate of wrong labels, at most": round(rate, 4),
            "expected wrong labels": round(wrong, 1),
            "expected precision": _steps(chances),
            "looked at": f"{len(inquiry.examined):,} of {inquiry.examined.of:,} rows",
        },
        charts=(precision_chart(chances), floor_chart(floor, usual)),
    )


def _weight(inquiry: Inquiry, wrong: float, least: float) -> float:
    """Return how much wrong labels matter: how many there are against the errors of the live model."""
    chances = inquiry.examined.probabilities
    if chances is None:
        return least
    predicted = chances[:, 1] >= inquiry.threshold if inquiry.is_binary else chances.argmax(axis=1)
    errors = int((predicted != inquiry.examined.truth).sum())
    return float(least + 0.4 * min(1.0, wrong / max(1, errors)))


def _of_first(chances: np.ndarray, rows: int) -> float:
    return float(chances[:rows].mean()) if len(chances) else 0.0


def _steps(chances: np.ndarray) -> list[str]:
    """Return "of the first 20: 93 %" and so on."""
    return [f"of the first {k:,}: {_of_first(chances, k):.0%}" for k in STEPS if k <= len(chances)]
