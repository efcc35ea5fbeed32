"""Tables with a fault whose rows are known: where the labels were turned round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.scan.scored import Scored

ROWS = 4_000  # examined; as many again train the model
SHAPES = ("box", "oblique", "radial", "xor")


@dataclass(frozen=True, eq=False)
class Planted:
    """A scored table and the rows of its fault."""

    scored: Scored
    fault: np.ndarray  # bool


def plant(scored: Scored, *, shape: str, size: float, flips: float, seed: int) -> Planted:
    """Return the table with a share `flips` of the labels turned round in a region of a share `size` of the rows."""
    rng = np.random.default_rng(seed)
    numbers = scored.rows.select_dtypes("number")
    varied = [name for name in numbers if numbers[name].nunique() > 50]
    names = [str(name) for name in rng.permutation(varied)[:3]]
    ranks = numbers[names].rank(method="first", pct=True).to_numpy()
    fault = _region(shape, ranks, scored.rows, size, rng)
    turned = fault & (rng.random(len(scored)) < flips)
    truth = np.where(turned, 1 - scored.truth, scored.truth)
    parts = scored.rows, scored.ids, truth, scored.probabilities, scored.cost, scored.classes
    return Planted(Scored(*parts), fault)


def _region(shape: str, ranks: np.ndarray, rows: pd.DataFrame, size: float, rng: np.random.Generator) -> np.ndarray:
    if shape == "oblique":
        return _lowest(-(ranks[:, 0] + ranks[:, 1]), size)
    if shape == "radial":
        return _lowest(((ranks[:, :2] - rng.uniform(0.25, 0.75, 2)) ** 2).sum(axis=1), size)
    if shape == "xor":  # high in one of two columns, low in the other
        return _lowest(-np.abs(ranks[:, 0] - ranks[:, 1]), size)
    words = rows.select_dtypes(exclude="number")
    if words.shape[1] and rng.random() < 0.5:
        column = words.iloc[:, int(rng.integers(words.shape[1]))]
        frequent = column.value_counts(normalize=True)
        able = frequent[frequent > 1.5 * size]
        inside = (column == rng.choice(able.index.to_numpy(dtype=object))).to_numpy()
        return _interval(ranks[:, 0], inside, size, rng)
    return _interval(ranks[:, 0], ranks[:, 1] > 1 - max(3 * size, 0.2), size, rng)


def _interval(ranks: np.ndarray, inside: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Return rows `inside` that lie in a run of one column, so long that they are a share `size` of all."""
    own = np.sort(ranks[inside])
    length = min(int(size * len(ranks)), len(own) - 1)
    low = int(rng.integers(len(own) - length))
    return inside & (ranks >= own[low]) & (ranks <= own[low + length])


def _lowest(values: np.ndarray, share: float) -> np.ndarray:
    lowest: np.ndarray = values <= np.quantile(values, share)
    return lowest


def scored_table(kind: str, seed: int) -> Scored:
    """Return rows of a table with the probabilities of a small booster that was trained on other rows of it."""
    rows, truth = {"generated": _generated, "digits": _digits}[kind](np.random.default_rng(seed))
    codes = rows.assign(**{name: pd.Categorical(rows[name]) for name in rows.select_dtypes(exclude="number")})
    import lightgbm

    known = lightgbm.Dataset(codes[:ROWS], truth[:ROWS])
    settings = {"objective": "binary", "num_leaves": 7, "learning_rate": 0.08, "verbose": -1, "num_threads": 1}
    event = np.asarray(lightgbm.train(settings, known, 80).predict(codes[ROWS:]))
    return Scored(
        rows=rows[ROWS:].reset_index(drop=True),
        ids=np.arange(ROWS).astype(str).astype(object),
        truth=truth[ROWS:],
        probabilities=np.column_stack([1 - event, event]),
        cost=np.ones(ROWS),
        classes=(0, 1),
    )


def _generated(rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Return correlated numbers, some of them skewed, and two categories that go with them."""
    mixed = rng.normal(size=(2 * ROWS, 8)) @ (np.eye(8) + 0.35 * rng.normal(size=(8, 8)))
    rows = pd.DataFrame(mixed, columns=[f"n{number}" for number in range(8)])
    rows["n0"], rows["n1"] = np.exp(rows["n0"]), np.round(rows["n1"] * 100)
    leaning = rows["n2"].to_numpy() + rng.normal(size=2 * ROWS)
    rows["region"] = np.array(list("abcdef"))[np.digitize(leaning, np.quantile(leaning, [0.3, 0.5, 0.7, 0.85, 0.95]))]
    rows["kind"] = rng.choice(["new", "old", "other"], 2 * ROWS, p=[0.5, 0.3, 0.2])
    margin = rows["n3"] + 0.7 * rows["n4"] * (rows["kind"] == "new") - 0.5 * rows["n5"] + (rows["region"] == "b")
    chance = 1 / (1 + np.exp(-(margin - margin.median() - 0.8)))
    return rows, (rng.random(2 * ROWS) < chance).astype(np.int64)


def _digits(rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Return scikit-learn's digits, drawn again with a little noise, in their first twelve components."""
    from sklearn.datasets import load_digits
    from sklearn.decomposition import PCA

    images, digits = load_digits(return_X_y=True)
    drawn = rng.integers(len(images), size=2 * ROWS)
    places = PCA(12, random_state=0).fit_transform(images)[drawn]
    places = places + 0.2 * places.std(axis=0) * rng.normal(size=places.shape)
    return pd.DataFrame(places, columns=[f"c{number:02d}" for number in range(12)]), (digits[drawn] >= 5).astype(
        np.int64
    )
