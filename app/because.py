"""Explanations in sentences: which of the row's values moved the model, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.text import code_free, md
from app.wording import digits_for, number, signed, value
from explainers.explanation import Explanation

NAMED = 3  # columns in a sentence
LONGEST = 40  # characters of a value in a sentence

Part = tuple[str, float]  # a column and what it adds


def ranked(values: Mapping[str, float]) -> list[Part]:
    """Return the parts, the largest first whatever their sign."""
    return sorted(values.items(), key=lambda part: -abs(part[1]))


def cell(column: str, values: Mapping[str, Any]) -> str:
    r"""Return a column with the row's value, for Markdown.

    >>> print(cell("amount", {"amount": 312.5}))
    amount \= 312\.5
    """
    return md(f"{column} = {code_free(value(values.get(column)), limit=LONGEST)}")


def why_sentence(said: Explanation, values: Mapping[str, Any], towards: str) -> str:
    """Return the columns that moved the score of a class most; `towards` is Markdown."""
    parts = ranked(said.values)
    first = [part for part in parts[:NAMED] if part[1] != 0.0]
    if not first:
        return f"No column moves the {md(said.unit)} of {towards}."
    digits = digits_for(part for _, part in first)
    words = ", ".join(f"**{cell(column, values)}** ({signed(part, digits)})" for column, part in first)
    rest = sum(part for _, part in parts[NAMED:])
    others = f"; all other columns together {signed(rest, digits)}" if said.additive and len(parts) > NAMED else ""
    return f"What moved the {md(said.unit)} of {towards} most: {words}{others}."


def why_reading(said: Explanation) -> str:
    """Return how the bars of an explanation are read."""
    unit = md(said.unit)
    if not said.additive:
        return f"Bars are the method's weights in {unit}; they need not add up to the model's answer."
    return (
        f"From {number(said.base)}, the {unit} before anything is known of the row, to the model's own "
        f"{number(said.score)}. Orange to the right raises it, blue to the left lowers it."
    )


def loss_sentence(said: Explanation, values: Mapping[str, Any], *, aside: str) -> str:
    """Return which values push the row from its true class; `aside` says where to, e.g. "to the wrong side"."""
    pushing = [part for part in ranked(said.values) if part[1] > 0.0][:NAMED]
    where = f"its surprise is {number(said.score, 2)} nats"
    if not pushing:
        return f"No value pushed the model {aside}; {where}."
    words = joined([f"**{cell(column, values)}**" for column, _ in pushing])
    together = signed(sum(part for _, part in pushing), 2)
    return (
        f"{words} pushed the model {aside}: {together} nats. In all {where}; ordinary rows would have "
        f"{number(said.base, 2)} on average if they were labelled {md(said.class_)}."
    )


def loss_reading(said: Explanation) -> str:
    """Return how the bars of a surprise are read."""
    return (
        f"From {number(said.base)} nats, the mean surprise of background rows if {md(said.class_)} were their true "
        f"class, to this row's {number(said.score)}. Orange to the right pushes the model away from the truth, blue to "
        "the left towards it."
    )


def joined(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    >>> joined(["a", "b", "c"]), joined(["a", "b"]), joined(["a"])
    ('a, b and c', 'a and b', 'a')
    """
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
