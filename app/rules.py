"""Rules and tests of trees in the words of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.text import code_free
from app.wording import value
from mispredict.errors.findings import Condition

SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠", "in": "is one of", "not in": "is none of"}
WITHOUT_VALUE = ("is missing", "is present")
LONGEST = 80  # characters of a list of values


def rule_words(conditions: Sequence[Condition]) -> str:
    """Return a rule as the pages print it.

    >>> rule_words([Condition("app", "=", "5.12.0"), Condition("age", "<=", 30.0)])
    'app = 5.12.0 and age ≤ 30'
    """
    return " and ".join(f"{c.column} {asked_words(c.op, c.value)}" for c in conditions) or "all rows"


def asked_words(op: str, against: Any) -> str:
    """Return what is asked of a column.

    >>> asked_words("<", 0.5), asked_words("is present", None), asked_words("not in", ["a", "b"]), asked_words("=", "")
    ('< 0.5', 'is present', 'is none of a, b', "= ''")
    """
    if op in WITHOUT_VALUE:
        return op
    return f"{SIGNS.get(op, op)} {code_free(_against(against), limit=LONGEST)}"


def _against(against: Any) -> str:
    if isinstance(against, (list, tuple)):
        return ", ".join(value(part) or "''" for part in against)
    return value(against) or "''"
