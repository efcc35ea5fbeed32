"""An explanation as text to paste somewhere else: Markdown for people, JSON for programs."""

from __future__ import annotations

import json
from typing import Any

from app.because import ranked
from app.text import code_free, md
from app.wording import chance, digits_for, number, sentence, signed, value
from explainers.explanation import Explanation
from mispredict.investigation.desk import RowDetail
from mispredict.report.answer import answer_json

LONGEST = 60  # characters of a cell


def as_json(said: Explanation) -> str:
    """Return what `mispredict explain --json` prints."""
    return json.dumps(answer_json(said), indent=1, allow_nan=False)


def as_markdown(said: Explanation, found: RowDetail, *, target: str, method: str) -> str:
    """Return a head line, the table of columns, values and parts, and the notes; no value can be Markdown."""
    digits = digits_for(said.values.values())
    lines = [
        _head(found, target),
        "",
        f"{md(method)}, {md(said.unit)} of {md(target)} = {md(said.class_)}{_adds_up(said)}.",
        "",
        f"| column | value | part, {md(said.unit)} |",
        "| --- | --- | ---: |",
        *(f"| {md(column)} | {_cell(found.values.get(column))} | {signed(part, digits)} |"
          for column, part in ranked(said.values)),
    ]  # fmt: skip
    notes = [f"- {sentence(note)}" for note in said.notes]
    return "\n".join([*lines, *(["", *notes] if notes else [])]) + "\n"


def _adds_up(said: Explanation) -> str:
    span = f": from {number(said.base)} to {number(said.score)}"
    return span if said.additive else "; the parts need not add up"


def _head(found: RowDetail, target: str) -> str:
    p = found.probabilities.get(str(found.predicted), 0.0)
    verdict = f"it is {md(found.truth)}" if found.is_error else "that is right"
    return (
        f"**Row {md(found.id)}** was called {md(target)} = {md(found.predicted)} with probability {chance(p)}; "
        f"{verdict} (surprise {number(found.surprise)} nats)."
    )


def _cell(cell: Any) -> str:
    return md(code_free(value(cell), limit=LONGEST))
