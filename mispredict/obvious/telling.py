"""The history of a case and of a set, as JSON values and as lines."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mispredict.bad_input import StoreRefused
from mispredict.obvious.histories import Change, differences, told
from mispredict.obvious.records import Judgement, Run, flips, goes_back_and_forth, judgements, runs
from mispredict.obvious.store import Store


@dataclass(frozen=True)
class Told:
    """An answer in both forms."""

    as_json: dict[str, Any]
    lines: tuple[str, ...]


def of_case(store: Store, case_id: str) -> Told:
    """Return every change of a case with the old values and the new ones, and what each recorded check said of it."""
    changes = store.history(case_id)
    if not changes:
        raise StoreRefused(f"no case {case_id!r}", needed="the id of a case of this set", do="list the set")
    checks = judgements(store, [case_id]).get(case_id, ())
    formers: list[Change | None] = [None, *changes[:-1]]
    steps = list(zip(formers, changes, strict=True))
    answer = {
        "id": case_id,
        "changes": [_step(before, after) for before, after in steps],
        "checks": [asdict(one) for one in checks],
        "flips": flips(checks),
    }
    lines = [*(_line(before, after) for before, after in steps), *(_checked(one) for one in checks)]
    forth = [f"it goes back and forth: {flips(checks)} changes between right and wrong"]
    return Told(answer, (*lines, *(forth if goes_back_and_forth(checks) else ())))


def of_set(store: Store) -> Told:
    """Return the recorded checks, and the cases that go back and forth."""
    recorded, by_case = runs(store), judgements(store)
    forth = {name: flips(checks) for name, checks in by_case.items() if goes_back_and_forth(checks)}
    lines = [_run(run) for run in recorded]
    lines += [f"{name} goes back and forth: {count} changes" for name, count in forth.items()]
    return Told(
        {"checks": [asdict(run) for run in recorded], "back_and_forth": forth}, (*lines, f"{len(recorded)} checks")
    )


def _step(before: Change | None, after: Change) -> dict[str, Any]:
    changed = () if before is None else differences(before.case, after.case)
    said = {"seq": after.seq, "verb": after.verb, "actor": after.actor, "time": after.time}
    return {**said, "differences": [asdict(one) for one in changed]}


def _line(before: Change | None, after: Change) -> str:
    said = f"version {after.seq}: {after.verb} by {after.actor} at {after.time}"
    if before is None or after.case is None or before.case is None:
        return said
    return f"{said}: {told(differences(before.case, after.case)) or 'nothing changed'}"


def _checked(one: Judgement) -> str:
    score = "" if one.score is None else f", {one.score:.6g}"
    return f"check {one.run} at {one.time}: {one.model}: {one.status}{score}"


def _run(run: Run) -> str:
    fresh = "" if run.fresh is None else f"; {run.fresh.accuracy:.4f} right on {run.fresh.rows:,} fresh rows"
    return f"check {run.seq} at {run.time} by {run.actor}: {run.model}: {run.passed} of {run.judged} right{fresh}"
