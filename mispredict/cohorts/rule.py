"""A rule as a tree: comparisons of columns with values, joined by and, or and not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mispredict.cohorts.spelling import name_source, value_source
from mispredict.errors.findings import Condition

Sign = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "is missing", "is present"]


@dataclass(frozen=True)
class Comparison:
    """One column against values: one for a sign such as `<=`, any number for `in`, none for `is missing`."""

    column: str
    sign: Sign
    values: tuple[Any, ...] = ()  # numbers, texts (times too) and truth values, as the column holds them


@dataclass(frozen=True)
class Every:
    """Every part holds; without parts every row does."""

    parts: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Either:
    """At least one part holds."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Not:
    """The part is known not to hold."""

    part: Rule


Rule = Comparison | Every | Either | Not
EVERY_ROW = Every()


def rule_of(conditions: Sequence[Condition]) -> Rule:
    """Return the rule that a slice's or a cluster's conditions are."""
    parts = tuple(_comparison(condition) for condition in conditions)
    return parts[0] if len(parts) == 1 else Every(parts)


def _comparison(condition: Condition) -> Comparison:
    if condition.op == "is missing":
        return Comparison(condition.column, "is missing")
    values = tuple(condition.value) if condition.op == "in" else (condition.value,)
    return Comparison(condition.column, condition.op, values)


def rule_source(rule: Rule | Sequence[Condition]) -> str:
    """Return the rule as text that `parse_rule` reads back to the same rows."""
    return _source(rule if isinstance(rule, Rule) else rule_of(rule), inside=False)


def _source(rule: Rule, *, inside: bool) -> str:
    if isinstance(rule, Comparison):
        return _comparison_source(rule)
    if isinstance(rule, Not):
        return f"not {_source(rule.part, inside=True)}"
    if not rule.parts:
        return "all rows" if isinstance(rule, Every) else "not all rows"
    if len(rule.parts) == 1:
        return _source(rule.parts[0], inside=inside)
    joined = (" and " if isinstance(rule, Every) else " or ").join(_source(part, inside=True) for part in rule.parts)
    return f"({joined})" if inside else joined


def _comparison_source(one: Comparison) -> str:
    name, values = name_source(one.column), [value_source(value) for value in one.values]
    if one.sign in ("is missing", "is present"):
        return f"{name} {one.sign}"
    return (
        f"{name} {one.sign} ({', '.join(values)})" if one.sign in ("in", "not in") else f"{name} {one.sign} {values[0]}"
    )


def comparisons_of(rule: Rule) -> Iterator[Comparison]:
    """Yield the comparisons of a rule, from left to right."""
    if isinstance(rule, Comparison):
        yield rule
    else:
        for part in (rule.part,) if isinstance(rule, Not) else rule.parts:
            yield from comparisons_of(part)


def columns_of(rule: Rule) -> tuple[str, ...]:
    """Return the columns that the rule reads, each once."""
    return tuple(dict.fromkeys(one.column for one in comparisons_of(rule)))


def normal(rule: Rule) -> Rule:
    """Return the rule with joins inside joins of their own kind made flat: what text can tell apart."""
    if isinstance(rule, Comparison):
        return rule
    if isinstance(rule, Not):
        return Not(normal(rule.part))
    parts = [normal(part) for part in rule.parts]
    kind = type(rule)
    flat = tuple(one for part in parts for one in (part.parts if isinstance(part, kind) else (part,)))
    if not flat and isinstance(rule, Either):
        return Not(EVERY_ROW)
    return flat[0] if len(flat) == 1 else kind(flat)
