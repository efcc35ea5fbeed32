"""`python -m benchmarks.promoting`: promotions under load and under kill -9; is anything lost, and how fast is it.

`--store FILE_OR_URL --writers 50 --each 100 --kills 200` say otherwise.

Writers and victims are forked processes (POSIX), so that importing is paid for once. A promotion counts as acknowledged
when its id has come through a pipe, which is after `Store.promote` returned.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.case import Case
from mispredict.obvious.freeze import Why, freeze
from mispredict.obvious.store import Store, open_or_make_store, open_store

SOON = (0.002, 0.06)  # seconds until a victim is killed: from its first commit to some commits later


@dataclass(frozen=True)
class Result:
    """What was acknowledged and what was found afterwards."""

    acknowledged: int
    lost: int  # acknowledged, and not in the set
    twice: int  # acknowledged more than once, or with more than one version
    half: int  # in the set and not as they were promoted
    altered: str | None  # what the chain of events says
    seconds: float
    a_second: float


def case_of(name: str) -> Case:
    """Return a case that is told by its name alone."""
    row = FrozenRow(
        name, {"a": name, "b": 1.5}, {"a": "str", "b": "float64"}, {}, 1, 0, (0, 1), 0.2, 0.2, "d", "m", 0.5
    )
    return freeze([row], Why("why " + name, "ann", at="2026-01-01T00:00:00Z"))[0]


def written_at_once(where: str, writers: int, each: int) -> Result:
    """Return what came of `writers` processes that promote `each` cases one by one, all at the same time."""
    open_or_make_store(where)
    before = time.perf_counter()
    running = [_forked(lambda store, n=n: (store.promote([case_of(f"w{n}-{i}")]) for i in range(each)), where)
               for n in range(writers)]  # fmt: skip
    said = [name for child in running for name in child.heard()]
    return _judged(where, said, time.perf_counter() - before)


def killed(where: str, times: int, seed: int = 7) -> Result:
    """Return what came of `times` processes that promote without end and are killed in the middle of it."""
    open_or_make_store(where)
    chance, said, before = random.Random(seed), list[str](), time.perf_counter()
    for turn in range(times):
        child = _forked(lambda store, t=turn: (store.promote([case_of(f"k{t}-{i}")]) for i in range(100_000)), where)
        said += child.heard_until(chance.uniform(*SOON))
        if turn % 20 == 19:
            open_store(where).list()
    return _judged(where, said, time.perf_counter() - before)


@dataclass(frozen=True)
class _Child:
    pid: int
    pipe: int

    def heard(self) -> list[str]:
        with os.fdopen(self.pipe) as pipe:
            text = pipe.read()
        os.waitpid(self.pid, 0)
        return text.rpartition("\n")[0].split()

    def heard_until(self, seconds: float) -> list[str]:
        first = b""
        while not first.endswith(b"\n"):
            first += os.read(self.pipe, 1)
        time.sleep(seconds)
        os.kill(self.pid, signal.SIGKILL)
        return [first.decode().strip(), *self.heard()]


def _forked(work: Callable[[Store], Iterator[tuple]], where: str) -> _Child:
    hear, say = os.pipe()
    child = os.fork()
    if child:
        os.close(say)
        return _Child(child, hear)
    try:
        for kept in work(open_store(where)):
            os.write(say, f"{kept[0].id}\n".encode())
    finally:
        os._exit(0)


def _judged(where: str, said: list[str], seconds: float) -> Result:
    store = open_store(where)
    found = {change.case.id: change for change in store.versions() if change.case is not None}
    half = [c for c in found.values() if c.case != case_of(str(c.case.source.row))]  # type: ignore[union-attr]
    events = len({change.seq for change in found.values()})
    return Result(
        len(said),
        len(set(said) - set(found)),
        len(said) - len(set(said)) + len(found) - events,
        len(half),
        store.verify(),
        round(seconds, 1),
        round(len(said) / seconds),
    )


def main() -> None:
    """Print what came of both, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store")
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--kills", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = asked.store or str(Path(folder) / "obvious.db")
        at_once = written_at_once(where, asked.writers, asked.each) if asked.writers else None
        by_kill = killed(where, asked.kills) if asked.kills else None
    print(json.dumps({"written at once": at_once and asdict(at_once), "killed": by_kill and asdict(by_kill)}, indent=1))


if __name__ == "__main__":
    main()
