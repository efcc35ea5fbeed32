"""What must hold, in the words of the page."""

from __future__ import annotations

from app.text import code_free, md
from app.wording import count, counted, share
from mispredict.invariants.invariant import Effect, Held, Invariants, Outcome, Side, State

BROKEN, HOLDS, OPEN = ":material/dangerous:", ":material/check_circle:", ":material/help:"
TABLES: dict[Side, str] = {"training": "Training", "data": "Examined table", "online": "Log"}
WHOLE: dict[Side, str] = {"training": "the training table", "data": "the examined table", "online": "the log"}
ICONS: dict[State, str] = {"broken": BROKEN, "held": HOLDS, "not judged": OPEN}
MARKS: dict[State, str] = {"broken": "✗", "held": "✓", "not judged": "–"}
SURE = 0.05  # q-value up to which more errors are more than chance
LONGEST = 200


def claim(found: Invariants) -> str:
    """Return the page's answer, as Markdown."""
    broken, holding, blind = (sum(one.state == state for one in found.held) for state in ICONS)
    whole = counted(len(found.held), "invariant")
    unsaid = f"; {count(blind)} could not be judged" if blind else ""
    if not broken:
        said = f"{count(holding)} of {whole} {'holds' if holding == 1 else 'hold'}, none is broken{unsaid}"
        return f"{HOLDS if holding else OPEN} {md(said)}"
    return f"{BROKEN} {md(f'{count(broken)} of {whole} {_are(broken)} broken{unsaid}')}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def judged_on(found: Invariants) -> str:
    """Return which tables were looked at, as Markdown."""
    lacking = [WHOLE[side].removeprefix("the ") for side in TABLES if side not in found.sides]
    more = f"; there is no {' and no '.join(lacking)}" if lacking else ""
    *others, last = [WHOLE[side] for side in found.sides]
    return md(f"Judged on {', '.join(others)}{' and ' if others else ''}{last}{more}.")


def cell(outcome: Outcome | None) -> str:
    """Return an outcome in a cell: a mark that needs no colour, and how many rows."""
    if outcome is None:
        return ""
    mark = MARKS[outcome.state]
    if outcome.state == "not judged":
        return f"{mark} not judged"
    if outcome.estimate is not None:
        return f"{mark} {outcome.state}: {outcome.estimate.value:.4g}"
    if not outcome.broken:
        return f"{mark} held"
    return f"{mark} {count(outcome.broken)} rows, {share(outcome.part)}"


def errors_cell(effect: Effect | None) -> str:
    """Return how many errors more there are among the rows, in a cell."""
    if effect is None:
        return ""
    counts = f"{count(effect.errors)} of {count(effect.rows)}"
    if effect.q_value > SURE or effect.ratio is None:
        return f"{counts}, as elsewhere" if effect.ratio is not None else counts
    return f"{counts}, {effect.ratio:.1f} ×"


def outcome_lines(held: Held) -> list[tuple[str, str]]:
    """Return each table with what came of it there, plain text."""
    return [(TABLES[one.side], _whole(one)) for one in held.outcomes]


def _whole(outcome: Outcome) -> str:
    parts = [f"{outcome.state}: {outcome.words}"]
    parts += [f"since {outcome.since} UTC"] if outcome.since is not None else []
    parts += [f"all where {outcome.place}"] if outcome.place else []
    parts += [outcome.detail] if outcome.detail else []
    return code_free("; ".join(parts), limit=LONGEST)
