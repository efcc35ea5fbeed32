"""Findings of the usual suspects in the words of the pages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.text import code_free, md
from app.wording import count, counted, moment, p_value, share, value
from mispredict.suspects import SUSPECTS
from mispredict.suspects.clearing import Act
from mispredict.suspects.detector import About
from mispredict.suspects.suspect import Clearing, Judged, Severity, Suspect, Suspicions

LISTED = 8  # members of a list in the table of evidence
LONGEST = 600  # characters of a sentence
SHORT = 90  # of a reason in a list
_NAME = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Mark:
    """How a severity looks: an icon of its own shape, a colour, a word."""

    icon: str
    colour: str
    word: str

    @property
    def badge(self) -> str:
        """Return it as Markdown that stands out."""
        return f":{self.colour}-badge[{self.icon} {self.word}]"

    @property
    def label(self) -> str:
        """Return it as Markdown for a button."""
        return f":{self.colour}[{self.icon} {self.word}]"


MARKS: dict[Severity, Mark] = {
    "certain": Mark(":material/dangerous:", "red", "Certain"),
    "suspected": Mark(":material/warning:", "orange", "Suspected"),
    "info": Mark(":material/info:", "gray", "Info"),
}
CLEARED = Mark(":material/task_alt:", "green", "Cleared")
CLEAN = ":material/check_circle:"


def mark_of(found: Suspect) -> Mark:
    """Return how a finding is marked."""
    return MARKS[found.severity] if found.is_open else CLEARED


def about_kind(kind: str) -> About | None:
    """Return a kind's detector in words, None for one that this program does not have."""
    return SUSPECTS[kind].about if kind in SUSPECTS else None


def title_of(kind: str) -> str:
    """Return what a kind of finding is called.

    >>> title_of("no_such_kind")
    'No such kind'
    """
    about = about_kind(kind)
    return about.title if about is not None else kind.replace("_", " ").capitalize()


def told(text: str, *, limit: int = LONGEST) -> str:
    r"""Return a finding's sentence as Markdown that is literal but for names in backquotes, which stand out.

    >>> print(told("`*x*` knows 3 days"))
    **\*x\*** knows 3 days
    >>> print(told("no row is <b>safe</b>"))
    No row is \<b\>safe\</b\>
    """
    return named(text[:1].upper() + text[1:], limit=limit)


def named(text: str, *, limit: int = LONGEST) -> str:
    """Return text as Markdown that is literal but for names in backquotes; it may begin with a name without them."""
    parts = _NAME.split(code_free(text, limit=limit))
    return "".join(f"**{md(part)}**" if place % 2 else _spaced(part) for place, part in enumerate(parts))


def _spaced(part: str) -> str:
    """Return text between two names as Markdown with the spaces around it."""
    left, right = " " * part[:1].isspace(), " " * (part[-1:].isspace() and bool(part.strip()))
    return f"{left}{md(part)}{right}"


def alarms(found: Suspicions) -> tuple[Suspect, ...]:
    """Return the open findings that are more than worth knowing."""
    return tuple(one for one in found.suspects if one.is_open and one.severity != "info")


def worth_knowing(found: Suspicions) -> tuple[Suspect, ...]:
    """Return the open findings that are no alarm."""
    return tuple(one for one in found.suspects if one.is_open and one.severity == "info")


def cleared(found: Suspicions) -> tuple[Suspect, ...]:
    """Return the findings that somebody cleared."""
    return tuple(one for one in found.suspects if not one.is_open)


def passed(found: Suspicions) -> tuple[Judged, ...]:
    """Return the checks that raise no alarm, or none that still stands."""
    accused = {one.kind for one in alarms(found)}
    return tuple(one for one in found.judged if not one.why_not and one.kind not in accused)


def claim(found: Suspicions, *, so_far: bool = False) -> str:
    """Return the page's answer: how many suspects, how sure, how many checks passed, as Markdown."""
    held = alarms(found)
    by_word = [(MARKS[s].word.lower(), sum(one.severity == s for one in held)) for s in ("certain", "suspected")]
    said = ", ".join(f"{count(number)} {word}" for word, number in by_word if number)
    icon = MARKS[held[0].severity].icon if held else ":material/search:" if so_far else CLEAN
    yet = " so far" if so_far else ""
    head = f"{counted(len(held), 'suspect')}{yet}: {said}; " if held else f"No suspects{yet}: "
    return f"{icon} {md(head + _checks(found))}"


