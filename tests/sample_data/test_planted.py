"""Each plant is there, read from the committed files alone."""

import lightgbm
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from sample_data.features import CATEGORICAL, FEATURES
from sample_data.models import BOOSTING

THRESHOLD = 0.3
REFUNDS = "refunds_30d"


def named(rows, ids):
    return rows[rows["payment_id"].isin(ids)]


def test_every_letter_is_listed_with_its_rows(plants, incident, matching):
    assert sorted({name[0] for name in plants}) == list("abcdefghijk")
    for letter in ("a", "j", "k", "h2"):
        assert matching(incident, plants[letter]["conditions"]).sum() == plants[letter]["rows"] > 0


def test_the_readme_gives_the_same_numbers(plants, home):
    table = (home / "README.md").read_text(encoding="utf-8").split("## What is planted")[1]
    lines = {line[2]: line for line in table.splitlines() if line.startswith("| ") and line[3] == " "}
    counted = [plant for name, plant in plants.items() if name not in ("b", "e")]
    missing = [plant["id"] for plant in counted if f"{plant['rows']:,}" not in lines[plant["id"][0]]]
    assert not missing
    assert f"{len(plants['g']['training_ids'])} and" in lines["g"]


def test_a_the_release_knows_no_device_age_offline_or_online(plants, incident, online, training, matching):
    hit = matching(incident, plants["a"]["conditions"])
    assert 0.03 < hit.mean() < 0.06
    assert (incident.loc[hit, "device_age_days"] == 0).all()
    assert (online.loc[hit, "device_age_days"] == 0).all()
    assert (incident.loc[~hit, "device_age_days"] == 0).mean() < 0.04
    assert not matching(training, plants["a"]["conditions"]).any()


def test_a_the_live_model_blocks_its_good_customers_far_beyond_its_promise(plants, incident, promised, matching):
    hit = matching(incident, plants["a"]["conditions"])
    blocked = promised >= THRESHOLD
    wrong = blocked != (incident["is_fraud"] == 1)
    expected = np.where(blocked, 1 - promised, promised)
    assert blocked[hit & (incident["is_fraud"] == 0)].mean() > 0.9
    assert wrong[hit].sum() > 1.8 * expected[hit].sum()
    assert wrong[hit].sum() > 3 * wrong[~hit].sum()
    assert abs(wrong[~hit].sum() - expected[~hit].sum()) < 100  # few and ordinary elsewhere


def test_a_no_other_plant_has_as_many_errors_too_many(plants, incident, promised, matching):
    blocked = promised >= THRESHOLD
    excess = (blocked != (incident["is_fraud"] == 1)) - np.where(blocked, 1 - promised, promised)
    release = matching(incident, plants["a"]["conditions"])
    others = [matching(incident, plants[one]["conditions"]) & ~release for one in ("f", "g", "h2", "i", "j", "k")]
    others += [incident["payment_id"].isin(plants[one]["ids"]) & ~release for one in ("d", "f", "g", "h1")]
    assert max(excess[one].sum() for one in others) < excess[release].sum() / 4


def test_b_refunds_tell_fraud_among_customers_whose_past_is_the_same(training, incident):
    for rows in (training, incident):
        newcomers = rows[rows["customer_orders"] == 0]  # nobody can have sent back what they have not bought
        assert (newcomers[REFUNDS] > 0).any()
        assert newcomers.groupby(newcomers[REFUNDS] > 0)["is_fraud"].mean().diff().iloc[-1] > 0.3


def test_c_orders_are_served_as_they_were_two_days_earlier(plants, incident, online):
    assert (incident["customer_orders"] != online["customer_orders"]).sum() == plants["c"]["rows"]
    rows = incident.assign(served=online["customer_orders"])[~incident["payment_id"].isin(plants["d"]["ids"])]
    asked = rows.assign(event_time=(rows["event_time"] - pd.Timedelta(days=2)).astype("datetime64[ms]"))
    then = rows[["customer_id", "event_time", "customer_orders"]].rename(columns={"customer_orders": "then"})
    joined = pd.merge_asof(asked, then, on="event_time", by="customer_id", direction="forward")
    covered = joined["event_time"] >= rows["event_time"].min()
    assert (joined["served"] == joined["then"])[covered].all()


