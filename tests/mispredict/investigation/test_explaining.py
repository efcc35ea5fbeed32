import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mispredict.bad_input import ModelRefused
from mispredict.investigation.explaining import explain_row
from mispredict.investigation.questions import Why
from mispredict.investigation.spec import ModelSpec
from mispredict.models import open_fitted
from mispredict.scan.scored import Scored


@pytest.fixture(scope="module")
def asked():
    """Return a candidate of three classes, and rows to ask it about."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(300, 2)), columns=["a", "b"])
    truth = np.array(["low", "mid", "top"])[np.digitize(rows["a"], [-0.5, 0.5])]
    return open_fitted(LogisticRegression().fit(rows, truth), ModelSpec()), rows


def found_as(classes, rows):
    """Return the first row as a live model with these classes scored it: its first class by far."""
    probabilities = np.array([[0.9, 0.05, 0.05]])
    return Scored(rows[:1], np.array(["r"], dtype=object), np.array([1]), probabilities, np.ones(1), classes)


def test_a_candidate_is_asked_for_the_class_by_name_not_by_the_live_models_place(asked):
    candidate, rows = asked
    explained = explain_row(candidate, found_as(("top", "low", "mid"), rows), rows, Why("r", method="linear"), seed=0)
    assert explained.class_ == "top"
    scores = candidate.subject.estimator.decision_function(rows[:1])[0]
    assert explained.score == pytest.approx(scores[2], abs=1e-9)


def test_a_class_that_the_candidate_does_not_know_is_said(asked):
    candidate, rows = asked
    with pytest.raises(ModelRefused, match="answers for the classes 'low', 'mid', 'top'"):
        explain_row(candidate, found_as(("none", "low", "mid"), rows), rows, Why("r", method="linear"), seed=0)
