"""Cases without what should not leave the house: chosen columns dropped, or replaced by a keyed hash.

A plain hash of a phone number is undone by hashing all phone numbers, so hashing needs a key that stays at home. The
same key gives the same text for the same value, and so the same bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mispredict.bad_input import BadInput
from mispredict.obvious.case import Case

FIELDS = ("id", "source.row", "promoted_by", "owner", "incident", "reason")  # beside the features
KEPT = ("id", "reason")  # that every case needs: they are hashed, never dropped
SHORTEST_KEY = 16  # characters


@dataclass(frozen=True)
class Redaction:
    """What is left out and what is hashed."""

    drop: tuple[str, ...] = ()
    hash_: tuple[str, ...] = ()
    key: str = ""

    def __post_init__(self) -> None:
        if self.hash_ and len(self.key) < SHORTEST_KEY:
            raise BadInput(
                "columns to hash and no key, or a short one",
                needed=f"a secret of at least {SHORTEST_KEY} characters: without it a hash is undone by trying",
                do="put one into a variable and say --hash-key-env NAME",
            )
        if "source.row" in (*self.drop, *self.hash_) and "id" not in self.hash_:
            raise BadInput("source.row to hide and id to keep", needed="both: an id is made of it", do="say --hash id")
        if kept := [name for name in self.drop if name in KEPT]:
            raise BadInput(f"{kept[0]} to drop", needed="a case with an id and a reason", do=f"say --hash {kept[0]}")


def redacted(cases: Sequence[Case], asked: Redaction, needed: Collection[str]) -> tuple[Case, ...]:
    """Return the cases without the columns; raises BadInput for one that is not there, or that a model reads.

    `needed` are the columns that the models read, which have to stay for the cases to be checked.
    """
    for name in (*asked.drop, *asked.hash_):
        _require_free(name, cases, needed)
    names = {case.id: _digest(asked.key, case.id) for case in cases} if "id" in asked.hash_ else {}
    return tuple(_renamed(_without(case, asked), names) for case in cases)


def _require_free(name: str, cases: Sequence[Case], needed: Collection[str]) -> None:
    if name in FIELDS:
        return
    if not any(name in case.row for case in cases):
        columns = sorted({column for case in cases for column in case.row})
        raise BadInput(f"no column {name!r}", needed=f"one of {', '.join([*FIELDS, *columns])}", do="check the name")
    if name in needed:
        raise BadInput(
            f"the column {name!r}, which the model reads",
            needed="a column that no model needs: without it a case can't be checked",
            do="keep it, or export for a model that does not read it",
        )


def _without(case: Case, asked: Redaction) -> Case:
    row = {name: value for name, value in case.row.items() if name not in asked.drop}
    hashed = [name for name in asked.hash_ if name in row]
    row.update({name: None if row[name] is None else _digest(asked.key, row[name]) for name in hashed})
    dtypes = {name: "str" if name in hashed else case.dtypes[name] for name in row}
    categories = {name: values for name, values in case.categories.items() if name in row and name not in hashed}
    shares = case.explanation.values if case.explanation else {}
    explanation = None if {*asked.drop, *hashed} & set(shares) else case.explanation
    return _fields(replace(case, row=row, dtypes=dtypes, categories=categories, explanation=explanation), asked)


def _fields(case: Case, asked: Redaction) -> Case:
    source = replace(case.source, row=_said(case.source.row, "source.row", asked) or "redacted")
    return replace(
        case,
        source=source,
        promoted_by=_said(case.promoted_by, "promoted_by", asked) or "redacted",
        owner=_said(case.owner, "owner", asked),
        incident=_said(case.incident, "incident", asked),
        reason=_said(case.reason, "reason", asked) or "redacted",
    )


def _said(value: str | None, name: str, asked: Redaction) -> str | None:
    if value is None or name in asked.drop:
        return None
    return _digest(asked.key, value) if name in asked.hash_ else value


def _renamed(case: Case, names: dict[str, str]) -> Case:
    if case.id not in names:
        return case
    other = case.expect.compared_with
    expect = case.expect if other is None else replace(case.expect, value=names.get(other, other))
    return replace(case, id=names[case.id], expect=expect)


def _digest(key: str, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return "h-" + hmac.new(key.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:24]
