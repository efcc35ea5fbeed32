"""What people say of findings: cleared with a reason, opened again; every act is kept beside the investigation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from mispredict.bad_input import StoreRefused
from mispredict.beside import Beside, Form
from mispredict.suspects.suspect import Clearing, Judged, Suspect
from mispredict.tables.columns import shortened

What = Literal["cleared", "reopened"]
LONGEST_NAME = 200
LONGEST_REASON = 2_000


@dataclass(frozen=True)
class Digests:
    """Which data a word about a finding holds for."""

    data_sha256: str
    training_sha256: str = ""  # "" without a training table


@dataclass(frozen=True)
class Act:
    """One person's word about one finding, with what the finding said at that time."""

    what: What
    key: str  # the suspect's
    kind: str
    culprits: tuple[str, ...]
    rule: str  # "" of a finding about the whole table
    summary: str
    by: str
    reason: str
    at: str  # UTC, ISO 8601
    data_sha256: str
    training_sha256: str
    kept_in: str = ""  # where, in words

    @property
    def digests(self) -> Digests:
        """Return the data that it was said of."""
        return Digests(self.data_sha256, self.training_sha256)


class Clearings:
    """All acts of one investigation; `file` is the investigation's, None for objects in memory."""

    def __init__(self, file: Path | None, digests: Digests) -> None:
        self._kept = Beside(file, Form("cleared", "list of cleared suspects", _said, _act))
        self._digests = digests

    def history(self, key: str | None = None) -> tuple[Act, ...]:
        """Return every act, or every one about a finding, the first one first; raises StoreRefused."""
        acts = sorted(self._kept.list(), key=lambda act: act.at)
        return tuple(act for act in acts if key is None or act.key == key)

    def clear(self, suspect: Suspect, *, by: str, reason: str) -> Suspect:
        """Keep a person's word that a finding is none, and return it cleared; the same word again changes nothing."""
        act = self._acted("cleared", suspect, by, reason)

        def add(there: tuple[Act, ...]) -> tuple[Act, ...]:
            return there if there and _same(there, act) else (*there, act)

        self._kept.write(add)
        return self._seen(suspect)

    def reopen(self, suspect: Suspect, *, by: str, reason: str) -> Suspect:
        """Keep a person's word that a cleared finding is one after all, and return it open.

        Raises StoreRefused where it is open already.
        """
        act = self._acted("reopened", suspect, by, reason)
        if self._seen(suspect).is_open:
            raise StoreRefused(
                f"the finding {suspect.key!r} is open", needed="one that is cleared", do="there is nothing to reopen"
            )
        self._kept.write(lambda there: (*there, act))
        return self._seen(suspect)

    def marked(self, judged: Sequence[Judged]) -> tuple[Judged, ...]:
        """Return detectors' answers, each finding with what was said of it; raises StoreRefused."""
        acts = self.history()
        return tuple(
            dataclasses.replace(one, suspects=tuple(self._mark(s, acts) for s in one.suspects)) for one in judged
        )

    def _seen(self, suspect: Suspect) -> Suspect:
        return self._mark(suspect, self.history(suspect.key))

    def _mark(self, suspect: Suspect, acts: Sequence[Act]) -> Suspect:
        return dataclasses.replace(
            suspect, cleared=clearing_of([a for a in acts if a.key == suspect.key], self._digests)
        )

    def _acted(self, what: What, suspect: Suspect, by: str, reason: str) -> Act:
        return Act(
            what=what,
            key=suspect.key,
            kind=suspect.kind,
            culprits=suspect.culprits,
            rule=suspect.where.rule if suspect.where is not None else "",
            summary=suspect.summary,
            by=_text(by, "who says so", LONGEST_NAME),
            reason=_text(reason, "a reason", LONGEST_REASON),
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            **dataclasses.asdict(self._digests),
        )


def clearing_of(acts: Sequence[Act], digests: Digests) -> Clearing | None:
    """Return what counts for the data of `digests` of all acts about one finding, the first one first.

    The last word about this very data counts. Where nobody said any, a clearing for other data is told, and holds not.
    """
    own = [act for act in acts if act.digests == digests]
    last = next(reversed(own or list(acts)), None)
    if last is None or last.what == "reopened":
        return None
    return Clearing(last.by, last.reason, last.at, holds=bool(own))


def _same(there: Sequence[Act], act: Act) -> bool:
    """Return whether the last act about a finding says the same of the same data."""
    last = next((one for one in reversed(there) if one.key == act.key), None)
    return last is not None and _word(last) == _word(act)


def _word(act: Act) -> tuple[Any, ...]:
    return act.what, act.by, act.reason, act.digests


def _text(text: str, what: str, longest: int) -> str:
    kept = text.strip().encode("utf-8", "replace").decode("utf-8")  # a terminal may hand over half a character
    if not kept or len(kept) > longest:
        raise StoreRefused(
            f"{what}: {shortened(kept, 100)!r}" if kept else f"without {what}",
            needed=f"{what}, 1 to {longest:,} characters",
            do="say it; it is kept with the finding for those who come later",
        )
    return kept


def _said(act: Act) -> dict[str, Any]:
    said = dataclasses.asdict(act)
    del said["kept_in"]
    return {**said, "culprits": list(act.culprits)}


def _act(said: dict[str, Any], kept_in: str) -> Act:
    texts = {f.name: said[f.name] for f in dataclasses.fields(Act) if f.name not in ("culprits", "kept_in")}
    culprits = said["culprits"]
    if not isinstance(culprits, list) or not all(isinstance(text, str) for text in (*texts.values(), *culprits)):
        raise TypeError("a text is no text")
    if texts["what"] not in get_args(What):
        raise ValueError(f"{texts['what']!r} is no act")
    return Act(culprits=tuple(culprits), kept_in=kept_in, **texts)
