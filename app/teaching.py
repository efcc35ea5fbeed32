"""What the training rows near one row are labelled, in a sentence."""

from __future__ import annotations

from collections import Counter

from app.because import joined
from app.text import md
from app.wording import count
from mispredict.investigation.desk import RowDetail
from mispredict.investigation.questions import Taught


def taught_sentence(found: Taught, row: RowDetail) -> str:
    """Return how many of the nearest rows carry which label, in Markdown, the commonest first."""
    labels = Counter(found.rows["truth"].astype(str))
    (first, most), *others = labels.most_common()
    head = f"**{_many(most, len(found.rows))} nearest training rows are {_labelled(first)}**"
    rest = [f"{count(rows)} {_labelled(label)}" for label, rows in others]
    return f"{head}{_whose(first, row)}{f'; {joined(rest)}' if rest else ''}."


def _many(some: int, of: int) -> str:
    return f"All {count(of)}" if some == of else f"{count(some)} of the {count(of)}"


def _labelled(label: str) -> str:
    return f"labelled {md(label)}" if label else "without a label"


def _whose(label: str, row: RowDetail) -> str:
    if label == str(row.truth):
        return ", as this row is"
    return ", as the model called this row" if label == str(row.predicted) else ""
