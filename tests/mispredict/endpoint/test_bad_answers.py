import json

import pytest
from fastapi.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse

from mispredict.bad_input import BadInput, ModelRefused
from mispredict.endpoint.aligned import probabilities_of
from mispredict.endpoint.payload import payload_of
from tests.mispredict.endpoint.conftest import Service, opened


def raw(text: str, **headers: str) -> Response:
    return Response(text, media_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            lambda n: HTMLResponse("<html>sign in</html>"),
            "answers an HTML page; needed: probabilities as JSON; do: correct the url",
        ),
        (lambda n: PlainTextResponse("all fine"), "answers 'all fine', which is no JSON"),
        (lambda n: raw(""), "answers '', which is no JSON"),
        (lambda n: raw("[" * 100_000), "which is no JSON"),
        (lambda n: raw("[" + "9" * 5_000 + "]"), "which is no JSON"),
        (lambda n: raw("[0.5]", **{"content-encoding": "gzip"}), "answers in the encoding 'gzip'"),
        (lambda n: [0.5] * (n - 1), "answers 63 rows for the 64 that were sent"),
        (lambda n: [0.5] * (n + 1), "answers 65 rows for the 64 that were sent"),
        (lambda n: 0.5, "answers 0.5 in place of a list"),
        (lambda n: {"oops": 1}, "answers an object with oops in it; needed: one of predictions,"),
        (
            lambda n: [0.5] * 40 + [None] + [0.5] * 23,
            "answers no number for row 41; needed: a probability for every row",
        ),
        (lambda n: raw(json.dumps([0.5] * 9 + [float("nan")] + [0.5] * 54)), "answers no number for row 10"),
        (lambda n: raw(json.dumps([0.5] * 9 + [float("inf")] + [0.5] * 54)), "answers inf for row 10"),
        (lambda n: [0.5] * 63 + [1.2], "answers 1.2 for row 64; needed: probabilities from 0 to 1"),
        (lambda n: [-0.1] * n, "answers -0.1 for row 1"),
        (lambda n: [10**400] * n, "answers numbers beyond every probability"),
        (lambda n: [[0.5, 0.4]] * n, "answers probabilities that sum to 0.9 for row 1"),
        (lambda n: [[0.5, 0.3, 0.2]] * n, "answers 3 values a row and there are the 2 classes 'no', 'yes'"),
        (lambda n: [[0.5, 0.5]] * (n - 1) + [[1.0]], "answers 1 values for row 64 and 2 for row 1"),
        (lambda n: [[]] * n, "answers 0 values for row 1"),
        (lambda n: [{"a": 0.5, "b": 0.5}] * n, "does not know"),
        (
            lambda n: [{"no": 0.5, "yes": 0.5}] * (n - 1) + [{"no": 1.0}],
            "names other classes for row 64 than for row 1",
        ),
        (lambda n: ["yes"] * n, "answers labels only, such as 'yes'; needed: probabilities"),
        (lambda n: [True] * n, "answers labels only, such as True"),
        (lambda n: [0, 1] * (n // 2), "answers labels only, such as 0.0"),
        (lambda n: [0.0, 1.0] * (n // 2), "pyfunc_predict_fn='predict_proba'"),
        (lambda n: [[["x"]]] * n, "for row 1; needed: numbers"),
    ],
)
def test_what_is_no_probabilities_is_refused_in_words(service: Service, table, answer, said):
    url = service.answers("/p", lambda rows: answer(len(rows)))
    with pytest.raises(BadInput) as refused:
        opened(url, table)
    assert said in str(refused.value)


def test_a_tree_that_is_sure_of_every_row_is_no_endpoint_of_labels(service: Service, table):
    url = service.answers("/p", lambda rows: [[0.0, 1.0], [1.0, 0.0]] * (len(rows) // 2))
    assert opened(url, table).predict_proba(table)[:2].tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_a_later_batch_is_checked_as_well_and_the_row_is_the_tables(service: Service, table):
    good = lambda rows: [0.5] * len(rows)  # noqa: E731
    url = service.answers("/p", lambda rows: good(rows) if len(service.bodies) < 3 else [0.5] * 7 + [None] + [0.5] * 92)
    model = opened(url, table, batch_rows=100)
    with pytest.raises(ModelRefused, match="answers no number for row 108"):
        model.predict_proba(table)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "answers status 400: no column c; needed: rows that the service takes; do: correct features"),
        (401, "needed: an authorization that the service takes; do: correct the variable that auth_env names"),
        (404, "needed: the path of a model; do: correct the path in url"),
        (405, "/invocations for mlflow"),
        (413, "do: lower batch_rows"),
        (418, "do: look into the service's log"),
        (501, "answers status 501: no column c"),
    ],
)
def test_a_status_says_what_to_do(service: Service, table, status, said):
    url = service.answers("/p", lambda _: PlainTextResponse("no\n column  c", status))
    with pytest.raises(ModelRefused) as refused:
        opened(url, table, retries=3)
    assert said in str(refused.value)
    assert len(service.bodies) == 1  # another try would say the same


def test_a_page_behind_a_status_is_not_printed(service: Service, table):
    url = service.answers("/p", lambda _: HTMLResponse("<b>busy</b>", 404))
    with pytest.raises(ModelRefused, match=r"answers status 404, an HTML page; needed"):
        opened(url, table)


def test_no_redirect_is_followed_and_its_query_is_not_shown(service: Service, table):
    other = Service()
    other.start()
    try:
        there = other.answers("/p", lambda rows: [0.5] * len(rows))
        moved = Response(status_code=307, headers={"location": there + "?token=abc"})
        with pytest.raises(ModelRefused) as refused:
            opened(service.answers("/p", lambda _: moved), table)
        assert f"redirects to {'http://127.0.0.1/p'} (status 307), which is not followed" in str(refused.value)
        assert "abc" not in str(refused.value)
        assert other.bodies == []
    finally:
        other.stop()


def test_a_huge_answer_is_left_unread(service: Service, table):
    sent = []

    def forever():
        while len(sent) < 10_000:
            sent.append(1)
            yield b"0" * 2**16

    url = service.answers("/p", lambda _: StreamingResponse(forever(), media_type="application/json"))
    with pytest.raises(ModelRefused, match="answers more than 1,310,720 bytes"):
        opened(url, table)
    assert len(sent) < 1_000


@pytest.mark.parametrize(
    ("tensor", "said"),
    [
        ({"shape": [64, 2], "data": [0.5] * 64}, "answers 64 values for the shape [64, 2]"),
        ({"shape": [32, 2], "data": [0.5] * 64}, "answers 32 rows for the 64 that were sent"),
        ({"shape": "x", "data": []}, "needed: outputs, each with name, shape and data"),
        ({"shape": [], "data": [0.5] * 64}, "answers 64 values for the shape []"),
        ({"shape": [64], "data": ["no"] * 64}, "answers labels only, such as 'no'"),
    ],
)
def test_a_tensor_that_does_not_fit_is_refused(service: Service, table, tensor, said):
    answer = {"outputs": [{"name": "p", "datatype": "FP64", **tensor}]}
    with pytest.raises(ModelRefused) as refused:
        opened(service.answers("/v2/models/m/infer", lambda _: answer), table, protocol="kserve-v2")
    assert said in str(refused.value)


def test_an_answer_without_outputs_is_no_tensor(service: Service, table):
    url = service.answers("/v2/models/m/infer", lambda _: {"error": "no"})
    with pytest.raises(ModelRefused, match=r"answers .*error.*; needed: outputs"):
        opened(url, table, protocol="kserve-v2")


def test_classes_that_are_named_otherwise_later_are_refused():
    payload = payload_of([{"up": 0.5, "down": 0.5}], rows=1, output=None, who="it")
    with pytest.raises(ModelRefused, match="it names the classes 'up', 'down'; needed: probabilities of 'no', 'yes'"):
        probabilities_of(payload, ("no", "yes"), who="it")
