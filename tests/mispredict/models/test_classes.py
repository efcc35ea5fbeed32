from typing import Any

import numpy as np
import pytest

from mispredict.bad_input import InvestigationRefused, ModelRefused
from mispredict.investigation.spec import ModelSpec
from mispredict.models import open_model
from mispredict.models.classes import classes_of
from mispredict.models.labels import in_order, meaning, places_of


@pytest.mark.parametrize("label", [1, 1.0, "1", "1.0", " 1", True, "true", "True", np.int64(1), np.True_])
def test_spellings_of_one_mean_the_same(label: Any) -> None:
    assert meaning(label) == 1
    assert places_of([label], [0, 1]) == [1]


def test_classes_that_only_their_spelling_tells_apart_stay_apart() -> None:
    assert places_of(["1", 1, "x"], [1, "1"]) == [1, 0, -1]


def test_labels_are_sorted_by_size_and_before_text() -> None:
    assert in_order(["b", 10, 9, "a", 10]) == [9, 10, "a", "b"]


@pytest.mark.parametrize(
    ("own", "found", "positive", "labels", "order"),
    [
        ((0, 1), [0, 1], None, (0, 1), None),
        ((0, 1), [0, 1], 0, (1, 0), (1, 0)),
        ((0, 1), ["0", "1"], 1, ("0", "1"), None),
        (("bad", "ok"), ["ok", "bad"], "bad", ("ok", "bad"), (1, 0)),
        ((0, 1), ["bad", "ok"], "bad", ("ok", "bad"), None),
        ((0, 1), ["bad", "ok"], None, ("bad", "ok"), None),
        ((0, 1, 2), ["a", "b", "c"], None, ("a", "b", "c"), None),
        ((0, 1, 2), [0, 2], None, (0, 1, 2), None),
        ((0, 1), None, 0, (1, 0), (1, 0)),
    ],
)
def test_the_event_comes_second_and_the_target_spells_the_classes(
    own: tuple[Any, ...], found: Any, positive: Any, labels: tuple[Any, ...], order: tuple[int, ...] | None
) -> None:
    matched = classes_of(own, found, positive=positive)
    assert (matched.labels, matched.order) == (labels, order)
    assert bool(matched.notes) == (order is not None or (found is not None and not set(found) <= set(own)))


def test_what_cannot_be_matched_is_refused() -> None:
    with pytest.raises(ModelRefused, match="the model knows its 3 classes by number only"):
        classes_of((0, 1, 2), ["a", "b"])
    with pytest.raises(InvestigationRefused, match="positive is 'fraud', which the model does not know"):
        classes_of((0, 1), [0, 1], positive="fraud")


def test_stored_scores_speak_of_the_event_or_of_the_classes_in_order() -> None:
    import pandas as pd

    rows = pd.DataFrame({"p": [0.2, 0.9], "q": [0.8, 0.1]})
    one = open_model(ModelSpec(scores="p"), classes=["bad", "ok"], positive="bad")
    assert (one.classes, one.family) == (("ok", "bad"), "scores")
    np.testing.assert_allclose(one.predict_proba(rows)[:, 1], rows["p"])
    two = open_model(ModelSpec(scores=("p", "q")), classes=["bad", "ok"], positive="bad")
    assert two.classes == ("ok", "bad")
    np.testing.assert_allclose(two.predict_proba(rows)[:, 1], rows["p"])
    with pytest.raises(ModelRefused, match="scores names 2 columns and the target has 3 values"):
        open_model(ModelSpec(scores=("p", "q")), classes=[1, 2, 3])
