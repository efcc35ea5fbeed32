"""Planted breaks are found in exactly their rows, and what holds is said to hold."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from mispredict.invariants.along import never_falls
from mispredict.invariants.document import invariants_of
from mispredict.invariants.ground import Ground
from mispredict.invariants.invariant import Outcome
from mispredict.invariants.judging import judge_table
from mispredict.tables import table_of
from mispredict.tables.kinds import kind_of
from mispredict.tables.memory import FrameTable

N = 3_000


def sound(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    who = rng.integers(0, 300, N)
    when = pd.Timestamp("2026-03-01") + pd.to_timedelta(np.sort(rng.integers(0, 30 * 86_400, N)), unit="s")
    net = rng.gamma(2, 20, N).round(2)
    visits = pd.Series(1, index=range(N)).groupby(who).cumsum()
    return pd.DataFrame(
        {
            "id": [f"T{i}" for i in range(N)],
            "who": who,
            "when": when,
            "net": net,
            "tax": (net * 0.2).round(2),
            "gross": (net + (net * 0.2).round(2)).round(2),
            "kind": rng.choice(["a", "b", "c"], N),
            "level": rng.choice([1, 2, 3], N),
            "code": [f"AB-{i % 97:04d}" for i in range(N)],
            "visits": visits.to_numpy(),
            "born": 1950 + who % 50,
            "zip": who % 40,
            "city": [f"c{z % 7}" for z in who % 40],
            "ratio": rng.normal(1, 0.1, N),
            "told": when - pd.to_timedelta(rng.uniform(0, 40, N), unit="h"),
            "app": rng.choice(["4.1", "4.2"], N, p=[0.9, 0.1]),
        }
    )


EVERY = """
columns:
  net: {above: 0, at_most: 2000, missing: never}
  kind: {one_of: [a, b, c]}
  level: {one_of: [1, 2, 3]}
  code: {matches: '[A-Z]{2}-\\d{4}'}
  id: {unique: true}
  when: {at_least: 2026-01-01}
  tax: {missing: {at_most: 0.05}}
unique: [[id, when]]
order:
  - {column: told, not_after: when}
  - {column: net, below: gross}
sums:
  - {columns: [net, tax], equals: gross, within: 0.001}
dependences:
  - {columns: [zip], decide: city}
entities:
  - {entity: who, by: when, never_falls: visits}
  - {entity: who, constant: born}
means:
  - {column: ratio, from: 0.98, to: 1.02}
fresh:
  - {column: told, within: 2 days, of: when}
