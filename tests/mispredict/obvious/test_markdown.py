import itertools
import re
from dataclasses import replace

import numpy as np

from mispredict.obvious.check import check
from mispredict.obvious.markdown import MOST, markdown, plain
from mispredict.obvious.matrix import Matrix


def answering(probability):
    return lambda rows, classes: np.tile([1 - probability, probability], (len(rows), 1))


def test_the_comment_says_who_is_wrong_about_what(case_of):
    cases = [case_of("a", severity="minor"), case_of("b", severity="blocker", owner="team risk", incident="INC-7")]
    right, wrong = (check(cases, answering(p), model=f"m{p}.txt") for p in (0.1, 0.9))
    text = markdown(Matrix((right, wrong)))
    assert "- **m0&#46;1&#46;txt** gets every case right." in text
    assert "- **m0&#46;9&#46;txt** breaks 2 of 2 cases." in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert [line.split("|")[2].strip() for line in table[2:]] == ["blocker", "minor"]
    assert "✓ passed | ✕ failed" in table[2]
    assert "(INC&#45;7); ask team risk" in text


def test_what_cases_say_is_text(case_of):
    hostile = "<img src=x> | @everyone [x](javascript:1) `code` **b**\n# head\n- list http://x.y"
    case = replace(case_of(reason=hostile), owner="@ann", incident="http://evil.example")
    text = markdown(Matrix((check([case], answering(0.9), model=hostile),)))
    values = re.sub(r"&#\d+;", "", text)
    for sign in ("<img", "@", "](", "`", "http://", "javascript:"):
        assert sign not in values
    assert "\n# head" not in text
    assert plain("a\nb\tc") == "a b c"


def test_a_long_comment_says_how_much_is_told(case_of):
    cases = [case_of(f"c{i}") for i in range(MOST + 5)]
    text = markdown(Matrix((check(cases, answering(0.9), model="m"),)))
    assert f"{MOST} of {MOST + 5} broken cases are told in full." in text
    assert len(list(itertools.takewhile(str.strip, text.splitlines()))) == 1
