"""Answers to questions of one row as lines for a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explainers.agreement import Agreement
from explainers.explanation import Explanation
from explainers.flips import Flip, Flips
from explainers.votes import Votes
from mispredict.investigation.questions import Edited, Taught

SHOWN = 15  # columns on a terminal; --json has all
CELLS = 6  # of a training row


def in_words(answer: Any) -> list[str]:
    """Return the answer as lines."""
    return WORDS[type(answer)](answer)


def _explanation(found: Explanation) -> list[str]:
    ordered = sorted(found.values.items(), key=lambda item: -abs(item[1]))
    lines = [f"row {found.row}, class {found.class_}, {found.method} in {found.unit}", f"{found.base:+12.6f}  base"]
    lines += [f"{value:+12.6f}  {column}" for column, value in ordered[:SHOWN]]
    rest = ordered[SHOWN:]
    lines += [f"{sum(v for _, v in rest):+12.6f}  {len(rest)} other columns"] if rest else []
    whose = "the row's surprise" if found.method == "surprise" else "the model's answer"
    return [*lines, f"{found.score:12.6f}  {whose}", *found.notes]


def _votes(found: Votes) -> list[str]:
    lines = [f"row {found.row}: {found.wrong} of {found.trees} trees voted against the truth, {found.truth}"]
    for path in found.paths:
        steps = "; ".join(
            f"{s.column} {s.op} {'' if s.threshold is None else _cell(s.threshold)}".strip() for s in path.splits
        )
        lines.append(f"tree {path.tree + 1:4d} answers {path.leaf:+.4f}: {steps or 'no split'}")
    return [*lines, *found.notes]


def _thresholds(found: tuple[Any, ...]) -> list[str]:
    if not found:
        return ["no threshold near the row changes a tree's answer"]
    return [
        f"{near.column} = {_cell(near.value)}: {near.change:+.6g} and {near.trees} of {near.of} trees change their "
        f"answer; the score is then {near.score:.4f} ({near.unit})"
        for near in found[:SHOWN]
    ]


def _agreement(found: Agreement) -> list[str]:
    heads = [*(e.method for e in found.explanations), "knock-out"]
    columns = [*(e.values for e in found.explanations), found.knock_out.changes]
    first = sorted(found.knock_out.changes, key=lambda c: -abs(found.knock_out.changes[c]))[:SHOWN]
    lines = [f"row {found.row}, class {found.class_}", "".join(f"{head:>12}" for head in heads)]
    lines += ["".join(f"{values.get(c, 0.0):+12.4f}" for values in columns) + f"  {c}" for c in first]
    refused = [f"{method} can't serve: {why}" for method, why in found.refused.items()]
    return [*lines, *found.sentences, *refused, *found.knock_out.notes]


def _taught(found: Taught) -> list[str]:
    lines = [f"nearest training rows by {found.space}", f"{'distance':>10}  {'true':>8}  {'probability':>11}"]
    for record in found.rows.to_dict("records"):
        cells = list(record.items())[3 : 3 + CELLS]
        own = ", ".join(f"{column}={_cell(cell)}" for column, cell in cells)
        lines.append(f"{record['distance']:10.4f}  {record['truth']:>8}  {record['probability']:11.4f}  {own}")
    return [*lines, *found.notes]


def _edited(found: Edited) -> list[str]:
    changes = ", ".join(f"{column} = {_cell(value)}" for column, value in found.changes.items())
    before, after = found.before, found.after
    moved = {c: after.values.get(c, 0.0) - v for c, v in before.values.items()}
    first = sorted(moved, key=lambda c: -abs(moved[c]))[:SHOWN]
    verdict = "an error" if found.is_error else "right"
    lines = [
        f"with {changes}: predicted {found.predicted}, {verdict}",
        f"{before.score:12.6f}  score before ({before.unit} of {before.class_})",
        f"{after.score:12.6f}  score after",
    ]
    return [*lines, *(f"{moved[c]:+12.6f}  {c}" for c in first if moved[c]), *after.notes]


def _flips(found: Flips) -> list[str]:
    head = f"row {found.row}: probability {found.before:.4f}, threshold {found.threshold:g}"
    return [head, *map(_flip, found.flips), f"searched {found.searched}", *found.notes]


def _flip(flip: Flip) -> str:
    changes = " and ".join(f"{c.column} {_cell(c.before)} -> {_cell(c.after)}" for c in flip.changes)
    return f"{changes}: probability {flip.score:.4f} (size {flip.size:.3g})"


def _cell(value: Any) -> str:
    if value is None:
        return "missing"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


WORDS: dict[type, Callable[[Any], list[str]]] = {
    Explanation: _explanation,
    Votes: _votes,
    tuple: _thresholds,
    Agreement: _agreement,
    Taught: _taught,
    Edited: _edited,
    Flips: _flips,
}
