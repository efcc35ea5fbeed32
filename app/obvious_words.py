"""The obvious set in sentences."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from app.blocks.promoting import SEVERITY
from app.kept_set import KeptSet
from app.text import md
from app.wording import count, counted, moment

if TYPE_CHECKING:
    from mispredict.obvious.records import Run

STATUS = {"passed": "✓ passed", "failed": "✕ failed", "unchecked": "? not checked", "expired": "– expired"}


def claim(held: KeptSet) -> str:
    """Return what the set is, and how the model that was checked last does."""
    cases = held.cases
    if not cases:
        return "No cases yet"
    by = Counter(case.severity for case in cases)
    words = ", ".join(counted(by[s], s) if s == "blocker" else f"{count(by[s])} {s}" for s in SEVERITY if by[s])
    return f"{counted(len(cases), 'case')} that no model may get wrong: {words}"


def model_lines(held: KeptSet) -> tuple[str, ...]:
    """Return what the last check of each model said, in Markdown, the newest first."""
    return tuple(_line(run, held) for run in held.runs)


def _line(run: Run, held: KeptSet) -> str:
    ids = {case.id for case in held.cases}
    told = Counter(status for case, status in held.statuses[run.seq].items() if case in ids)
    judged = sum(told.values()) - told["expired"]
    broken = told["failed"] + told["unchecked"]
    since = len(ids) - sum(told.values())
    breaks = f"breaks **{count(broken)}** of {counted(judged, 'case')}"
    words = breaks if broken else f"gets {counted(judged, 'case')} right"
    newer = f", {counted(since, 'newer case')} not asked" if since else ""
    icon = ":material/cancel:" if broken else ":material/check_circle:"
    return f"{icon} **{md(run.model)}** {words}{newer} :gray[checked {moment(run.time)} by {md(run.actor)}]"