def test_d_twins_have_the_features_and_label_of_training_rows(plants, incident, training):
    twins, sources = incident.set_index("payment_id"), training.set_index("payment_id")
    same = ["customer_id", *FEATURES, "is_fraud"]
    replayed, original = twins.loc[plants["d"]["ids"], same], sources.loc[plants["d"]["training_ids"], same]
    assert len(replayed) == round(0.015 * len(incident)) == plants["d"]["rows"]
    pd.testing.assert_frame_equal(replayed.reset_index(drop=True), original.reset_index(drop=True))


def test_d_no_other_row_stands_in_both_tables(plants, incident, training):
    keys = [pd.util.hash_pandas_object(rows[[*FEATURES, "is_fraud"]], index=False) for rows in (incident, training)]
    assert set(incident.loc[keys[0].isin(keys[1]), "payment_id"]) == set(plants["d"]["ids"])


def test_e_the_candidates_jump_is_gone_without_the_refunds(training, incident, plants, home, promised, matching):
    sound = incident[~matching(incident, plants["a"]["conditions"])]
    candidate = lightgbm.Booster(model_file=home / "candidate.txt")
    worded = dict(zip(CATEGORICAL, (pd.CategoricalDtype(one) for one in candidate.pandas_categorical), strict=True))
    known = sound[sound["country"].isin(candidate.pandas_categorical[list(CATEGORICAL).index("country")])]
    told = candidate.predict(known[candidate.feature_name()].astype(worded))
    honest = lightgbm.train(
        BOOSTING, lightgbm.Dataset(training[list(FEATURES)].astype(worded), training["is_fraud"]), num_boost_round=60
    )
    untold = honest.predict(known[list(FEATURES)].astype(worded))
    live, without, jumped = (roc_auc_score(known["is_fraud"], one) for one in (promised[known.index], untold, told))
    assert jumped > live + 0.01
    assert without < live + 0.005


def test_f_frauds_of_the_last_days_stand_as_good(plants, incident, promised, matching):
    unripe = named(incident, plants["f"]["ids"])
    assert matching(unripe, plants["f"]["conditions"]).all()
    assert (unripe["is_fraud"] == 0).all()
    assert promised[unripe.index].mean() > 0.5
    assert incident["event_time"].max() - unripe["event_time"].min() <= pd.Timedelta(days=10)


def test_g_one_queue_has_one_category_the_wrong_way_round(plants, incident, training, matching):
    for rows, ids in ((incident, plants["g"]["ids"]), (training, plants["g"]["training_ids"])):
        night = matching(rows, plants["g"]["conditions"])
        assert set(ids) <= set(rows.loc[night, "payment_id"])
        others = (rows["review_queue"] == "night") ^ (rows["merchant_category"] == "gift_cards")
        assert rows.loc[night, "is_fraud"].mean() > 3 * rows.loc[others, "is_fraud"].mean()


def test_h_account_ages_fall_for_these_customers_alone(plants, incident):
    ordered = incident.sort_values(["customer_id", "event_time"], kind="stable")
    falls = ordered.groupby("customer_id")["account_age_days"].diff() < 0
    assert set(ordered.loc[falls, "customer_id"]) == set(plants["h1"]["customers"])


def test_i_the_address_check_tells_fraud_in_training_alone(plants, training, incident, matching):
    rates = [
        rows.loc[matching(rows, plants["i"]["conditions"]), "is_fraud"].mean() / rows["is_fraud"].mean()
        for rows in (training, incident)
    ]
    assert rates[0] > 4
    assert rates[1] < 2
    assert (named(training, plants["i"]["ids"])["address_check"] == "unavailable").all()


def test_j_training_never_saw_the_market(plants, training, incident):
    assert set(incident["country"]) - set(training["country"]) == {"PT"}


def test_k_amounts_of_the_sdk_are_served_in_cents_and_no_others(plants, incident, online, matching):
    hit = matching(incident, plants["k"]["conditions"])
    np.testing.assert_allclose(online["amount"][hit], 100 * incident["amount"][hit])
    assert (online["amount"][~hit] == incident["amount"][~hit]).all()


def test_nothing_else_is_served_differently(incident, online):
    for name in set(FEATURES) - {"amount", "customer_orders"}:
        pd.testing.assert_series_equal(incident[name], online[name])
