"""Findings as lines for a terminal."""

from __future__ import annotations

from mispredict.suspects.suspect import Clearing, Judged, Suspect, Suspicions


def in_words(found: Suspicions) -> list[str]:
    """Return all findings, the checks that passed and those that could not be judged, as lines."""
    return [
        _head(found),
        *(line for one in found.suspects for line in _finding(one)),
        *(f"passed      {_check(one)}" for one in found.passed),
        *(f"not judged  {kind}: {why}" for kind, why in found.not_judged.items()),
        *found.notes,
    ]


def _head(found: Suspicions) -> str:
    opened = [one for one in found.suspects if one.is_open]
    counts = [(severity, sum(one.severity == severity for one in opened)) for severity in ("certain", "suspected")]
    counts += [("info", sum(one.severity == "info" for one in opened)), ("cleared", len(found.suspects) - len(opened))]
    said = ", ".join(f"{count} {word}" for word, count in counts if count) or "nothing found"
    passed = len(found.passed)
    return f"{said}; {passed} check{'s' * (passed != 1)} passed, {len(found.not_judged)} not judged"


def _finding(one: Suspect) -> list[str]:
    word = one.severity if one.is_open else "cleared"
    lines = [f"{word:<12}{one.kind} {', '.join(one.culprits)} [{one.key}]".replace("  [", " ["), _more("", one.summary)]
    if one.of_surprise is not None and one.of_errors is not None and one.of_rows is not None:
        parts = f"{one.of_surprise:.0%} of the surprise, {one.of_errors:.0%} of the errors, {one.of_rows:.1%} of rows"
        lines.append(_more("its rows hold", parts))
    lines += [_more("cleared", _clearing(one.cleared))] if one.cleared is not None else []
    if one.is_open:
        lines += [_more("do next", one.next_step), _more("cleared if", one.cleared_by)]
    return lines


def _clearing(word: Clearing) -> str:
    return f"{'' if word.holds else 'for other data, '}by {word.by}, {word.at}: {word.reason}"


def _more(name: str, text: str) -> str:
    return f"{'':<12}{name + ': ' if name else ''}{text}"


def _check(one: Judged) -> str:
    return f"{one.kind}: {one.looked_at}"
