"""What a case is after an event, given what it was: the functions that `Store` hands to `append`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mispredict.bad_input import StoreRefused
from mispredict.obvious.appending import State
from mispredict.obvious.case import Case
from mispredict.obvious.histories import Change, differences, told


def become(case: Case) -> State:
    """Return the state that is this case, whatever was there."""

    def state(_history: Sequence[Change]) -> Case:
        return case

    return state


def edited(case: Case, seen: int) -> State:
    """Return the state that is this case where nobody changed it since version `seen`."""

    def state(history: Sequence[Change]) -> Case:
        _require_any(history)
        if history[-1].seq != seen:
            raise _conflict(history, seen, case)
        return case

    return state


def retired(history: Sequence[Change]) -> None:
    """Leave the set."""
    _require_any(history)


def require_free(case_id: str, cases: Sequence[Case]) -> None:
    """Refuse to let go of a case that others are compared with: they could not be checked any more."""
    above = [case.id for case in cases if case.expect.compared_with == case_id and case.id != case_id]
    if above:
        raise StoreRefused(
            f"the case {case_id}, which {len(above)} others must score above, such as {above[0]}",
            needed="a case that nothing is compared with",
            do="retire those first",
        )


def require_known(cases: Sequence[Case], known: Collection[str]) -> None:
    """Refuse a case that must score above one that is not there."""
    for case in cases:
        other = case.expect.compared_with
        if other is not None and other not in known:
            raise StoreRefused(
                f"a case that must score above {other!r}, which is not in the set",
                needed="the id of a case of this set",
                do="promote that one first, or list the set for its id",
            )


def before_last(history: Sequence[Change]) -> Case | None:
    """Go back one change."""
    _require_any(history)
    return history[-2].case if len(history) > 1 else None


def _conflict(history: Sequence[Change], seen: int, wanted: Case) -> StoreRefused:
    base = next((change.case for change in history if change.seq == seen), None)
    last = history[-1]
    theirs = told(differences(base, last.case)) if last.case else "the case was retired"
    yours = told(differences(base, wanted)) or "nothing new"
    return StoreRefused(
        f"the case {wanted.id}, which {last.actor} changed at {last.time} ({theirs}); you want ({yours})",
        needed=f"the version {last.seq}, which is the newest; you saw {seen}",
        do="look at theirs, then edit again; nothing of yours was kept",
    )


def _require_any(history: Sequence[Change]) -> None:
    if not history:
        raise StoreRefused("no such case", needed="the id of a case of this set", do="list the set")