"""


def judge(rows: pd.DataFrame, text: str = EVERY, **more: object) -> dict[str, Outcome]:
    table = table_of(rows)
    kinds = {field.name: kind_of(field.type) for field in table.schema}
    known = {"id": "id", "time": "when", "entity": ("who",), "places": ("app", "kind", "when")}
    ground = Ground("data", table, kinds, **(known | more))  # type: ignore[arg-type]
    invariants = invariants_of(text)
    return {one.words: found for one, found in zip(invariants, judge_table(invariants, ground), strict=True)}


def test_a_sound_table_holds_everything() -> None:
    found = judge(sound())
    assert {words: one.state for words, one in found.items() if one.state != "held"} == {}
    assert found["`net` is above 0 and at most 2000"].words == "all 3,000 rows"
    assert found["`net` is above 0 and at most 2000"].high < 0.002


def hit(count: int = 25, seed: int = 1) -> np.ndarray:
    return np.sort(np.random.default_rng(seed).choice(N, count, replace=False))


def put(column: str, value: object, rows: np.ndarray) -> pd.DataFrame:
    table = sound()
    table[column] = table[column].astype(object) if isinstance(value, str) else table[column]
    table.loc[rows, column] = value
    return table


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("net", -5.0, "`net` is above 0 and at most 2000"),
        ("net", np.inf, "`net` is above 0 and at most 2000"),
        ("net", np.nan, "`net` is never missing"),
        ("kind", "d", "`kind` is one of 'a', 'b', 'c'"),
        ("level", 4, "`level` is one of 1, 2, 3"),
        ("code", "ab-12", "`code` matches [A-Z]{2}-\\d{4}"),
        ("code", "AB-0001\n", "`code` matches [A-Z]{2}-\\d{4}"),
        ("when", pd.Timestamp("2025-01-01"), "`when` is at least '2026-01-01 00:00:00'"),
        ("gross", 0.5, "`net` + `tax` = `gross` within 0.001"),
        ("gross", -1.0, "`net` is below `gross`"),
        ("city", "else", "`zip` decides `city`"),
        ("born", 1900, "`born` is constant for one `who`"),
        ("told", pd.Timestamp("2026-02-01"), "`told` is at most 2 days before `when`"),
        ("told", pd.Timestamp("2026-05-01"), "`told` is not after `when`"),
    ],
)
def test_exactly_the_spoiled_rows_break_it(column: str, value: object, words: str) -> None:
    rows = hit()
    outcome = judge(put(column, value, rows))[words]
    assert outcome.state == "broken"
    assert outcome.positions == tuple(rows.tolist())
    assert outcome.words.startswith("25 of ")
    assert [one.row for one in outcome.examples] == [f"T{row}" for row in rows[:5]]
    assert column in outcome.examples[0].values
    assert outcome.low < 25 / 3_000 < outcome.high


def test_ids_that_stand_twice_break_it_from_the_second_on() -> None:
    table = sound()
    table.loc[[10, 20], "id"] = "T5"
    found = judge(table)
    assert found["`id` is unique"].positions == (10, 20)
    assert found["`id`, `when` are unique together"].state == "held"


def test_text_where_numbers_should_be_is_out_of_range() -> None:
    table = sound().astype({"net": str})
    table.loc[7, "net"] = "n/a"
    assert judge(table)["`net` is above 0 and at most 2000"].positions == (7,)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ([1, 2, 3, 4, 5, 6, 7, 8], []),
        ([1, 2, 9, 4, 5, 6, 7, 8], [2]),
        ([1, 2, 3, 0, 5, 6, 7, 8], [3]),
        ([10, 11, 12, 5, 6, 7, 8, 9], [3, 4, 5, 6, 7]),
        ([10, 11, 12, 13, 14, 15, 16, 5], [7]),
        ([10, 11, 12, 13, 14, 15, 5, 6], [6, 7]),
        ([5, 4], [1]),
        ([9, 2, 3, 4, 5, 6], [0]),
        ([1, 1, 1], []),
        ([3, 2, 1], [1, 2]),
        ([1, 2, 3, np.nan, 4, 1, 5, 6, 7, 8], [5]),
    ],
)
def test_single_wrong_values_are_told_from_a_fall(values: list[float], wrong: list[int]) -> None:
    rows = pd.DataFrame({"e": "x", "t": range(len(values)), "v": values})
    assert np.flatnonzero(never_falls(rows, ["e"], "t", "v").broken).tolist() == wrong


def test_order_of_rows_equal_times_and_other_entities_do_not_matter() -> None:
    rows = pd.DataFrame({"e": list("aabbab"), "t": [2, 1, 1, 1, 2, 2], "v": [5, 4, 9, 7, 6, 9]})
    assert not never_falls(rows, ["e"], "t", "v").broken.any()
    rows.loc[5, "v"] = 8
    assert np.flatnonzero(never_falls(rows, ["e"], "t", "v").broken).tolist() == [5]
    shuffled = rows.sample(frac=1, random_state=0)
    assert shuffled.index[never_falls(shuffled, ["e"], "t", "v").broken].tolist() == [5]


def test_a_fall_in_the_middle_is_told_with_its_start_and_its_entities() -> None:
    table = sound()
    days = (table["when"] - table["when"].min()).dt.days
    late, some = table["when"] >= "2026-03-16", table["who"] < 40
    table["age"] = (300 + table["who"] + days).where(~(late & some), (300 + table["who"] + days) // 2)
    (found,) = judge(table, "entities:\n- {entity: who, by: when, never_falls: age}").values()
    before = table[~late].groupby("who").size()
    assert found.positions == tuple(np.flatnonzero(late & some & table["who"].isin(before.index)).tolist())
    assert found.detail.endswith("entities fall back and go on from there")
    assert found.since is not None
    assert found.since.startswith("2026-03-16")


def test_rows_before_the_table_count_as_the_past() -> None:
    table = sound()
    early, late = table.iloc[:1_500], table.iloc[1_500:].reset_index(drop=True)
    again = late.assign(visits=pd.Series(1, index=late.index).groupby(late["who"]).cumsum())
    text = "entities:\n- {entity: who, by: when, never_falls: visits}"
    words = "`visits` never falls for one `who` by `when`"
    assert judge(again, text)[words].state == "held"
    found = judge(again, text, earlier=table_of(early))[words]
    assert found.state == "broken"
    assert found.rows == 1_500
    assert judge(late, text, earlier=table_of(early))[words].state == "held"


def test_what_rises_and_the_roles_that_are_left_unsaid() -> None:
    text = "entities:\n- {never_rises: left}\n- {constant: born}"
    table = sound().assign(left=lambda rows: 100 - rows["visits"])
    assert [one.state for one in judge(table, text).values()] == ["held", "held"]
    table.loc[2_999, "left"] = 200
    assert judge(table, text)["`left` never rises for one entity"].positions == (2_999,)
    (said, _) = judge(table, text, entity=()).values()
    assert (said.state, said.words) == ("not judged", "no entity is named, neither there nor in [data]")
    (said, _) = judge(table, text, time=None).values()
    assert said.words == "no time is named, neither by in it nor in [data]"


def test_a_mean_is_held_broken_or_left_open() -> None:
    words = "the mean of `ratio` is from 0.98 to 1.02"
    assert judge(sound())[words].words.startswith("the mean is 1.00")
    moved = judge(sound().assign(ratio=lambda rows: rows["ratio"] + 0.05))[words]
    assert (moved.state, moved.estimate.low > 1.02) == ("broken", True)
    edge = judge(sound().assign(ratio=lambda rows: rows["ratio"] - rows["ratio"].mean() + 1.02))[words]
    assert edge.state == "not judged"
    assert "more rows are needed to tell" in edge.words
    few = judge(sound().assign(ratio=lambda rows: rows["ratio"].where(rows.index < 9)))[words]
    assert few.words == "9 rows with a value: fewer than 20"


def test_the_two_one_sided_tests_keep_their_rate() -> None:
    """A mean at the very end of its band is said to hold, or to break it, in about 5 % of the tables each."""
    rng, states = np.random.default_rng(0), []
    text = "means:\n- {column: x, from: 0, to: 1}"
    for _ in range(400):
        rows = pd.DataFrame({"x": rng.normal(1, 0.5, 200)})
        (found,) = judge(rows, text, id=None, time=None, entity=(), places=()).values()
        states.append(found.state)
    assert 0.02 <= np.mean([one == "held" for one in states]) <= 0.09
    assert 0.02 <= np.mean([one == "broken" for one in states]) <= 0.09


def test_rows_of_one_entity_are_no_evidence_each() -> None:
    rows = sound().assign(ratio=lambda rows: 1 + 0.2 * np.sin(rows["who"] * 12.9))
    wide = judge(rows)["the mean of `ratio` is from 0.98 to 1.02"].estimate
    narrow = judge(rows, entity=())["the mean of `ratio` is from 0.98 to 1.02"].estimate
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_a_share_of_gaps_is_a_mean() -> None:
    words = "`tax` is missing in at most 5 % of the rows"
    for part, state in ((0.02, "held"), (0.05, "not judged"), (0.09, "broken")):
        gone = np.random.default_rng(0).random(N) < part
        assert judge(sound().assign(tax=lambda rows, gone=gone: rows["tax"].where(~gone)))[words].state == state


def test_only_some_rows_and_exceptions_that_are_allowed() -> None:
    table = put("net", -1.0, hit(30))
    inside = int((table["kind"] == "a")[hit(30)].sum())
    text = "columns:\n  net: [{above: 0, where: kind = 'a'}, {above: 0, allow: 0.01}, {above: 0, allow: 0.0099}]"
    strict, allowed, hardly = judge_all(table, text)
    assert (strict.broken, strict.rows) == (inside, int((table["kind"] == "a").sum()))
    assert (allowed.state, allowed.broken) == ("held", 30)
    assert hardly.state == "broken"


def judge_all(rows: pd.DataFrame, text: str, now: float = 0.0) -> list[Outcome]:
    table = table_of(rows)
    kinds = {field.name: kind_of(field.type) for field in table.schema}
    return judge_table(invariants_of(text), Ground("data", table, kinds, id="id", time="when", now=now))


def test_where_and_since_are_found() -> None:
    table = sound()
    bad = (table["app"] == "4.2") & (table["when"] >= "2026-03-20")
    found = judge(table.assign(net=table["net"].where(~bad, -1)))["`net` is above 0 and at most 2000"]
    assert found.since is not None
    assert found.since.startswith("2026-03-20")
    assert "app = '4.2'" in found.place
    assert "when > '2026-03-" in found.place


def test_what_can_not_be_judged_says_why() -> None:
    text = "columns:\n  gone: {above: 0}\n  net: {above: 0, tables: online}\n  tax: {above: 0, where: gone = 1}"
    missing, elsewhere, rule = judge_all(sound().rename(columns={"gross": "gonne"}), text)
    assert (missing.state, missing.words) == ("not judged", "no column 'gone' (nearest: 'gonne')")
    assert elsewhere.words == "it is not meant for this table"
    assert rule.words.startswith("its rule can't be read here: ")
    (empty,) = judge_all(sound().assign(tax=np.nan), "columns:\n  tax: {above: 0}")
    assert (empty.state, empty.words) == ("not judged", "no row has the values that it is about")


def test_how_old_the_newest_value_is() -> None:
    now = pd.Timestamp("2026-04-01 12:00").value / 1_000
    text = "fresh:\n- {column: when, within: 2 days}\n- {column: when, within: 3 h}"
    young, old = judge_all(sound(), text, now=now)
    assert (young.state, old.state) == ("held", "broken")
    assert young.words.startswith("the newest is 1.5")


def test_batches_of_any_size_give_the_same_answer() -> None:
    table = put("net", -5.0, hit())
    whole = judge(table)

    class Small(FrameTable):
        def batches(self, columns=None, size=64):
            return super().batches(columns, 64)

    held = table_of(table)
    small = Small(**{one.name: getattr(held, one.name) for one in dataclasses.fields(FrameTable)})
    kinds = {field.name: kind_of(field.type) for field in small.schema}
    ground = Ground("data", small, kinds, id="id", time="when", entity=("who",), places=("app", "kind", "when"))
    assert dict(zip(whole, judge_table(invariants_of(EVERY), ground), strict=True)) == whole
