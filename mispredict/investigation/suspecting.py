"""The suspects of an opened investigation: what detectors look at, run one by one, each answer kept."""

from __future__ import annotations

import functools
import hashlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mispredict.bad_input import BadInput, InvestigationRefused, StoreRefused
from mispredict.cohorts.kept_scores import KeptScores
from mispredict.invariants.invariant import Invariants
from mispredict.investigation.desk import Progress, silent
from mispredict.investigation.opened import Opened
from mispredict.investigation.opening import Models
from mispredict.investigation.reader import Reader
from mispredict.investigation.spec import OnlineSpec
from mispredict.parity.joining import Log
from mispredict.parity.online import Online
from mispredict.scan.scored import Scored
from mispredict.suspects import SUSPECTS
from mispredict.suspects.battery import judge, run
from mispredict.suspects.clearing import Act, Clearings, Digests
from mispredict.suspects.detector import Detector
from mispredict.suspects.inquiry import Inquiry, Side
from mispredict.suspects.invariant_inquiry import NOTHING_DECLARED, held_by
from mispredict.suspects.ordering import in_order
from mispredict.suspects.suspect import Judged, Suspect, Suspicions
from mispredict.tables.columns import hint, shortened
from mispredict.tables.ids import ids_of
from mispredict.tables.logs import open_log
from mispredict.tables.roles import readable, roleless

if TYPE_CHECKING:
    from mispredict.investigation.steps import Steps

LOOKED_AT = 30_000  # rows of each table at most
OF_LOG = ("skew", "score_mismatch", "invariant")  # kinds whose answer hangs on what the service logged
OF_INVARIANTS = "invariant"
MOST_CELLS = 30_000_000  # and fewer of a very wide one: 240 MB as numbers


