"""Rules and facts for tests, as short as they can be said."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from rewards import rules
from rewards.rules import Facts, Line

TUESDAY = datetime(2026, 3, 10, 15, 30, tzinfo=ZoneInfo("Europe/Madrid"))


def rule(award, name="r", **parts) -> dict:
    """A rule as JSON: a number of points for each full euro, or an award."""
    award = {"per_amount": {"points": award, "every": 100}} if isinstance(award, int) else award
    return {"name": name, "trigger": "purchase", "award": award, **parts}


def line(amount: int, category: str = "", *, sku: str = "", quantity="1") -> Line:
    """A line that may earn."""
    return Line(amount, Decimal(quantity), sku, category)


def facts(base: int | None = None, *lines: Line, local: datetime = TUESDAY, **more) -> Facts:
    """A purchase on a Tuesday afternoon in Madrid; of the lines' amount."""
    return Facts(
        base=sum(one.amount for one in lines) if base is None else base,
        lines=lines or (line(base, quantity="0"),),
        moment=local.astimezone(UTC),
        local=local,
        channel=more.pop("channel", "store"),
        **more,
    )


def given(wanted: list[dict], found: Facts, **policies) -> dict[str, int]:
    """What each rule gives, by name."""
    read = rules.parse(wanted, zone="Europe/Madrid", **policies)
    return {award.rule: award.points for award in rules.evaluate(read, found)}
