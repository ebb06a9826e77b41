from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command  # noqa: TID251 - it lists what must be documented

from briefbot.cli import app
from briefbot.settings import Settings

REPO = Path(__file__).parent.parent
CLI_PAGE = (REPO / "docs" / "cli.md").read_text("utf-8")
PAGES = sorted([*REPO.glob("*.md"), *(REPO / "docs").rglob("*.md")])


def test_the_example_file_shows_every_setting_with_its_default():
    example = tomllib.loads((REPO / "briefbot.example.toml").read_text("utf-8"))

    defaults = Settings().model_dump(mode="json")
    assert example == {key: list(v) if isinstance(v, tuple) else v for key, v in defaults.items()}


def commands() -> dict[str, Any]:
    """Every command by name, those of groups as `group command`."""
    found = {}
    for name, command in get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        found |= {f"{name} {each}": inner[each] for each in inner} if inner else {name: command}
    return found


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_is_documented(name: str):
    section = re.search(rf"## briefbot {name}\n(.*?)(?=\n## |\Z)", CLI_PAGE, re.S)

    assert section is not None
    options = {
        option
        for parameter in commands()[name].params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option != "--help"
    }
    assert {option for option in options if option not in section[1]} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPO).as_posix())
def test_links_between_pages_lead_somewhere(page: Path):
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_names_only_make_targets_that_exist():
    targets = set(re.findall(r"^([a-z]+):", (REPO / "Makefile").read_text("utf-8"), re.M))

    named = set(re.findall(r"\bmake ([a-z]+)", (REPO / "README.md").read_text("utf-8")))
    assert named <= targets
    assert {"run", "test", "check"} <= named


def test_the_readme_stays_short():
    assert len((REPO / "README.md").read_text("utf-8").splitlines()) <= 200


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_file_that_the_code_pages_name_is_there(page: str):
    text = (REPO / page).read_text("utf-8")
    named = set(re.findall(r"`([\w./-]+(?:\.py|\.md|\.toml|\.jsonl?|/))`", text))
    package = REPO / "src" / "briefbot"
    places = (REPO, package, package / "evaluate", REPO / "docs")

    missing = {name for name in named if not any((place / name).exists() for place in places)}

    assert len(named) > 10
    assert missing == set()
