"""What a change of values did to the parts that the columns play."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from app.because import joined
from app.text import code_free, md
from app.wording import chance, value
from mispredict.investigation.desk import RowDetail
from mispredict.investigation.questions import Edited

MOST = 12  # lines of the table
LONGEST = 30  # characters of a value in a sentence


def moved(found: Edited, row: Mapping[str, Any], most: int = MOST) -> pd.DataFrame:
    """Return column, value, part before, part after, change: the columns put in anew, then what moved most with them.

    A column put in anew says both values: "312.5 → 96.9". Parts that did not move are left out.
    """
    lines = [
        (column, _values(column, found.changes, row), before, after, after - before)
        for column, before in found.before.values.items()
        for after in [found.after.values.get(column, 0.0)]
        if after != before or column in found.changes
    ]
    lines.sort(key=lambda line: (line[0] not in found.changes, -abs(line[4])))
    return pd.DataFrame(lines[:most], columns=["column", "value", "before", "after", "change"])


def _values(column: str, changes: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    own = value(row.get(column))
    return f"{own} → {value(changes[column])}" if column in changes else own


def edited_sentence(found: Edited, row: RowDetail, *, target: str, event: str) -> str:
    """Return what the model says of the changed row, in Markdown; `event` is the class whose probability is told."""
    changes = joined([change_words(column, row.values.get(column), to) for column, to in found.changes.items()])
    before, after = row.probabilities.get(event, 0.0), found.probabilities.get(event, 0.0)
    still = "still " if found.predicted == row.predicted else ""
    judged = "which is wrong" if found.is_error else "which is right"
    return (
        f"With {changes} the model {still}says **{md(f'{target} = {found.predicted}')}**, {judged}: the probability of "
        f"{md(event)} goes from {chance(before)} to {chance(after)}."
    )


def change_words(column: str, before: Any, after: Any) -> str:
    r"""Return one change for Markdown.

    >>> print(change_words("amount", 312.5, 96.9))
    **amount** 312\.5 → 96\.9
    """
    first, then = (code_free(value(cell), limit=LONGEST) for cell in (before, after))
    return f"**{md(column)}** {md(f'{first} → {then}')}"
