"""The spaces of a net: its layers and a given embedding, on the map and among the rows that are near."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mispredict.investigation.investigation import Investigation
from mispredict.investigation.questions import TaughtBy
from tests.app.synthetic_desk import FEATURES, make_table
from tests.app.views.test_looks import seen, text_of, until


def with_vectors(table: pd.DataFrame) -> pd.DataFrame:
    lists = [None if place % 7 == 0 else [float(v), 1.0] for place, v in enumerate(table["amount"])]
    return table.assign(vector=pd.Series(lists, dtype=object))


@pytest.fixture(scope="module")
def net() -> Investigation:
    training, rows = with_vectors(make_table(300, seed=4)), with_vectors(make_table(300, seed=3))
    model = make_pipeline(StandardScaler(), MLPClassifier((6, 5), max_iter=60, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sixty rounds don't converge, and needn't
        model.fit(training[list(FEATURES)], training.is_fraud)
    return Investigation(
        model=model, rows=rows, target="is_fraud", training=training, id="order", embedding="vector", seed=1
    )


def test_every_space_is_offered_the_layer_before_the_head_first(net: Investigation) -> None:
    assert net.spaces() == ("contributions", "layer hidden 2", "layer hidden 1", "embedding")


def test_training_rows_are_near_in_the_models_own_space_unless_the_embedding_is_asked_for(net: Investigation) -> None:
    row = str(net.ranked(limit=1).rows["id"].iloc[0])
    assert "hidden 2" in net.ask(TaughtBy(row)).space
    assert "vector" not in net.ask(TaughtBy(row)).rows


@pytest.mark.parametrize("space", ["layer hidden 1", "layer hidden 2"])
def test_near_rows_are_looked_for_in_a_layer(pages: Any, net: Investigation, space: str) -> None:
    at = seen(pages, net, look="alike", space=space)
    until(at, lambda at: f"by the {space}" in text_of(at))
    assert at.selectbox(key="control.space").value == space


def test_training_rows_are_looked_for_in_the_embedding(pages: Any, net: Investigation) -> None:
    ids = net.ranked().rows["id"]
    row = next(r for r in ids if int(r[1:]) % 7)
    at = seen(pages, net, look="taught", space="embedding", row=row)
    until(at, lambda at: "the column 'vector'" in text_of(at).replace("\\", ""))


def test_a_row_without_a_vector_is_answered_in_words(pages: Any, net: Investigation) -> None:
    at = seen(pages, net, look="alike", space="embedding", row="T00007")
    until(at, lambda at: "has no embedding" in text_of(at))


@pytest.mark.parametrize("space", ["layer hidden 2", "embedding"])
def test_the_map_is_drawn_in_a_space_and_leaves_out_rows_without_a_place(net: Investigation, space: str) -> None:
    drawn = net.error_map(space=space, layout="tsne")
    assert f"t-SNE of the {space}" in drawn.notes[1]
    assert np.isfinite(drawn.points[["x", "y"]].to_numpy()).all()
    lost = drawn.points["id"].str[1:].astype(int) % 7 == 0
    assert lost.any() == (space != "embedding")
