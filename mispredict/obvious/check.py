"""A run of the obvious set against a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from mispredict.bad_input import BadInput, ModelRefused, WorkerStopped
from mispredict.investigation.desk import Progress, silent
from mispredict.obvious.case import Case
from mispredict.obvious.exported import standalone
from mispredict.obvious.frames import alike, frame_of

# Rows and their classes -> probabilities, shape (rows, classes), in the order of the classes.
Predict = Callable[[pd.DataFrame, tuple[Any, ...]], np.ndarray]
Status = Literal["passed", "failed", "unchecked", "expired"]
FEW = 9  # cases that can be asked one by one, should it come to that


@dataclass(frozen=True)
class Outcome:
    """What the model did with one case."""

    case: Case
    status: Status
    wanted: str
    given: str | None  # None when the model gave nothing
    score: float | None  # the probability of the expected class
    error: str | None  # why it could not be checked, or when it expired

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as `check --json` prints it."""
        case = self.case
        return {
            "id": case.id,
            "status": self.status,
            "passed": self.status == "passed",
            "expected": case.expect.to_json(),
            "wanted": self.wanted,
            "given": self.given,
            "score": self.score,
            "error": self.error,
            "severity": case.severity,
            "reason": case.reason,
            "incident": case.incident,
        }


@dataclass(frozen=True)
class CheckResult:
    """What the model did with the whole set, in the set's order."""

    model: str
    outcomes: tuple[Outcome, ...]

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """Return the cases that failed or could not be checked: neither is fine."""
        return tuple(o for o in self.outcomes if o.status in ("failed", "unchecked"))

    @property
    def exit_code(self) -> int:
        """Return 1 when any case is broken, whatever its severity, else 0."""
        return 1 if self.broken else 0

    def count(self, status: Status) -> int:
        """Return how many cases ended that way."""
        return sum(o.status == status for o in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """Return the result as `check --json` prints it."""
        return {
            "schema": "mispredict/obvious-check@1",
            "model": self.model,
            "cases": len(self.outcomes),
            **{status: self.count(status) for status in ("passed", "failed", "unchecked", "expired")},
            "results": [o.to_json() for o in self.outcomes],
        }


def check(cases: Sequence[Case], predict: Predict, *, model: str = "", progress: Progress = silent) -> CheckResult:
    """Return what the model answers to every case. A case that can't be scored is `unchecked`, which is never fine.

    Raises ModelRefused or WorkerStopped when the model can't be asked at all.
    """
    now = datetime.now(UTC)
    outcomes = {c.id: _expired(c) for c in cases if standalone.has_expired(c.expires, now)}
    for group in alike([c for c in cases if c.id not in outcomes]):
        progress(len(outcomes) / len(cases), f"checking {len(group)} cases")
        outcomes.update({o.case.id: o for o in _check_alike(group, predict)})
    return CheckResult(model, tuple(outcomes[c.id] for c in cases))


def _check_alike(cases: Sequence[Case], predict: Predict) -> list[Outcome]:
    """Return the outcomes of cases of one schema. If the model refuses them together, halves tell whose fault it is."""
    answers = _ask(cases, predict)
    if not isinstance(answers, str):
        return [_judge(case, answer) for case, answer in zip(cases, answers, strict=True)]
    if len(cases) == 1 or _is_everybodys(answers, cases, predict):
        return [_unchecked(case, answers) for case in cases]
    middle = len(cases) // 2
    return _check_alike(cases[:middle], predict) + _check_alike(cases[middle:], predict)


def _ask(cases: Sequence[Case], predict: Predict) -> np.ndarray | str:
    """Return the model's probabilities, or why it gave none."""
    try:
        return _require_shape(predict(frame_of(cases), cases[0].model.classes), cases)
    except (ModelRefused, WorkerStopped):  # no answer about any case: the model file itself is no good
        raise
    except BadInput as problem:
        return problem.found
    except (ValueError, TypeError, OverflowError) as problem:
        return str(problem)


def _is_everybodys(refusal: str, cases: Sequence[Case], predict: Predict) -> bool:
    """Return whether rows far apart meet the same refusal alone, as when the model needs a column that no case has.

    Without this a set of a thousand such cases would open the model two thousand times.
    """
    if len(cases) < FEW:
        return False
    return all(_ask([case], predict) == refusal for case in (cases[0], cases[len(cases) // 2], cases[-1]))


def _require_shape(answers: np.ndarray, cases: Sequence[Case]) -> np.ndarray:
    wanted = (len(cases), len(cases[0].model.classes))
    if answers.shape != wanted:
        raise ValueError(f"the model answered with the shape {answers.shape}, the cases need {wanted}")
    return answers


def _judge(case: Case, answer: np.ndarray) -> Outcome:
    probabilities, classes, expect = [float(p) for p in answer], case.model.classes, case.expect
    if not np.isfinite(answer).all():
        return _unchecked(case, "the model gave a probability that is not a number")
    given, score = expect.given(probabilities, classes), probabilities[classes.index(expect.of)]
    status: Status = "passed" if expect.holds(probabilities, classes) else "failed"
    return Outcome(case, status, expect.wanted(), given, score, None)


def _unchecked(case: Case, reason: str) -> Outcome:
    return Outcome(case, "unchecked", case.expect.wanted(), None, None, f"could not be checked: {reason}")


def _expired(case: Case) -> Outcome:
    return Outcome(case, "expired", case.expect.wanted(), None, None, f"expired on {case.expires}")
