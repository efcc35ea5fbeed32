"""Changes against training as findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mispredict.errors.findings import Condition, Op
from mispredict.errors.predicates import rule_text
from mispredict.suspects.domain import Domain
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.shifted import Cells, Effect
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect, Where
from mispredict.suspects.two_parts import two_parts
from mispredict.suspects.unseen import Unseen

KIND = "drift"
SHOWN = 15  # cells of a chart
NAMED = 5


@dataclass(frozen=True, eq=False)
class Shift:
    """One column that changed."""

    cells: Cells
    p_value: float
    q_value: float
    loss: Effect  # on the mean log loss, nats
    mean_loss: float
    score: Effect  # on the mean probability of the event, of several classes on the mean of the largest one
    spread: float  # standard deviation of the score

    @property
    def added(self) -> float:
        """Return the part of the log loss that the change adds; below 0 where it takes away."""
        return self.loss.value / self.mean_loss if self.mean_loss > 0 else 0.0

    @property
    def moved(self) -> float:
        """Return how far the mean score moved, in its standard deviations."""
        return abs(self.score.value) / self.spread if self.spread > 0 else 0.0

    @property
    def matter(self) -> float:
        """Return what changes are ordered by: what the log loss gains, then how far the score moved."""
        return max(self.added, 0.0) + 0.1 * self.moved


def unseen(inquiry: Inquiry, found: Unseen) -> Suspect:
    """Return a level that training never saw as a finding."""
    count, share = int(found.rows.sum()), float(found.rows.mean())
    parts = two_parts(inquiry, found.rows)
    is_level = found.level is not None
    condition = Condition(found.column, "=", found.level) if is_level else Condition(found.column, "is missing", None)
    what = f"`{found.column}` is {found.level!r}" if is_level else f"`{found.column}` is missing"
    is_live = found.column in inquiry.features
    return Suspect(
        kind=KIND,
        severity="certain" if is_level and is_live else "suspected",
        culprits=(found.column,),
        score=1.0 + share,
        weight=0.4 + 0.4 * min(1.0, 10 * share),
        summary=f"{what} in {count:,} of {len(found.rows):,} examined rows ({share:.1%}), and in none "
        f"of {inquiry.sides[1].of:,} training rows",
        cleared_by="figures of the model on these rows as good as on others, or a training table that has them",
        next_step="judge these rows apart, and train on such rows before trusting the model with them",
        share=share,
        where=Where(rule_text((condition,)), (condition,)),
        evidence={
            "examined rows": f"{count:,} of {len(found.rows):,}",
            "training rows": f"0 of {inquiry.sides[1].of:,}",
            "levels in training": found.known,
            "figures of the live model": parts.lines("these rows", "the rest"),
        },
        charts=parts.chart("The model on rows that training never saw the like of", ("these rows", "the rest")),
    )


def retyped(inquiry: Inquiry, column: str) -> Suspect:
    """Return a column that is a number on one side and a text on the other as a finding."""
    kinds = [str(side.rows[column].dtype) for side in inquiry.sides]
    return Suspect(
        kind=KIND,
        severity="suspected",
        culprits=(column,),
        score=1.0,
        weight=0.5,
        summary=f"`{column}` is of type {kinds[0]} in the examined table and of type {kinds[1]} in training",
        cleared_by="that the model reads both types alike",
        next_step="give the column one type in both tables, and scan again",
        evidence={"type in the examined table": kinds[0], "type in training": kinds[1]},
    )


def shifted(inquiry: Inquiry, shift: Shift, severity: Severity) -> Suspect:
    """Return a column whose values changed as a finding."""
    cells = shift.cells
    where = _where(inquiry, shift)
    return Suspect(
        kind=KIND,
        severity=severity,
        culprits=(cells.column,),
        score=shift.matter,
        weight=min(1.0, 0.2 + max(shift.added, 0.0)) if severity == "suspected" else min(0.3, shift.matter),
        summary=_summary(shift, where),
        cleared_by="that the change is meant, and the model does as well on the changed rows as on others",
        next_step="find out since when and where the column changed; if it is right, train on newer rows",
        p_value=shift.p_value,
        q_value=shift.q_value,
        share=cells.variation,
        where=where,
        evidence=_evidence(shift),
        charts=(_chart(cells),),
    )


def _summary(shift: Shift, where: Where | None) -> str:
    cells = shift.cells
    here, there = cells.parts
    most = int(np.argmax(np.abs(here - there)))
    change = f"`{cells.column}` is {_said(cells.names[most])} in {here[most]:.1%} of the examined rows and in "
    change += f"{there[most]:.1%} of training"
    if shift.added >= 0.01:
        return f"{change}; the change of this column adds {shift.added:.0%} to the log loss"
    return f"{change}; the change of this column moves the mean score by {shift.score.value:+.3f}"


def _said(name: str) -> str:
    """Return a cell's name as a sentence has it; a text in quotes."""
    plain = name.startswith(("up to", "over", "any", "other", "missing")) or _is_number(name)
    return name if plain else repr(name)


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _where(inquiry: Inquiry, shift: Shift) -> Where | None:
    """Return the one value that became commoner and holds most of what the change adds, where there is one."""
    cells = shift.cells
    here, there = cells.parts
    most = int(np.argmax(here - there))
    name = cells.names[most]
    grown = here[most] - there[most]
    if grown < 0.5 * cells.variation or name.startswith(("up to", "over", "any", "other")):
        return None
    condition = _condition(inquiry, cells, most)
    return Where(rule_text((condition,)), (condition,))