class Suspecting:
    """Finds the suspects of one investigation; what is done stays done when it is cancelled."""

    def __init__(self, opened: Opened, models: Models, steps: Steps) -> None:
        self._opened, self._models, self._steps = opened, models, steps
        self._notes: list[str] = []
        self._inquiry: Inquiry | None = None
        self._opening = threading.Lock()
        training = opened.training.sha256 if opened.training is not None else ""
        self._clearings = Clearings(opened.spec.file, Digests(opened.table.sha256, training))
        self._asker = threading.local()  # two may ask at once: each hears of its own progress, and cancels its own run

    def all(self, progress: Progress = silent) -> Suspicions:
        """Return all suspects, every detector run."""
        started = time.perf_counter()
        self._asker.progress = progress
        judged = run(SUSPECTS, self._judge, self._kept)
        self._inquiry = None  # its frames and models are large, and every answer is kept
        return self._answer(judged, time.perf_counter() - started)

    def online(self, progress: Progress = silent) -> Online:
        """Return offline against online; raises InvestigationRefused where there is no log to compare with."""
        from mispredict.investigation.online import online_of

        self._asker.progress = progress
        if self._logged[1]:
            raise InvestigationRefused(
                f"offline and online can't be compared: {self._logged[1]}",
                needed="[online] with what the service logged",
                do="add path, id, time and score of the log under [online]",
            )
        judged = [self._kept(kind, functools.partial(self._judge, SUSPECTS[kind], 0.0, 0.5)) for kind in OF_LOG]
        self._asker.place = (0.5, 1.0)

        def make() -> Online:
            return online_of(self._open(), self._steps.scan(), judged)

        answer: Online = self._steps.kept.get(f"online-{self._step('skew')}", make)
        return answer

    def invariants(self, progress: Progress = silent) -> Invariants:
        """Return what must hold, on every table; raises InvestigationRefused where nothing is declared."""
        self._asker.progress, self._asker.place = progress, (0.0, 0.9)
        if not self._opened.invariants:
            do = "name one as path in [invariants], or have some suggested"
            raise InvestigationRefused(NOTHING_DECLARED, needed="a file that says what must hold", do=do)

        def make() -> Invariants:
            found = held_by(self._open())
            assert isinstance(found, Invariants)
            return found

        answer: Invariants = self._steps.kept.get(f"invariants-{self._step(OF_INVARIANTS)}", make)
        # Broken ones are findings, too: whoever sees one broken may follow it to its rows.
        self._kept(OF_INVARIANTS, functools.partial(self._judge, SUSPECTS[OF_INVARIANTS], 0.9, 1.0))
        return answer

    def _kept(self, kind: str, make: Callable[[], Judged]) -> Judged:
        answer: Judged = self._steps.kept.get(self._step(kind), make)
        return answer

    def so_far(self) -> Suspicions:
        """Return what has been found until now, without doing any work."""
        known = (self._steps.kept.known(self._step(kind)) for kind in SUSPECTS)
        return self._answer(tuple(one for one in known if one is not None), 0.0)

    def clear(self, key: str, *, by: str, reason: str) -> Suspect:
        """Return a finding, cleared by a person with a reason; raises StoreRefused for a key that no finding has."""
        return self._clearings.clear(self._named(key), by=by, reason=reason)

    def reopen(self, key: str, *, by: str, reason: str) -> Suspect:
        """Return a finding that was cleared, opened again by a person; raises StoreRefused."""
        return self._clearings.reopen(self._named(key), by=by, reason=reason)

    def history(self, key: str | None = None) -> tuple[Act, ...]:
        """Return what was said of a finding, or of all, the first word first; raises StoreRefused."""
        return self._clearings.history(key)

    def _named(self, key: str) -> Suspect:
        """Return the finding of a key; detectors that have not run yet are run only where none is known by it."""
        found = self.so_far()
        if found.missing and all(one.key != key for one in found.suspects):
            found = self.all()
        return suspect_of(key, found)

    def _answer(self, judged: tuple[Judged, ...], seconds: float) -> Suspicions:
        """Return what detectors said and what people said of it; what people said is never kept with the steps."""
        try:
            return suspicions(self._clearings.marked(judged), seconds, tuple(self._notes))
        except StoreRefused as refused:  # hides no finding
            note = f"what was cleared can't be read, so every finding stands open: {refused.found}"
            return suspicions(judged, seconds, (*self._notes, note))

    def _judge(self, detector: Detector, begin: float, end: float) -> Judged:
        self._asker.place = (begin, end)
        self._say(0.0, detector.about.title)
        inquiry = self._open()
        return judge(detector, inquiry, self._steps.scan().sample)

    def _say(self, share: float, doing: str) -> None:
        begin, end = self._asker.place
        self._asker.progress(begin + (end - begin) * share, doing)

    def _step(self, kind: str) -> str:
        """Return the name that a kind's answer is kept under: with what the candidate reads, and the log."""
        read = "\n".join(self._candidate_reads()) + (self._logged[0] if kind in OF_LOG else "")
        read += self._invariants_digest if kind == OF_INVARIANTS else ""
        return f"suspect-{kind}" + (f"-{hashlib.sha256(read.encode()).hexdigest()[:8]}" if read else "")

    @functools.cached_property
    def _invariants_digest(self) -> str:
        """Return a digest of what must hold, and of the training table, which it must hold in, too."""
        training = self._opened.training.sha256 if self._opened.training is not None else ""
        today = time.strftime("%Y-%m-%d") if any(one.kind == "fresh" for one in self._opened.invariants) else ""
        return f"{training} {today} " + "\n".join(map(repr, self._opened.invariants))

    @functools.cached_property
    def _logged(self) -> tuple[str, str]:
        """Return the digest of what the service logged, and why it can't be used, "" where it can."""
        log, why_not = _log(self._opened)
        return (log.table.sha256 if log is not None else why_not), why_not

    def _candidate_reads(self) -> tuple[str, ...]:
        if self._opened.spec.candidate is None:
            return ()
        try:
            return self._models.get("candidate").features
        except BadInput as refused:
            note = f"the candidate can't be opened, so what it alone reads is not looked at: {refused.found}"
            if note not in self._notes:
                self._notes.append(note)
            return ()

    def _open(self) -> Inquiry:
        with self._opening:
            inquiry = self._inquiry
            if inquiry is None:
                sample = self._steps.scan().sample
                reads = self._candidate_reads()
                inquiry = self._inquiry = inquiry_of(self._opened, sample, reads, self._say, errors=self._errors)
        return inquiry

    def _errors(self) -> np.ndarray:
        """Return 1 for each row of the table that the live model gets wrong, 0 for others, -1 without a label."""
        found, model = np.full(self._opened.table.rows, -1, dtype=np.int64), self._opened.model
        for scored in KeptScores(self._steps.scan().scores, model.classes, model.threshold).batches():
            found[scored.rows.index.to_numpy()] = scored.is_error
        return found


