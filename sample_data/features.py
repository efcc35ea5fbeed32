"""The features of a payment as of a moment. Both the training tables and the service ask this module.

Nothing after the moment counts, so the same question has the same answer whenever it is asked; what differs between
offline and online is a fault, and stands in `faults.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data.behaviour import CATEGORIES
from sample_data.customers import People
from sample_data.history import History, ever
from sample_data.settings import DAY

HOUR = 3_600
NUMERIC = (
    "amount", "amount_ratio", "account_age_days", "device_age_days", "card_age_days", "customer_orders", "orders_24h",
    "orders_7d", "spend_30d", "hours_since_order", "card_orders_24h", "device_orders_24h", "accounts_on_device",
    "accounts_on_card", "cards_on_account", "declines_24h", "distance_km", "hour", "items", "discount_rate",
    "session_minutes", "merchant_fraud_rate",
)  # fmt: skip
CATEGORICAL = (
    "platform", "country", "merchant_category", "card_type", "shipping", "email_kind", "connection", "address_check",
)  # fmt: skip
FEATURES = (*NUMERIC, *CATEGORICAL)
REFUNDS = "refunds_30d"  # the candidate alone reads it


@dataclass(frozen=True, eq=False)
class Past:
    """Everything that happened, ready to be asked about any moment."""

    by_customer: History  # values: amounts in cents
    by_card: History
    by_device: History
    by_merchant: History
    chargebacks: History  # by merchant, at the time they came in
    declines: History  # by customer
    refunds: History  # by customer
    new_accounts: History  # by device: the first payment of each account on it
    new_owners: History  # by card: the first payment of each account with it
    new_cards: History  # by customer: each card's registration


def remember(payments: pd.DataFrame, people: People, *, declines: pd.DataFrame, refunds: pd.DataFrame) -> Past:
    """Return the past that features are computed from."""
    charged = payments[payments["chargeback"].notna()]
    return Past(
        by_customer=_events(payments, "customer", values=_cents(payments["amount"])),
        by_card=_events(payments, "card"),
        by_device=_events(payments, "device"),
        by_merchant=_events(payments, "merchant"),
        chargebacks=History(entities=charged["merchant"].to_numpy(), times=charged["chargeback"].to_numpy()),
        declines=_events(declines, "customer"),
        refunds=_events(refunds, "customer"),
        new_accounts=_events(_first(payments, "device", "customer"), "device"),
        new_owners=_events(_first(payments, "card", "customer"), "card"),
        new_cards=_events(people.cards.rename(columns={"start": "time"}), "customer"),
    )


def compute_features(payments: pd.DataFrame, people: People, *, past: Past) -> pd.DataFrame:
    """Return `FEATURES` as of each payment's own time."""
    known = {**_ages(payments, people), **_habits(payments, people, past=past), **_crowds(payments, past)}
    known |= {one: payments[one].to_numpy() for one in ("amount", "items", "discount_rate", "session_minutes")}
    known["distance_km"] = payments["distance_km"].to_numpy().astype(np.int32)
    known["hour"] = (payments["time"].to_numpy() % DAY // HOUR).astype(np.int32)
    known["merchant_fraud_rate"] = _merchant_rate(payments, past)
    known |= _kinds(payments, people)
    return pd.DataFrame(known)[list(FEATURES)]


def count_orders(payments: pd.DataFrame, people: People, *, past: Past, moments: np.ndarray) -> np.ndarray:
    """Return each customer's number of orders before the moment, all time."""
    customer = payments["customer"].to_numpy()
    earlier = people.customers["earlier"].to_numpy()[customer]
    return (earlier + past.by_customer.count(customer, ever(moments), moments)).astype(np.int32)


def count_refunds(payments: pd.DataFrame, past: Past, *, moments: np.ndarray) -> np.ndarray:
    """Return each customer's number of refunds in the 30 days before the moment."""
    return past.refunds.count(payments["customer"].to_numpy(), moments - 30 * DAY, moments).astype(np.int32)


def _ages(payments: pd.DataFrame, people: People) -> dict[str, np.ndarray]:
    time = payments["time"].to_numpy()
    born = {
        "account_age_days": people.customers["joined"].to_numpy()[payments["customer"]],
        "device_age_days": people.devices["start"].to_numpy()[payments["device"]],
        "card_age_days": people.cards["start"].to_numpy()[payments["card"]],
    }
    return {name: (np.maximum(time - start, 0) // DAY).astype(np.int32) for name, start in born.items()}


def _habits(payments: pd.DataFrame, people: People, *, past: Past) -> dict[str, np.ndarray]:
    customer, time = payments["customer"].to_numpy(), payments["time"].to_numpy()
    month = time - 30 * DAY
    seen, spent = past.by_customer.count(customer, month, time), past.by_customer.total(customer, month, time) / 100
    last = past.by_customer.last(customer, time)
    return {
        "amount_ratio": np.round(payments["amount"].to_numpy() * seen / np.where(seen > 0, spent, np.nan), 2),
        "customer_orders": count_orders(payments, people, past=past, moments=time),
        "orders_24h": past.by_customer.count(customer, time - DAY, time).astype(np.int32),
        "orders_7d": past.by_customer.count(customer, time - 7 * DAY, time).astype(np.int32),
        "spend_30d": np.round(spent).astype(np.int32),
        "hours_since_order": np.round(np.where(last >= month, time - last, np.nan) / HOUR),
        "declines_24h": past.declines.count(customer, time - DAY, time).astype(np.int32),
    }


def _crowds(payments: pd.DataFrame, past: Past) -> dict[str, np.ndarray]:
    """Return how many share what; the payment itself counts as one, so that these start at 1."""
    time = payments["time"].to_numpy()
    device, card, customer = (payments[one].to_numpy() for one in ("device", "card", "customer"))
    return {
        "card_orders_24h": past.by_card.count(card, time - DAY, time).astype(np.int32),
        "device_orders_24h": past.by_device.count(device, time - DAY, time).astype(np.int32),
        "accounts_on_device": past.new_accounts.count(device, ever(time), time + 1).astype(np.int32),
        "accounts_on_card": past.new_owners.count(card, ever(time), time + 1).astype(np.int32),
        "cards_on_account": past.new_cards.count(customer, ever(time), time + 1).astype(np.int32),
    }


def _merchant_rate(payments: pd.DataFrame, past: Past) -> np.ndarray:
    """Return chargebacks a payment over 14 days, as a nightly job knows it at midnight."""
    merchant, midnight = payments["merchant"].to_numpy(), last_midnight(payments["time"].to_numpy())
    since = midnight - 14 * DAY
    sold = past.by_merchant.count(merchant, since, midnight)
    return np.round(past.chargebacks.count(merchant, since, midnight) / np.maximum(sold, 1), 3)


def last_midnight(time: np.ndarray) -> np.ndarray:
    """Return the start of each moment's day."""
    return time // DAY * DAY


def _kinds(payments: pd.DataFrame, people: People) -> dict[str, np.ndarray]:
    return {
        "platform": people.devices["platform"].to_numpy()[payments["device"]],
        "country": people.customers["country"].to_numpy()[payments["customer"]],
        "merchant_category": np.array(CATEGORIES)[payments["category"]],
        "card_type": people.cards["card_type"].to_numpy()[payments["card"]],
        "email_kind": people.customers["email_kind"].to_numpy()[payments["customer"]],
        **{one: payments[one].to_numpy() for one in ("shipping", "connection", "address_check")},
    }


def _events(rows: pd.DataFrame, entity: str, *, values: np.ndarray | None = None) -> History:
    return History(entities=rows[entity].to_numpy(), times=rows["time"].to_numpy(), values=values)


def _cents(amount: pd.Series) -> np.ndarray:
    return np.round(amount.to_numpy() * 100).astype(np.int64)


def _first(payments: pd.DataFrame, *pair: str) -> pd.DataFrame:
    return payments.sort_values("time", kind="stable").drop_duplicates(list(pair))
