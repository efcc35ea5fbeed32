"""What every case must satisfy, whoever made it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from mispredict.bad_input import BadInput

if TYPE_CHECKING:  # a case asks for these when it is made
    from mispredict.obvious.case import Case

Severity = Literal["blocker", "major", "minor"]
SEVERITIES: tuple[str, ...] = get_args(Severity)
RANK = {severity: place for place, severity in enumerate(SEVERITIES)}
LONGEST_REASON = 10_000  # characters: a paragraph or two; a log file belongs behind the incident's link
LONGEST_NAME = 200  # characters of a name, an incident or an id: what still fits in a line

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class CaseRefused(BadInput):
    """A case that can't be kept or read."""


def is_as_bad(severity: Severity, as_what: Severity) -> bool:
    """Return whether a severity is at least another one.

    >>> is_as_bad("blocker", "major"), is_as_bad("minor", "major")
    (True, False)
    """
    return RANK[severity] <= RANK[as_what]


def require_reason(reason: Any) -> None:
    """Refuse a reason that says nothing, or a book; raises CaseRefused."""
    if not isinstance(reason, str) or not reason.strip() or len(reason) > LONGEST_REASON:
        raise refusal(f"a reason of {len(str(reason))} characters", f"1 to {LONGEST_REASON} that say why")


def require_text(case: Case) -> None:
    """Refuse ids, severities, names and times that nobody can read again; raises CaseRefused."""
    if not isinstance(case.id, str) or not _ID.fullmatch(case.id):
        raise refusal(f"the case id {case.id!r}", "at most 200 letters, digits, dots, dashes and underscores")
    if case.severity not in SEVERITIES:
        raise refusal(f"the severity {case.severity!r}", f"one of {', '.join(SEVERITIES)}")
    require_reason(case.reason)
    _require_name(case.promoted_by, "who promoted it")
    _require_time(case.promoted_at, "the time of promotion")
    if case.incident is not None:
        _require_name(case.incident, "the incident")
    if case.owner is not None:
        _require_name(case.owner, "the owner")
    for tag in case.tags:
        _require_name(tag, "the tag")
    if case.expires is not None:
        _require_time(case.expires, "the last day")


def _require_name(name: Any, what: str) -> None:
    if not isinstance(name, str) or not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise refusal(f"{what}: {str(name)[:80]!r}", f"one line of 1 to {LONGEST_NAME} printable characters")


def _require_time(text: Any, what: str) -> None:
    try:
        datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise refusal(f"{what}: {text!r}", "an ISO date or time, such as 2026-01-31") from None


def require_types(case: Case) -> None:
    """Refuse a row without a type for each value, or with a value of none; raises CaseRefused."""
    if not isinstance(case.row, dict) or not case.row:
        raise refusal(f"the case {case.id} with no row", "at least one feature")
    untyped = [name for name in case.row if not isinstance(case.dtypes.get(name), str)]
    if untyped:
        raise refusal(f"the case {case.id} with no type for {untyped[0]!r}", "a type for every feature")
    for name, value in case.row.items():
        if isinstance(value, (list, dict)):
            raise refusal(f"the case {case.id} with a {type(value).__name__} in {name!r}", "a JSON scalar")
        if value is not None and name in case.categories and value not in case.categories[name]:
            raise refusal(f"the case {case.id} with {value!r} in {name!r}", "one of that column's categories")


def require_classes(case: Case) -> None:
    """Refuse an expectation of a class that the model never answers; raises CaseRefused."""
    if len(case.model.classes) < 2:
        raise refusal(f"the case {case.id} with the classes {case.model.classes!r}", "at least two classes")
    if case.expect.of not in case.model.classes:
        known = ", ".join(map(repr, case.model.classes))
        raise refusal(f"the case {case.id} that expects the class {case.expect.of!r}", f"one of {known}")


def refusal(found: str, needed: str) -> CaseRefused:
    """Return what is raised for a case that can't be kept."""
    return CaseRefused(found, needed=needed, do="correct the case or promote the row again")
