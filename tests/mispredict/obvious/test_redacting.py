import json
from dataclasses import replace

import pytest

from mispredict.bad_input import BadInput
from mispredict.investigation.explained import Explained
from mispredict.obvious.personal import look_personal
from mispredict.obvious.redacting import Redaction, redacted

KEY = "a secret of sixteen"


@pytest.fixture
def case(case_of, payment):
    values = {**payment.values, "note": "ann@example.org", "phone": "+49 170 1234567"}
    row = replace(payment, values=values, dtypes={**payment.dtypes, "note": "str", "phone": "str"})
    return case_of("ann@example.org", row=row, owner="ann", incident="INC-7")


def test_columns_that_no_model_needs_are_dropped_or_hashed(case):
    found = redacted([case], Redaction(("note",), ("phone",), KEY), {"amount", "channel"})[0]
    assert "note" not in found.row
    assert found.row["phone"].startswith("h-")
    assert found.dtypes["phone"] == "str"
    assert (found.row["amount"], found.expect, found.reason) == (case.row["amount"], case.expect, case.reason)
    assert redacted([case], Redaction((), ("phone",), KEY), ())[0].row["phone"] == found.row["phone"]
    assert redacted([case], Redaction((), ("phone",), KEY + "!"), ())[0].row["phone"] != found.row["phone"]


def test_nothing_of_what_is_hidden_is_left(case, case_of):
    shares = Explained("walk", "probability", 1, 0.5, 0.6, {"note": 0.1})
    other = case_of("other", expect=f"above_case:{case.id}")
    asked = Redaction(("promoted_by", "note", "phone", "incident"), ("id", "source.row", "owner", "reason"), KEY)
    found = redacted([replace(case, explanation=shares), other], asked, ())
    text = json.dumps([one.to_json() for one in found])
    for hidden in ("ann@", '"ann', "example", "+49", "INC-7", "customer"):
        assert hidden not in text
    assert found[1].expect.compared_with == found[0].id
    assert found[0].explanation is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"drop": ("amount",)}, "the column 'amount', which the model reads"),
        ({"drop": ("colour",)}, "no column 'colour'"),
        ({"drop": ("id",)}, "id to drop"),
        ({"drop": ("source.row",)}, "source.row to hide and id to keep"),
        ({"hash_": ("phone",)}, "no key, or a short one"),
        ({"hash_": ("phone",), "key": "short"}, "no key, or a short one"),
    ],
)
def test_what_would_hide_nothing_or_break_a_case_is_refused(case, asked, said):
    with pytest.raises(BadInput) as refusal:
        redacted([case], Redaction(**asked), {"amount"})
    assert said in refusal.value.found


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("customerEmail", "x", "email"),
        ("FIRST_NAME", "x", "first name"),
        ("contact", "ann@example.org", "e-mail addresses"),
        ("contact", "+49 170 1234567", "phone numbers"),
        ("origin", "192.168.1.77", "IP addresses"),
        ("paid_from", "DE89 3704 0044 0532 0130 00", "IBANs"),
        ("token", "4111 1111 1111 1111", "card numbers"),
        ("token", 4111111111111111, "card numbers"),
        ("amount", 12.5, None),
        ("merchant", "1234567890123456", None),
        ("zippy", "x", None),
        ("device_name", "x", None),
        ("version", "4.2.1", None),
    ],
)
def test_personal_data_is_told_by_its_name_or_its_values(case_of, payment, name, value, why):
    row = replace(payment, values={name: value}, dtypes={name: "object"}, categories={})
    found = [one for one in look_personal([case_of(row=row)]) if one.column == name]
    assert bool(found) == (why is not None)
    assert why is None or why in found[0].sentence
