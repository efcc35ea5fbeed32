"""Offline against online in the words of the page."""

from __future__ import annotations

from app.text import md
from app.wording import count, counted, listed, share
from mispredict.parity.online import ColumnParity, Joined, Online, Replayed
from mispredict.parity.quantiles import QuantilePair
from mispredict.parity.spelled import span

NAMED = 3  # columns in the page's answer
SAME = 1e-6  # mean difference of the score up to which it is the same: single precision makes as much
WARNS, FINE, OPEN = ":material/warning:", ":material/check_circle:", ":material/help:"
SOURCES = {
    "traffic": "which rows are served",
    "features": "the features that are served",
    "model": "the model's own answers",
}


def claim(found: Online) -> str:
    """Return the page's answer, as Markdown."""
    if found.joined.why_not:
        others, whole = len(served_otherwise(found)), counted(len(found.columns), "column")
        said = f"{count(others)} of {whole} may be served otherwise" if others else f"none of {whole} stands out"
        return f"{OPEN} {md(f'No row of the table is in the log, so two samples are compared: {said}')}"
    others = len(served_otherwise(found))
    icon = FINE if not others and is_same(found.replayed) else WARNS
    names = [one.column for one in served_otherwise(found)]
    which = f" ({listed(names, NAMED)})" if names else ""
    return f"{icon} {md(f'{_columns(found, others)}{which}; {_score(found.replayed)}')}"


def served_otherwise(found: Online) -> tuple[ColumnParity, ...]:
    """Return the columns that some finding is about."""
    return tuple(one for one in found.columns if one.keys)


def is_same(replayed: Replayed) -> bool:
    """Return whether the score is the same on both sides."""
    return replayed.score_gap is not None and replayed.score_gap <= SAME


def _columns(found: Online, others: int) -> str:
    whole = len(found.columns)
    if not others:
        return f"All {counted(whole, 'column')} are served as they are here"
    return f"{count(others)} of {counted(whole, 'column')} {'is' if others == 1 else 'are'} served otherwise"


def _score(replayed: Replayed) -> str:
    gap, part = replayed.score_gap, replayed.of_features
    if gap is None:
        return "the score can't be compared"
    if is_same(replayed):
        return "the score is the same"
    return f"the score is off by {small(gap)} on average{'' if part is None else _by_features(part)}"


def _by_features(part: float) -> str:
    """Return whose the difference is.

    >>> _by_features(1.0), _by_features(0.0), _by_features(0.4)
    (', all of it by features', ', all of it by how the model answers', ', 40.0 % of it by features')
    """
    if part >= 0.9995:
        return ", all of it by features"
    return ", all of it by how the model answers" if part <= 0.0005 else f", {share(part)} of it by features"


def small(figure: float) -> str:
    """Return a difference in three figures.

    >>> small(0.00149687), small(0.25), small(0.0)
    ('0.0015', '0.25', '0')
    """
    return f"{figure:.2g}"


def joined_words(joined: Joined) -> str:
    """Return what belongs together, as Markdown."""
    if joined.why_not:
        return md(f"Nothing is joined: {joined.why_not}.")
    said = f"{count(joined.pairs)} of {counted(joined.rows, 'row')} have one of {count(joined.entries)} log entries"
    clock = "" if not joined.lag or abs(joined.lag) < 1 else f"; {clock_words(joined.lag)}"
    part = (
        f"; {count(joined.looked_at)} of the pairs, drawn at random, are looked at closely"
        if joined.looked_at < joined.pairs
        else ""
    )
    return md(f"{said}, by {joined.by}{clock}{part}.")


def clock_words(lag: float) -> str:
    """Return how far the log's clock is from the table's.

    >>> clock_words(18000.0), clock_words(-93.0)
    ("the log's times are 5 h later", "the log's times are 1.55 min earlier")
    """
    return f"the log's times are {span(abs(lag) / 3_600)} {'later' if lag > 0 else 'earlier'}"


def unjoined_lines(joined: Joined) -> list[tuple[str, str]]:
    """Return why others are not joined, with how many and the first ids, plain text."""
    return [
        (f"{reason[:1].upper()}{reason[1:]}", f"{count(number)}{_first(joined.examples.get(reason, ()))}")
        for reason, number in joined.unjoined.items()
    ]


def _first(ids: tuple[str, ...]) -> str:
    return f", such as {', '.join(ids)}" if ids else ""


def match_words(pair: QuantilePair) -> str:
    """Return whether a quantile is the same on both sides, with a mark that needs no colour."""
    if not pair.is_other:
        return "✓ match"
    return "✗ higher online" if pair.online > pair.offline else "✗ lower online"


def between(value: float, low: float, high: float) -> str:
    """Return a figure with its interval.

    >>> between(0.0534, 0.0471, 0.0616)
    '0.053 [0.047–0.062]'
    """
    return f"{_three(value)} [{_three(low)}–{_three(high)}]"


def _three(figure: float) -> str:
    return f"{figure:.4f}" if abs(figure) < 0.01 else f"{figure:.3f}"
