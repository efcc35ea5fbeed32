"""Answers to questions of one row, kept: a second look at the same thing costs nothing."""

from __future__ import annotations

from typing import cast

from mispredict.investigation.answering import ANSWERS, At
from mispredict.investigation.desk import Progress
from mispredict.investigation.found_rows import FoundRows
from mispredict.investigation.opened import Opened
from mispredict.investigation.opening import Models
from mispredict.investigation.questions import A, Question
from mispredict.investigation.steps import Steps
from mispredict.investigation.teaching import Seen
from mispredict.kept import Kept

MOST = 256  # answers in memory; each is a few kilobytes


class Answers:
    """What was asked of single rows of one investigation."""

    def __init__(self, opened: Opened, models: Models, steps: Steps, rows: FoundRows) -> None:
        self._opened, self._models, self._steps, self._rows = opened, models, steps, rows
        self._kept = Kept(None, most=MOST)
        self._held = Kept(None)

    def get(self, question: Question[A], progress: Progress) -> A:
        """Return the answer, made where nobody asked before."""
        return cast("A", self._kept.get(repr(question), lambda: self._made(question, progress)))

    def _made(self, question: Question[A], progress: Progress) -> A:
        model, found = self._models.get(question.of), self._rows.get(question.row)
        progress(0.1, "reading rows to compare with")
        background = self._models.background(question.of, self._steps)
        at = At(found, model, self._opened, background, self._seen, lambda other: self.get(other, progress))
        return cast("A", ANSWERS[type(question)](at, question, progress))

    def _seen(self) -> Seen:
        """Return the same frame each time: what was computed of it is kept by its identity."""
        return cast("Seen", self._held.get("seen", lambda: Seen.of(self._opened, self._steps)))