def _checks(found: Suspicions) -> str:
    said = [f"{counted(len(passed(found)), 'check')} passed"]
    if blind := len(found.not_judged):
        said.append(f"{count(blind)} could not be judged")
    if found.missing:
        said.append(f"{count(len(found.missing))} not done")
    return ", ".join(said)


def line_below(found: Suspicions) -> str:
    """Return what else there is, as Markdown."""
    notes = len(worth_knowing(found))
    said = [f"{counted(notes, 'more finding')} {'is' if notes == 1 else 'are'} worth knowing."] if notes else []
    if done := len(cleared(found)):
        said.append(f"{counted(done, 'finding')} {'was' if done == 1 else 'were'} cleared by a person.")
    return md(" ".join(said))


def holds_words(found: Suspect) -> str:
    """Return what part of surprise, errors and rows a finding's rows hold, as Markdown."""
    if found.of_rows is None:
        return "It is about the whole table."
    surprise, errors = found.of_surprise, found.of_errors
    said = [f"**{share(surprise)}** of all surprise"] if surprise is not None else []
    said += [f"**{share(errors)}** of the errors"] if errors is not None else []
    return f"Its rows, **{share(found.of_rows)}** of all, hold {' and '.join(said) or 'no error'}."


def short_holds(found: Suspect) -> str:
    """Return the same in few words, "" for a finding about the whole table."""
    if found.of_rows is None or found.of_surprise is None:
        return ""
    return f"{share(found.of_surprise)} of all surprise in {share(found.of_rows)} of the rows"


def sure_words(found: Suspect) -> str:
    """Return how sure a finding is after correction, "" where no test was made."""
    if found.q_value is not None:
        return f"{p_value(found.q_value).replace('p', 'q', 1)} over all that was tried (Benjamini and Hochberg)"
    return f"{p_value(found.p_value)}, not corrected" if found.p_value is not None else ""


def cleared_words(word: Clearing) -> str:
    """Return who cleared a finding, when and why, as Markdown; one for other data says so."""
    said = f"{md(word.by)} cleared it, {md(moment(word.at))}: {md(code_free(word.reason, limit=LONGEST))}"
    return said if word.holds else f"{said}. **That was said of other data, so it is open again.**"


def short_cleared(word: Clearing) -> str:
    """Return the same in a line, as Markdown."""
    return f"{md(word.by)}, {md(moment(word.at))}: {md(code_free(word.reason, limit=SHORT))}"


def act_words(act: Act) -> str:
    """Return one earlier word about a finding, as Markdown."""
    verb = "cleared" if act.what == "cleared" else "reopened"
    return f"{md(act.by)} {verb} it, {md(moment(act.at))}: {md(code_free(act.reason, limit=LONGEST))}."


def evidence_lines(found: Suspect) -> list[tuple[str, str]]:
    """Return the evidence as names and values, plain text."""
    held = {name.replace("_", " "): figure for name, figure in found.evidence.items() if figure is not None}
    lines = [(name[:1].upper() + name[1:], evidence_words(figure)) for name, figure in held.items()]
    sure = sure_words(found)
    return [*lines, *([("Chance", sure)] if sure else [])]


def evidence_words(held: Any) -> str:
    """Return a number, text or list of the evidence as text.

    >>> evidence_words(0.123456), evidence_words(12000), evidence_words([1, "a"]), evidence_words({"k": 2.5})
    ('0.1235', '12,000', '1, a', 'k: 2.5')
    """
    if isinstance(held, bool):
        return "yes" if held else "no"
    if isinstance(held, int):
        return f"{held:,}"
    if isinstance(held, float):
        return (f"{held:,.0f}" if abs(held) >= 10_000 else f"{held:.4g}").replace("-", "−")
    if isinstance(held, Mapping):
        return _some([f"{name}: {evidence_words(part)}" for name, part in held.items()])
    if isinstance(held, Sequence) and not isinstance(held, str):
        return _some([_part(part) for part in held])
    return code_free(value(held), limit=LONGEST)


def _part(part: Any) -> str:
    inner = isinstance(part, (Sequence, Mapping)) and not isinstance(part, str)
    return f"({evidence_words(part)})" if inner else evidence_words(part)


def _some(said: list[str]) -> str:
    more = len(said) - LISTED
    between = "; " if any("," in part for part in said) else ", "
    return between.join(said[:LISTED]) + (f" and {more:,} more" if more > 0 else "")
