from pathlib import Path

import pytest

from mispredict.bad_input import InvestigationRefused
from mispredict.invariants.document import invariants_of, read_invariants
from mispredict.invariants.invariant import Invariant

WHOLE = """
columns:
  amount: {above: 0, at_most: 500.5, missing: never, because: money}
  when: {at_least: 2026-01-01, below: "2027-01-01 12:00"}
  kind: {one_of: [a, 1, true], matches: '[a-z]+'}
  id: {unique: true}
  age:
    - {positive: true, where: "kind = 'a'", allow: 0.01}
    - {at_most: 120, tables: [data, online]}
  note: {missing: {at_most: 0.2}}
unique:
  - [customer, when]
order:
  - {column: closed, not_before: opened}
  - {column: net, below: gross, where: "gross > 0"}
sums:
  - {columns: [net, tax], equals: gross, within: 0.01}
  - {columns: [share_a, share_b], equals: 1}
dependences:
  - {columns: [zip], decide: city}
entities:
  - {entity: customer, by: when, never_falls: visits}
  - {constant: birth_year}
means:
  - {column: ratio, from: 0.95, to: 1.05}
  - {column: ratio, to: 2}
fresh:
  - {column: balance_at, within: 2 days, of: when}
  - {column: when, within: 36 h, tables: online}
"""

SENTENCES = [
    "`amount` is above 0 and at most 500.5",
    "`amount` is never missing",
    "`when` is at least '2026-01-01 00:00:00' and below '2027-01-01 12:00:00'",
    "`kind` is one of 'a', 1, True",
    "`kind` matches [a-z]+",
    "`id` is unique",
    "`age` is above 0 where kind = 'a', but for 1 % of the rows",
    "`age` is at most 120",
    "`note` is missing in at most 20 % of the rows",
    "`customer`, `when` are unique together",
    "`closed` is not before `opened`",
    "`net` is below `gross` where gross > 0",
    "`net` + `tax` = `gross` within 0.01",
    "`share_a` + `share_b` = 1",
    "`zip` decides `city`",
    "`visits` never falls for one `customer` by `when`",
    "`birth_year` is constant for one entity",
    "the mean of `ratio` is from 0.95 to 1.05",
    "the mean of `ratio` is at most 2",
    "`balance_at` is at most 2 days before `when`",
    "the newest `when` is at most 36 h old",
]


def test_everything_that_can_be_declared_is_read_as_a_sentence() -> None:
    found = invariants_of(WHOLE)
    assert [one.sentence for one in found] == SENTENCES
    assert [one.line for one in found][:3] == [3, 3, 4]
    assert found[0].because == "money"
    assert (found[6].allow, found[7].sides, found[-1].sides) == (0.01, ("data", "online"), ("online",))
    assert (found[-2].settings["seconds"], found[-1].settings["seconds"]) == (172_800, 129_600)
    assert len({one.key for one in found}) == len(found)


def test_the_shipped_file_is_read() -> None:
    found = read_invariants(Path(__file__).parents[3] / "sample_data" / "invariants.yaml")
    assert len(found) == 22
    assert isinstance(found[0], Invariant)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns:\n  a: {abvoe: 0}", "line 2: 'abvoe' is not known; needed: one of above, at_least"),
        ("columns:\n  a: {abvoe: 0}", "do: did you mean 'above'?"),
        ("colums: {}", "line 1: 'colums' is not known; needed: one of columns, unique"),
        ("columns:\n  a: 3", "line 2: 3 stands there; needed: rules, such as {above: 0, missing: never}"),
        ("columns:\n  a: {}", "line 2: nothing is said of 'a'"),
        ("columns:\n  a: {where: b = 1}", "line 2: nothing is said of 'a'"),
        ("columns:\n  a: {above: x}", "line 2: 'x' stands there; needed: a number or a time"),
        ("columns:\n  a: {above: true}", "line 2: True stands there; needed: a number or a time"),
        ("columns:\n  a: {above: .nan}", "line 2: nan stands there; needed: a number or a time"),
        ("columns:\n  a: {above: 1, at_least: 2}", "above and at_least both stand there"),
        ("columns:\n  a: {above: 1, below: 2026-01-01}", "a number and a time bound one column"),
        ("columns:\n\n  a: {at_least: 3, at_most: 2}", "line 3: the range from 3 to 2"),
        ("columns:\n  a: {one_of: []}", "[] stands there; needed: a list of values"),
        ("columns:\n  a: {one_of: [[1]]}", "[[1]] stands there; needed: a list of values"),
        ("columns:\n  a: {matches: '('}", "the pattern '('"),
        ("columns:\n  a: {missing: often}", "'often' stands there; needed: never, or {at_most: 0.02}"),
        ("columns:\n  a: {missing: {at_most: 2}}", "2 stands there; needed: a part, from 0 to below 1"),
        ("columns:\n  a: {unique: false}", "False stands there; needed: true"),
        ("columns:\n  a: {above: 0, allow: 5}", "5 stands there; needed: a part"),
        ("columns:\n  a: {above: 0, tables: [live]}", "tables is ['live']; needed: some of training, data, online"),
        ("columns:\n  a: {above: 0}\n  a: {above: 1}", "line 3: 'a' stands twice"),
        ("columns:\n  a:\n  - {above: 0}\n  - {above: 0}", "line 4: `a` is above 0 stands in line 3, too"),
        ("order:\n- {column: a}", "line 2: no relation stands there; needed: one of not_before"),
        ("order:\n- {not_before: a}", "line 2: column is not said"),
        ("order: 3", "3 stands there; needed: a list"),
        ("sums:\n- {columns: [a], equals: [b]}", "equals is ['b']; needed: a column or a number"),
        ("sums:\n- {columns: [], equals: b}", "an empty list; needed: at least one name"),
        ("entities:\n- {entity: a, never_falls: b, never_rises: b}", "never_falls and never_rises stands there"),
        ("means:\n- {column: a, from: 2, to: 1}", "the band from 2 to 1"),
        ("means:\n- {column: a}", "the band from -inf to inf"),
        ("fresh:\n- {column: a, within: soon}", "'soon' stands there; needed: a length of time"),
        ("fresh:\n- {column: a, within: -1}", "-1 stands there; needed: a length of time"),
        ("", "no invariant"),
        ("[]", "[] stands there; needed: sections: columns"),
        ("columns: {", "line 1: no YAML"),
        ("columns:\n\ta: 1", "line 2: no YAML"),
        ("columns:\n  a: !!python/object/apply:os.system [id]", "line 2: the tag tag:yaml.org,2002:python/object"),
        ("columns:\n  a: !own [id]", "line 2: the tag !own"),
        ("columns:\n  ? {a: 1}\n  : 2", "a list or a mapping as a name"),
        ("a: &x [1]\nb: *x", "line 2: the alias *x"),
        ("columns: " + "[" * 5_000, "invariants.yaml"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InvestigationRefused) as refused:
        invariants_of(text)
    assert said in str(refused.value)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(InvestigationRefused, match=r"can't be read \(No such file"):
        read_invariants(tmp_path / "i.yaml")
    (tmp_path / "i.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvestigationRefused, match="no UTF-8"):
        read_invariants(tmp_path / "i.yaml")
