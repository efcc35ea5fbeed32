"""Four kinds of fraud, each made by the mechanism that it has in life.

burst     stolen cards, tried one after the other from a fresh account on a fresh device
takeover  somebody else pays from a good customer's account, on a device that the account has not seen
trial     one device opens account after account for trials and welcome discounts
friendly  a good customer disputes a payment that they made themselves; nothing tells it apart

Some cases look like fraud to the last detail and are honest: a new phone on pay day, a reseller with five cards, a
family's tablet. They are in the payments too (`fraud` says which is which), so no model can be sure of itself.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.behaviour import PROFILES, draw_circumstances, draw_moments
from sample_data.customers import CARD_TYPES, COUNTRIES, COUNTRY_SHARES, PLATFORMS, People
from sample_data.orders import describe_payments
from sample_data.settings import DAY, Settings

NEW_DEVICE_SHARE = 0.93  # of takeovers; the others use the customer's own, by malware
HONEST = {"burst": 0.1, "takeover": 0.14, "trial": 0.12}  # share of cases that only look like it
RESOLD_SHARE = 0.2  # of stolen cards
FRESH_SHARE = 0.88  # of new devices that pay on the day they are first seen


def add_bursts(people: People, settings: Settings, *, rng: np.random.Generator) -> tuple[People, pd.DataFrame]:
    """Return people with the bursts' accounts, devices and cards, and the bursts' payments."""
    start = _starts(settings, settings.bursts_a_day, kind="burst", rng=rng)
    burst = np.repeat(np.arange(len(start)), 2 + rng.poisson(2.2, len(start)))
    moment = start[burst] + _minutes_apart(burst, 25, rng=rng)
    waited = (rng.exponential(1.5, len(start)) * DAY).astype(np.int64)
    accounts = _accounts(start - waited, ("disposable", "webmail"), weights=(0.3, 0.7), rng=rng)
    devices = _devices(np.arange(len(start)), start - _seen_before(len(start), rng), rng=rng)
    cards = _cards(burst, moment, weights=(0.55, 0.3, 0.15), rng=rng)
    codes = {"customer": burst, "device": burst, "card": _sold_on(moment, rng)}
    rogues = People(accounts, devices, cards)
    payments = _rogue_payments(rogues, codes, moment=moment, kind="burst", rng=rng)
    return _enter(people, rogues, payments=payments.assign(fraud=_guilty(burst, "burst", rng=rng)))


def add_trials(people: People, settings: Settings, *, rng: np.random.Generator) -> tuple[People, pd.DataFrame]:
    """Return people with the trial abusers' accounts, and their payments. An abuser's accounts share one device."""
    start = _starts(settings, settings.trials_a_day, kind="trial", rng=rng)
    abuser = np.repeat(np.arange(len(start)), 2 + rng.poisson(2.0, len(start)))
    gaps = rng.exponential(0.5 * DAY, len(abuser)).astype(np.int64)
    moment = start[abuser] + _running(gaps, abuser)
    accounts = _accounts(
        moment - rng.integers(60, 7_200, len(abuser)), ("disposable", "webmail"), weights=(0.4, 0.6), rng=rng
    )
    devices = _devices(np.zeros(len(start), dtype=np.int64), start - _seen_before(len(start), rng), rng=rng)
    cards = _cards(np.arange(len(abuser)), moment, weights=(0.25, 0.3, 0.45), rng=rng)
    codes = {"customer": np.arange(len(abuser)), "device": abuser, "card": np.arange(len(abuser))}
    rogues = People(accounts, devices, cards)
    payments = _rogue_payments(rogues, codes, moment=moment, kind="trial", rng=rng)
    return _enter(people, rogues, payments=payments.assign(fraud=_guilty(abuser, "trial", rng=rng)))


def add_takeovers(people: People, settings: Settings, *, rng: np.random.Generator) -> tuple[People, pd.DataFrame]:
    """Return people with the devices that took accounts over, and the payments made from them."""
    start = _starts(settings, settings.takeovers_a_day, kind="takeover", rng=rng)
    victim = _victims(people, start, rng=rng)
    case = np.repeat(np.arange(len(start)), 1 + rng.poisson(0.7, len(start)))
    moment = start[case] + _minutes_apart(case, 300, rng=rng)
    payments = describe_payments(people, victim[case], moment=moment, kind="takeover", rng=rng)
    devices = _devices(victim, start - _seen_before(len(start), rng), rng=rng)
    foreign = (rng.random(len(start)) < NEW_DEVICE_SHARE)[case]
    device = np.where(foreign, len(people.devices) + case, payments["device"])
    payments = payments.assign(device=device, fraud=_guilty(case, "takeover", rng=rng))
    return People(people.customers, pd.concat([people.devices, devices], ignore_index=True), people.cards), payments


def make_disputes(people: People, settings: Settings, *, rng: np.random.Generator) -> pd.DataFrame:
    """Return payments that good customers made and dispute."""
    start = _starts(settings, settings.friendly_a_day, kind="friendly", rng=rng)
    return describe_payments(people, _victims(people, start, rng=rng), moment=start, kind="friendly", rng=rng).assign(
        fraud=True
    )


def _guilty(case: np.ndarray, kind: str, *, rng: np.random.Generator) -> np.ndarray:
    """Return for each payment whether its case is fraud indeed."""
    return (rng.random(case.max(initial=-1) + 1) >= HONEST[kind])[case]


def _starts(settings: Settings, a_day: float, *, kind: str, rng: np.random.Generator) -> np.ndarray:
    days = rng.integers(0, settings.days, rng.poisson(a_day * settings.days))
    return draw_moments(rng, days, profile=PROFILES[kind])


def _victims(people: People, moments: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Return a customer for each moment who had joined by then, the busier the likelier."""
    rate = people.customers["rate"].to_numpy() * (people.customers["joined"].to_numpy() < 0)
    return rng.choice(len(rate), len(moments), p=rate / rate.sum())


