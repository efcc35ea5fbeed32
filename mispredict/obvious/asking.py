"""What a model answers to cases; when it refuses some of them, which ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mispredict.bad_input import BadInput, ModelRefused, WorkerStopped
from mispredict.obvious.case import Case
from mispredict.obvious.frames import frame_of

# Rows and their classes -> probabilities, shape (rows, classes), in the order of the classes.
Predict = Callable[[pd.DataFrame, tuple[Any, ...]], np.ndarray]
Answer = np.ndarray | str  # a case's probabilities, or why there are none
FEW = 9  # cases that can be asked one by one, should it come to that


def ask_alike(cases: Sequence[Case], predict: Predict) -> dict[str, Answer]:
    """Return the answers to cases of one schema. If the model refuses them together, halves tell whose fault it is."""
    answers = _ask(cases, predict)
    if not isinstance(answers, str):
        return {case.id: _finite(answer) for case, answer in zip(cases, answers, strict=True)}
    if len(cases) == 1 or _is_everybodys(answers, cases, predict):
        return {case.id: answers for case in cases}
    middle = len(cases) // 2
    return ask_alike(cases[:middle], predict) | ask_alike(cases[middle:], predict)


def _finite(answer: np.ndarray) -> Answer:
    return answer if np.isfinite(answer).all() else "the model gave a probability that is not a number"


def _ask(cases: Sequence[Case], predict: Predict) -> np.ndarray | str:
    """Return the model's probabilities, or why it gave none."""
    try:
        return _require_shape(predict(frame_of(cases), cases[0].model.classes), cases)
    except (ModelRefused, WorkerStopped):  # no answer about any case: the model file itself is no good
        raise
    except BadInput as problem:
        return problem.found
    except (ValueError, TypeError, OverflowError) as problem:
        return str(problem)


def _is_everybodys(refusal: str, cases: Sequence[Case], predict: Predict) -> bool:
    """Return whether rows far apart meet the same refusal alone, as when the model needs a column that no case has.

    Without this a set of a thousand such cases would open the model two thousand times.
    """
    if len(cases) < FEW:
        return False
    return all(_ask([case], predict) == refusal for case in (cases[0], cases[len(cases) // 2], cases[-1]))


def _require_shape(answers: np.ndarray, cases: Sequence[Case]) -> np.ndarray:
    wanted = (len(cases), len(cases[0].model.classes))
    if answers.shape != wanted:
        raise ValueError(f"the model answered with the shape {answers.shape}, the cases need {wanted}")
    return answers
