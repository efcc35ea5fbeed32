import numpy as np
import pytest

from mispredict.parity.stages import Rows, Ways, replay


def world(seed: int, count: int = 6_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    chance = rng.beta(0.6, 2.5, count)
    return (rng.random(count) < chance).astype(int), chance


def noisy(chance: np.ndarray, seed: int, part: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(len(chance)) < part, rng.permutation(chance), chance)


def found(source: str, seed: int = 0):
    event, chance = world(seed)
    every = np.arange(len(event))
    logged = np.ones(len(event), dtype=bool)
    replayed = noisy(chance, 1) if source in ("features", "several") else chance
    answered = noisy(replayed, 2) if source in ("model", "several") else replayed
    if source == "traffic":
        hard = (chance > 0.2) & (chance < 0.8)
        logged = hard | (np.random.default_rng(3).random(len(event)) < 0.2)
    rows = Rows(event, chance, logged, every)
    keep = logged
    return replay(rows, Ways(event[keep], chance[keep], replayed[keep], answered[keep], every[keep]))


@pytest.mark.parametrize("source", ["features", "model", "traffic", "several", "none"])
def test_what_makes_the_gap_is_named(source: str) -> None:
    told = found(source)
    assert told.word == source
    plain = {one.source for one in told.steps if one.is_plain}
    assert plain == ({"features", "model"} if source == "several" else {source} - {"none"})
    assert told.matters == (source != "none")
    assert [one.name for one in told.stages] == ["table", "logged rows", "logged features", "answers"]


def test_intervals_are_right_where_features_are_noise_that_costs_nothing() -> None:
    """Swapping equally likely rows moves single losses and not their mean: 5 % of the intervals leave out 0."""
    plain = []
    for seed in range(200):
        _, chance = world(seed, 800)
        other = np.clip(chance + np.random.default_rng(seed).normal(0, 0.02, 800), 0.01, 0.99)
        fair = (np.random.default_rng(seed + 1).random(800) < (chance + other) / 2).astype(int)
        every = np.arange(800)
        told = replay(Rows(fair, chance, np.ones(800, bool), every), Ways(fair, chance, other, None, every))
        plain.append(next(one for one in told.steps if one.source == "features").is_plain)
    assert np.mean(plain) <= 0.11


def test_owners_are_taken_whole() -> None:
    event, chance = world(0, 3_000)
    owner = np.repeat(np.arange(30), 100)
    worse = np.clip(chance + np.repeat(np.random.default_rng(0).normal(0, 0.2, 30), 100), 0.01, 0.99)
    rows = Rows(event, chance, np.ones(3_000, bool), np.arange(3_000))
    width = {}
    for name, whose in (("alone", np.arange(3_000)), ("owned", owner)):
        told = replay(rows, Ways(event, chance, worse, None, whose))
        step = next(one for one in told.steps if one.source == "features")
        width[name] = step.high - step.low
    assert width["owned"] > 1.5 * width["alone"]


def test_parts_of_the_score_difference() -> None:
    told = found("several")
    assert told.score_gap > 0
    assert 0.2 < told.of_features < 0.8
    assert found("features").of_features == pytest.approx(1.0)
    assert found("none").score_gap == 0.0
    assert found("none").of_features is None


def test_too_few_labels_scores_that_are_none_and_no_scores() -> None:
    event, chance = world(0, 40)
    every = np.arange(40)
    rows = Rows(event, chance, np.ones(40, bool), every)
    told = replay(rows, Ways(event, chance, chance, None, every))
    assert told.word == "cannot tell"
    assert "40 labelled pairs with" in told.sentence
    event, chance = world(0)
    every = np.arange(len(event))
    rows = Rows(event, chance, np.ones(len(event), bool), every)
    odds = np.log(chance / (1 - chance))
    told = replay(rows, Ways(event, chance, chance, odds, every))
    assert told.notes == ("the logged scores are no probabilities, so the model's own answers are not judged here",)
    assert [one.source for one in told.steps] == ["traffic", "features"]
    told = replay(rows, Ways(event, chance, chance, np.full(len(event), np.nan), every))
    assert told.notes == ("no score was logged, so the model's own answers are not judged",)