def _seen_before(count: int, rng: np.random.Generator) -> np.ndarray:
    """Return for how many seconds each fraudulent device had been seen before its first payment."""
    fresh = rng.integers(60, 3 * 3_600, count)
    return np.where(rng.random(count) < FRESH_SHARE, fresh, rng.exponential(25 * DAY, count)).astype(np.int64)


def _minutes_apart(case: np.ndarray, mean: float, *, rng: np.random.Generator) -> np.ndarray:
    return _running(rng.exponential(mean * 60, len(case)).astype(np.int64), case)


def _running(gaps: np.ndarray, case: np.ndarray) -> np.ndarray:
    """Return the time since the case's first payment."""
    since = pd.Series(gaps).groupby(case).cumsum().to_numpy()
    return since - pd.Series(gaps).groupby(case).transform("first").to_numpy()


def _accounts(
    joined: np.ndarray, emails: tuple[str, ...], *, weights: tuple[float, ...], rng: np.random.Generator
) -> pd.DataFrame:
    count = len(joined)
    return pd.DataFrame(
        {
            "joined": joined,
            "rate": 0.0,
            "earlier": 0,
            "country": rng.choice(COUNTRIES, count, p=COUNTRY_SHARES),
            "email_kind": rng.choice(emails, count, p=weights),
            "spend": rng.lognormal(0, 0.35, count),
        }
    )


def _devices(customer: np.ndarray, start: np.ndarray, *, rng: np.random.Generator) -> pd.DataFrame:
    platform = rng.choice(PLATFORMS, len(start), p=(0.42, 0.14, 0.44))
    return pd.DataFrame({"customer": customer, "start": start, "platform": platform})


def _cards(
    customer: np.ndarray, moment: np.ndarray, *, weights: tuple[float, ...], rng: np.random.Generator
) -> pd.DataFrame:
    kinds = rng.choice(CARD_TYPES, len(customer), p=weights)
    return pd.DataFrame({"customer": customer, "start": moment - 30, "card_type": kinds})


def _sold_on(moment: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a card for each payment: its own, or one that another thief used shortly before."""
    order, place = np.argsort(moment, kind="stable"), np.arange(len(moment))
    before = np.maximum(place - rng.integers(1, 12, len(moment)), 0)
    card = place.copy()
    card[order] = order[np.where(rng.random(len(moment)) < RESOLD_SHARE, before, place)]
    return card


def _rogue_payments(
    rogues: People, codes: dict[str, np.ndarray], *, moment: np.ndarray, kind: str, rng: np.random.Generator
) -> pd.DataFrame:
    """Return payments by newcomers, whose codes count from 0."""
    spend = rogues.customers["spend"].to_numpy()[codes["customer"]]
    who = pd.DataFrame({"time": moment, **codes, "kind": kind})
    return pd.concat([who, draw_circumstances(rng, spend, profile=PROFILES[kind])], axis=1)


def _enter(people: People, rogues: People, *, payments: pd.DataFrame) -> tuple[People, pd.DataFrame]:
    """Return people with the rogues behind them, and the rogues' payments with codes that count on from theirs."""
    before = len(people.customers)
    everyone = People(
        pd.concat([people.customers, rogues.customers], ignore_index=True),
        *(
            pd.concat([own, more.assign(customer=more["customer"] + before)], ignore_index=True)
            for own, more in ((people.devices, rogues.devices), (people.cards, rogues.cards))
        ),
    )
    offsets = {"customer": before, "device": len(people.devices), "card": len(people.cards)}
    return everyone, payments.assign(**{thing: payments[thing] + offset for thing, offset in offsets.items()})
