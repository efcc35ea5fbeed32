"""Labels that are probably wrong: everywhere, or in one place; ranked, with what a reviewer may expect."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.errors.predicates import rule_text
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.noise_places import Place, places_of
from mispredict.suspects.noise_rate import Floor, floor_of, without_noise, wrong_chances
from mispredict.suspects.second_opinions import Opinions, opinions_of, why_no_opinions
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect, Where

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
        means="suspected: contradictions of that number and form are what wrong labels leave; it is never certain, since "
        "events that nothing foretells leave the same",
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
    shown = ", ".join(_named(one.column, one.value, one.op) for one in place.conditions)
    return Suspect(
        kind="label_noise",
        severity="suspected",
        culprits=tuple(one.column for one in place.conditions),
        score=place.gain,
        weight=_weight(inquiry, wrong, 0.45),
        summary=f"about {place.rate:.0%} of the labels are wrong where {shown}: some {wrong:,.0f} of {len(inside):,} rows, "
        "in both directions and against models that fit elsewhere",
        cleared_by="a second look at its first rows that finds the labels right",
        next_step=f"have the first {min(20, len(listed))} rows labelled again by somebody else; expect "
        f"{_of_first(chances, 20):.0%} of them to be wrong",
        p_value=place.p_value,
        q_value=place.p_value,
        where=Where(rule, place.conditions),
        rows=tuple(str(i) for i in inquiry.examined.ids[listed]),
        evidence=_place_evidence(inquiry, place, chances),
        charts=(_precision_chart(chances), _rates_chart(inquiry, opinions, place)),
    )


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
    sides = range(len(inquiry.sides))
    kept = tuple(
        ~np.logical_or.reduce([np.zeros(len(inquiry.sides[i]), bool), *(p.inside[i] for p in places)]) for i in sides
    )
    if kept[0].sum() < 60:
        return ()
    floor = floor_of(inquiry, opinions, kept)
    rate = min(floor.low if floor.is_plain else floor.level, 0.45)
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


def _finding(
    inquiry: Inquiry, floor: Floor, ranked: tuple[float, np.ndarray, np.ndarray], severity: Severity
) -> Suspect:
    rate, chances, rows = ranked
    wrong = float(chances.sum())
    listed = rows[: int(np.ceil(2 * wrong)) + 20]
    usual = inquiry.classes[int(np.bincount(inquiry.examined.truth).argmax())]
    if severity == "suspected":
        summary = (
            f"no row is safe from contradiction: among the fifth that models are surest of, {floor.level:.0%} are not "
            f"{usual!r}, and surer rows are hardly better; that is how some {rate:.0%} of wrong labels look"
        )
    else:
        summary = (
            f"up to {rate:.1%} of the labels may be wrong, no more than chance explains; of the 20 rows that contradict "
            f"most, {_of_first(chances, 20):.0%} would be"
        )
    return Suspect(
        kind="label_noise",
        severity=severity,
        culprits=(inquiry.data.target,),
        score=floor.level * 100,
        weight=_weight(inquiry, wrong, 0.25) if severity == "suspected" else 0.1,
        summary=summary,
        cleared_by="a second look at its first rows that finds the labels right, or features that hardly tell the label",
        next_step=f"have the first 20 rows labelled again; if labels are wrong, {_of_first(chances, 20):.0%} of them are",
        rows=tuple(str(i) for i in inquiry.examined.ids[listed]),
        evidence={
            "contradiction among the safest fifth": round(floor.level, 4),
            "its 95 % interval": [round(floor.low, 4), round(floor.high, 4)],
            "rise of its log odds": round(floor.rise, 3),
            "rate of wrong labels, at most": round(rate, 4),
            "expected wrong labels": round(wrong, 1),
            "expected precision": _steps(chances),
            "looked at": f"{len(inquiry.examined):,} of {inquiry.examined.of:,} rows",
        },
        charts=(_precision_chart(chances), _floor_chart(floor, str(usual))),
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


def _precision_chart(chances: np.ndarray) -> Chart:
    places = np.unique(np.geomspace(1, max(1, min(len(chances), 10_000)), 60).astype(int))
    sums = np.cumsum(chances)
    return Chart(
        form="lines",
        title="A reviewer who goes down the list may expect this part of the labels to be wrong",
        x_title="rows reviewed",
        y_title="part that is wrong",
        series=(
            Series("among all so far", tuple(places.tolist()), tuple((sums[places - 1] / places).tolist())),
            Series("at this place", tuple(places.tolist()), tuple(chances[places - 1].tolist())),
        ),
    )


def _floor_chart(floor: Floor, usual: str) -> Chart:
    return Chart(
        form="bars",
        title=f"Rows that models are surest of are {usual!r} no more often than others: the bars start high and flat",
        x_title="twentieths of the rows, the surest first",
        y_title=f"part that is not {usual!r}",
        series=(Series("rows", tuple(range(1, len(floor.rates) + 1)), floor.rates),),
        level=floor.level,
        level_name="the safest fifth",
    )


def _rates_chart(inquiry: Inquiry, opinions: Opinions, place: Place) -> Chart:
    """Return the place's contradictions beside what models promise there, by what is labelled."""
    inside = place.inside[0]
    truth, chances = inquiry.examined.truth[inside], opinions.sides[0][inside]
    labels = [i for i in range(len(inquiry.classes)) if inside.any()][:10]
    names = tuple(str(inquiry.classes[i]) for i in labels)
    return Chart(
        form="bars",
        title="Where the labels contradict, they are of other classes than models promise",
        x_title="label",
        y_title="part of the rows",
        series=(
            Series("labelled", names, tuple(float((truth == i).mean()) for i in labels)),
            Series("promised", names, tuple(float(chances[:, i].mean()) for i in labels)),
        ),
    )
