"""What is kept for a model goes with it, and is made anew when the model changes."""

from __future__ import annotations

import gc

from explainers.kept import Shelf


class _Fitted:
    def __init__(self) -> None:
        self.trees_ = [1]


class _Grown:
    def __init__(self) -> None:
        self.rounds = 1

    def num_trees(self) -> int:
        return self.rounds


def test_a_result_is_made_once_a_model_and_key() -> None:
    shelf, one, other, made = Shelf(), _Fitted(), _Fitted(), []
    for owner, key in ((one, 0), (one, 0), (one, 1), (other, 0)):
        shelf.get(owner, key, lambda: made.append(1))
    assert len(made) == 3


def test_a_second_fit_is_noticed() -> None:
    shelf, model = Shelf(), _Fitted()
    assert shelf.get(model, 0, lambda: "first") == "first"
    model.trees_ = [1]
    assert shelf.get(model, 0, lambda: "second") == "second"


def test_a_booster_that_grew_is_noticed() -> None:
    shelf, booster = Shelf(), _Grown()
    assert shelf.get(booster, 0, lambda: "first") == "first"
    booster.rounds = 2
    assert shelf.get(booster, 0, lambda: "second") == "second"


def test_results_leave_with_their_model() -> None:
    shelf, model = Shelf(), _Fitted()
    shelf.get(model, 0, lambda: "kept")
    assert len(shelf._kept) == 1
    del model
    gc.collect()
    assert len(shelf._kept) == 0
