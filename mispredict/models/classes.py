"""Which value of the target each of a model's probabilities speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mispredict.bad_input import InvestigationRefused, ModelRefused
from mispredict.models.labels import in_order, places_of, scalar
from mispredict.tables.columns import listed


@dataclass(frozen=True)
class Classes:
    """The classes as they stand in the target, in the order that probabilities are given in."""

    labels: tuple[Any, ...]
    order: tuple[int, ...] | None  # place of each among the model's own; None: the same places
    notes: tuple[str, ...]


def classes_of(own: Sequence[Any], found: Sequence[Any] | None, *, positive: Any = None) -> Classes:
    """Return the classes of a model that knows its `own`, for a target that holds the values `found`.

    With two classes the event comes second: `positive` where it is given, else the model's second class. A model that
    only counts its classes (0, 1, ...) has them matched to the target's values in their order. `found` is None where no
    target is at hand.
    """
    labels, notes = _matched([scalar(c) for c in own], in_order(found) if found is not None else None, positive)
    if positive is None:
        return Classes(tuple(labels), None, tuple(notes))
    event = places_of([positive], labels)[0]
    if event < 0:
        raise InvestigationRefused(
            f"[data] positive is {positive!r}, which the model does not know",
            needed=f"one of the model's classes {listed(map(str, labels))}",
            do="correct positive",
        )
    if len(labels) != 2 or event == 1:
        return Classes(tuple(labels), None, tuple(notes))
    notes.append(f"the model's first class, {labels[0]!r}, is the event: its two probabilities change places")
    return Classes((labels[1], labels[0]), (1, 0), tuple(notes))


def _matched(own: list[Any], found: list[Any] | None, positive: Any) -> tuple[list[Any], list[str]]:
    if found is None:
        return own, []
    places = places_of(found, own)
    if all(place >= 0 for place in places):
        return _respelled(own, found, places)
    if own == list(range(len(own))) and max(places) < 0:
        return _counted(own, found, positive)
    return own, []  # which value in which row is unknown is said when the target is read


def _respelled(own: list[Any], found: list[Any], places: list[int]) -> tuple[list[Any], list[str]]:
    """Return the model's classes in the target's spelling."""
    labels = list(own)
    for label, place in zip(reversed(found), reversed(places), strict=True):
        labels[place] = label
    changed = [f"{new!r} for {old!r}" for new, old in zip(labels, own, strict=True) if repr(new) != repr(old)]
    note = f"the target spells the model's classes otherwise: {', '.join(changed[:5])}"
    return labels, [note] if changed else []


def _counted(own: list[Any], found: list[Any], positive: Any) -> tuple[list[Any], list[str]]:
    """Return the target's values in the places of a model's 0, 1, ..."""
    if len(found) != len(own):
        raise ModelRefused(
            f"the model knows its {len(own)} classes by number only (0 to {len(own) - 1}) and the target has the"
            f" {len(found)} values {listed(map(str, found))}",
            needed="as many values as classes, so that each can be matched",
            do="write the class numbers that the model was trained on into the target column",
        )
    labels = list(found)
    if len(labels) == 2 and places_of([positive], labels)[0] == 0:
        labels.reverse()  # a booster's 1 is the event
    pairs = ", ".join(f"{number} is {label!r}" for number, label in zip(own, labels, strict=True))
    return labels, [f"the model knows its classes by number only; they were matched to the target's values: {pairs}"]
