import dataclasses

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from explainers.explanation import Explanation
from mispredict import Investigation
from mispredict.bad_input import BadInput, InvestigationRefused, ModelRefused, TableRefused
from mispredict.investigation.questions import (
    HowAgreed,
    HowNear,
    HowToFlip,
    HowVoted,
    TaughtBy,
    WhatIf,
    Why,
    WhyLoss,
)


def table(rows, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"amount": rng.gamma(2.0, 60.0, rows).round(2), "age": rng.integers(18, 90, rows)})
    frame["visits"] = rng.poisson(3, rows)
    odds = 0.02 * frame["amount"] - 0.06 * frame["age"] + 0.3 * frame["visits"]
    frame["fraud"] = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)
    return frame.assign(id=[f"r{seed}{n:04d}" for n in range(rows)])


@pytest.fixture(scope="module")
def training():
    return table(1_500, 1)


@pytest.fixture(scope="module")
def opened(training):
    model = RandomForestClassifier(40, max_depth=6, random_state=0)
    model.fit(training[["amount", "age", "visits"]], training["fraud"])
    return Investigation(model=model, rows=table(600, 2), training=training, target="fraud", id="id", positive=1)


@pytest.fixture(scope="module")
def worst(opened):
    return opened.ranked(limit=1).rows.iloc[0]


QUESTIONS = (Why, WhyLoss, HowVoted, HowNear, HowAgreed, TaughtBy, HowToFlip)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_an_answer_is_kept_for_whoever_asks_the_same_again(opened, worst, kind):
    assert opened.ask(kind(worst["id"])) is opened.ask(kind(worst["id"]))


@pytest.mark.parametrize("kind", QUESTIONS)
def test_an_id_that_is_not_there_names_the_nearest(opened, kind):
    with pytest.raises(TableRefused, match=r"no row with the id 'r2x001'.*nearest ids are 'r20001'"):
        opened.ask(kind("r2x001"))


def test_the_surprise_is_explained_for_the_true_class(opened, worst):
    found = opened.ask(WhyLoss(worst["id"]))
    assert (found.unit, found.class_) == ("nats", int(worst["truth"]))
    assert found.score == pytest.approx(worst["surprise"], abs=1e-9)
    assert found.base + sum(found.values.values()) == pytest.approx(found.score, abs=1e-6)


def test_trees_that_voted_against_the_truth_are_counted(opened, worst):
    found = opened.ask(HowVoted(worst["id"]))
    assert found.trees == len(found.answers) == 40
    assert found.wrong > 20
    assert str(found.truth) == str(worst["truth"])


def test_all_methods_stand_side_by_side_and_are_those_asked_one_by_one(opened, worst):
    found = opened.ask(HowAgreed(worst["id"]))
    assert [e.method for e in found.explanations] == ["walk", "shap", "lime", "eli5"]
    assert found.explanations[0] is opened.ask(Why(worst["id"], method="walk"))
    assert set(found.refused) == {"linear"}
    assert found.sentences


def test_the_other_class_has_the_opposite_contributions(opened, worst):
    one, other = (opened.ask(Why(worst["id"], class_=c)) for c in ("0", "1"))
    assert one.values == pytest.approx({c: -v for c, v in other.values.items()})


def test_training_rows_come_with_their_labels_and_how_many_were_compared(opened, worst, training):
    found = opened.ask(TaughtBy(worst["id"], limit=7))
    assert len(found.rows) == 7
    assert found.rows["distance"].is_monotonic_increasing
    labels = training.set_index("id")["fraud"].astype(str)
    assert found.rows["truth"].tolist() == labels[found.rows["id"]].tolist()
    assert "1,500 of 1,500 training rows" in found.notes[0]


def test_without_a_training_table_it_is_said_what_to_add(opened, worst):
    alone = Investigation(model=opened._opened.model.subject.estimator, rows=table(600, 2), target="fraud", id="id")
    with pytest.raises(InvestigationRefused, match=r"no training table.*\[training\]"):
        alone.ask(TaughtBy(worst["id"]))
    assert alone.ask(HowToFlip(worst["id"])).before == pytest.approx(worst["probability"])


def test_a_flip_turns_the_prediction_around_when_it_is_tried(opened, worst):
    found = opened.ask(HowToFlip(worst["id"]))
    assert found.flips
    for flip in found.flips:
        changes = tuple((change.column, change.after) for change in flip.changes)
        tried = opened.ask(WhatIf(worst["id"], changes=changes))
        assert str(tried.predicted) != str(worst["predicted"])
        assert not tried.is_error
        assert tried.probabilities["1"] == pytest.approx(flip.score, abs=1e-9)


