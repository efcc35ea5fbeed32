"""The figures of a cohort and of two side by side, as the pages print them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from app.saying import few, points
from app.text import code_free, md
from app.wording import count, number, optional, share, signed, value
from mispredict.cohorts.cohort import Cohort, CohortComparison, Difference, Estimate
from mispredict.errors.findings import Apart

NONE = "–"
RATE = "error rate"  # the figure that is a share
LONGEST = 40  # characters of a value


@dataclass(frozen=True)
class Figure:
    """One figure: what it is, its value, what stands below it."""

    label: str
    value: str
    below: str = ""
    help: str | None = None


def figures_of(found: Cohort) -> tuple[Figure, ...]:
    """Return the figures of a cohort in their order, as plain text."""
    rows = share(found.rows / found.of_rows) if found.of_rows else NONE
    ratio = f" · {found.ratio:.1f} ×" if found.ratio is not None else ""
    log_loss = optional(found.metrics.log_loss if found.metrics else None)
    auc = optional(found.metrics.roc_auc if found.metrics else None)
    return (
        Figure("Rows", count(found.rows), f"{rows} of the table"),
        Figure(
            "Errors", count(found.errors), f"{few(found.expected_errors)} expected{ratio}",
            "Expected by the model's own probabilities.",
        ),
        Figure("Error rate", share(found.error_rate.value) if found.error_rate else NONE, _between(found.error_rate)),
        Figure("Part of all errors", share(found.share_of_errors) if found.share_of_errors is not None else NONE),
        Figure("Log loss", log_loss, "nats a row"),
        Figure("ROC AUC", auc, help="Within these rows. A dash: only one class is present."),
    )  # fmt: skip


def _between(rate: Estimate | None) -> str:
    return f"{share(rate.low)} to {share(rate.high)}" if rate is not None else ""


def apart_words(one: Apart) -> str:
    """Return how a column differs, in Markdown, without its name."""
    if one.kind == "value":
        said = md(code_free(one.value, limit=LONGEST))
        return f"is {said} in {share(one.here)} of them, elsewhere in {share(one.rest)}"
    return f"is typically {md(value(one.here))}, elsewhere {md(value(one.rest))}"


def differences_of(found: CohortComparison) -> pd.DataFrame:
    """Return figure, here, there, difference, low, high as text: one line a figure that both have."""
    return pd.DataFrame(
        [(one.name, *(_shares(one) if one.name == RATE else _numbers(one))) for one in found.differences],
        columns=["figure", "here", "there", "difference", "interval"],
    )


def _shares(one: Difference) -> tuple[str, str, str, str]:
    gap = one.difference
    return share(one.first), share(one.second), points(gap.value), f"{points(gap.low)} to {points(gap.high)}"


def _numbers(one: Difference) -> tuple[str, str, str, str]:
    gap = one.difference
    between = f"{signed(gap.low, 4)} to {signed(gap.high, 4)}"
    return number(one.first, 4), number(one.second, 4), signed(gap.value, 4), between
