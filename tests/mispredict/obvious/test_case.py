import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mispredict.bad_input import BadInput
from mispredict.obvious.case import from_json, id_of
from mispredict.obvious.requiring import CaseRefused

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec=None, exclude_categories=[]), max_size=20)  # lone surrogates too


def test_an_id_can_be_read_and_depends_on_content_alone():
    one = id_of({"a": 1, "b": 2}, kind="label", name="Order 7/2")
    assert one == id_of({"b": 2, "a": 1}, kind="label", name="Order 7/2")
    assert one.startswith("order-7-2-")


def test_another_value_or_kind_is_another_case():
    ids = {id_of({"a": v}, kind=k, name="x") for v in (1, 2, "1", None) for k in ("label", "at_most")}
    assert len(ids) == 8


@given(TEXTS)
def test_an_id_is_safe_in_a_path_whatever_the_row_is_called(name):
    assert set(id_of({"a": 1}, kind="label", name=name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(row=st.dictionaries(TEXTS, SCALARS | TEXTS, min_size=1), reason=TEXTS.filter(str.strip))
def test_a_case_reads_back_from_json_text(row, reason):
    case = _case(row, reason)
    assert from_json(json.loads(json.dumps(case.to_json(), allow_nan=False))) == case


def test_json_has_the_contract_s_keys(case_of):
    found = case_of(incident="INC-7").to_json()
    contract = ["id", "row", "expect", "severity", "reason", "promoted_by", "promoted_at", "incident", "expires"]
    assert list(found)[:11] == [*contract, "source", "model"]
    assert found["source"] == {"data_sha256": "d" * 64, "row": "tx 1", "truth": 0}
    assert found["model"] == {"sha256": "m" * 64, "score": 0.8, "classes": [0, 1]}
    assert list(found["row"]) == ["amount", "channel", "age"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("id", "a/b", "the case id 'a/b'"),
        ("id", "../x", "the case id"),
        ("id", "", "the case id"),
        ("severity", "awful", "the severity 'awful'; needed: one of blocker, major, minor"),
        ("reason", " \n", "needed: 1 to 10000 that say why"),
        ("reason", "x" * 10_001, "a reason of 10001 characters"),
        ("promoted_by", "", "who promoted it"),
        ("promoted_by", "ann\x1b[31m", "printable"),
        ("incident", "two\nlines", "the incident"),
        ("expires", "soon", "the last day: 'soon'; needed: an ISO date"),
        ("row", {}, "no row"),
        ("row", {"amount": [1], "channel": "app", "age": 1}, "a list in 'amount'"),
        ("row", {"amount": 1, "channel": "ship", "age": 1}, "'ship' in 'channel'; needed: one of that column's"),
        ("dtypes", {"amount": "float64"}, "no type for 'channel'"),
    ],
)
def test_a_bad_field_is_refused_by_name(case_of, field, value, said):
    with pytest.raises(CaseRefused, match=said.replace("[", r"\[").replace(".", r"\.")):
        replace(case_of(), **{field: value})


def test_an_unknown_class_is_refused_with_the_known_ones(case_of):
    case = case_of()
    with pytest.raises(CaseRefused, match="expects the class 2; needed: one of 0, 1"):
        replace(case, expect=replace(case.expect, of=2))


@pytest.mark.parametrize("found", [None, [], "text", {}, {"id": "x"}])
def test_json_that_is_no_case_is_refused(found):
    with pytest.raises(BadInput, match=r"a case|an object with the fields"):
        from_json(found)


def test_every_field_is_needed_but_those_that_older_sets_lack(case_of):
    whole = case_of().to_json()
    newer = {"owner", "tags", "explanation"}
    assert from_json({k: v for k, v in whole.items() if k not in newer}) == case_of()
    for name in set(whole) - newer:
        with pytest.raises(BadInput):
            from_json({k: v for k, v in whole.items() if k != name})


def _case(row, reason):
    from mispredict.investigation.desk import FrozenRow
    from mispredict.obvious.freeze import Why, freeze

    dtypes = dict.fromkeys(row, "object")
    frozen = FrozenRow("r", row, dtypes, {}, "good", "bad", ("bad", "good"), 0.1, 0.1, "d", "m", 0.5)
    return freeze([frozen], Why(reason, "ann"))[0]
