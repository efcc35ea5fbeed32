"""Every type through the store, every form of export, and back: equal."""

import math
import string
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mispredict.investigation.desk import FrozenRow
from mispredict.investigation.explained import Explained
from mispredict.obvious.cells import ESCAPED, decode, encode
from mispredict.obvious.export import export
from mispredict.obvious.frames import frame_of
from mispredict.obvious.freeze import Why, freeze
from mispredict.obvious.importing import import_source
from mispredict.obvious.plain_files import csv_text, write_plain
from mispredict.obvious.store import open_or_make_store, open_store

TEXT = st.text(max_size=30)
LINE = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
KINDS = {
    "float64": st.floats(allow_nan=True),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uint64": st.integers(2**53, 2**64 - 1),
    "bool": st.booleans(),
    "str": TEXT | st.none(),
    "object": TEXT | st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False),
    "datetime64[ns]": st.datetimes(min_value=pd.Timestamp("1700-01-01"), max_value=pd.Timestamp("2200-01-01")),
    "datetime64[ns, Europe/Berlin]": st.datetimes(
        min_value=pd.Timestamp("1990-01-01"), max_value=pd.Timestamp("2200-01-01")
    ).map(lambda moment: pd.Timestamp(moment, tz="UTC").tz_convert("Europe/Berlin")),
    "category": st.sampled_from(["web", "app", "=cmd", "", "1"]) | st.none(),
}
CATEGORIES = ["web", "app", "=cmd", "", "1"]


@st.composite
def cases(draw):
    kinds = draw(
        st.dictionaries(st.text(min_size=1, max_size=12), st.sampled_from(sorted(KINDS)), min_size=1, max_size=6)
    )
    values = {name: draw(KINDS[kind]) for name, kind in kinds.items()}
    listed = {name: CATEGORIES for name, kind in kinds.items() if kind == "category"}
    shares = Explained("walk", "probability", 1, 0.5, 0.6, dict.fromkeys(kinds, 0.1))
    explanation = draw(st.sampled_from([None, shares]))
    name, score = draw(LINE), draw(st.floats(0, 1))
    row = FrozenRow(name, values, kinds, listed, 1, 0, (0, 1), 0.2, score, "d", "m", 0.5, explanation)
    reason = draw(TEXT.filter(str.strip))
    claim = draw(st.sampled_from(["label", "at_most:0.1", "between:0.1:0.9", "above_case:x:0.1"]))
    beside = {"incident": draw(st.none() | LINE), "owner": draw(st.none() | LINE)}
    why = Why(reason, draw(LINE), claim, tags=tuple(draw(st.lists(LINE, max_size=3))), **beside)
    return freeze([row], why)[0]


def with_one_to_be_above(found):
    """Return the cases, those that must score above another one above one that is there."""
    other = found[0].id
    return [replace(c, expect=replace(c.expect, value=other)) if c.expect.compared_with else c for c in found]


SETS = st.lists(cases(), min_size=1, max_size=4, unique_by=lambda case: case.id).map(with_one_to_be_above)
ROOM = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@ROOM
@given(found=SETS)
def test_the_store_gives_back_what_it_was_given(found, tmp_path_factory):
    where = str(tmp_path_factory.mktemp("set") / "obvious.db")
    open_or_make_store(where).promote(found)
    assert same(open_store(where).list(), found)


@pytest.mark.parametrize("form", ["folder", "set.jsonl", "set.csv"])
@ROOM
@given(found=SETS)
def test_every_form_of_export_reads_back_equal(form, found, tmp_path_factory):
    place = tmp_path_factory.mktemp("export") / form
    write_plain(found, place) if place.suffix else export(found, place)
    back = import_source(place, verified=True, by="bob", frozen=None)
    assert same(back, found)


@ROOM
@given(found=SETS)
def test_the_same_cases_are_the_same_bytes(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bytes")
    for name, order in (("a", found), ("b", found[::-1])):
        export(order, folder / name)
        write_plain(order, folder / f"{name}.csv")
    for file in (folder / "a").iterdir():
        assert file.read_bytes() == (folder / "b" / file.name).read_bytes()
    assert (folder / "a.csv").read_bytes() == (folder / "b.csv").read_bytes()


def same(back, found):
    ordered = sorted(found, key=lambda case: case.id)
    frames = [
        frame_of([case]).dtypes.to_dict() == frame_of([other]).dtypes.to_dict()
        for case, other in zip(back, ordered, strict=True)
    ]
    return list(back) == ordered and all(frames)


@given(value=st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text())
def test_a_cell_reads_back_exactly(value):
    back = decode(encode(value))
    assert back == value
    assert type(back) is type(value)


@given(text=st.text(st.sampled_from("=+-@\t\r\n\0'0123456789abc{[ .e"), max_size=8))
def test_no_text_cell_starts_as_a_formula(text):
    cell = encode(text)
    assert not cell.startswith(tuple("=+-@\t\r\n\0"))
    assert decode(cell) == text


def test_a_formula_in_a_reason_is_text_in_the_file(case_of):
    assert "'=cmd|' /C calc'!A0" in csv_text([case_of(reason="=cmd|' /C calc'!A0")])


def test_negative_numbers_stay_numbers(case_of, payment):
    row = replace(payment, values={**payment.values, "amount": -12.5})
    assert ",-12.5," in csv_text([case_of(row=row)])
    assert math.isclose(decode("-12.5"), -12.5)


def test_the_signs_of_formulas_are_all_escaped():
    assert set("=+-@\t\r") < {sign[0] for sign in ESCAPED}
    assert not set(string.ascii_letters) & set("".join(ESCAPED))
