"""Declared invariants that do not hold."""

from __future__ import annotations

from typing import Any

from mispredict.invariants.invariant import Effect, Held, Invariants, Outcome, Side
from mispredict.invariants.outcomes import MOST_POSITIONS
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.invariant_inquiry import held_by, ids_at
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect

NAMES: dict[Side, str] = {"training": "training", "data": "the examined table", "online": "the log"}
EXAMPLES = 5


class Invariant:
    """Finds what was said always to hold, and does not."""

    kind = "invariant"
    about = About(
        title="What must hold does not",
        needs="[invariants], a file that says what must hold",
        how="each invariant is judged on the training table, on the examined one and on the log: rows one by one, "
        "entities along their time, means by two one-sided tests",
        means="certain: it is broken in the examined table or in the log; suspected: in training alone",
        clear="that the invariant is too strict: then allow for exceptions, or take it out",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why there is nothing to judge."""
        found = held_by(inquiry)
        return found if isinstance(found, str) else None

    def find(self, inquiry: Inquiry) -> Found:
        """Return a finding a broken invariant, and one to know of where some could be judged nowhere."""
        found = held_by(inquiry)
        assert isinstance(found, Invariants)
        broken = [one for one in found.held if one.state == "broken"]
        nowhere = [one for one in found.held if one.state == "not judged"]
        suspects = [_finding(inquiry, one) for one in broken]
        sides = ", ".join(NAMES[side] for side in found.sides)
        scope = f"{len(found.held):,} invariants on {sides}"
        return Found((*suspects, *([_unjudged(nowhere)] if nowhere else ())), scope)


def _finding(inquiry: Inquiry, held: Held) -> Suspect:
    one, data = held.invariant, held.on("data")
    rows = ids_at(inquiry, data.positions) if data is not None and data.state == "broken" else ()
    worst = max((o for o in held.outcomes if o.state == "broken"), key=lambda o: (o.side == "data", o.part))
    return Suspect(
        kind="invariant",
        severity=_severity(held),
        culprits=one.columns[:1] if one.kind not in ("order", "sum", "decides", "unique") else one.columns,
        score=worst.part if worst.rows else 1.0,
        weight=_weight(held, worst),
        summary=_summary(held),
        cleared_by="showing that the invariant is too strict; then allow for exceptions in the file, or take it out",
        next_step=_next_step(held),
        p_value=held.effect.p_value if held.effect is not None else None,
        q_value=held.effect.q_value if held.effect is not None else None,
        rows=rows,
        evidence=_evidence(held),
        charts=_charts(held),
        apart=one.key,
    )


def _severity(held: Held) -> Severity:
    sides = {o.side for o in held.outcomes if o.state == "broken"}
    return "certain" if sides & {"data", "online"} else "suspected"


def _weight(held: Held, worst: Outcome) -> float:
    """Return how much it matters: more where the model errs more often for it."""
    effect = held.effect
    errs = effect is not None and effect.q_value <= 0.05 and (effect.ratio or 2.0) > 1
    return min(1.0, 0.3 + 0.3 * errs + 0.4 * worst.part)


def _summary(held: Held) -> str:
    parts = [f"{NAMES[o.side]}: {_said(o)}" for o in held.outcomes if o.state == "broken"]
    fine = [NAMES[o.side] for o in held.outcomes if o.state == "held"]
    held_on = f"; it holds in {' and in '.join(fine)}" if fine else ""
    more = f"; {effect_words(held.effect)}" if held.effect is not None else ""
    return f"It must hold that {held.invariant.sentence}. Broken in {', in '.join(parts)}{held_on}{more}"


def _said(outcome: Outcome) -> str:
    if outcome.estimate is not None:
        return outcome.words
    when = f" since {outcome.since}" if outcome.since is not None else ""
    where = f" (all where {outcome.place})" if outcome.place else ""
    return f"{outcome.broken:,} of {outcome.rows:,} rows ({100 * outcome.part:.2g} %){when}{where}"


def effect_words(effect: Effect) -> str:
    """Return "2.5 x more errors among these rows (19 of 125; q = 0.0004)"."""
    counts = f"{effect.errors:,} of {effect.rows:,}"
    if effect.ratio is None:
        return f"{counts} of these rows are errors, none of the others"
    if effect.q_value > 0.05:
        return f"the model errs on these rows about as often as on others ({counts}; q = {effect.q_value:.2g})"
    way = "as many" if effect.ratio < 1 else "more"
    return f"{effect.ratio:.1f} x {way} errors among these rows ({counts}; q = {effect.q_value:.2g})"


def _next_step(held: Held) -> str:
    columns = " and ".join(f"`{name}`" for name in held.invariant.columns[:2])
    why = f" ({held.invariant.because})" if held.invariant.because else ""
    return f"look at how {columns} is made in the rows listed, and repair it{why}"


def _evidence(held: Held) -> dict[str, Any]:
    one = held.invariant
    evidence: dict[str, Any] = {"line of the file": one.line} if one.line else {}
    for outcome in held.outcomes:
        evidence[NAMES[outcome.side]] = f"{outcome.state}: {outcome.words}"
        if outcome.detail:
            evidence[f"how, in {NAMES[outcome.side]}"] = outcome.detail
    if held.effect is not None:
        evidence["errors among these rows"] = effect_words(held.effect)
    data = held.on("data")
    if data is not None and data.broken > MOST_POSITIONS:
        evidence["rows listed"] = f"the first {MOST_POSITIONS:,} of {data.broken:,}"
    if one.because:
        evidence["why it must hold"] = one.because
    return evidence


def _charts(held: Held) -> tuple[Chart, ...]:
    rows = [o for o in held.outcomes if o.state != "not judged"]
    counted = [o for o in rows if o.estimate is None]
    charts = [_parts(counted)] if counted else [_figures(held, rows)]
    worst = max((o for o in rows if o.examples), key=lambda o: o.side == "data", default=None)
    return (*charts, *([_table(worst)] if worst is not None else ()))


def _parts(outcomes: list[Outcome]) -> Chart:
    names = tuple(NAMES[o.side] for o in outcomes)
    bars = Series(
        "rows that break it",
        names,
        tuple(o.part for o in outcomes),
        tuple(o.low for o in outcomes),
        tuple(o.high for o in outcomes),
        tuple(o.state == "broken" for o in outcomes),
    )
    return Chart("bars", "The part of the rows that break it", "", "part of the rows", (bars,))


def _figures(held: Held, outcomes: list[Outcome]) -> Chart:
    found = [(o, o.estimate) for o in outcomes if o.estimate is not None]
    bars = Series(
        "figure",
        tuple(NAMES[o.side] for o, _ in found),
        tuple(one.value for _, one in found),
        tuple(one.low for _, one in found),
        tuple(one.high for _, one in found),
        tuple(o.state == "broken" for o, _ in found),
    )
    return Chart("bars", "The figure that it bounds, with the 90 % interval", "", held.invariant.columns[0], (bars,))


def _table(outcome: Outcome) -> Chart:
    examples = outcome.examples[:EXAMPLES]
    columns = [Series("row", tuple(one.row for one in examples), ())]
    for name in examples[0].values:
        cells = tuple("" if one.values[name] is None else str(one.values[name]) for one in examples)
        columns.append(Series(name, cells, ()))
    return Chart("table", f"The first rows that break it in {NAMES[outcome.side]}", "", "", tuple(columns))


def _unjudged(nowhere: list[Held]) -> Suspect:
    """Return that invariants were judged nowhere: silence would look like agreement."""
    said = [f"{one.invariant.sentence}: {'; '.join(o.words for o in one.outcomes) or 'no table'}" for one in nowhere]
    return Suspect(
        kind="invariant",
        severity="info",
        culprits=(),
        score=0.0,
        weight=0.05,
        summary=f"{len(nowhere):,} invariants could be judged on no table; the first: {said[0]}",
        cleared_by="nothing need be cleared: what can't be judged says why",
        next_step="add the columns that they need, or take them out of the file",
        evidence={"not judged": said},
    )
