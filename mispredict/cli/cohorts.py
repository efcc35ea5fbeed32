"""Cohorts as lines for a terminal."""

from __future__ import annotations

from typing import Any

from mispredict.cohorts.cohort import Cohort, CohortComparison, Difference, Estimate, SavedCohort
from mispredict.cohorts.wording import words_of
from mispredict.errors.findings import Apart

WORST = 5  # ids


def in_words(answer: Any) -> list[str]:
    """Return a cohort, a comparison, a saved cohort or a list of these as lines."""
    if isinstance(answer, Cohort):
        return _cohort(answer)
    if isinstance(answer, CohortComparison):
        return _comparison(answer)
    if isinstance(answer, SavedCohort):
        return [f"dropped {answer.name!r}: {words_of(answer.selection)}"]
    return [_saved(one) for one in answer] or ["no cohort is saved"]


def _cohort(found: Cohort) -> list[str]:
    lines = [found.sentence]
    if found.error_rate is not None and found.excess is not None and found.metrics is not None:
        lines += [
            _line("error rate", _estimate(found.error_rate, percent=True)),
            _line("excess errors", _estimate(found.excess, percent=False)),
            _line("of all errors", _share(found.share_of_errors)),
            _line("of all surprise", _share(found.share_of_surprise)),
            _line("accuracy", f"{found.metrics.accuracy:.4f}"),
            _line("log loss", f"{found.metrics.log_loss:.4f}"),
            _line("ROC AUC", "not defined" if found.metrics.roc_auc is None else f"{found.metrics.roc_auc:.4f}"),
            _line("promised, came", f"{_share(found.promised)}, {_share(found.came)}"),
        ]
    lines += [_line("cost of errors", f"{found.cost:,.2f} of {found.of_cost or 0:,.2f}")] if found.cost else []
    if found.surprising is not None:
        tested = found.surprising
        expected = f"{tested.expected_errors:,.1f} errors expected by {tested.promises}"
        lines.append(_line("z, p", f"{tested.z:+.2f}, {_chance(tested.p_value)}: {expected}"))
    lines += [_line("worst rows", ", ".join(found.worst[:WORST]))] if found.worst else []
    return [*lines, *map(_apart, found.apart), *found.notes]


def _comparison(found: CohortComparison) -> list[str]:
    lines = [found.sentence, _line("rows in both", f"{found.overlap:,}"), *map(_difference, found.differences)]
    if found.z is not None and found.p_value is not None:
        lines.append(
            _line("z, p", f"{found.z:+.2f}, {_chance(found.p_value)}: error rates beyond what the model promises")
        )
    return [*lines, *map(_apart, found.apart), *found.notes]


def _difference(one: Difference) -> str:
    gap = one.difference
    return _line(
        one.name, f"{one.first:.4f} and {one.second:.4f}: {gap.value:+.4f} ({gap.low:+.4f} to {gap.high:+.4f})"
    )


def _apart(one: Apart) -> str:
    if one.kind == "number":
        return _line("set apart by", f"{one.column}: median {one.here:g} here, {one.rest:g} elsewhere")
    return _line("set apart by", f"{one.column} = {one.value}: {one.here:.1%} here, {one.rest:.1%} elsewhere")


def _saved(one: SavedCohort) -> str:
    who = "".join(f", {text}" for text in (one.by and f"by {one.by}", one.reason) if text)
    return f"{one.name}: {words_of(one.selection)} ({one.time}{who}; {one.kept_in})"


def _line(name: str, text: str) -> str:
    return f"  {name:<20}{text}"


def _estimate(one: Estimate, *, percent: bool) -> str:
    if percent:
        return f"{one.value:.2%} ({one.low:.2%} to {one.high:.2%})"
    return f"{one.value:+,.1f} ({one.low:+,.1f} to {one.high:+,.1f})"


def _share(share: float | None) -> str:
    return "not defined" if share is None else f"{share:.2%}"


def _chance(chance: float) -> str:
    return "p < 0.001" if chance < 0.001 else f"p = {chance:.3f}"
