"""Candidates that others say already."""

from __future__ import annotations

from collections.abc import Sequence

from mispredict.invariants.mining.candidate import Candidate


def without_implied(kept: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without orders that follow from others, and dependences that say what stays."""
    orders = {(one.entry["column"], one.entry["at_most"]) for one in kept if one.kind == "order"}
    staying = {(_whose(one), one.entry["constant"]) for one in kept if one.kind == "constant"}
    return [one for one in kept if not _is_implied(one, orders, staying)]


def _is_implied(one: Candidate, orders: set[tuple[str, str]], staying: set[tuple[tuple[str, ...], str]]) -> bool:
    if one.kind == "order":
        low, high = one.entry["column"], one.entry["at_most"]
        middles = {other for first, other in orders if first == low} & {
            first for first, other in orders if other == high
        }
        return bool(middles - {low, high})
    if one.kind == "decides":
        return (tuple(one.entry["columns"]), one.entry["decide"]) in staying
    return False


def _whose(one: Candidate) -> tuple[str, ...]:
    entity = one.entry["entity"]
    return (entity,) if isinstance(entity, str) else tuple(entity)
