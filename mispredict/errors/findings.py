"""What the search for structure in the errors answers; plain data, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Op = Literal["=", "!=", "<=", ">", "in", "is missing"]
Word = Literal["random-looking", "minor", "systemic", "cannot tell"]


@dataclass(frozen=True)
class Condition:
    """One part of a rule: a column against a value. `in` has a list, `is missing` has None."""

    column: str
    op: Op
    value: Any


@dataclass(frozen=True)
class Slice:
    """All rows that satisfy a readable rule, right and wrong ones alike."""

    rule: str
    conditions: tuple[Condition, ...]
    rows: int
    errors: int
    expected_errors: float  # by the model's own probabilities
    excess: float  # errors - expected_errors
    z: float
    p_adjusted: float  # against the simulated null of the whole search
    heldout_z: float | None  # on rows that the search never saw
    lift: float  # the slice's error rate over the whole table's


@dataclass(frozen=True)
class Cluster:
    """Errors that are alike, and the rule that finds them in the whole table."""

    id: int
    size: int
    rule: str
    conditions: tuple[Condition, ...]
    precision: float  # of the rule's rows, the part that belongs to the cluster's kind (see errors/rules.py)
    recall: float  # of the cluster's errors, the part that the rule holds
    lift: float  # error rate of the rule's rows over the whole table's
    rows: tuple[str, ...]  # ids, the most surprising first


@dataclass(frozen=True)
class Test:
    """One test behind the verdict."""

    name: str
    statistic: float
    p_value: float
    p_adjusted: float  # Holm over the verdict's tests
    effect: float  # excess errors as a part of the rows, 0 to 1


@dataclass(frozen=True)
class Verdict:
    """Whether the errors are random-looking, minor or systemic."""

    word: Word
    tests: tuple[Test, ...]
    smallest_visible_effect: float  # excess error rate of a 5 % slice that would be seen with 80 % power
    sentence: str
