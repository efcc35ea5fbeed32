"""What is known of a cohort, and of two side by side; plain data."""

from __future__ import annotations

from dataclasses import dataclass

from mispredict.cohorts.selection import Selection
from mispredict.errors.findings import Apart
from mispredict.scan.summary import CalibrationBin, Confusion, Metrics


@dataclass(frozen=True)
class Estimate:
    """A figure and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Surprising:
    """How far a rule's errors are above what was promised. For one rule named in advance: corrected for nothing."""

    z: float  # standard deviations above the expectation
    p_value: float  # one-sided: the chance of at least so many errors if the promises hold
    expected_errors: float  # by the promises that were tested
    promises: str  # which ones, in words


@dataclass(frozen=True)
class Cohort:
    """The figures of selected rows, over the whole table. None where no row makes a figure of it."""

    selection: Selection
    words: str  # the selection as people read it
    sentence: str
    rows: int
    of_rows: int  # labelled rows of the table
    errors: int
    of_errors: int
    error_rate: Estimate | None  # Wilson's interval
    expected_errors: float  # by the model's own probabilities
    excess: Estimate | None  # errors - expected errors
    surprise: float  # sum, nats
    of_surprise: float
    cost: float | None  # of its errors; None where the investigation names no cost
    of_cost: float | None
    metrics: Metrics | None
    promised: float | None  # mean probability of the event (of several classes: of the predicted class)
    came: float | None  # share of rows where it came
    confusion: tuple[Confusion, ...]
    calibration: tuple[CalibrationBin, ...]
    surprising: Surprising | None  # None for rows that were picked by looking at their errors
    worst: tuple[str, ...]  # ids, the most surprising first
    apart: tuple[Apart, ...]  # columns that set it apart from the rest of the table
    notes: tuple[str, ...]

    @property
    def share_of_errors(self) -> float | None:
        """Return the part of all errors that lies in the cohort."""
        return self.errors / self.of_errors if self.of_errors else None

    @property
    def share_of_surprise(self) -> float | None:
        """Return the part of all surprise that lies in the cohort."""
        return self.surprise / self.of_surprise if self.of_surprise else None

    @property
    def ratio(self) -> float | None:
        """Return errors over expected errors."""
        return self.errors / self.expected_errors if self.expected_errors > 0 else None


@dataclass(frozen=True)
class Difference:
    """A figure of the first cohort minus that of the second, with its 95 % interval; rows in both count once."""

    name: str
    first: float
    second: float
    difference: Estimate


@dataclass(frozen=True)
class CohortComparison:
    """Two cohorts of one table under one model, side by side."""

    first: Cohort
    second: Cohort
    overlap: int  # rows in both
    differences: tuple[Difference, ...]  # error rate, log loss, excess errors a row, mean probability
    z: float | None  # of the difference of error rates beyond the difference that the probabilities promise
    p_value: float | None  # two-sided; one comparison, corrected for nothing
    apart: tuple[Apart, ...]  # columns in which the first differs from the second
    sentence: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class SavedCohort:
    """A selection under a name, kept with the investigation."""

    name: str
    selection: Selection
    by: str
    reason: str
    origin: str  # where ids came from, such as a map and a polygon
    time: str  # UTC, ISO 8601
    data_sha256: str  # of the table that it was saved on
    model_sha256: str
    kept_in: str  # where, in words
