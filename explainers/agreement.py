"""Do the methods agree on one row? All of them side by side, with a measured referee, and the answer in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from explainers.disputes import dispute_sentences, referee_of, voice_of
from explainers.explanation import Explanation, Unsupported
from explainers.knock_out import KnockOut, knock_out
from explainers.rankings import REFEREE, correlate, ranking_sentences
from explainers.refusing import asked

POOR_FIT = 0.5  # R2 of a local model: below it most of what the model does around the row is missed


@dataclass(frozen=True)
class Agreement:
    """Every method's explanation of one row and class, the knock-out, and where they agree."""

    row: str
    class_: Any
    explanations: tuple[Explanation, ...]  # of every method that serves, in the order of EXPLAINERS
    refused: dict[str, str]  # method -> why not
    knock_out: KnockOut
    correlations: dict[str, dict[str, float]]  # Spearman's, of methods and "knock-out"; absent where there is no order
    sentences: tuple[str, ...]


def agreement(
    model: Any, row: pd.DataFrame, background: pd.DataFrame, *, class_index: int = 1, seed: int = 0
) -> Agreement:
    """Return what every method says of a frame of one row; raises `Unsupported` where no knock-out can be measured."""
    from explainers import EXPLAINERS, explain  # here: the table of methods stands above this file

    subject = asked(model)
    measured = knock_out(subject, row, background, class_index=class_index, seed=seed)
    found: list[Explanation] = []
    refused: dict[str, str] = {}
    for method in EXPLAINERS:
        try:
            found += explain(subject, row, background, method=method, class_index=class_index, seed=seed)
        except Unsupported as why:
            refused[method] = str(why)
    return agree(found, refused, measured)


def agree(explanations: Sequence[Explanation], refused: Mapping[str, str], referee: KnockOut) -> Agreement:
    """Return the comparison of explanations of one row and class with the knock-out of the same."""
    contributions: dict[str, Mapping[str, float]] = {e.method: e.values for e in explanations}
    correlations = correlate({**contributions, REFEREE: referee.changes})
    sentences = (
        *ranking_sentences(list(contributions), correlations, len(referee.changes)),
        *dispute_sentences([voice_of(e) for e in explanations], referee_of(referee)),
        *_doubts(explanations, referee),
    )
    return Agreement(
        row=referee.row,
        class_=referee.class_,
        explanations=tuple(explanations),
        refused=dict(refused),
        knock_out=referee,
        correlations=correlations,
        sentences=sentences,
    )


def _doubts(explanations: Sequence[Explanation], referee: KnockOut) -> list[str]:
    """Return what weakens a party: a local model that fits badly, a referee that no column moves, nobody to compare."""
    poor = [e for e in explanations if e.quality.get("r2", 1.0) < POOR_FIT]
    said = [f"{e.method}'s local model fits badly here (R2 {e.quality['r2']:.2f}): trust its values less" for e in poor]
    if not any(referee.changes.values()):
        said.append("background values in any one column leave the score as it is: the knock-out can't referee")
    if not explanations:
        said.append("no method serves this model for this row; the knock-out stands alone")
    return said
