"""What is drawn of offline against online: what makes the gap, and scores over time."""

from __future__ import annotations

from app.online_words import SOURCES
from mispredict.parity.online import Online, Replayed, Span
from mispredict.parity.quantiles import QuantilePair
from mispredict.suspects.suspect import Chart, Series


def gap_chart(replayed: Replayed) -> Chart:
    """Return what each thing adds to the log loss; those that plainly make it worse are marked."""
    steps = replayed.steps
    bars = Series(
        "",
        tuple(SOURCES[one.source] for one in steps),
        tuple(one.added for one in steps),
        tuple(one.low for one in steps),
        tuple(one.high for one in steps),
        tuple(one.low > 0 for one in steps),
    )
    return Chart("bars", "What adds to the log loss", "95 % intervals", "nats a row", (bars,))


def over_time(found: Online, quantile: float) -> Chart | None:
    """Return one quantile of the score in spans of time on both sides, None where fewer than two spans have it."""
    held = [(span, pair) for span in found.spans for pair in span.pairs if pair.quantile == quantile]
    if len(held) < 2:
        return None
    name = "The median" if quantile == 0.5 else f"The {100 * quantile:g}th percentile"
    differ = sum(pair.is_other for _, pair in held)
    title = f"{name} of the score differs in {differ} of {len(held)} spans"
    return Chart("lines", title, "", "score", (_offline(held), _online(held)))


def _offline(held: list[tuple[Span, QuantilePair]]) -> Series:
    return Series("offline", tuple(span.begin for span, _ in held), tuple(pair.offline for _, pair in held))


def _online(held: list[tuple[Span, QuantilePair]]) -> Series:
    marked = tuple(pair.is_other for _, pair in held)
    return Series(
        "online", tuple(span.begin for span, _ in held), tuple(pair.online for _, pair in held), marked=marked
    )
