"""Texts in another case, with other blanks, cut off or wrongly decoded."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pandas as pd

from mispredict.parity.cells import Cells
from mispredict.parity.reading import Cause, Reading, freedom

CASES: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "lower case": str.lower,
    "title case": str.title,
    "capitalised": str.capitalize,
    "case swapped": str.swapcase,
}
ENCODINGS = (("utf-8", "latin-1"), ("utf-8", "cp1252"), ("latin-1", "utf-8"))


def recased(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that online is in another case."""
    if gap.kind != "text":
        return []
    best = max(((name, _gives(gap, how)) for name, how in CASES.items()), key=lambda one: int(one[1].sum()))
    loose = _same(gap, str.casefold)
    name, explains = best if best[1].sum() >= 0.98 * loose.sum() else ("another case", loose)
    return _reading(
        gap, "casing", name, f"is in {name} online" if name != "capitalised" else "is capitalised online", explains
    )


def blanked(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that online has other blanks, or the same letters in another Unicode form."""
    if gap.kind != "text":
        return []
    explains = _same(gap, lambda text: "".join(unicodedata.normalize("NFKC", text).split()))
    held = pd.Series(gap.online[explains]), pd.Series(gap.offline[explains])
    if not len(held[0]):
        return []
    longer = float(held[0].str.len().mean() - held[1].str.len().mean())
    where = (
        "behind"
        if (held[0].str.rstrip() == held[1]).mean() > 0.5
        else "in front"
        if (held[0].str.lstrip() == held[1]).mean() > 0.5
        else "around or inside"
    )
    name = f"blanks {where}" if longer > 0 else "blanks lost" if longer < 0 else "other blanks or another Unicode form"
    return _reading(
        gap, "whitespace", name, f"has {name} online" if longer >= 0 else "has lost blanks online", explains
    )


def cut(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that online holds the first characters only."""
    if gap.kind != "text":
        return []
    length = int(pd.Series(gap.online).str.len().mode().max()) if len(gap) else 0
    if length < 1:
        return []
    explains = _gives(gap, lambda text: text[:length]) | _gives(gap, lambda text: text[:length].rstrip())
    return _reading(
        gap, "truncated", f"to {length} characters", f"is cut off after {length} characters online", explains
    )


def misread(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that online was decoded by another encoding than it was written in."""
    if gap.kind != "text":
        return []
    found = [(pair, _gives(gap, _misreader(*pair))) for pair in ENCODINGS]
    (written, read), explains = max(found, key=lambda one: int(one[1].sum()))
    return _reading(gap, "encoding", f"{written} read as {read}", f"is {written} read as {read} online", explains)


def _misreader(written: str, read: str) -> Callable[[str], str]:
    return lambda text: text.encode(written, "ignore").decode(read, "replace")


def _reading(gap: Cells, cause: Cause, parameter: str, words: str, explains: np.ndarray) -> list[Reading]:
    if not explains.any():
        return []
    # One pair of texts is enough: a word rarely is another one's upper case, or its beginning, by chance.
    return [Reading(cause, parameter, words, explains, freedom(gap.offline, gap.online, explains, 0), 0.0)]


def _gives(gap: Cells, how: Callable[[str], str]) -> np.ndarray:
    given = _mapped(gap.offline, how)
    return _there(gap) & (given == gap.online) & (gap.online != "")


def _same(gap: Cells, how: Callable[[str], str]) -> np.ndarray:
    return _there(gap) & (_mapped(gap.offline, how) == _mapped(gap.online, how))


def _mapped(texts: np.ndarray, how: Callable[[str], str]) -> np.ndarray:
    codes, distinct = pd.factorize(texts)
    return np.array([how(one) for one in distinct], dtype=object)[codes]


def _there(gap: Cells) -> np.ndarray:
    return ~gap.gone[0] & ~gap.gone[1]
