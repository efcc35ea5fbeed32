"""The four committed models open, score and are what the table says of them."""

import numpy as np
import onnxruntime
import pytest
import skops.io
from sklearn.metrics import log_loss, roc_auc_score

from sample_data.features import CATEGORICAL, FEATURES
from sample_data.make import as_read
from sample_data.models import event_probability, to_onnx, train_neural
from sample_data.settings import SMALL
from sample_data.tables import make_tables
from sample_data.world import simulate


def run_net(content, rows):
    session = onnxruntime.InferenceSession(content)
    kinds = {name: object if name in CATEGORICAL else np.float32 for name in FEATURES}
    fed = {one.name: rows[[one.name]].to_numpy(kinds[one.name]) for one in session.get_inputs()}
    return session.run(["probabilities"], fed)[0][:, 1]


@pytest.fixture(scope="module")
def sound(incident, plants, matching):
    return incident[~matching(incident, plants["a"]["conditions"])]


def test_the_live_model_is_good_where_nothing_is_wrong(forest, sound):
    scores = event_probability(forest, sound)
    assert 0.9 < roc_auc_score(sound["is_fraud"], scores) < 0.97
    assert log_loss(sound["is_fraud"], scores) < 0.06


def test_the_live_models_promise_is_kept_where_nothing_is_wrong(forest, sound):
    scores = event_probability(forest, sound)
    assert scores.mean() == pytest.approx(sound["is_fraud"].mean(), rel=0.12)


def test_the_log_holds_what_the_live_model_answers(forest, online, incident, promised):
    np.testing.assert_allclose(event_probability(forest, online), online["score"], atol=1e-12)
    untouched = (online["amount"] == incident["amount"]) & (online["customer_orders"] == incident["customer_orders"])
    assert untouched.mean() > 0.6
    np.testing.assert_allclose(promised[untouched], online["score"][untouched], atol=1e-12)
    assert (abs(promised - online["score"])[~untouched] > 1e-3).mean() > 0.1


def test_the_logistic_regression_opens_without_types_of_its_own(home, sound):
    model = skops.io.load(home / "logistic.skops", trusted=["numpy.dtype"])
    assert 0.85 < roc_auc_score(sound["is_fraud"], event_probability(model, sound)) < 0.97


def test_the_neural_net_scores_rows_of_raw_columns(home, sound):
    scores = run_net((home / "neural.onnx").read_bytes(), sound)
    assert 0.85 < roc_auc_score(sound["is_fraud"], scores) < 0.97


def test_the_neural_net_is_the_same_in_both_formats():
    rng = np.random.default_rng(3)
    tables = make_tables(simulate(SMALL, rng), SMALL, rng=rng)
    net = train_neural(as_read(tables.training), SMALL)
    rows = as_read(tables.incident)
    np.testing.assert_allclose(run_net(to_onnx(net), rows), event_probability(net, rows), atol=1e-5)


def test_the_candidate_reads_one_column_more(home):
    from lightgbm import Booster

    named = Booster(model_file=home / "candidate.txt").feature_name()
    assert set(named) - set(FEATURES) == {"refunds_30d"}
