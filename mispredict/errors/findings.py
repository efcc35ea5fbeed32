"""What the search for structure in the errors answers; plain data, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Op = Literal["=", "!=", "<=", ">", "in", "is missing"]
Word = Literal["random-looking", "minor", "systemic", "cannot tell"]
Way = Literal["more errors", "fewer errors", "more events", "fewer events"]  # than the probabilities promise
Shape = Literal["rule", "oblique", "near", "odd one"]  # what was found, before a rule described it


@dataclass(frozen=True)
class Condition:
    """One part of a rule: a column against a value. `in` has a list, `is missing` has None."""

    column: str
    op: Op
    value: Any


@dataclass(frozen=True)
class Slice:
    """All rows that satisfy a readable rule, right and wrong ones alike.

    Where the shape is no rule, the rule only comes near it: rows, errors, expected errors, excess, interval and lift
    are the rule's, so that they agree with its conditions; z, p_adjusted and held-out figures are the shape's own.
    """

    rule: str
    conditions: tuple[Condition, ...]
    rows: int
    errors: int
    expected_errors: float  # by the model's own probabilities
    excess: float  # errors - expected_errors
    excess_low: float  # of its 95 % interval
    excess_high: float
    z: float
    p_adjusted: float  # against the simulated null of the whole search
    heldout_z: float | None  # on rows that the search never saw
    heldout_ratio: float | None  # errors over expected errors among those rows
    lift: float  # the slice's error rate over the whole table's
    way: Way  # in which it stands out most
    shape: Shape = "rule"
    shape_words: str = ""  # the shape in words, where the rule only comes near it
    precision: float = 1.0  # of the rule's rows, the part that lies in the shape
    recall: float = 1.0  # of the shape's rows, the part that the rule holds
    also: tuple[str, ...] = ()  # rules for nearly the same rows, folded into this one


@dataclass(frozen=True)
class Apart:
    """A column in which some rows differ from all others: medians of numbers, else shares of one value."""

    column: str
    kind: Literal["number", "value"]
    value: str  # the value whose share differs, "" for numbers
    here: float  # median, or share 0 to 1
    rest: float
    strength: float  # 0 to 1: how far apart the distributions are (numbers: |2 AUC - 1|; values: difference of shares)


@dataclass(frozen=True)
class Cluster:
    """Errors that are alike, and the rule that finds them in the whole table."""

    id: int
    size: int
    name: str  # short, made of its rule
    rule: str
    conditions: tuple[Condition, ...]
    precision: float  # of the rule's rows, the part that are errors of the cluster's kinds (see errors/rules.py)
    recall: float  # of the cluster's errors, the part that the rule holds
    lift: float  # error rate of the rule's rows over the whole table's
    rule_rows: int  # rows of the table that the rule holds for
    errors: int  # among them
    expected_errors: float  # among them, by the model's own probabilities
    p_adjusted: float | None  # of the rule's errors on held-out rows, Holm over the clusters; None without a rule
    heldout_z: float | None
    heldout_ratio: float | None  # errors over expected errors on the held-out rows
    apart: tuple[Apart, ...]  # columns that set its errors apart from the rest of the table, the clearest first
    medoids: tuple[str, ...]  # ids of its most typical errors, the most central first
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
    rows: int = 0  # looked at
    of_rows: int = 0  # of the table
    notes: tuple[str, ...] = ()  # what could not be tested and why, and on how many rows the rest was