def _condition(inquiry: Inquiry, cells: Cells, cell: int) -> Condition:
    if cells.names[cell] == "missing":
        return Condition(cells.column, "is missing", None)
    op: Op = "="
    if inquiry.coding.nature(cells.column) == "code":
        return Condition(cells.column, op, cells.names[cell])
    values = inquiry.coding.values(cells.column, 0)
    return Condition(cells.column, op, float(values[cells.of_rows == cell][0]))


def _evidence(shift: Shift) -> dict[str, Any]:
    cells = shift.cells
    return {
        "total variation distance (0 to 1)": round(cells.variation, 4),
        "population stability index (nats)": round(cells.stability, 4),
        "log loss that the change adds (nats)": round(shift.loss.value, 5),
        "part of the log loss": round(shift.added, 4),
        "z of that": round(shift.loss.z, 2),
        "part of the examined rows that training's proportions leave": round(shift.loss.support, 3),
        "mean score that the change adds": round(shift.score.value, 5),
        "z of the score": round(shift.score.z, 2),
        "chi-square p-value of no change": shift.p_value,
        "q-value over the columns read (Benjamini-Hochberg)": shift.q_value,
    }


def _chart(cells: Cells) -> Chart:
    here, there = cells.parts
    shown = np.sort(np.argsort(-np.maximum(here, there), kind="stable")[:SHOWN])
    names = tuple(cells.names[one] for one in shown)
    grown = tuple(bool(here[one] > there[one]) for one in shown)
    series = (
        Series("examined", names, tuple(here[shown].tolist()), marked=grown),
        Series("training", names, tuple(there[shown].tolist())),
    )
    return Chart("bars", "The column's values here and in training", cells.column, "part of the rows", series)


def jointly(found: Domain, columns: list[str]) -> Suspect:
    """Return how far all columns changed together as a finding to know of."""
    named = tuple(dict.fromkeys(columns))[:NAMED]
    return Suspect(
        kind=KIND,
        severity="info",
        culprits=named,
        score=found.area.value - 0.5,
        weight=0.1 * (found.area.value - 0.5),
        summary=f"Small trees tell examined from training rows with an AUC of {found.area.value:.3f} by the "
        "columns that the model reads",
        cleared_by="nothing need be cleared: this is how far the tables differ, whatever it does to the score",
        next_step="look at the columns listed as drift, which say what of it matters",
        evidence={
            "AUC of telling examined from training rows": str(found.area),
            "rows asked about": f"{found.rows[0]:,} examined and {found.rows[1]:,} training rows",
        },
    )