def test_a_locked_column_stays(opened, worst):
    found = opened.ask(HowToFlip(worst["id"], locked=("amount",)))
    assert all(change.column != "amount" for flip in found.flips for change in flip.changes)


def test_what_if_keeps_the_rows_and_explains_both_sides(opened, worst):
    found = opened.ask(WhatIf(worst["id"], changes=(("amount", 1.0), ("age", "90"))))
    assert found.before == opened.ask(Why(worst["id"]))
    assert found.after.score == pytest.approx(found.probabilities["1"])
    assert opened.row(worst["id"]).values["amount"] == worst["amount"]


@pytest.mark.parametrize(
    ("question", "kind", "said"),
    [
        (Why("ROW", class_="2"), ModelRefused, "the class '2'"),
        (Why("ROW", method="tea leaves"), ModelRefused, "tea leaves"),
        (Why("ROW", unit="log-odds"), ModelRefused, "adds up in probability"),
        (Why("ROW", of="candidate"), InvestigationRefused, "names no candidate"),
        (WhatIf("ROW", changes=(("amount", "plenty"),)), BadInput, "amount"),
        (WhatIf("ROW", changes=(("colour", 1),)), BadInput, "colour"),
        (HowToFlip("ROW", locked=("colour",)), BadInput, "colour"),
    ],
)
def test_what_has_no_answer_is_refused(opened, worst, question, kind, said):
    with pytest.raises(kind, match=said):
        opened.ask(dataclasses.replace(question, row=worst["id"]))


def test_a_linear_model_has_no_trees_to_ask(training):
    model = LogisticRegression(max_iter=1_000).fit(training[["amount", "age", "visits"]], training["fraud"])
    linear = Investigation(model=model, rows=table(300, 3), training=training, target="fraud", id="id")
    row = str(linear.ranked(limit=1).rows["id"].iloc[0])
    for question in (HowVoted(row), HowNear(row)):
        with pytest.raises(ModelRefused, match="LogisticRegression has none"):
            linear.ask(question)
    assert isinstance(linear.ask(Why(row, method="linear")), Explanation)
    assert linear.ask(HowToFlip(row)).flips


def test_stored_scores_answer_no_question_that_needs_a_model(tmp_path):
    rows = table(300, 4).assign(p=lambda t: (t["amount"] / t["amount"].max()).clip(0.01, 0.99))
    rows.to_parquet(tmp_path / "rows.parquet", index=False)
    text = '[data]\npath = "rows.parquet"\ntarget = "fraud"\nid = "id"\n[model]\nscores = "p"\n'
    (tmp_path / "investigation.toml").write_text(f'[investigation]\nname = "stored"\n{text}')
    stored = Investigation.from_file(tmp_path / "investigation.toml")
    for kind in (Why, WhyLoss, HowVoted, HowNear, HowAgreed, TaughtBy, HowToFlip):
        with pytest.raises(ModelRefused, match="only its scores"):
            stored.ask(kind(rows["id"].iloc[0]))


class BlackBox:
    """The amount alone decides."""

    classes_ = np.array([0, 1])
    feature_names_in_ = np.array(["amount", "age"])

    def predict_proba(self, rows):
        event = (rows["amount"] / 600).clip(0.01, 0.99).to_numpy()
        return np.column_stack([1 - event, event])


def test_a_black_box_is_asked_itself(training):
    opened = Investigation(model=BlackBox(), rows=table(300, 5), training=training, target="fraud", id="id")
    row = str(opened.ranked(limit=1).rows["id"].iloc[0])
    assert opened.ask(WhyLoss(row)).values["age"] == pytest.approx(0, abs=1e-9)
    assert "contributions" in opened.ask(TaughtBy(row)).space
    assert {change.column for flip in opened.ask(HowToFlip(row)).flips[:1] for change in flip.changes} == {"amount"}


def test_a_model_without_probabilities_is_explained_in_margin_and_not_scanned(training):
    from sklearn.svm import LinearSVC

    model = LinearSVC().fit(training[["amount", "age", "visits"]], training["fraud"])
    opened = Investigation(model=model, rows=table(300, 6), target="fraud", id="id")
    assert "can't be scanned" in opened.describe().notes[-1]
    found = opened.ask(Why("r60000", method="linear"))
    assert found.unit == "margin"
    rows = table(300, 6)[["amount", "age", "visits"]]
    assert found.score == pytest.approx(model.decision_function(rows[:1])[0])
    assert opened.ask(HowAgreed("r60000")).knock_out.unit == "margin"
    with pytest.raises(ModelRefused, match="calibrate it"):
        opened.scan()
    with pytest.raises(ModelRefused, match="probabilities"):
        opened.ask(WhyLoss("r60000"))
