"""Short names of rules, for lists and maps where the whole rule has no room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mispredict.errors.findings import Condition

LONGEST = 40  # characters
LONGEST_PART = 18
_SAYING_NOTHING = {"true", "false", "yes", "no", "none", "nan", "other", "unknown"}


def short_names(rules: Sequence[Sequence[Condition]]) -> list[str]:
    """Return a name of at most 40 characters for each rule, none twice: `app, amount > 312`."""
    names: list[str] = []
    for conditions in rules:
        name, number = short_name(conditions), 2
        first = name
        while name in names:
            end = f" ({number})"
            name, number = _cut(first, LONGEST - len(end)) + end, number + 1
        names.append(name)
    return names


def short_name(conditions: Sequence[Condition]) -> str:
    """Return a rule in a few words; "no rule" without conditions."""
    columns = list(dict.fromkeys(condition.column for condition in conditions))
    parts = [_part([one for one in conditions if one.column == column]) for column in columns]
    return _cut(", ".join(parts), LONGEST) or "no rule"


def _part(conditions: Sequence[Condition]) -> str:
    column = _cut(" ".join(conditions[0].column.split()), LONGEST_PART)
    bounds = {condition.op: condition.value for condition in conditions}
    if set(bounds) == {">", "<="}:
        return f"{column} {_text(bounds['>'])} to {_text(bounds['<='])}"
    return ", ".join(_of_one(column, condition) for condition in conditions)


def _of_one(column: str, condition: Condition) -> str:
    if condition.op == "is missing":
        return f"no {column}"
    if condition.op == "in":
        text = "/".join(_text(value) for value in condition.value)
        return _cut(text, LONGEST_PART) if all(_speaks(value) for value in condition.value) else f"{column} {text}"
    text = _text(condition.value)
    return text if condition.op == "=" and _speaks(condition.value) else f"{column} {condition.op} {text}"


def _speaks(value: Any) -> bool:
    """Return whether a value says what it is without its column."""
    return (
        isinstance(value, str)
        and sum(letter.isalpha() for letter in value) >= 3
        and value.lower() not in _SAYING_NOTHING
    )


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _cut(" ".join(str(value).split()), LONGEST_PART)
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
