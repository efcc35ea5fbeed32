"""A check as Markdown, for a comment on a pull request. What cases say is text: never markup, a mention or a link."""

from __future__ import annotations

import re

from mispredict.obvious.case import Case
from mispredict.obvious.check import CheckResult, Outcome
from mispredict.obvious.matrix import Matrix
from mispredict.obvious.requiring import RANK

MOST = 50  # cases in full; a comment of more is not read, and a host cuts it off
SIGNS = {"passed": "✓ passed", "failed": "✕ failed", "unchecked": "? unchecked", "expired": "– expired"}
_MARKUP = re.compile(r"[\\`*_{}\[\]()#+\-.!|<>&@~:/=$^\"']")


def plain(value: object) -> str:
    """Return a value as Markdown that reads as the value itself, in one line.

    >>> plain("@all <b>*now*</b>")
    '&#64;all &#60;b&#62;&#42;now&#42;&#60;&#47;b&#62;'
    """
    line = " ".join(str(value).split())
    return _MARKUP.sub(lambda sign: f"&#{ord(sign[0])};", line)


def markdown(matrix: Matrix) -> str:
    """Return the check: a sentence, a table of the cases that some model breaks, and each of these in full."""
    broken = [
        (case, outcomes) for case, outcomes in matrix.rows if any(o.status in ("failed", "unchecked") for o in outcomes)
    ]
    broken.sort(key=lambda pair: (RANK[pair[0].severity], pair[0].id))
    lines = ["## Obvious set", "", *(_sentence(result) for result in matrix.results), ""]
    if broken:
        lines += [*_table(matrix, broken), "", *(line for case, found in broken[:MOST] for line in _full(case, found))]
    if len(broken) > MOST:
        lines.append(f"{MOST} of {len(broken)} broken cases are told in full.")
    return "\n".join(lines).rstrip() + "\n"


def _sentence(result: CheckResult) -> str:
    passed, judged = result.count("passed"), len(result.outcomes) - result.count("expired")
    words = "gets every case right" if passed == judged else f"breaks {judged - passed} of {judged} cases"
    expired = f"; {result.count('expired')} expired" if result.count("expired") else ""
    return f"- **{plain(result.model)}** {words}{expired}."


def _table(matrix: Matrix, broken: list[tuple[Case, tuple[Outcome, ...]]]) -> list[str]:
    names = [plain(result.model) for result in matrix.results]
    rows = [
        f"| {plain(case.id)} | {case.severity} | {' | '.join(SIGNS[o.status] for o in outcomes)} |"
        for case, outcomes in broken[:MOST]
    ]
    return [f"| case | severity | {' | '.join(names)} |", "| --- |" * 1 + " --- |" * (1 + len(names)), *rows]


def _full(case: Case, outcomes: tuple[Outcome, ...]) -> list[str]:
    asked = f"; ask {plain(case.owner)}" if case.owner else ""
    incident = f" ({plain(case.incident)})" if case.incident else ""
    told = [f"  - {_said(o)}" for o in outcomes if o.status in ("failed", "unchecked")]
    return [f"- **{plain(case.id)}**, {case.severity}: {plain(case.reason)}{incident}{asked}", *told]


def _said(outcome: Outcome) -> str:
    if outcome.error:
        return plain(outcome.error)
    return f"expected {plain(outcome.wanted)}, got {plain(outcome.given)}"
