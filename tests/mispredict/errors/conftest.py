"""Tables whose truth is known: labels drawn from the model's own probabilities, with or without a planted fault."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mispredict.scan.scored import Scored

World = Callable[..., Scored]
EXCLUDE = ("y",)


def true_world(rows: int, *, seed: int = 0) -> Scored:
    """Return rows of a model that is right about itself: labels are drawn from its probabilities."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(rows, 6)), columns=["a", "b", "c", "d", "e", "f"])
    frame["channel"] = rng.choice(["app", "web", "shop", "phone"], rows, p=[0.4, 0.3, 0.2, 0.1])
    frame["country"] = pd.Categorical(rng.choice(["be", "de", "es", "fr", "it", "nl", "pl", "se"], rows))
    frame["amount"] = np.where(rng.random(rows) < 0.1, 0.0, np.round(rng.lognormal(3, 1, rows), 2))
    frame.loc[rng.random(rows) < 0.1, "f"] = np.nan
    event = 1 / (1 + np.exp(-(1.5 * frame["a"] + frame["b"] - 2).to_numpy()))
    return labelled(frame, event, (rng.random(rows) < event).astype(np.int64))


def labelled(frame: pd.DataFrame, event: np.ndarray, truth: np.ndarray) -> Scored:
    """Return the rows with these labels and probabilities of the event."""
    return Scored(
        rows=frame.assign(y=truth),
        ids=np.array([f"r{i}" for i in range(len(frame))], dtype=object),
        truth=truth,
        probabilities=np.column_stack([1 - event, event]),
        cost=np.ones(len(frame)),
        classes=(0, 1),
    )


def planted_world(rows: int, *, seed: int = 0, share: float = 0.5) -> Scored:
    """Return the same with a share of the labels turned round where channel = 'app' and amount > 30."""
    world = true_world(rows, seed=seed)
    turned = planted_rows(world) & (np.random.default_rng(seed + 1).random(rows) < share)
    return labelled(
        world.rows.drop(columns="y"), world.probabilities[:, 1], np.where(turned, 1 - world.truth, world.truth)
    )


def planted_rows(world: Scored) -> np.ndarray:
    """Return the rows of the planted slice."""
    return ((world.rows["channel"] == "app") & (world.rows["amount"] > 30)).to_numpy()


@pytest.fixture(name="true_world")
def _true_world() -> World:
    return true_world


@pytest.fixture(name="planted_world")
def _planted_world() -> World:
    return planted_world


@pytest.fixture(name="planted_rows")
def _planted_rows() -> Callable[[Scored], np.ndarray]:
    return planted_rows


@pytest.fixture(name="labelled")
def _labelled() -> World:
    return labelled
