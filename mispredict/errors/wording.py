"""The verdict in words, numbers first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Slice, Test, Word
from mispredict.scan.counts import promise_of
from mispredict.scan.scored import Scored

LEVEL = 0.05
_LOOKS: dict[Word, str] = {
    "random-looking": "no more structure than the model's own probabilities promise",
    "minor": "there is structure beyond chance, but too little to matter",
    "systemic": "they hang together and matter",
}


@dataclass(frozen=True)
class Said:
    """What a sentence is made of, beside the rows and the slices."""

    tests: tuple[Test, ...]
    visible: float  # excess error rate of a 5 % slice that would have been seen
    of_rows: int


def is_hard(sample: Scored) -> bool:
    """Return whether the model gives labels alone: every label the same probability, however sure it may be."""
    probability, predicted = promise_of(sample)[0], sample.predicted
    return all(len(np.unique(probability[predicted == label])) <= 1 for label in np.unique(predicted))


def sentence_of(word: Word, sample: Scored, slices: Sequence[Slice], said: Said) -> str:
    """Return the verdict in plain sentences: what, where, how sure."""
    rows = f"{len(sample):,} rows" if said.of_rows == len(sample) else f"{len(sample):,} of {said.of_rows:,} rows"
    looks = _LOOKS[word] if not is_hard(sample) else _LOOKS[word].replace(*_HARD)
    sentences = [f"{rows} with {int(sample.is_error.sum()):,} errors: {looks}."]
    sentences += [] if word == "random-looking" else [_where(slices, said.tests)]
    if is_hard(sample):
        sentences.append("This is the weaker test: the model gives labels and no probabilities.")
    if any(test.name == "calibration" and test.p_adjusted <= LEVEL for test in said.tests):
        sentences.append("The probabilities as a whole do not keep what they promise; that is judged apart.")
    sentences.append(
        f"The smallest slice effect we could have seen is {100 * said.visible:.1f} % more errors than promised "
        "(a slice of 5 % of the rows, at 80 % power)."
    )
    return " ".join(sentences)


_HARD = ("the model's own probabilities promise", "its accuracy by predicted class promises")


def _where(slices: Sequence[Slice], tests: Sequence[Test]) -> str:
    found = [test.name for test in tests if test.p_adjusted <= LEVEL and test.name != "calibration"]
    if slices and {"slices", "shapes"} & set(found):
        top = slices[0]
        expected = f"{top.expected_errors:.1f} were to be expected"
        stands_out = f"; there are {top.way} than promised" if top.way != "more errors" else ""
        return f"Where {top.rule}, {top.errors:,} of {top.rows:,} rows are errors and {expected}{stands_out}."
    return f"It shows in: {', '.join(found)}."
