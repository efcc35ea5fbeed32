"""What rows are looked at: a rule's, a cluster's, those of a list of ids, or all."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mispredict.bad_input import RuleRefused

MOST_IDS = 200_000  # a lasso holds some thousands; more is a rule


@dataclass(frozen=True)
class Selection:
    """Rows that satisfy all that is given; nothing given: all rows."""

    rule: str = ""  # as people type it, see cohorts/language.py
    cluster: int | None = None  # its errors, by Cluster.id
    ids: tuple[str, ...] = ()  # as of a lasso

    @property
    def is_everything(self) -> bool:
        """Return whether all rows are meant."""
        return self == EVERYTHING

    def to_text(self) -> str:
        """Return the selection as one compact text, the same for equal selections.

        >>> print(Selection(rule="amount > 300").to_text())
        {"rule":"amount > 300"}
        """
        given = {"rule": self.rule, "cluster": self.cluster, "ids": list(self.ids)}
        kept = {name: value for name, value in given.items() if value not in ("", None, [])}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


EVERYTHING = Selection()


def from_text(text: str) -> Selection:
    """Return the selection that `to_text` wrote; raises RuleRefused for any other text."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or not _is_well_formed(given):
        raise RuleRefused(
            "a selection that can't be read",
            needed='an object with rule (text), cluster (a number) or ids (a list of texts), {"rule":"amount > 300"}',
            do="copy the whole of it, or select the rows again",
        )
    return Selection(given.get("rule", ""), given.get("cluster"), tuple(given.get("ids", ())))


def _is_well_formed(given: dict[str, object]) -> bool:
    rule, cluster, ids = given.get("rule", ""), given.get("cluster", 0), given.get("ids", [])
    return (
        given.keys() <= {"rule", "cluster", "ids"}
        and isinstance(rule, str)
        and isinstance(cluster, int)
        and not isinstance(cluster, bool)
        and isinstance(ids, list)
        and all(isinstance(one, str) for one in ids)
    )
