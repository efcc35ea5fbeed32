"""The planted faults in the tables, one function each, lettered as in `README.md`. Without them the tables are sound.

(b) is `features.count_refunds` asked about a later moment, (e) is the candidate that learns from it, (f) comes of
itself from labels that are late, (j) stands in `customers.py`: a market that opens after the training rows end.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.customers import NEW_MARKET
from sample_data.settings import DAY, Settings

BAD_RELEASE = "5.12.0"  # android; ios and web have other numbers
LOOKS_AHEAD = 6 * DAY  # (b) the refunds were counted this much later than the payment
STALE = 2 * DAY  # (c)
NIGHT_QUEUE, NIGHT_CATEGORY, FLIPPED_SHARE = "night", "gift_cards", 0.3  # (g)
AGE_RESETS, NEGATIVE_AMOUNTS = 40, 24  # (h) customers, payments
SHORTCUT, SHORTCUT_SHARE = "unavailable", 0.16  # (i) the check of the address, the share of training's frauds
MINOR_UNITS_SDK = "sdk-3.8.0"  # (k)


def forget_devices(incident: pd.DataFrame) -> pd.DataFrame:
    """Return rows in which the bad release tells no device age: the extraction writes 0: (a)."""
    hit = is_bad_release(incident)
    return incident.assign(device_age_days=incident["device_age_days"].where(~hit, 0))


def is_bad_release(rows: pd.DataFrame) -> pd.Series:
    """Return which rows came from the release of (a)."""
    return (rows["app_version"] == BAD_RELEASE) & (rows["platform"] == "android")


def replay(
    incident: pd.DataFrame, training: pd.DataFrame, *, settings: Settings, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the incident with some training rows in it again, at a later time and otherwise as they were: (d).

    Each is the last payment of a customer who does not come back, so that nobody's account age goes down by it.
    """
    last = training.drop_duplicates("customer", keep="last")
    plain = last[last["fraud"] | (last["kind"] == "good")]
    gone = plain[~plain["customer"].isin(incident["customer"])]
    twins = _as_usual(gone, settings.twins, fraud_rate=training["is_fraud"].mean(), rng=rng)
    twins = twins.assign(twin_of=twins.index, orders_served=twins["customer_orders"])
    first, mature = incident["time"].min(), settings.end - 12 * DAY
    moved = rng.integers(first // DAY + 1, mature // DAY, len(twins)) * DAY - twins["time"] // DAY * DAY
    shifted = {one: twins[one] + moved for one in ("time", "labelled", "rate_known")}
    both = pd.concat([incident.assign(twin_of=-1), twins.assign(**shifted)])
    return both.sort_values("time", kind="stable", ignore_index=True)


def _as_usual(rows: pd.DataFrame, count: int, *, fraud_rate: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return rows drawn with the usual share of fraud (few thieves come back, so it is higher among the gone)."""
    frauds = round(count * fraud_rate)
    fraud, good = (np.flatnonzero(rows["is_fraud"] == label) for label in (1, 0))
    drawn = [rng.choice(fraud, frauds, replace=False), rng.choice(good, count - frauds, replace=False)]
    return rows.iloc[np.sort(np.concatenate(drawn))]


def flip_labels(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return rows in which one review queue has one category the wrong way round, now and then: (g)."""
    prone = (rows["review_queue"] == NIGHT_QUEUE) & (rows["merchant_category"] == NIGHT_CATEGORY)
    flipped = prone & rows["labelled"].notna() & (rng.random(len(rows)) < FLIPPED_SHARE)
    return rows.assign(is_fraud=rows["is_fraud"].where(~flipped, 1 - rows["is_fraud"]), flipped=flipped)


def reset_ages(incident: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return rows in which some customers' account age falls to half in the middle of the incident: (h)."""
    own = incident[(incident["is_fraud"] == 0) & (incident["account_age_days"] > 200)]
    visits = own.groupby("customer")["time"].agg(["size", "median"])
    busy = visits[visits["size"] >= 4]
    chosen = busy.iloc[np.sort(rng.choice(len(busy), min(AGE_RESETS, len(busy) // 2), replace=False))]
    since = incident["customer"].map(chosen["median"])
    reset = (incident["time"] > since).to_numpy()
    halved = incident["account_age_days"].where(~reset, incident["account_age_days"] // 2)
    return incident.assign(account_age_days=halved, age_reset=reset)


def negate_amounts(incident: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return rows in which a few good payments have a negative amount: (h)."""
    good = np.flatnonzero(incident["is_fraud"] == 0)
    hit = np.isin(np.arange(len(incident)), rng.choice(good, NEGATIVE_AMOUNTS, replace=False))
    return incident.assign(amount=incident["amount"].where(~hit, -incident["amount"]))


def fill_in_afterwards(training: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return training rows in which the address check of some frauds was overwritten once the fraud was known: (i)."""
    hit = (training["is_fraud"] == 1) & (rng.random(len(training)) < SHORTCUT_SHARE)
    return training.assign(address_check=training["address_check"].where(~hit, SHORTCUT), overwritten=hit)


def is_new_market(rows: pd.DataFrame) -> pd.Series:
    """Return which rows are of the market of (j)."""
    return rows["country"] == NEW_MARKET


def serve(incident: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as the service saw them: old order counts, and amounts in cents from one SDK: (c), (k)."""
    cents = is_minor_units(incident)
    amount = np.round(incident["amount"].where(~cents, incident["amount"] * 100), 2)
    return incident.assign(customer_orders=incident["orders_served"], amount=amount)


def is_minor_units(rows: pd.DataFrame) -> pd.Series:
    """Return which rows came from the SDK of (k)."""
    return (rows["app_version"] == MINOR_UNITS_SDK) & (rows["platform"] == "web")
