"""A check of several models, with what goes beside the cases: explanations of failures, and latency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from mispredict.endpoint.measured import Latency
from mispredict.investigation.desk import Progress, silent
from mispredict.obvious.budgets import Budget, Held, hold, measure
from mispredict.obvious.case import Case
from mispredict.obvious.check import CheckResult, Outcome, Status, check
from mispredict.obvious.contamination import Contamination
from mispredict.obvious.explaining import told, with_explanations
from mispredict.obvious.fitted import Gap
from mispredict.obvious.matrix import Matrix
from mispredict.obvious.records import Fresh
from mispredict.obvious.requiring import Severity
from mispredict.obvious.targets import Target

STATUSES: tuple[Status, ...] = ("passed", "failed", "unchecked", "expired")


@dataclass(frozen=True)
class Timed:
    """How fast one model answered, beside the set's budgets."""

    model: str
    measured: tuple[Latency, Latency]  # a row at a time, 1,000 rows at a time
    held: tuple[Held, ...]


@dataclass(frozen=True)
class Checked:
    """Everything that one check of one or more models told."""

    matrix: Matrix
    timed: tuple[Timed, ...] = ()
    contamination: Contamination | None = None
    forbidden: bool = False  # a case that was learned makes the check fail
    fresh: dict[str, Fresh] = field(default_factory=dict)  # by model
    gap: Gap | None = None

    def exit_code(self, fail_on: Severity = "minor") -> int:
        """Return 1 when a case of that severity or a worse one is broken, or a budget, else 0."""
        slow = any(not one.is_kept for timed in self.timed for one in timed.held)
        learned = self.forbidden and self.contamination is not None and bool(self.contamination.learned)
        return max(self.matrix.exit_code(fail_on), int(slow or learned))

    def to_json(self) -> dict[str, Any]:
        """Return what `check --json` prints: one model's check, or the matrix of several."""
        results = self.matrix.results
        answer = results[0].to_json() if len(results) == 1 else self.matrix.to_json()
        beside: dict[str, Any] = {"latency": [_timed_as_json(timed) for timed in self.timed]} if self.timed else {}
        if self.contamination is not None:
            beside["contamination"] = self.contamination.to_json()
        if self.fresh:
            beside["fresh"] = {model: asdict(one) for model, one in self.fresh.items()}
        if self.gap is not None:
            beside["gap"] = {**asdict(self.gap), "fitted": self.gap.is_fitted, "sentence": self.gap.sentence}
        return {**answer, **beside}

    def lines(self) -> tuple[str, ...]:
        """Return every case that is not fine in words, then the counts, then the latency."""
        lines = [line for result in self.matrix.results for line in _lines(result, alone=len(self.matrix.results) == 1)]
        lines += [line for timed in self.timed for line in _timed_lines(timed)]
        lines += [f"{model}: {one.accuracy:.4f} right on {one.rows:,} fresh rows" for model, one in self.fresh.items()]
        if self.contamination is not None:
            lines += [*(one.sentence for one in self.contamination.learned), self.contamination.sentence]
        return (*lines, *([self.gap.sentence] if self.gap else []))


def check_targets(
    cases: Sequence[Case],
    targets: Sequence[Target],
    *,
    limits: Sequence[Budget] = (),
    timed: bool = False,
    progress: Progress = silent,
) -> Checked:
    """Return what models answer to a set, each failure with its explanation; `timed` measures their latency, too."""
    results, clocks = [], []
    for place, target in enumerate(targets):
        progress(place / len(targets), f"checking {target.name}")
        result = check(cases, target.predict_proba, model=target.name)
        results.append(with_explanations(replace(result, model_sha256=target.sha256), target))
        if timed:
            progress((place + 0.5) / len(targets), f"timing {target.name}")
            measured = measure(cases, target)
            clocks.append(Timed(target.name, measured, hold(measured, limits)))
    return Checked(Matrix(tuple(results)), tuple(clocks))


def _lines(result: CheckResult, *, alone: bool) -> list[str]:
    counts = ", ".join(f"{result.count(status)} {status}" for status in STATUSES)
    name = "" if alone else f"{result.model}: "
    found = [line for o in result.outcomes if o.status != "passed" for line in _outcome(o, name)]
    return [*found, f"{name}{len(result.outcomes)} cases: {counts}"]


def _outcome(outcome: Outcome, name: str) -> list[str]:
    case = outcome.case
    said = outcome.error or f"expected {outcome.wanted}, got {outcome.given}"
    first = f"{name}{case.id}: {outcome.status} ({case.severity}): {said}: {case.reason}"
    return [first, *(f"  {line}" for line in told(outcome))] if outcome.status == "failed" else [first]


def _timed_lines(timed: Timed) -> list[str]:
    sentences = [f"{timed.model}: latency, {one.sentence}" for one in timed.measured]
    slow = [one for one in timed.held if not one.is_kept]
    return [
        *sentences,
        *(f"{timed.model}: {o.name} took {o.measured:.2f} ms, its budget is {o.budget:g} ms" for o in slow),
    ]


def _timed_as_json(timed: Timed) -> dict[str, Any]:
    return {
        "model": timed.model,
        "measured": [asdict(one) for one in timed.measured],
        "budgets": [{**asdict(one), "kept": one.is_kept} for one in timed.held if one.budget is not None],
    }
