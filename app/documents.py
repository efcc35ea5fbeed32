"""The documentation's page of a kind of finding, as it lies beside the program."""

from __future__ import annotations

import re
from pathlib import Path

from mispredict.suspects import SUSPECTS

HERE = Path(__file__).resolve().parent
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")  # to a file beside it, which is no address of the app


def page_of(kind: str) -> str | None:
    """Return the page as Markdown, None for an unknown kind and where the pages were not installed."""
    if kind not in SUSPECTS:
        return None
    for folder in (HERE, HERE.parent):  # within an installed package, else beside it in the repository
        if (file := folder / "docs" / "suspects" / f"{kind}.md").is_file():
            return _LINK.sub(r"\1", file.read_text(encoding="utf-8"))
    return None
