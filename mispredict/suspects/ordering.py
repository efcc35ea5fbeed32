"""The order of findings: the most serious first, then what explains most."""

from __future__ import annotations

from collections.abc import Iterable

from mispredict.suspects.suspect import SEVERITIES, Suspect


def in_order(suspects: Iterable[Suspect]) -> tuple[Suspect, ...]:
    """Return suspects by severity, then weight, then score within a kind; cleared ones stand as info."""
    return tuple(
        sorted(
            suspects,
            key=lambda one: (not one.is_open, SEVERITIES.index(one.severity), -one.weight, one.kind, -one.score),
        )
    )
