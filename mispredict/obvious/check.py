"""A run of the obvious set against a model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from mispredict.investigation.desk import Progress, silent
from mispredict.investigation.explained import Explained
from mispredict.obvious.asking import Answer, Predict, ask_alike
from mispredict.obvious.case import Case
from mispredict.obvious.exported import standalone
from mispredict.obvious.frames import alike
from mispredict.obvious.requiring import Severity, is_as_bad

Status = Literal["passed", "failed", "unchecked", "expired"]


@dataclass(frozen=True)
class Outcome:
    """What the model did with one case."""

    case: Case
    status: Status
    wanted: str
    given: str | None  # None when the model gave nothing
    score: float | None  # the probability of the expected class
    error: str | None  # why it could not be checked, or when it expired
    explanation: Explained | None = None  # of a failure, why the model answers as it does now

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
            "explanation": _both(self),
            "owner": case.owner,
            "tags": list(case.tags),
        }


@dataclass(frozen=True)
class CheckResult:
    """What the model did with the whole set, in the set's order."""

    model: str  # its file's name or its address
    outcomes: tuple[Outcome, ...]
    model_sha256: str | None = None  # None: an endpoint, which tells none

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """Return the cases that failed or could not be checked: neither is fine."""
        return tuple(o for o in self.outcomes if o.status in ("failed", "unchecked"))

    def exit_code(self, fail_on: Severity = "minor") -> int:
        """Return 1 when any case of that severity or a worse one is broken, else 0."""
        return 1 if any(is_as_bad(o.case.severity, fail_on) for o in self.broken) else 0

    @property
    def share(self) -> float:
        """Return the share of cases that passed, of those that were judged; NaN when none was."""
        judged = [o for o in self.outcomes if o.status != "expired"]
        return self.count("passed") / len(judged) if judged else math.nan

    def count(self, status: Status) -> int:
        """Return how many cases ended that way."""
        return sum(o.status == status for o in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """Return the result as `check --json` prints it."""
        return {
            "schema": "mispredict/obvious-check@1",
            "model": self.model,
            "model_sha256": self.model_sha256,
            "cases": len(self.outcomes),
            **{status: self.count(status) for status in ("passed", "failed", "unchecked", "expired")},
            "results": [o.to_json() for o in self.outcomes],
        }


def _both(outcome: Outcome) -> dict[str, Any] | None:
    """Return a failure's explanations, now and at promotion."""
    if outcome.status != "failed":
        return None
    now, before = outcome.explanation, outcome.case.explanation
    return {"now": now and now.to_json(), "at_promotion": before and before.to_json()}


def check(cases: Sequence[Case], predict: Predict, *, model: str = "", progress: Progress = silent) -> CheckResult:
    """Return what the model answers to every case. A case that can't be scored is `unchecked`, which is never fine.

    Raises ModelRefused or WorkerStopped when the model can't be asked at all.
    """
    now, answers = datetime.now(UTC), dict[str, Answer]()
    expired = {c.id for c in cases if standalone.has_expired(c.expires, now)}
    # What others must be above is asked whatever its date.
    asked = expired - {c.expect.compared_with for c in cases if c.expect.compared_with and c.id not in expired}
    for group in alike([c for c in cases if c.id not in asked]):
        progress(len(answers) / len(cases), f"checking {len(group)} cases")
        answers.update(ask_alike(group, predict))
    known = {c.id: c for c in cases}
    outcomes = [_expired(c) if c.id in expired else _judge(c, answers, known) for c in cases]
    return CheckResult(model, tuple(outcomes))


def _judge(case: Case, answers: dict[str, Answer], known: dict[str, Case]) -> Outcome:
    answer = answers[case.id]
    if isinstance(answer, str):
        return _unchecked(case, answer)
    other = _other(case, answers, known)
    if isinstance(other, str):
        return _unchecked(case, other)
    probabilities, classes, expect = [float(p) for p in answer], case.model.classes, case.expect
    given, score = expect.given(probabilities, classes, other), probabilities[classes.index(expect.of)]
    status: Status = "passed" if expect.holds(probabilities, classes, other) else "failed"
    return Outcome(case, status, expect.wanted(), given, score, None)


def _other(case: Case, answers: dict[str, Answer], known: dict[str, Case]) -> float | str:
    """Return the probability that the case must be above, NaN where there is none, or why it can't be had."""
    name, label = case.expect.compared_with, case.expect.of
    if name is None:
        return math.nan
    if name not in known:
        return f"the case {name} that it must be above is not in the set"
    answer, classes = answers[name], known[name].model.classes
    if isinstance(answer, str):
        return f"the case {name} that it must be above: {answer}"
    if label not in classes:
        return f"the case {name} that it must be above has no class {label!r}"
    return float(answer[classes.index(label)])


def _unchecked(case: Case, reason: str) -> Outcome:
    return Outcome(case, "unchecked", case.expect.wanted(), None, None, f"could not be checked: {reason}")


def _expired(case: Case) -> Outcome:
    return Outcome(case, "expired", case.expect.wanted(), None, None, f"expired on {case.expires}")
