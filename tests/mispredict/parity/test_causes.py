from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mispredict.parity.catalogue.stale import Past
from mispredict.parity.cells import cells_of
from mispredict.parity.naming import Around, Named, causes_of

RNG = np.random.default_rng(0)
AMOUNT = pd.Series(RNG.lognormal(3, 1, 1_500).round(2))
CITY = pd.Series(RNG.choice(["Basel", "New York", "Zürich", "Lagos", "Oslo"], 1_500))
HOUR = pd.Series(RNG.integers(0, 24, 1_500).astype(float))
OPENED = pd.Timestamp("2026-01-01") + pd.Series(pd.to_timedelta(RNG.integers(0, 10**7, 1_500), unit="s"))
HALF = RNG.random(1_500) < 0.5
TURNED = {"Basel": "Oslo", "New York": "Basel", "Zürich": "New York", "Lagos": "Zürich", "Oslo": "Lagos"}


def named(offline: pd.Series, online: pd.Series, past: Past | None = None) -> list[Named]:
    pairs = cells_of("column", offline, online)
    return causes_of(pairs, Around({"column": pairs}, past, np.zeros((len(offline), 1))))


def half(offline: pd.Series, served: pd.Series) -> pd.Series:
    """Return the column with half of its rows as served."""
    return offline.astype(object).where(~HALF, served.astype(object)).infer_objects()


@pytest.mark.parametrize(
    ("offline", "serve", "cause", "parameter"),
    [
        (AMOUNT, lambda x: x * 100, "scale", "x 100"),
        (AMOUNT, lambda x: x / 1.609344, "scale", "x 0.6213712"),
        (AMOUNT, lambda x: -x, "sign", "x -1"),
        (AMOUNT, lambda x: x + 273.15, "offset", "+273.15"),
        (AMOUNT, lambda x: x * 1.8 + 32, "affine", "x 1.8 +32"),
        (AMOUNT, lambda x: x * 0 - 1, "default_filled", "filled with -1"),
        (AMOUNT, lambda x: x * np.nan, "missing", "missing"),
        (AMOUNT, lambda x: (x / 5).round() * 5, "rounded", "to multiples of 5"),
        (AMOUNT, np.trunc, "type_cast", "to a whole number"),
        (AMOUNT, lambda x: x.astype(np.float16).astype(float), "type_cast", "to a half-precision number"),
        (AMOUNT, lambda x: x + np.random.default_rng(1).normal(0, 3, len(x)), "jitter", "noise of "),
        (AMOUNT, lambda x: np.sqrt(x), "logic", "another computation"),
        (HOUR, lambda x: (x - 5) % 24, "timezone", "-5 h"),
        (OPENED, lambda x: x + pd.Timedelta(hours=5.5), "timezone", "5.5 h"),
        (CITY, lambda x: x.str.upper(), "casing", "upper case"),
        (CITY, lambda x: x + " ", "whitespace", "blanks behind"),
        (CITY, lambda x: x.str[:3], "truncated", "to 3 characters"),
        (CITY, lambda x: x.map(TURNED), "encoding", "5 values exchanged"),
        (CITY, lambda x: x.map(lambda _: "UNKNOWN"), "default_filled", "filled with 'UNKNOWN'"),
    ],
)
def test_each_cause_is_named_with_its_parameter(
    offline: pd.Series, serve: Callable[[pd.Series], pd.Series], cause: str, parameter: str
) -> None:
    served = serve(offline)
    (found,) = named(offline, half(offline, served))
    assert found.best.cause == cause
    assert found.best.parameter.startswith(parameter)
    assert found.affected.sum() == cells_of("", offline, half(offline, served)).differs.sum()


def test_clipping_is_told_from_a_default_by_which_values_are_spared() -> None:
    bound = float(AMOUNT.quantile(0.9, interpolation="lower"))
    (clipped,) = named(AMOUNT, AMOUNT.clip(upper=bound))
    (filled,) = named(AMOUNT, AMOUNT.where(np.random.default_rng(3).random(1_500) > 0.1, bound))
    assert (clipped.best.cause, filled.best.cause) == ("clipped", "default_filled")


def test_a_value_where_offline_has_none_was_kept_from_before() -> None:
    (found,) = named(AMOUNT.where(HALF), AMOUNT)
    assert found.best.cause == "cached"


def test_what_an_entity_had_two_days_ago_is_stale_by_two_days() -> None:
    rng = np.random.default_rng(4)
    entity, time = rng.integers(0, 60, 1_500), np.sort(rng.uniform(0, 60 * 86_400e6, 1_500))
    frame = pd.DataFrame({"entity": entity, "time": time})
    visits = frame.groupby("entity").cumcount().astype(float)
    moments = {who: rows["time"].to_numpy() for who, rows in frame.groupby("entity")}
    old = [np.searchsorted(moments[who], when - 2 * 86_400e6) for who, when in zip(entity, time, strict=True)]
    past = Past(entity, time, visits.to_numpy(), entity, time)
    (found,) = named(visits, pd.Series(old, dtype=float), past)
    assert (found.best.cause, found.best.parameter) == ("stale", "lag 2.0 days")


def test_columns_in_each_others_place_are_swapped() -> None:
    other = pd.Series(np.random.default_rng(5).normal(size=1_500))
    pairs = {"a": cells_of("a", AMOUNT, half(AMOUNT, other)), "b": cells_of("b", other, half(other, AMOUNT))}
    (found,) = causes_of(pairs["a"], Around(pairs, None, np.zeros((1_500, 1))))
    assert (found.best.cause, found.best.also) == ("swapped", ("b",))


def test_two_causes_of_one_column_are_both_named() -> None:
    third = np.random.default_rng(6).random(1_500)
    online = AMOUNT.where(third > 0.3, AMOUNT * 100).where(third < 0.8)
    assert {one.best.cause for one in named(AMOUNT, online)} == {"scale", "missing"}


def test_causes_that_the_values_can_not_tell_apart_are_a_tie() -> None:
    offline = pd.Series(np.where(HALF, 3.0, 7.0))
    (found,) = named(offline, offline.where(HALF, 0.0))
    assert {one.cause for one in found.readings} >= {"default_filled", "offset"}


def test_noise_of_floating_point_is_no_difference() -> None:
    rng = np.random.default_rng(7)
    noisy = AMOUNT * (1 + 1e-7 * rng.normal(size=1_500))
    assert named(AMOUNT, noisy) == []
    assert named(AMOUNT, AMOUNT.astype("float32").astype(float)) == []
    assert named(AMOUNT.where(HALF), AMOUNT.where(HALF)) == []


def test_numbers_that_were_logged_as_texts_are_read_as_numbers() -> None:
    assert named(AMOUNT, AMOUNT.astype(str)) == []
    (found,) = named(AMOUNT, (AMOUNT * 10).astype(str))
    assert found.best.cause == "scale"


def test_times_with_and_without_a_zone_are_the_same_moments() -> None:
    assert named(OPENED, OPENED.dt.tz_localize("UTC")) == []
    assert named(OPENED, OPENED.astype(str)) == []
