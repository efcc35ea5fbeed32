import math

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import ModelRefused, TableRefused
from mispredict.endpoint.opening import open_endpoint
from mispredict.endpoint.settings import CallSettings
from mispredict.investigation.spec import ModelSpec
from tests.mispredict.endpoint.conftest import Service, opened

ROWS = ["no", "yes"]


def test_mlflow_is_asked_by_dataframe_split(service: Service, table, fitted, chances):
    def answer(document):
        split = document["dataframe_split"]
        rows = pd.DataFrame(split["data"], columns=split["columns"])
        return {"predictions": fitted.predict_proba(rows).tolist()}

    model = opened(service.answers("/invocations", answer), table, protocol="mlflow")
    np.testing.assert_array_equal(model.predict_proba(table), chances)
    assert service.bodies[0]["dataframe_split"]["columns"] == ["a", "b"]
    assert (model.format, model.family, model.features, model.classes) == ("endpoint", "endpoint", ("a", "b"), (*ROWS,))


def test_records_are_a_list_of_objects_or_stand_under_a_key(service: Service, table, fitted, chances):
    bare = service.answers("/bare", lambda rows: fitted.predict_proba(pd.DataFrame(rows))[:, 1].tolist())
    np.testing.assert_allclose(opened(bare, table).predict_proba(table), chances, atol=1e-12)
    assert set(service.bodies[0][0]) == {"a", "b"}
    keyed = service.answers(
        "/keyed", lambda body: {"scores": fitted.predict_proba(pd.DataFrame(body["instances"]))[:, 1].tolist()}
    )
    np.testing.assert_allclose(opened(keyed, table, records_in="instances").predict_proba(table), chances, atol=1e-12)


def kserve(service: Service, fitted, inputs, name="fraud"):
    """Serve the model by the Open Inference Protocol, with the inputs that it says it has."""

    def infer(document):
        tensors = document["inputs"]
        if len(tensors) == 1:
            rows = np.array(tensors[0]["data"]).reshape(tensors[0]["shape"])
            rows = pd.DataFrame(rows, columns=["a", "b"])
        else:
            rows = pd.DataFrame({one["name"]: one["data"] for one in tensors})[["a", "b"]]
        found = fitted.predict_proba(rows)
        label = {"name": "label", "shape": [len(rows)], "datatype": "BYTES", "data": fitted.predict(rows).tolist()}
        flat = {"name": "probabilities", "shape": list(found.shape), "datatype": "FP64", "data": found.ravel().tolist()}
        return {"model_name": name, "outputs": [label, flat]}

    if inputs is not None:
        outputs = [{"name": "label", "datatype": "BYTES", "shape": [-1]}]
        outputs += [{"name": "probabilities", "datatype": "FP64", "shape": [-1, 2]}]
        said = {"name": name, "platform": "test", "inputs": inputs, "outputs": outputs}
        service.app.add_api_route(f"/v2/models/{name}", lambda: said)
    service.answers(f"/v2/models/{name}/infer", infer)
    return f"{service.url}/v2/models/{name}"


@pytest.mark.parametrize(
    ("inputs", "sent"),
    [
        ([{"name": "x", "datatype": "FP32", "shape": [-1, 2]}], [("x", "FP32", [64, 2])]),
        (
            [{"name": "b", "datatype": "FP64", "shape": [-1, 1]}, {"name": "a", "datatype": "FP64", "shape": [-1]}],
            [("b", "FP64", [64, 1]), ("a", "FP64", [64])],
        ),
        (None, [("input-0", "FP64", [64, 2])]),
    ],
)
def test_kserve_is_asked_in_the_tensors_that_it_names(service: Service, table, fitted, chances, inputs, sent):
    url = kserve(service, fitted, inputs)
    model = opened(url, table, protocol="kserve-v2")
    assert [(one["name"], one["datatype"], one["shape"]) for one in service.bodies[0]["inputs"]] == sent
    np.testing.assert_allclose(model.predict_proba(table), chances, atol=1e-12)
    if inputs is not None:
        assert service.bodies[0]["outputs"] == [{"name": "probabilities"}]


