"""Why a model breaks a case: its explanation now, beside the one at promotion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mispredict.investigation.explained import Explained
from mispredict.obvious.case import Case
from mispredict.obvious.check import CheckResult, Outcome
from mispredict.obvious.frames import alike, frame_of
from mispredict.obvious.targets import Target

MOST = 200  # failures that are explained: more are not read
SHOWN = 3  # columns a line


def with_explanations(result: CheckResult, target: Target) -> CheckResult:
    """Return the check, its failures with the model's explanation where it has exact contributions."""
    failed = {o.case.id for o in [o for o in result.outcomes if o.status == "failed"][:MOST]}
    found: dict[str, Explained | None] = {}
    for group in alike([o.case for o in result.outcomes]):
        for label in dict.fromkeys(explained_class(case) for case in group if case.id in failed):
            some = [case for case in group if case.id in failed and explained_class(case) == label]
            answers = target.explain(frame_of(some), some[0].model.classes, label, among=frame_of(group))
            found.update(zip((case.id for case in some), answers, strict=True))
    outcomes = tuple(replace(o, explanation=found.get(o.case.id)) for o in result.outcomes)
    return replace(result, outcomes=outcomes)


def explained_class(case: Case) -> Any:
    """Return the class whose probability is explained: the event of two classes, else the one that must hold."""
    return case.model.classes[1] if len(case.model.classes) == 2 else case.expect.of


def in_words(explained: Explained) -> str:
    """Return an explanation as one phrase, its largest contributions first."""
    largest = sorted(explained.values.items(), key=lambda item: -abs(item[1]))[:SHOWN]
    shares = ", ".join(f"{column} {share:+.3g}" for column, share in largest)
    return f"{shares} (of {explained.score:.3g} {explained.unit} for {explained.of!r}, by {explained.method})"


def moved(before: Explained, now: Explained) -> Sequence[tuple[str, float, float]]:
    """Return the columns whose contribution differs, the most first; none where the two can't be compared."""
    if (before.unit, before.of) != (now.unit, now.of):
        return ()
    columns = dict.fromkeys([*before.values, *now.values])
    both = [(column, before.values.get(column, 0.0), now.values.get(column, 0.0)) for column in columns]
    return sorted((one for one in both if one[1] != one[2]), key=lambda one: -abs(one[2] - one[1]))


def told(outcome: Outcome) -> tuple[str, ...]:
    """Return what is known of why a case failed, a line each."""
    now, before = outcome.explanation, outcome.case.explanation
    if now is not None and before is not None and in_words(now) == in_words(before):
        return (f"why, now as at promotion: {in_words(now)}",)
    lines = [] if now is None else [f"why now: {in_words(now)}"]
    if before is not None:
        lines.append(f"at promotion: {in_words(before)}")
    if now is not None and before is not None and (changed := moved(before, now)):
        column, was, is_now = changed[0]
        lines.append(f"moved most: {column}, from {was:+.3g} to {is_now:+.3g} {now.unit}")
    return tuple(lines)
