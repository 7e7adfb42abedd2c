"""The worked examples of docs/examples.md, as they stand there: each section is played in a new shop."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from loyalty_site.tests import factories
from loyalty_site.tests.api_client import Api, api

pytestmark = pytest.mark.django_db

PAGE = Path(settings.BASE_DIR) / "docs/examples.md"
CALL = re.compile(
    r"(?P<method>GET|POST|PATCH|DELETE) (?P<path>\S+)(?: as (?P<name>\w+))?\n"
    r"(?P<body>\{.*?\n)?"
    r"(?P<status>\d{3})(?: (?P<reply>\{.*))?",
    re.DOTALL,
)


@dataclass
class Call:
    """A call of an example, and what the page says of its reply."""

    method: str
    path: str
    name: str | None
    body: str | None
    status: str
    reply: str | None


def sections() -> dict[str, list[Call]]:
    """The calls of each section of the page that has any."""
    found = {}
    for part in PAGE.read_text().split("\n## ")[1:]:
        title, __, text = part.partition("\n")
        blocks = re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
        found[title] = [
            Call(**CALL.fullmatch(re.sub("^ {4}", "", one, flags=re.M).strip()).groupdict()) for one in blocks
        ]
    return found


def play(till: Api, call: Call, names: dict[str, str]) -> None:
    """Make a call, and compare its reply with the page."""
    reply = till.send(call.method, spoken(call.path, names), json.loads(spoken(call.body or "{}", names)))
    said = reply.json()
    assert reply.status_code == int(call.status), said
    if call.name:
        names[call.name] = said["id"] if "id" in said else said["data"][0]["code"]  # vouchers are made in batches
        if said.get("balances"):
            names[f"{call.name}.membership"] = said["balances"][0]["membership"]
    wanted = json.loads(spoken(call.reply or "{}", names))
    assert part_of(said, wanted) == wanted


def spoken(text: str, names: dict[str, str]) -> str:
    """A text with the ids that earlier replies gave."""
    return re.sub(r"\$(\w+(\.membership)?)", lambda found: names[found[1]], text)


def part_of(said, wanted):
    """Of a reply only what the page speaks of; lists are compared whole."""
    if isinstance(wanted, dict) and isinstance(said, dict):
        return {name: part_of(said[name], value) for name, value in wanted.items() if name in said}
    if isinstance(wanted, list) and isinstance(said, list) and len(said) == len(wanted):
        return [part_of(*pair) for pair in zip(said, wanted, strict=True)]
    return said


def test_page_has_its_examples():
    assert min(len(calls) for calls in sections().values()) >= 3


@pytest.mark.parametrize("title", sections())
def test_example_is_true(title):
    till, names = api(factories.merchant()), {}

    for call in sections()[title]:
        play(till, call, names)
