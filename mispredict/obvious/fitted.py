"""Whether somebody fitted to the set: better on it than before, and not on data that nobody has seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mispredict.obvious.case import Case
from mispredict.obvious.records import Judgement, Run

Z = 1.96  # of a 95 % interval
LEAST = 10  # cases that both models judged: below, an interval says nothing


@dataclass(frozen=True)
class Gap:
    """What changed between two models on the set, and on fresh data; intervals of 95 %."""

    before: str  # the models
    after: str
    cases: int  # judged by both, promoted from neither
    left_out: int  # promoted from one of them: chosen for its errors, so the other does better by that alone
    on_set: float  # change of the share that is right
    on_set_low: float
    on_set_high: float
    on_fresh: float
    on_fresh_low: float
    on_fresh_high: float

    @property
    def is_fitted(self) -> bool:
        """Return whether the set gained more than the fresh data can have."""
        return self.on_set > 0 and self.on_set_low > self.on_fresh_high

    @property
    def sentence(self) -> str:
        """Return the comparison in words."""
        on_set = f"{self.on_set:+.1%} [{self.on_set_low:+.1%} {self.on_set_high:+.1%}] of {self.cases} cases"
        fresh = f"{self.on_fresh:+.2%} [{self.on_fresh_low:+.2%} {self.on_fresh_high:+.2%}] of fresh rows"
        left = f" ({self.left_out} cases promoted from one of the two left out)" if self.left_out else ""
        word = ": someone may have fitted to the set" if self.is_fitted else ""
        return f"from {self.before} to {self.after}: {on_set}, {fresh}{left}{word}"


def gap_of(runs: Sequence[Run], judged: dict[str, tuple[Judgement, ...]], cases: Sequence[Case]) -> Gap | None:
    """Return the latest checked model beside the first one that was measured on the same fresh data; None without two.

    Measured both times by `check --from`, which keeps each model's share of right rows with its check.
    """
    measured = [run for run in runs if run.fresh is not None and run.model_sha256]
    last = measured[-1] if measured else None
    if last is None or last.fresh is None:
        return None
    former = next((run for run in measured if _is_former(run, last)), None)
    if former is None or former.fresh is None:
        return None
    promoted = {case.id for case in cases if case.model.sha256 in (former.model_sha256, last.model_sha256)}
    pairs = [_pair(told, former.seq, last.seq) for name, told in judged.items() if name not in promoted]
    both = [pair for pair in pairs if pair is not None]
    if len(both) < LEAST:
        return None
    on_set = _paired(both)
    fresh = _unpaired((former.fresh.accuracy, former.fresh.rows), (last.fresh.accuracy, last.fresh.rows))
    return Gap(former.model, last.model, len(both), len(promoted & set(judged)), *on_set, *fresh)


def _is_former(run: Run, last: Run) -> bool:
    same_data = run.fresh is not None and last.fresh is not None and run.fresh.data_sha256 == last.fresh.data_sha256
    return same_data and run.model_sha256 != last.model_sha256


def _pair(told: Sequence[Judgement], former: int, last: int) -> tuple[bool, bool] | None:
    by_run = {one.run: one.status for one in told if one.status in ("passed", "failed")}
    if former not in by_run or last not in by_run:
        return None
    return by_run[former] == "passed", by_run[last] == "passed"


def _paired(pairs: Sequence[tuple[bool, bool]]) -> tuple[float, float, float]:
    """Return the change of a share of the same cases and its interval (Agresti and Min 2005: half a case a cell)."""
    gained = sum(after and not before for before, after in pairs)
    lost = sum(before and not after for before, after in pairs)
    n, up, down = len(pairs) + 2, gained + 0.5, lost + 0.5
    middle = (up - down) / n
    half = Z * math.sqrt(max(0.0, up + down - (up - down) ** 2 / n)) / n
    return (gained - lost) / len(pairs), max(-1.0, middle - half), min(1.0, middle + half)


def _unpaired(before: tuple[float, int], after: tuple[float, int]) -> tuple[float, float, float]:
    """Return the change of a share and an interval (Agresti and Caffo 2000), wider than one of the same rows."""
    first, second = ((share * rows + 1) / (rows + 2) for share, rows in (before, after))
    middle = second - first
    half = Z * math.sqrt(sum(p * (1 - p) / (rows + 2) for p, rows in ((first, before[1]), (second, after[1]))))
    return after[0] - before[0], middle - half, middle + half