def test_kserve_with_text_is_asked_column_by_column(service: Service):
    rows = pd.DataFrame({"n": [1, 2], "city": ["Rome", None], "on": [True, False]})
    tensors = {}

    def infer(document):
        tensors.update({one["name"]: (one["datatype"], one["data"]) for one in document["inputs"]})
        return {"outputs": [{"name": "p", "shape": [2], "datatype": "FP64", "data": [0.25, 0.5]}]}

    url = service.answers("/v2/models/m/infer", infer)
    found = opened(url, rows, protocol="kserve-v2").predict_proba(rows)
    np.testing.assert_array_equal(found[:, 1], [0.25, 0.5])
    assert tensors == {"n": ("INT64", [1, 2]), "city": ("BYTES", ["Rome", None]), "on": ("BOOL", [True, False])}
    with pytest.raises(TableRefused, match="the feature 'city' holds no numbers and the service takes one matrix"):
        opened(url, rows, protocol="kserve-v2", inputs="matrix")


def test_a_kserve_input_that_the_table_has_not_is_refused_by_its_name(service: Service, table, fitted):
    inputs = [{"name": n, "datatype": "FP64", "shape": [-1]} for n in ("a", "bb")]
    with pytest.raises(ModelRefused, match=r"reads 'bb', which the table has not"):
        opened(kserve(service, fitted, inputs), table, protocol="kserve-v2")


def test_cells_travel_as_json_has_them(service: Service):
    rows = pd.DataFrame(
        {
            "gap": [1.5, math.nan],
            "count": pd.array([2**60, None], dtype="Int64"),
            "when": pd.to_datetime(["2024-05-01T10:00:00Z", None], utc=True),
            "kind": pd.Categorical(["x", None]),
            "flag": [True, False],
        }
    )
    before = rows.copy(deep=True)
    opened(service.answers("/p", lambda _: [0.25, 0.5]), rows)
    assert service.bodies[0] == [
        {"gap": 1.5, "count": 2**60, "when": "2024-05-01T10:00:00+00:00", "kind": "x", "flag": True},
        {"gap": None, "count": None, "when": None, "kind": None, "flag": False},
    ]
    pd.testing.assert_frame_equal(rows, before)
    with pytest.raises(TableRefused, match="the feature 'v' holds a tuple, which JSON has no word for"):
        opened(service.url + "/p", pd.DataFrame({"v": [(1, 2), (3,)]}))


@pytest.mark.parametrize(
    "answer",
    [
        lambda p: [{"yes": y, "no": n} for n, y in p],
        lambda p: {"predictions": [{"yes": y, "no": n} for n, y in p]},
        lambda p: {"classes": ["yes", "no"], "probabilities": [[y, n] for n, y in p]},
        lambda p: {"yes": [y for _, y in p], "no": [n for n, _ in p]},
        lambda p: [{"label": "no", "probabilities": {"yes": y, "no": n}} for n, y in p],
        lambda p: [{"label": "no", "score": y} for _, y in p],
        lambda p: [{"0": n, "1": y} for n, y in p],
        lambda p: [{"no": n} for n, _ in p],
    ],
)
def test_named_classes_are_put_in_the_targets_order(service: Service, table, chances, answer):
    place = {round(a, 9): i for i, a in enumerate(table["a"])}
    url = service.answers("/p", lambda rows: answer([chances[place[round(one["a"], 9)]].tolist() for one in rows]))
    np.testing.assert_allclose(opened(url, table).predict_proba(table), chances, atol=1e-12)


def test_declared_classes_say_the_order_of_unnamed_ones(service: Service, table):
    url = service.answers("/p", lambda rows: [[0.9, 0.1]] * len(rows))
    assert opened(url, table).predict_proba(table)[0].tolist() == [0.9, 0.1]
    assert opened(url, table, classes=("yes", "no")).predict_proba(table)[0].tolist() == [0.1, 0.9]


def test_a_service_may_know_classes_that_the_table_lacks(service: Service, table):
    url = service.answers("/p", lambda rows: [{"yes": 0.5, "no": 0.25, "maybe": 0.25}] * len(rows))
    with pytest.raises(ModelRefused, match="answers an object with yes, no, maybe in it; needed: 'nowhere' in it"):
        opened(url, table, output="nowhere")
    spec = ModelSpec(url=url, protocol="records", calls=CallSettings(retries=0))
    model = open_endpoint(spec, table, classes=("no", "yes"), positive=None, columns=["a", "b"])
    assert model.classes == ("yes", "no", "maybe")
    assert model.predict_proba(table)[0].tolist() == [0.5, 0.25, 0.25]


def test_batches_hold_no_more_rows_than_said(service: Service, table):
    url = service.answers("/p", lambda rows: [0.25 + 0.001 * i for i in range(len(rows))])
    found = opened(url, table, batch_rows=150).predict_proba(table)
    assert [len(body) for body in service.bodies] == [64, 150, 150, 100]
    assert found[150, 1] == 0.25
    assert opened(url, table).predict_proba(table.iloc[:0]).shape == (0, 2)