def suspect_of(key: str, found: Suspicions) -> Suspect:
    """Return the finding of a key; raises StoreRefused when there is none."""
    for one in found.suspects:
        if one.key == key:
            return one
    keys = [one.key for one in found.suspects]
    raise StoreRefused(
        f"no finding has the key {shortened(key)!r}{hint(key[:200], keys)}",
        needed=f"one of the {len(keys)} findings" if keys else "an investigation that has findings",
        do="list the suspects, and copy the key",
    )


def suspicions(judged: tuple[Judged, ...], seconds: float, notes: tuple[str, ...] = ()) -> Suspicions:
    """Return the answers of detectors as one list, the most serious first."""
    done = {one.kind for one in judged}
    missing = tuple(kind for kind in SUSPECTS if kind not in done)
    return Suspicions(in_order(s for one in judged for s in one.suspects), judged, missing, seconds, notes)


def inquiry_of(
    opened: Opened,
    sample: Scored,
    also_read: tuple[str, ...],
    say: Progress,
    *,
    errors: Callable[[], np.ndarray] = lambda: np.empty(0, dtype=np.int64),
) -> Inquiry:
    """Return what detectors look at, from an opened investigation and its scan's uniform sample."""
    data, schema = opened.spec.data, opened.table.schema
    read = tuple(dict.fromkeys((*opened.explained, *(c for c in also_read if c in schema.names))))
    rows = min(LOOKED_AT, max(1_000, MOST_CELLS // max(1, len(schema.names))))
    say(0.0, "reading the training table")
    training, why_not = _training(opened, rows)
    log, no_log = _log(opened)
    return Inquiry(
        data=data,
        classes=opened.model.classes,
        threshold=opened.model.threshold,
        features=opened.explained,
        read=read,
        loose=tuple(c for c in roleless(schema, data) if c not in read),
        examined=_examined(opened, sample, rows),
        training=training,
        no_training=why_not,
        model=opened.model,
        seed=opened.spec.seed,
        learned=opened.training,
        invariants=opened.invariants,
        errors=errors,
        log=log,
        no_log=no_log,
        report=say,
    )


def _examined(opened: Opened, sample: Scored, most: int) -> Side:
    if len(sample) > most:
        sample = sample.take(np.sort(np.random.default_rng(opened.spec.seed).permutation(len(sample))[:most]))
    return Side(sample.rows, sample.truth, sample.ids, sample.probabilities, opened.table)


def _training(opened: Opened, most: int) -> tuple[Side | None, str]:
    """Return labelled rows of the training table, or why there are none."""
    table, data = opened.training, opened.spec.data
    if table is None:
        return None, "no [training] table"
    if data.target not in table.schema.names:
        return None, f"the training table has no target column {data.target!r}"
    places = np.sort(np.random.default_rng(opened.spec.seed).permutation(table.rows)[:most])
    try:
        rows = table.take(places, readable(table.schema, data))
        reader = Reader(opened.model, data)
        labelled, truth = reader.labelled(rows)
    except BadInput as refused:
        return None, f"the training table can't be used: {refused.found}"
    if not len(labelled):
        return None, "the training table has no labelled row"
    column = data.id if data.id in labelled else None
    return Side(labelled, truth, ids_of(labelled, column), _answers(opened, labelled), table), ""


def _log(opened: Opened) -> tuple[Log | None, str]:
    """Return what the service logged, or why it can't be used."""
    spec = opened.spec.online
    if opened.log is None and spec is None:
        return None, "no [online] log"
    try:
        log = opened.log if spec is None else _opened_log(spec)
    except BadInput as refused:
        return None, f"the online log can't be read: {refused.found}"
    lacks = log.lacks() if log is not None else ""
    return (None, lacks) if lacks else (log, "")


def _opened_log(spec: OnlineSpec) -> Log:
    found = open_log(spec.path)
    return Log(found.table, spec, found.notes)


def _answers(opened: Opened, rows: pd.DataFrame) -> np.ndarray | None:
    """Return the live model's probabilities of training rows, None where it can't answer them."""
    from mispredict.investigation.reader import score_rows

    try:
        return score_rows(opened.model, rows)
    except (BadInput, KeyError):  # stored scores have none for the training table
        return None
