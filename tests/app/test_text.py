from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import code_free, md, plain

MARKS = set("\\`*_{}[]()<>#+-.!|~$:^&")


def unescaped(text: str) -> str:
    return re.sub(r"\\([" + re.escape(string.punctuation) + "])", r"\1", text).replace("\u2060", "")


@given(st.text())
def test_every_mark_is_escaped_and_nothing_is_lost(text: str) -> None:
    shown = md(text)
    assert unescaped(shown) == " ".join(text.replace("\u2060", "").split()) or "\u2060" in text
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_{}\[\]()<>#|~$:^&]", shown.replace("\\\\", ""))
    assert "\n" not in shown


@pytest.mark.parametrize(
    "text",
    ["![x](http://evil/p.png)", ":red[x]", "# head", "$x^2$", "<img src=x>", ":material/bolt:", "a -> b", "`code`"],
)
def test_nothing_that_renders_is_left(text: str) -> None:
    assert not (MARKS & set(re.sub(r"\\.", "", md(text))))


@pytest.mark.parametrize("text", ["http://evil.example", "www.evil.example", "me@evil.example", "HTTPS://x"])
def test_bare_addresses_do_not_become_links(text: str) -> None:
    assert not re.search(r"(?i)https?:|www\.|\w@", re.sub(r"\\(.)", r"\1", md(text)))


def test_charts_get_no_tags_and_short_labels() -> None:
    assert plain("<b>x</b> & y") == "&lt;b&gt;x&lt;/b&gt; &amp; y"
    assert len(plain("x" * 500)) == 60
    assert code_free("a\nb") == "a b"
