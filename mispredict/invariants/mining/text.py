"""Suggestions as the text of a file of invariants, a comment a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import yaml

from mispredict.invariants.document import SECTIONS

if TYPE_CHECKING:
    from mispredict.invariants.mining.suggesting import Suggestion, Suggestions


def entry_text(section: str, column: str, entry: dict[str, Any]) -> str:
    """Return one entry as a document of its own."""
    content: Any = {section: {column: entry} if section == "columns" else [entry]}
    return str(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1_000_000))


def file_text(found: Suggestions, chosen: Sequence[Suggestion] | None = None) -> str:
    """Return the file: all suggestions, or those that were chosen."""
    suggestions = found.suggestions if chosen is None else tuple(chosen)
    parts = [f"# {line}" for line in told(found)]
    for section in SECTIONS:
        own = [one for one in suggestions if one.section == section]
        if own:
            parts += ["", f"{section}:", *(_columns(own) if section == "columns" else _entries(own))]
    return "\n".join(parts) + "\n"


def told(found: Suggestions) -> list[str]:
    """Return where the suggestions come from and how often they are wrong, as lines."""
    order = f"by {_plain(found.by)}" if found.by else "in the order of the rows"
    return [
        f"Suggested from {found.rows:,} of {found.of:,} rows of {_plain(found.table)}.",
        "Read each line, and take out what is chance.",
        f"Of {found.windows} windows {order}, {found.broke} broke a claim without exceptions that all others keep",
        f"(95 %: at most {100 * found.broke_high:.0f} % of such windows do).",
        f"Learned bounds and bands: passed in at most {100 * found.rate:g} % of sound tables of {found.asked:,} rows.",
        *_broken(found),
    ]


def _broken(found: Suggestions) -> list[str]:
    if not found.judged_on:
        return []
    return [f"{len(found.broken)} of {len(found.suggestions)} are broken in {_plain(found.judged_on)}."]


def _columns(own: Sequence[Suggestion]) -> list[str]:
    """Return the rules of each column: those that all rows keep as one entry, others as entries of their own."""
    lines = []
    for column in dict.fromkeys(one.column for one in own):
        rules = [one for one in own if one.column == column]
        strict = [one for one in rules if not one.allowed]
        together = {key: value for one in strict for key, value in one.entry.items()}
        entries = ([together] if together else []) + [one.entry for one in rules if one.allowed]
        comments = ([_comment(strict)] if together else []) + [_comment([one]) for one in rules if one.allowed]
        if len(entries) == 1:
            lines.append(f"  {_flow(column)}: {_flow(entries[0])}{comments[0]}")
        else:
            lines.append(f"  {_flow(column)}:")
            lines += [f"    - {_flow(entry)}{said}" for entry, said in zip(entries, comments, strict=True)]
    return lines


def _entries(own: Sequence[Suggestion]) -> list[str]:
    return [f"  - {_flow(one.entry)}{_comment([one])}" for one in own]


def _flow(value: Any) -> str:
    text = str(yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=1_000_000))
    plain = text.removesuffix("\n").removesuffix("\n...")
    return json.dumps(value, ensure_ascii=False) if "\n" in plain else plain  # JSON is YAML, and stays on its line


def _comment(suggestions: Sequence[Suggestion]) -> str:
    allowed = suggestions[0].allowed
    exceptions = f", {allowed:,} may break it" if allowed else ""
    broken = [_plain(one.words) for one in suggestions if one.state == "broken"]
    here = "".join(f"; broken in the examined table: {words}" for words in broken)
    return f"  # {min(one.rows for one in suggestions):,} rows speak for it{exceptions}{here}"


def _plain(text: str) -> str:
    """Return text that stays in its comment."""
    return " ".join(text.split())
