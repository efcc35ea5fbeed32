from pathlib import Path

import pytest

from mispredict.bad_input import InvestigationRefused
from mispredict.investigation.read import read_spec

LEAST = '[data]\npath = "rows.parquet"\ntarget = "y"\n[model]\npath = "m.skops"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "investigation.toml"


def test_the_least_that_is_needed_and_what_it_stands_for(file: Path) -> None:
    file.write_text(LEAST)
    spec = read_spec(file)
    assert (spec.name, spec.seed, spec.home) == ("investigation", 0, file.parent)
    assert spec.data.path == str(file.parent / "rows.parquet")
    assert spec.model.path == str(file.parent / "m.skops")
    assert (spec.data.features, spec.data.entity, spec.training, spec.candidate) == (None, (), None, None)


def test_everything_that_can_be_said(file: Path) -> None:
    file.write_text(
        '[investigation]\nname = "Spike"\nseed = 7\n'
        '[data]\npath = "parts/*.parquet"\ntarget = "y"\npositive = "bad"\nid = "i"\ntime = "t"\nentity = "c"\n'
        'label_time = "l"\ncost = "k"\nfeatures = ["a", "b"]\nexclude = ["n"]\nembedding = "v"\ndisplay = ["d"]\n'
        '[data.available_at]\na = "a_at"\n[training]\npath = "../t.parquet"\n'
        '[model]\nscores = ["p0", "p1"]\nthreshold = 0.25\n'
        '[candidate]\nurl = "http://127.0.0.1:1/x"\nprotocol = "mlflow"\n[candidate.data]\npath = "/abs/c.csv"\n'
        '[online]\npath = "s3://bucket/o.parquet"\nid = "i"\nscore = "s"\n[invariants]\npath = "i.yaml"\n'
    )
    spec = read_spec(file)
    assert spec.data.path == str(file.parent / "parts" / "*.parquet")
    assert spec.training == str(file.parent.parent / "t.parquet")
    assert (spec.data.entity, spec.data.features, spec.data.available_at) == (("c",), ("a", "b"), {"a": "a_at"})
    assert (spec.model.scores, spec.model.threshold) == (("p0", "p1"), 0.25)
    assert spec.candidate is not None
    assert spec.candidate.data is not None
    assert (spec.candidate.data.path, spec.candidate.data.target) == ("/abs/c.csv", "y")
    assert spec.online is not None
    assert (spec.online.path, spec.online.score) == ("s3://bucket/o.parquet", "s")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            LEAST + "treshold = 0.5\n",
            "[model] has 'treshold', which is not known",
        ),
        (LEAST + "treshold = 0.5\n", "did you mean 'threshold'?"),
        (LEAST + "[trainning]\npath = 'x'\n", "did you mean 'training'?"),
        (LEAST.replace("target", "tagret"), "did you mean 'target'?"),
        ("[model]\npath = 'm'\n", "the file has no [data]"),
        ("[data]\npath = 'r'\ntarget = 'y'\n", "the file has no [model]"),
        ("[data]\npath = 'r'\n[model]\npath = 'm'\n", "[data] has no 'target'"),
        ("[data]\ntarget = 'y'\n[model]\npath = 'm'\n", "[data] has no 'path'"),
        ("[data]\npath = 3\ntarget = 'y'\n[model]\npath = 'm'\n", "[data] path is 3; needed: text in quotes"),
        (LEAST + "threshold = '0.5'\n", "[model] threshold is '0.5'; needed: a number"),
        (LEAST + "threshold = 50\n", "[model] threshold is 50.0; needed: a probability"),
        (LEAST + "threshold = true\n", "[model] threshold is true; needed: a number"),
        (LEAST + "scores = 's'\n", "[model] has path and scores; needed: exactly one of path, scores and url"),
        ("[data]\npath = 'r'\ntarget = 'y'\n[model]\n", "[model] has none of path, scores and url"),
        ("[data]\npath = 'r'\ntarget = 'y'\n[model]\nscores = ['s']\n", "or a list of one column a class"),
        (LEAST.replace("[model]", "features = ['a', 'a']\n[model]"), "[data] features lists 'a' twice"),
        (LEAST.replace("[model]", "features = ['y']\n[model]"), "lists the target 'y' among the features"),
        (LEAST + "url = 'http://x'\n", "[model] has path and url"),
        (LEAST + "protocol = 'grpc'\n", "needed: one of mlflow, kserve-v2, records"),
        (LEAST + "[online]\nid = 'o'\n", "[online] has no 'path'"),
        (LEAST + "[candidate]\npath = 'c'\n[candidate.data]\npth = 'x'\n", "[candidate.data] has 'pth'"),
        ("data = 3\n" + LEAST[len("[data]\n") :], "is not known"),
        ("[data]\npath = 'r'\ntarget = y\n", "(at line 3, column 10)"),
        ("[data]\npath = 'r'\npath = 'q'\n", "(at line 3"),
    ],
)
def test_what_is_wrong_is_named_with_what_was_needed(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(InvestigationRefused) as refused:
        read_spec(file)
    assert message in str(refused.value)


def test_a_missing_file_and_one_that_is_no_text(file: Path) -> None:
    with pytest.raises(InvestigationRefused, match="there is no file"):
        read_spec(file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvestigationRefused, match=r"investigation\.toml holds bytes that are no UTF-8"):
        read_spec(file)
