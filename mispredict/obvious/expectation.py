"""What must hold for a case."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from mispredict.bad_input import BadInput
from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.exported import standalone

Kind = Literal["label", "at_least", "at_most", "between", "above_case"]
KINDS: tuple[str, ...] = get_args(Kind)
FORMS = "label, at_least:P, at_most:P, between:P:Q or above_case:ID[:MARGIN]"
Value = float | tuple[float, float] | str | None


class ExpectationRefused(BadInput):
    """An expectation that can't be understood or can never hold."""


@dataclass(frozen=True)
class Expectation:
    """A claim about the model's answer: the class itself, limits for the probability of one class, or an order.

    >>> Expectation("at_least", 1, value=0.8).holds([0.1, 0.9], classes=(0, 1))
    True
    """

    kind: Kind
    of: Any  # the class: the one that is answered, or the one whose probability is limited
    value: Value = None  # limits of a probability, 0..1; the id of the case to be above; None for a label
    threshold: float = 0.5  # label with two classes: the second is answered from this probability on
    margin: float = 0.0  # above_case: by more than this

    def __post_init__(self) -> None:
        if self.kind == "above_case":
            _require_order(self.value, self.margin)
        else:
            _require_limits(self.kind, self.value)

    @property
    def compared_with(self) -> str | None:
        """Return the id of the case that this one must score above, None for every other claim."""
        return self.value if self.kind == "above_case" and isinstance(self.value, str) else None

    def holds(self, probabilities: Sequence[float], classes: Sequence[Any], other: float = math.nan) -> bool:
        """Return whether probabilities, in the order of `classes`, satisfy the claim. NaN never does.

        `other` is the probability of the same class for the case that is `compared_with`.
        """
        return standalone.holds(self.to_json(), probabilities, classes, other)

    def wanted(self) -> str:
        """Return the claim as a phrase."""
        return standalone.wanted(self.to_json())

    def given(self, probabilities: Sequence[float], classes: Sequence[Any], other: float = math.nan) -> str:
        """Return an answer as a phrase that can be laid beside the claim."""
        return standalone.given(self.to_json(), probabilities, classes, other)

    def to_json(self) -> dict[str, Any]:
        """Return the contract's `expect`."""
        if self.kind == "label":
            return {"kind": self.kind, "class": self.of, "threshold": self.threshold}
        if self.kind == "above_case":
            return {"kind": self.kind, "class": self.of, "value": self.value, "margin": self.margin}
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"kind": self.kind, "class": self.of, "value": value}


def from_json(found: Any) -> Expectation:
    """Return the expectation that the contract's `expect` describes; raises ExpectationRefused."""
    if not isinstance(found, dict) or found.get("kind") not in KINDS or "class" not in found:
        raise _refusal(f"the expectation {found!r}", f"a kind ({', '.join(KINDS)}) and a class")
    if isinstance(found["class"], (list, dict)):
        raise _refusal(f"the class {found['class']!r}", "a text, a number or a truth value")
    threshold, value = found.get("threshold", 0.5), found.get("value")
    if not _is_probability(threshold):
        raise _refusal(f"the threshold {threshold!r}", "a probability from 0 to 1")
    value = tuple(value) if isinstance(value, list) else value
    return Expectation(found["kind"], found["class"], value, threshold, found.get("margin", 0.0))


def parse(text: str, row: FrozenRow) -> Expectation:
    """Return what `--expect` asks of a row. Limits are for the event (two classes) or the row's true class (more)."""
    kind, value, margin = read_form(text)
    if kind == "label":
        return true_label(row)
    return Expectation(kind, row.classes[1] if len(row.classes) == 2 else row.truth, value, margin=margin)


def read_form(text: str) -> tuple[Kind, Value, float]:
    """Return the kind, the value and the margin that `--expect` names; raises ExpectationRefused."""
    kind, *limits = text.split(":")
    if kind == "above_case" and 1 <= len(limits) <= 2:
        margin = _probability_in(limits[1], text) if len(limits) == 2 else 0.0
        _require_order(limits[0], margin)
        return "above_case", limits[0], margin
    if kind not in KINDS or len(limits) != {"label": 0, "between": 2}.get(kind, 1):
        raise _refusal(f"--expect {text!r}", FORMS)
    numbers = [_probability_in(limit, text) for limit in limits]
    value = None if not numbers else (numbers[0], numbers[1]) if len(numbers) == 2 else numbers[0]
    _require_limits(kind, value)
    return cast("Kind", kind), value, 0.0


def true_label(row: FrozenRow) -> Expectation:
    """Return what is expected of an error unless something else is said: the true class."""
    return Expectation("label", row.truth, threshold=row.threshold)


def _probability_in(limit: str, text: str) -> float:
    try:
        return float(limit)
    except ValueError:
        raise _refusal(
            f"--expect {text!r} with the limit {limit!r}", "a probability from 0 to 1, such as 0.8"
        ) from None


def _require_limits(kind: str, value: Any) -> None:
    limits: tuple[Any, ...] = value if isinstance(value, tuple) else () if value is None else (value,)
    if len(limits) != {"label": 0, "between": 2}.get(kind, 1):
        raise _refusal(f"{kind} with the value {value!r}", "no value for label, two for between, one for the others")
    if not all(_is_probability(limit) for limit in limits):
        raise _refusal(f"{kind} with the value {value!r}", "probabilities from 0 to 1")
    if list(limits) != sorted(limits):
        raise _refusal(f"between {limits[0]} and {limits[1]}", "the lower limit first")


def _require_order(value: Any, margin: Any) -> None:
    if not isinstance(value, str) or not value:
        raise _refusal(f"above_case with {value!r}", "the id of a case, such as above_case:order-7-2-5121f461ba6f")
    if not _is_probability(margin):
        raise _refusal(f"above_case with the margin {margin!r}", "a difference of probabilities from 0 to 1")


def _is_probability(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= 1


def _refusal(found: str, needed: str) -> ExpectationRefused:
    return ExpectationRefused(found, needed=needed, do=f"say {FORMS}")
