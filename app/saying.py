"""The plain sentence of a slice, a cluster and a cohort: how many rows, by which rule, how wrong, how sure."""

from __future__ import annotations

from collections.abc import Sequence

from app.rules import rule_words
from app.wording import count, counted, p_value, share, signed
from mispredict.cohorts.cohort import Cohort, CohortComparison
from mispredict.errors.findings import Cluster, Slice

ALSO = 3  # rules for nearly the same rows that are told
EVENTS = ("more events", "fewer events")  # ways in which a slice stands out that are not about its errors


def slice_sentence(found: Slice, of_rows: int, floor: float = 0.0) -> str:
    """Return a slice's sentence, plain text: whoever shows it makes it literal."""
    sure = [f"{p_value(found.p_adjusted, floor)} after correction", *_held_out(found.heldout_ratio)]
    said = rows_sentence(
        found.rows, of_rows, rule_words(found.conditions), wrong=(found.errors, found.expected_errors), aside=sure
    )
    more = [f"; it has {found.way} than promised"] if found.way in EVENTS else []
    return "".join([said, *more, *_shape(found)])


def cluster_sentence(found: Cluster, of_rows: int, floor: float = 0.0) -> str:
    """Return a cluster's sentence, plain text; one without a rule says so."""
    alike = counted(found.size, "error") + " made for the same reasons"
    if not found.conditions:
        return f"{alike}; no rule describes them"
    p = [] if found.p_adjusted is None else [f"{p_value(found.p_adjusted, floor)} after correction"]
    said = rows_sentence(
        found.rule_rows, of_rows, rule_words(found.conditions), wrong=(found.errors, found.expected_errors),
        aside=[*p, *_held_out(found.heldout_ratio)],
    )  # fmt: skip
    return f"{alike}; {said}"


def rows_sentence(rows: int, of_rows: int, rule: str, *, wrong: tuple[int, float], aside: Sequence[str] = ()) -> str:
    """Return how many rows a rule holds for and how many of them are wrong.

    >>> rows_sentence(87, 30_000, "channel = app", wrong=(61, 9.4), aside=["p < 0.001 after correction"])
    '87 of 30,000 rows: channel = app: 61 errors where 9.4 were expected (6.5 ×; p < 0.001 after correction)'
    """
    errors, expected = wrong
    inside = "; ".join([*_ratio(errors, expected), *aside])
    were = "was" if few(expected) == "1" else "were"
    where = f"{counted(errors, 'error')} where {few(expected)} {were} expected"
    said = f"{count(rows)} of {counted(of_rows, 'row')}: {rule}: {where}"
    return f"{said} ({inside})" if inside else said


def cohort_sentence(found: Cohort) -> str:
    """Return a cohort's sentence, plain text; the p-value is that of one rule, corrected for nothing."""
    sure = [] if found.surprising is None else [f"{p_value(found.surprising.p_value)} for this rule alone"]
    wrong = (found.errors, found.expected_errors)
    return rows_sentence(found.rows, found.of_rows, found.words, wrong=wrong, aside=sure)


def comparison_sentence(found: CohortComparison, other: str) -> str:
    """Return two cohorts in a sentence, plain text; `other` names the second."""
    first, second = found.first.error_rate, found.second.error_rate
    gap = next((one.difference for one in found.differences if one.name == "error rate"), None)
    if first is None or second is None or gap is None:
        return (
            f"There is nothing to compare: {counted(found.first.rows, 'row')} here, {count(found.second.rows)} there."
        )
    beyond = "" if found.p_value is None else f"; beyond what the probabilities promise: {p_value(found.p_value)}"
    return (
        f"These rows are wrong in {share(first.value)}, {other} in {share(second.value)}: {points(gap.value)} "
        f"({points(gap.low)} to {points(gap.high)}){beyond}; {counted(found.overlap, 'row')} in both."
    )


def points(difference: float) -> str:
    """Return a difference of two shares in percentage points.

    >>> points(0.125), points(-0.004)
    ('+12.5 points', '−0.4 points')
    """
    return f"{signed(difference * 100, 1)} points"


def _ratio(errors: int, expected: float) -> list[str]:
    return [f"{errors / expected:.1f} ×"] if expected > 0 else []


def few(number: float) -> str:
    """Return an expectation: with a decimal where there are few.

    >>> few(9.43), few(1204.6), few(12.0)
    ('9.4', '1,205', '12')
    """
    return f"{number:.1f}".removesuffix(".0") if number < 100 else count(number)


def _held_out(ratio: float | None) -> list[str]:
    return [] if ratio is None else [f"held out {ratio:.1f} ×"]


def folded(found: Slice) -> str:
    """Return the rules for nearly the same rows as a slice's, plain text."""
    more = len(found.also) - ALSO
    return "; ".join(found.also[:ALSO]) + (f"; and {count(more)} more" if more > 0 else "")


def _shape(found: Slice) -> list[str]:
    """Return how near a rule comes to what was found, where that is no rule."""
    if found.shape == "rule" or not found.shape_words:
        return []
    return [f". The rule comes near: {found.shape_words}; it holds {share(found.recall)} of that"]
