"""What a shortcut is reported with: its sentence, numbers, rows and charts."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.errors.predicates import rule_text
from mispredict.investigation.reader import score_rows
from mispredict.suspects.cue_worth import Leaning, Strength
from mispredict.suspects.cues import Count, Cue
from mispredict.suspects.foretold import known_chances
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.ranked import rank_auc
from mispredict.suspects.stacked import stack_of
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect, Where

SHUFFLED = 1_000  # rows on which columns are shuffled
MOST_COLUMNS = 30
SHOWN = 12

Strengths = tuple[Strength, Strength]


def finding(inquiry: Inquiry, cue: Cue, found: Strengths, leaning: Leaning, severity: Severity) -> Suspect:
    """Return the finding about one cue."""
    moved = _moved(inquiry, cue)
    part = moved[cue.column] / max(sum(moved.values()), 1e-12)
    conditions = (*cue.rule, *cue.parts.place)
    order = np.argsort(-leaning.harm, kind="stable")
    rest = np.setdiff1d(cue.parts.met[cue.with_it[1]], leaning.places)
    return Suspect(
        kind="shortcut",
        severity=severity,
        culprits=(cue.column,),
        score=float(leaning.harm.sum()) / len(leaning.places) * leaning.of / len(cue.parts.met) * 1_000,
        weight=_weight(severity, part, leaning),
        summary=_summary(inquiry, cue, leaning),
        cleared_by=f"newer rows in which {_named(cue)} tells as much again, or a model that was learned without it",
        next_step=f"learn again without `{cue.column}`, or with its values as they were in time, and ask who writes it",
        p_value=cue.p_value,
        q_value=cue.q_value,
        where=Where(rule_text(conditions), conditions),
        rows=tuple(str(one) for one in inquiry.examined.ids[np.concatenate([leaning.places[order], rest])]),
        evidence=_evidence(inquiry, cue, found, leaning) | _part(inquiry, part, len(moved)),
        charts=(_rates_chart(cue, leaning), _moved_chart(inquiry, cue, moved)),
    )


def _weight(severity: Severity, part: float, leaning: Leaning) -> float:
    """Return how sure it is, times how much the model leans on the column and loses by the value."""
    matters = min(1.0, 0.5 + part + float(leaning.harm.mean()))
    return (0.95 if severity == "certain" else 0.7) * matters


def _named(cue: Cue) -> str:
    parts = []
    for one in cue.rule:
        if one.op == "is missing":
            parts.append(f"missing `{one.column}`")
        else:
            shown = f"{one.value:g}" if isinstance(one.value, float) else str(one.value)
            parts.append(f"`{one.column}` {one.op} {shown}")
    return " and ".join(parts)


def _class(inquiry: Inquiry, cue: Cue) -> str:
    name = f"{inquiry.data.target} = {cue.outcome.label}"
    return name if cue.towards else f"not {name}"


def _summary(inquiry: Inquiry, cue: Cue, leaning: Leaning) -> str:
    learned, met = cue.learned, cue.met
    return (
        f"the model leans on {_named(cue)}: in {cue.parts.learned_name} {learned.rate:.1%} of its {learned.rows:,} "
        f"rows are {_class(inquiry, cue)} against {learned.rest:.1%} of the others, in {cue.parts.met_name} "
        f"{met.rate:.1%} of {met.rows:,} against {met.rest:.1%}, where the model expects "
        f"{float(leaning.as_is.mean()):.1%}, and {float(leaning.without.mean()):.1%} with other values in its place"
    )


def _evidence(inquiry: Inquiry, cue: Cue, found: Strengths, leaning: Leaning) -> dict[str, Any]:
    learned, met = found
    turned = leaning.right_without & ~leaning.right_as_is
    lost = ~leaning.right_without & leaning.right_as_is
    return {
        "class it pointed to": _class(inquiry, cue),
        "rows with it": [cue.learned.rows, cue.met.rows],
        "rate of the class with it": [round(cue.learned.rate, 4), round(cue.met.rate, 4)],
        "part of the class's rows that have it": [round(cue.learned.reach, 4), round(cue.met.reach, 4)],
        "log odds beyond the other columns, learned": _interval(learned),
        "log odds beyond the other columns, met": _interval(met),
        "difference in standard errors": round(learned.less(met), 2),
        "log odds that it adds to the model's answer": round(leaning.lift, 4),
        "surprise that it adds to a row, nats": round(float(leaning.harm.mean()), 4),
        "that in standard errors": round(leaning.z, 2),
        "wrong because of it": int(turned.sum()),
        "right because of it": int(lost.sum()),
        "they are": [str(one) for one in inquiry.examined.ids[leaning.places[turned]]],
        "AUC of the value alone": [_alone(cue.learned), _alone(cue.met)],
        **_aucs(inquiry, cue),
        "asked anew": f"{len(leaning.places):,} of {leaning.of:,} rows with it",
        "looked at": inquiry.scope(len(inquiry.common(inquiry.features))),
    }


def _part(inquiry: Inquiry, part: float, columns: int) -> dict[str, Any]:
    every = len(inquiry.common(inquiry.features))
    return {
        "part of all changes of the answer when columns are shuffled": round(part, 4),
        "columns shuffled": f"{columns:,} of {every:,}, on {min(SHUFFLED, len(inquiry.examined)):,} rows",
    }


def _interval(one: Strength) -> list[float]:
    return [round(one.value, 3), round(one.value - 1.96 * one.spread, 3), round(one.value + 1.96 * one.spread, 3)]


def _alone(count: Count) -> float:
    """Return the AUC of having the value: half of how much more often rows of the class have it, above 0.5."""
    others = (count.rows - count.events) / max(count.all_rows - count.all_events, 1)
    return round(0.5 + (count.reach - others) / 2, 4)


def _aucs(inquiry: Inquiry, cue: Cue) -> dict[str, float]:
    """Return the live model's AUC where the cue is met and elsewhere, and that of small trees without the column."""
    side, met = inquiry.examined, cue.parts.met
    assert side.probabilities is not None
    event, chance = cue.outcome.of(side), side.probabilities[:, cue.outcome.place]
    without = known_chances(inquiry, cue.outcome, (cue.column,))[: stack_of(inquiry).examined]
    inside, outside = met[cue.with_it[1]], met[~cue.with_it[1]]
    asked = {
        "AUC of the model on rows with it": (chance, inside),
        "AUC of the model on other rows": (chance, outside),
        "AUC of small trees without the column, on rows with it": (without, inside),
    }
    return {name: round(rank_auc(values[at], event[at]).auc, 4) for name, (values, at) in asked.items()}


