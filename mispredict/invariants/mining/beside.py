"""Suggestions held to the examined table: what training kept and this one breaks is worth a look."""

from __future__ import annotations

from dataclasses import replace

from mispredict.invariants.document import invariants_of
from mispredict.invariants.ground import Ground
from mispredict.invariants.judging import judge_table
from mispredict.invariants.mining.suggesting import Suggestions
from mispredict.invariants.mining.text import entry_text


def judged_beside(found: Suggestions, ground: Ground) -> Suggestions:
    """Return the suggestions with what came of each on another table than the one that they were mined from."""
    invariants = [invariants_of(entry_text(one.section, one.column, one.entry))[0] for one in found.suggestions]
    outcomes = judge_table(invariants, ground)
    judged = [
        replace(one, state=outcome.state, words=outcome.words)
        for one, outcome in zip(found.suggestions, outcomes, strict=True)
    ]
    return replace(found, suggestions=tuple(judged), judged_on=ground.table.name)
