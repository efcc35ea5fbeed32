import numpy as np
import pytest

from sample_data.settings import DAY, SMALL
from sample_data.world import simulate


@pytest.fixture(scope="module")
def world():
    return simulate(SMALL, np.random.default_rng(2))


@pytest.fixture(scope="module")
def payments(world):
    device = world.people.devices["start"].to_numpy()[world.payments["device"]]
    account = world.people.customers["joined"].to_numpy()[world.payments["customer"]]
    return world.payments.assign(
        device_age=world.payments["time"] - device, account_age=world.payments["time"] - account
    )


def test_nobody_pays_from_what_is_not_there_yet(payments, world):
    card = world.people.cards["start"].to_numpy()[payments["card"]]
    assert (payments["device_age"] >= 0).all()
    assert (payments["account_age"] >= 0).all()
    assert (payments["time"] >= card).all()


def test_takeovers_come_from_old_accounts_and_new_devices(payments):
    takeovers = payments[payments["kind"] == "takeover"]
    assert takeovers["account_age"].median() > 200 * DAY
    assert (takeovers["device_age"] < DAY).mean() > 0.6


def test_bursts_use_several_cards_of_one_new_account(payments):
    bursts = payments[payments["kind"] == "burst"]
    assert bursts["account_age"].median() < 3 * DAY
    assert bursts.groupby("customer")["card"].nunique().mean() > 2


def test_trials_open_several_accounts_on_one_device(payments):
    trials = payments[payments["kind"] == "trial"]
    assert trials.groupby("device")["customer"].nunique().mean() > 2


def test_some_of_what_looks_like_fraud_is_honest_and_all_disputes_are_not(payments):
    guilty = payments.groupby("kind")["fraud"].mean()
    assert guilty["good"] == 0
    assert guilty["friendly"] == 1
    assert guilty[["burst", "takeover", "trial"]].between(0.7, 0.99).all()


def test_a_good_customer_on_a_device_of_the_first_day_is_rare(payments):
    good = payments[~payments["fraud"]]
    assert (good["device_age"] < DAY).mean() < 0.02
    assert (payments.loc[payments["fraud"], "device_age"] < DAY).mean() > 0.5
