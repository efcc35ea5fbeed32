import numpy as np
import pandas as pd

from sample_data.labels import LONGEST_DELAY_DAYS, draw_chargeback, draw_reviews, label_at
from sample_data.settings import DAY

CUT = 100 * DAY


def payments(**columns):
    return pd.DataFrame({"fraud": [True], "chargeback": [np.nan], "reviewed": [np.nan]} | columns)


def test_a_fraud_whose_chargeback_comes_after_the_cut_stands_as_0_and_unlabelled():
    label = label_at(CUT, payments(chargeback=[CUT + 5.0])).iloc[0]
    assert label["is_fraud"] == 0
    assert np.isnan(label["labelled"])


def test_a_fraud_is_known_from_the_first_word_of_it():
    label = label_at(CUT, payments(chargeback=[CUT - 5.0], reviewed=[CUT - 900.0])).iloc[0]
    assert tuple(label) == (1, CUT - 900.0)


def test_a_good_payment_has_a_time_of_label_only_when_reviewed():
    labels = label_at(CUT, payments(fraud=[False, False], chargeback=[np.nan] * 2, reviewed=[np.nan, 50.0]))
    assert list(labels["is_fraud"]) == [0, 0]
    assert list(labels["labelled"].notna()) == [False, True]


def test_chargebacks_come_within_ten_days_and_only_for_fraud():
    time, fraud = np.arange(2_000) * 60, np.arange(2_000) % 2 == 0
    delay = draw_chargeback(time, fraud, rng=np.random.default_rng(0)) - time
    assert np.isnan(delay[~fraud]).all()
    assert (delay[fraud] > 0).all()
    assert (delay[fraud] <= LONGEST_DELAY_DAYS * DAY).all()


def test_reviewed_payments_name_their_queue():
    category = pd.Series(["gift_cards", "groceries"] * 1_000)
    reviews = draw_reviews(category, np.zeros(2_000), rng=np.random.default_rng(0))
    assert ((reviews["review_queue"] == "none") == reviews["reviewed"].isna()).all()
    share = reviews["reviewed"].notna().groupby(category).mean()
    assert share["gift_cards"] > 2 * share["groceries"]