def _moved(inquiry: Inquiry, cue: Cue) -> dict[str, float]:
    """Return the mean absolute change of the model's answer when a column is shuffled, of the culprit and others."""
    side, rng = inquiry.examined, np.random.default_rng(inquiry.seed)
    assert side.probabilities is not None
    columns = inquiry.common(inquiry.features)
    asked = [cue.column, *[c for c in columns if c != cue.column][: MOST_COLUMNS - 1]]
    places = np.sort(rng.permutation(len(side))[:SHUFFLED])
    rows, before = side.rows.iloc[places], side.probabilities[places]
    moved = {}
    for number, column in enumerate(asked):
        inquiry.report(0.9 + 0.1 * number / len(asked), "measuring what the model leans on")
        mixed = rows.copy()
        mixed[column] = rows[column].iloc[rng.permutation(len(rows))].array
        moved[column] = float(np.abs(score_rows(inquiry.model, mixed) - before).mean())
    return moved


def _rates_chart(cue: Cue, leaning: Leaning) -> Chart:
    names = (cue.parts.learned_name, cue.parts.met_name)
    counts = (cue.learned, cue.met)
    return Chart(
        form="bars",
        title=f"Rows with {_named(cue)} told the class in {names[0]}; in {names[1]} the model still expects it",
        x_title="rows",
        y_title="part of the class that it pointed to",
        series=(
            Series("with it", names, tuple(one.rate for one in counts), *_bounds(counts), marked=(False, True)),
            Series("without it", names, tuple(one.rest for one in counts)),
            Series("expected by the model", (names[1],), (float(leaning.as_is.mean()),)),
            Series("expected with other values in its place", (names[1],), (float(leaning.without.mean()),)),
        ),
    )


def _bounds(counts: tuple[Count, Count]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    from mispredict.cohorts.estimates import wilson

    both = [wilson(one.events, one.rows) for one in counts]
    return tuple(float(one.low) for one in both), tuple(float(one.high) for one in both)


def _moved_chart(inquiry: Inquiry, cue: Cue, moved: dict[str, float]) -> Chart:
    first = sorted(moved, key=lambda column: -moved[column])[:SHOWN]
    first = first if cue.column in first else [*first[:-1], cue.column]
    heights = tuple(moved[column] for column in first)
    series = Series("mean change", tuple(first), heights, marked=tuple(column == cue.column for column in first))
    rows = min(SHUFFLED, len(inquiry.examined))
    return Chart(
        form="bars",
        title=f"How much the model's answer changes on {rows:,} rows when one column is shuffled",
        x_title="column",
        y_title="mean change of the probability",
        series=(series,),
    )
