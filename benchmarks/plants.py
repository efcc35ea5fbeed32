"""Faults to plant in sound tables, each with what a search for suspects must name; and what only looks like a fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

COLUMN_LEAKS = ("target_leak", "sparse_leak", "missing_leak", "time_leak", "availability_leak", "order_leak",
                "encoding_leak", "shortcut")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Tables:
    """A training and an examined table, the columns that a model is to read, and the roles of others."""

    training: pd.DataFrame
    examined: pd.DataFrame
    features: tuple[str, ...]
    roles: dict[str, Any] = field(default_factory=dict)

    def with_columns(self, both: pd.DataFrame, *, read: tuple[str, ...] = (), **roles: Any) -> Tables:
        """Return the tables cut from both of them stacked, training first."""
        training, examined = both.iloc[: len(self.training)], both.iloc[len(self.training) :]
        return replace(
            self,
            training=training.reset_index(drop=True),
            examined=examined.reset_index(drop=True),
            features=tuple(dict.fromkeys((*self.features, *read))),
            roles=self.roles | roles,
        )

    @property
    def stacked(self) -> pd.DataFrame:
        """Return both tables, training first."""
        return pd.concat([self.training, self.examined], ignore_index=True)


@dataclass(frozen=True, eq=False)
class Planted:
    """Tables with a fault, the kinds that name it, and the columns of which one must be named (none: any)."""

    tables: Tables
    kinds: tuple[str, ...]
    culprits: tuple[str, ...] = ()


Plant = Callable[[Tables, np.random.Generator], Planted]


def noisy_code(tables: Tables, rng: np.random.Generator) -> Planted:
    """Add a category of five levels whose odds hang on the label alone."""
    both = tables.stacked
    place = (both["label"] * 1.6 + rng.normal(size=len(both))).rank(pct=True)
    grade = pd.cut(place, [0, 0.2, 0.4, 0.6, 0.8, 1.0], labels=list("caedb")).astype(str)
    return Planted(tables.with_columns(both.assign(grade=grade), read=("grade",)), COLUMN_LEAKS, ("grade",))


def copied_number(tables: Tables, rng: np.random.Generator) -> Planted:
    """Add a skewed number that is larger where the label is larger."""
    both = tables.stacked
    paid = np.exp(0.9 * both["label"] + rng.normal(size=len(both)))
    return Planted(tables.with_columns(both.assign(paid=paid), read=("paid",)), COLUMN_LEAKS, ("paid",))


def sum_of_two(tables: Tables, rng: np.random.Generator) -> Planted:
    """Add two numbers that are noise each, and whose difference follows the label."""
    both = tables.stacked
    billed = rng.lognormal(4, 1, len(both))
    settled = billed - both["label"] * rng.uniform(1, 5, len(both)) * (rng.random(len(both)) < 0.9)
    columns = both.assign(billed=billed, settled=settled)
    return Planted(tables.with_columns(columns, read=("billed", "settled")), ("target_leak",), ("billed", "settled"))


def equal_codes(tables: Tables, rng: np.random.Generator) -> Planted:
    """Add two categories that are equal unless the event comes."""
    both = tables.stacked
    asked = rng.choice(list("pqrst"), len(both))
    other = rng.choice(list("pqrst"), len(both))
    given = np.where((both["label"] > 0) & (rng.random(len(both)) < 0.6), other, asked)
    columns = both.assign(asked=asked, given=given)
    return Planted(tables.with_columns(columns, read=("asked", "given")), COLUMN_LEAKS, ("asked", "given"))


def rare_sentinel(tables: Tables, rng: np.random.Generator) -> Planted:
    """Set a noise number to 9999 on a fifth of the events."""
    both = tables.stacked
    told = (both["label"] == both["label"].max()) & (rng.random(len(both)) < 0.2)
    code = np.where(told, 9999.0, rng.integers(0, 500, len(both)))
    return Planted(tables.with_columns(both.assign(code=code), read=("code",)), COLUMN_LEAKS, ("code",))


def missing_text(tables: Tables, rng: np.random.Generator) -> Planted:
    """Leave a category out where the event comes, mostly."""
    both = tables.stacked
    gone = rng.random(len(both)) < np.where(both["label"] > 0, 0.4, 0.05)
    branch = pd.Series(rng.choice(list("uvwxyz"), len(both)), dtype=object).where(~gone, None)
    return Planted(tables.with_columns(both.assign(branch=branch), read=("branch",)), COLUMN_LEAKS, ("branch",))


def rows_replayed(tables: Tables, rng: np.random.Generator) -> Planted:
    """Put a twentieth of the examined rows into the training table with one category or one number changed."""
    count = max(20, len(tables.examined) // 20)
    copies = tables.examined.iloc[rng.choice(len(tables.examined), count, replace=False)].copy()
    number = next(c for c in tables.features if copies[c].dtype.kind == "f")
    copies[number] = copies[number] * rng.uniform(0.9, 1.1, count)
    training = pd.concat([tables.training, copies], ignore_index=True)
    return Planted(replace(tables, training=training), ("near_duplicate", "split_overlap"))


def owners(tables: Tables, rng: np.random.Generator, *, apart: Callable[[np.ndarray, int], np.ndarray]) -> Tables:
    """Return the tables with households whose own odds turn labels over, and two columns that tell them."""
    both = tables.stacked
    count = len(both) // 15
    owner = apart(rng.integers(0, count, len(both)), len(tables.training))
    turned = rng.random(len(both)) < np.where(rng.random(count + 2)[owner] < 0.3, 0.45, 0.02)
    label = np.where(turned, both["label"].max() - both["label"], both["label"])
    postcode, income = rng.integers(10_000, 99_999, count + 2)[owner], rng.normal(3_000, 700, count + 2)[owner].round(2)
    columns = both.assign(label=label, household=owner, postcode=postcode, income=income)
    return tables.with_columns(columns, read=("postcode", "income"), entity="household")


def owners_on_both_sides(tables: Tables, rng: np.random.Generator) -> Planted:
    """Let households be in both tables."""
    mixed = owners(tables, rng, apart=lambda owner, _: owner)
    return Planted(mixed, ("entity_leak",), ("household", "postcode", "income"))


def sorted_export(tables: Tables, rng: np.random.Generator) -> Planted:
    """Add a number given after a sort that half knew the label, and leave the rows in that order."""
    both = tables.stacked
    place = (both["label"] + 0.9 * rng.normal(size=len(both))).rank(method="first").astype(int)
    made = tables.with_columns(both.assign(ticket=700_000 + 3 * place), read=("ticket",))
    training, examined = (one.sort_values("ticket", ignore_index=True) for one in (made.training, made.examined))
    return Planted(replace(made, training=training, examined=examined), COLUMN_LEAKS, ("ticket",))


def encoded_shop(tables: Tables, rng: np.random.Generator) -> Planted:
    """Add the mean label of a meaningless shop of four rows, learned in training with the row's own label."""
    both = tables.stacked
    shop = rng.integers(0, len(tables.training) // 4, len(both))
    event = (both["label"] == both["label"].max()).astype(float)
    known = np.arange(len(both)) < len(tables.training)
    rates = event[known].groupby(shop[known]).agg(["sum", "size"])
    smooth = (rates["sum"] + 2 * event[known].mean()) / (rates["size"] + 2)
    rate = pd.Series(shop).map(smooth).fillna(event[known].mean())
    made = tables.with_columns(both.assign(shop_rate=rate), read=("shop_rate",))
    return Planted(made, COLUMN_LEAKS, ("shop_rate",))


def late_values(tables: Tables, rng: np.random.Generator) -> Planted:
    """Overwrite a twelfth of a number after the outcome; the table says when."""
    both = tables.stacked
    number = next(c for c in tables.features if both[c].dtype.kind == "f")
    at = pd.Timestamp("2025-03-01", tz="UTC") + pd.to_timedelta(rng.uniform(0, 200, len(both)), unit="D")
    late = rng.random(len(both)) < 1 / 12
    told = both[number] + np.where(late, both["label"] * both[number].std(), 0.0)
    known = at + pd.to_timedelta(np.where(late, rng.uniform(1, 9, len(both)), -1.0), unit="D")
    columns = both.assign(**{number: told, "asked_at": at, "stamp": known})
    made = tables.with_columns(columns, time="asked_at", available_at={number: "stamp"})
    return Planted(made, COLUMN_LEAKS, (number,))


def filled_afterwards(tables: Tables, rng: np.random.Generator) -> Planted:
    """Let a code tell a fifth of training's events, and nothing in the examined table."""
    both = tables.stacked
    code = pd.Series(rng.choice(["ok", "open", "void"], len(both), p=[0.7, 0.27, 0.03]))
    known = np.arange(len(both)) < len(tables.training)
    told = known & (both["label"] == both["label"].max()) & (rng.random(len(both)) < 0.25)
    return Planted(tables.with_columns(both.assign(state=code.mask(told, "void")), read=("state",)), COLUMN_LEAKS,
                   ("state",))  # fmt: skip


def one_sided_flips(tables: Tables, rng: np.random.Generator) -> Planted:
    """Turn a quarter of the events into none, within one value of a column that no model reads."""
    both = tables.stacked
    desk = pd.Series(rng.choice(["north", "south", "east", "west"], len(both), p=[0.1, 0.3, 0.3, 0.3]))
    flipped = (desk == "north") & (rng.random(len(both)) < 0.4)
    label = np.where(flipped, both["label"].max() - both["label"], both["label"])
    return Planted(tables.with_columns(both.assign(label=label, desk=desk)), ("label_noise",), ("desk",))


def young_events(tables: Tables, rng: np.random.Generator) -> Planted:
    """Let events become known after twelve days on average, in an examined table of the last fifty."""
    made, late = _with_delay(tables, rng, snapshot=250.0)
    label = made.examined["label"].where(~late, 0)
    return Planted(replace(made, examined=made.examined.assign(label=label)), ("label_delay",))


def _with_delay(tables: Tables, rng: np.random.Generator, *, snapshot: float) -> tuple[Tables, pd.Series]:
    both = tables.stacked
    known = np.arange(len(both)) < len(tables.training)
    day = np.where(known, rng.uniform(0, 200, len(both)), rng.uniform(200, 250, len(both)))
    told = day + rng.exponential(12, len(both))
    event = both["label"] == both["label"].max()
    late = pd.Series(event & (told > snapshot))
    start = pd.Timestamp("2025-01-01")
    stamps = (start + pd.Series(pd.to_timedelta(told, unit="D"))).where(event & ~late)
    columns = both.assign(at=start + pd.to_timedelta(day, unit="D"), told_at=stamps)
    made = tables.with_columns(columns, time="at", label_time="told_at")
    return made, late.iloc[len(tables.training) :].reset_index(drop=True)


def new_level(tables: Tables, rng: np.random.Generator) -> Planted:
    """Let a fifteenth of the examined rows have a value that training never saw."""
    both = tables.stacked
    region = pd.Series(rng.choice(list("klmn"), len(both)), dtype=object)
    new = (np.arange(len(both)) >= len(tables.training)) & (rng.random(len(both)) < 1 / 15)
    return Planted(tables.with_columns(both.assign(region=region.mask(new, "z")), read=("region",)), ("drift",),
                   ("region",))  # fmt: skip


PLANTS: dict[str, Plant] = {
    one.__name__: one
    for one in (
        *(noisy_code, copied_number, sum_of_two, equal_codes, rare_sentinel, missing_text, rows_replayed),
        *(owners_on_both_sides, sorted_export, encoded_shop, late_values, filled_afterwards, one_sided_flips),
        *(young_events, new_level),
    )
}


def nothing(tables: Tables, rng: np.random.Generator) -> Planted:
    """Leave the tables as they are."""
    return Planted(tables, ())


def owners_apart(tables: Tables, rng: np.random.Generator) -> Planted:
    """Add households, none of which is in both tables."""
    return Planted(owners(tables, rng, apart=lambda owner, known: 2 * (owner // 2) + (np.arange(len(owner)) >= known)),
                   ())  # fmt: skip


def ripe_labels(tables: Tables, rng: np.random.Generator) -> Planted:
    """Let events become known late, in a table that was cut long after."""
    return Planted(_with_delay(tables, rng, snapshot=np.inf)[0], ())


def known_in_time(tables: Tables, rng: np.random.Generator) -> Planted:
    """Add a strong number that the table says was known before."""
    both = tables.stacked
    at = pd.Timestamp("2025-03-01") + pd.to_timedelta(rng.uniform(0, 200, len(both)), unit="D")
    known = at - pd.to_timedelta(rng.uniform(1, 9, len(both)), unit="D")
    columns = both.assign(score=both["label"] + 0.6 * rng.normal(size=len(both)), at=at, score_at=known)
    return Planted(tables.with_columns(columns, read=("score",), time="at", available_at={"score": "score_at"}), ())


def noise_columns(tables: Tables, rng: np.random.Generator) -> Planted:
    """Add an id to the features, prose that nobody reads twice, a constant and an empty column."""
    both = tables.stacked
    words = np.array(["late", "paid", "call", "note", "again", "never", "soon", "ask"])
    prose = [" ".join(rng.choice(words, 6)) for _ in range(len(both))]
    columns = both.assign(ticket=rng.permutation(len(both)), remark=prose, same=1.0, empty=np.nan)
    return Planted(tables.with_columns(columns, read=("ticket", "remark", "same")), ())


CONTROLS: dict[str, Plant] = {
    one.__name__: one for one in (nothing, owners_apart, ripe_labels, known_in_time, noise_columns)
}
