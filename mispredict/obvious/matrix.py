"""Several models held to one set: cases x models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mispredict.obvious.case import Case
from mispredict.obvious.check import CheckResult, Outcome
from mispredict.obvious.requiring import Severity


@dataclass(frozen=True)
class Matrix:
    """The results of checks of the same cases, in the order in which the models were named."""

    results: tuple[CheckResult, ...]

    @property
    def rows(self) -> tuple[tuple[Case, tuple[Outcome, ...]], ...]:
        """Return each case with its outcomes, one a model."""
        across = zip(*(result.outcomes for result in self.results), strict=True)
        return tuple((outcomes[0].case, tuple(outcomes)) for outcomes in across)

    def exit_code(self, fail_on: Severity = "minor") -> int:
        """Return 1 when any model breaks a case of that severity or a worse one, else 0."""
        return max(result.exit_code(fail_on) for result in self.results)

    def to_json(self) -> dict[str, Any]:
        """Return the matrix as `check --json` prints it when several models are named."""
        return {
            "schema": "mispredict/obvious-matrix@1",
            "models": [{k: v for k, v in r.to_json().items() if k != "schema"} for r in self.results],
            "matrix": [
                {"id": case.id, "severity": case.severity, "status": [o.status for o in outcomes]}
                for case, outcomes in self.rows
            ],
        }
