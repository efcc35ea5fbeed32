import numpy as np
import pandas as pd
import pytest

from sample_data.features import FEATURES, compute_features, count_refunds, remember
from sample_data.settings import DAY, LEAD_DAYS, SMALL
from sample_data.world import simulate

NOON = (LEAD_DAYS + 60) * DAY + DAY // 2


@pytest.fixture(scope="module")
def world():
    return simulate(SMALL, np.random.default_rng(1))


def known_at_noon(world):
    """The past as somebody knew it at noon: what came later is not there yet."""
    payments = world.payments[world.payments["time"] < NOON]
    payments = payments.assign(chargeback=payments["chargeback"].where(payments["chargeback"] < NOON))
    declines, refunds = (rows[rows["time"] < NOON] for rows in (world.declines, world.refunds))
    return payments, remember(payments, world.people, declines=declines, refunds=refunds)


def known_at_the_end(world):
    return remember(world.payments, world.people, declines=world.declines, refunds=world.refunds)


def test_features_do_not_change_when_the_future_becomes_known(world):
    before, past = known_at_noon(world)
    then = compute_features(before, world.people, past=past)
    later = compute_features(before, world.people, past=known_at_the_end(world))
    pd.testing.assert_frame_equal(then, later)


def test_refunds_change_when_they_are_asked_about_a_later_moment(world):
    before, past = known_at_noon(world)
    ahead = before["time"].to_numpy() + 6 * DAY
    then = count_refunds(before, past, moments=ahead)
    later = count_refunds(before, known_at_the_end(world), moments=ahead)
    assert (later > then).any()


def test_every_feature_varies_and_only_first_orders_lack_a_past(world):
    rows = compute_features(world.payments, world.people, past=known_at_the_end(world))
    assert list(rows.columns) == list(FEATURES)
    assert (rows.nunique() > 1).all()
    holes = rows.columns[rows.isna().any()]
    assert list(holes) == ["amount_ratio", "hours_since_order"]
    assert (rows.loc[rows["customer_orders"] == 0, list(holes)].isna()).all(axis=None)
