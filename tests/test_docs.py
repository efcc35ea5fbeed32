"""The documents say what is there: commands, formats, methods, dependencies."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

HOUSE = Path(__file__).resolve().parent.parent
README = (HOUSE / "README.md").read_text(encoding="utf-8")
GUIDE = (HOUSE / "docs" / "guide.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))


def marked(name):
    """Return the fenced command below a marker of the README."""
    found = re.search(rf"<!-- newcomer: {name} -->\n```bash\n(.*?)\n```", README, re.DOTALL)
    return found[1] if found else ""


def _suspects():
    from mispredict.suspects import SUSPECTS

    return SUSPECTS


def commands(app, prefix=()):
    from typer.main import get_command

    group = get_command(app) if not hasattr(app, "commands") else app
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*prefix, name))
        else:
            yield (*prefix, name), command


def every_command():
    from mispredict.cli.main import app

    return list(commands(app))


def test_the_two_commands_stand_in_the_readme():
    assert marked("run") == "python3 run.py demo"
    assert marked("test") == "python3 run.py test"


def test_ci_runs_nothing_but_the_readmes_test_command():
    lines = (HOUSE / ".ci" / "run").read_text().splitlines()
    assert lines == ["#!/usr/bin/env bash", marked("test")]


@pytest.mark.parametrize(
    ("name", "command"), every_command(), ids=lambda v: " ".join(v) if isinstance(v, tuple) else ""
)
def test_every_command_has_help_with_an_example(name, command):
    from mispredict.cli.main import app

    said = CliRunner().invoke(app, [*name, "--help"])
    assert said.exit_code == 0
    assert "mispredict " + " ".join(name) in said.output
    assert "Example" in said.output


@pytest.mark.parametrize(
    "name",
    [
        "scan",
        "explain",
        "endpoint",
        "parity",
        "expect",
        "invariants check",
        "invariants suggest",
        "suspects list",
        "suspects clear",
        "suspects reopen",
        "obvious promote",
        "obvious list",
        "obvious check",
    ],
)
def test_every_command_that_answers_with_data_has_json(name):
    from mispredict.cli.main import app

    assert "--json" in CliRunner().invoke(app, [*name.split(), "--help"]).output


def test_every_command_of_the_guide_exists():
    short = {"suspects", "invariants"}  # for `suspects list`, `invariants check`
    known = {" ".join(name) for name, _ in every_command()} | short
    words = "promote|list|check|export|import|clear|reopen|suggest"
    said = re.findall(rf"^mispredict ([a-z]+(?: (?:{words}))?)", GUIDE + README, re.MULTILINE)
    assert said
    assert set(said) <= known


def test_every_variable_that_is_read_stands_in_the_guide():
    files = [f for folder in ("app", "mispredict", "explainers", "tests") for f in (HOUSE / folder).rglob("*.py")]
    read = {name for f in files for name in re.findall(r"\"(MISPREDICT_[A-Z_]+)\"", f.read_text(encoding="utf-8"))}
    assert len(read) > 3
    from mispredict.endpoint.settings import SECRET_PREFIX

    unsaid = [n for n in sorted(read) if f"`{n}`" not in GUIDE and not n.startswith(SECRET_PREFIX)]
    assert unsaid == []
    assert f"`{SECRET_PREFIX}`" in GUIDE


def test_the_guide_has_every_method_and_every_format():
    from explainers import EXPLAINERS
    from mispredict.models import FORMATS

    assert all(f"| {name} |" in GUIDE for name in EXPLAINERS)
    endings = [ending for loader in FORMATS.values() for ending in loader.endings]
    assert all(f"`{ending}`" in GUIDE for ending in endings)


@pytest.mark.parametrize("kind", [*_suspects()])
def test_every_suspect_has_a_page_and_its_example_answers_as_the_page_says(kind, capsys):
    page = (HOUSE / "docs" / "suspects" / f"{kind}.md").read_text(encoding="utf-8")
    assert f"({'suspects/' + kind}.md)" in (HOUSE / "docs" / "suspects.md").read_text(encoding="utf-8")
    example, answer = re.search(r"```python\n(.*?)```\n.{0,40}?```text\n(.*?)```", page, re.DOTALL).groups()
    exec(compile(example, f"{kind}.md", "exec"), {"__name__": "example"})
    assert capsys.readouterr().out.split() == answer.split()


def test_the_architecture_says_why_of_every_dependency():
    text = (HOUSE / "docs" / "architecture.md").read_text(encoding="utf-8").lower()
    extras = [p for group in PROJECT["project"]["optional-dependencies"].values() for p in group]
    every = PROJECT["project"]["dependencies"] + extras + PROJECT["dependency-groups"]["dev"]
    names = {re.split(r"[>=<;\[ ]", p)[0].lower() for p in every}
    assert [n for n in sorted(names) if n not in text] == []


def test_the_lock_has_every_dependency_with_hashes_and_no_place_of_origin():
    lock = (HOUSE / "requirements.lock").read_text(encoding="utf-8")
    every = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    locked = {line.split("==")[0].lower() for line in lock.splitlines() if "==" in line}
    assert {re.split(r"[>=<;\[ ]", p)[0].lower() for p in every} <= locked
    assert lock.count("--hash=sha256:") > len(locked)
    assert "://" not in lock


def test_contributing_asks_for_at_most_eight_steps_each():
    text = (HOUSE / "CONTRIBUTING.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [s.splitlines()[0] for s in sections] == [
        "Add an explainer",
        "Add a suspect",
        "Add a model format",
        "Add a page",
    ]
    assert all(1 <= len(re.findall(r"^\d+\. ", s, re.MULTILINE)) <= 8 for s in sections)


def test_no_upper_pins():
    assert not [p for p in PROJECT["project"]["dependencies"] if "<" in p.split(";")[0]]
