"""The smallest changes that turn a prediction around, in sentences."""

from __future__ import annotations

from app.because import joined
from app.moved import change_words
from app.text import md
from app.wording import chance
from explainers.flips import Flip
from mispredict.investigation.desk import Description, RowDetail


def flip_sentence(flip: Flip, what: Description, row: RowDetail, *, event: str) -> str:
    """Return a flip in Markdown: the changes, what the model says then, and how probable the event is then."""
    changes = joined([change_words(c.column, c.before, c.after) for c in flip.changes])
    make = "makes" if len(flip.changes) == 1 else "make"
    return f"{changes} {make} it {_then(what, row)} (probability of {md(event)}: {chance(flip.score)})"


def _then(what: Description, row: RowDetail) -> str:
    others = [class_ for class_ in what.classes if class_ != row.predicted]
    return md(others[0]) if len(what.classes) == 2 and others else f"another class than {md(row.predicted)}"
