"""What an operator or integrator may use is written down."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

OURS = {"loyalty_site", "loyalty_site.jobs", "customers", "customers.merchants", "rewards", "segments"}
OURS |= {"segments.surveys"}
ROOT = Path(settings.BASE_DIR)
DOCS = "\n".join(page.read_text() for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))])


@pytest.mark.parametrize("command", sorted(name for name, app in get_commands().items() if app in OURS))
def test_every_command_is_documented(command):
    assert f"manage.py {command}" in DOCS or f"make {command}" in DOCS


def test_every_environment_variable_is_documented():
    sources = (ROOT / "loyalty_site/settings.py").read_text() + (ROOT / "loyalty_site/environment.py").read_text()
    names = set(re.findall(r'(?:flag|whole_number|words|environ\.get)\(\s*"([A-Z_]+)"', sources))

    undocumented = {name for name in names if f"`{name}`" not in DOCS}

    assert len(names) > 10
    assert undocumented == set()


def test_every_direct_dependency_has_its_line():
    direct = (ROOT / "requirements.txt").read_text().partition("# ")[2]
    names = re.findall(r"^([A-Za-z][\w-]*)[\[=]", direct.split("bring")[0], re.MULTILINE)
    lines = (ROOT / "docs/dependencies.md").read_text().lower()

    assert len(names) > 10
    assert [name for name in names if name.lower() not in lines] == []


def test_the_version_is_read_from_the_changelog():
    assert (ROOT / "CHANGELOG.md").read_text().count(f"## {settings.VERSION} ") == 1
