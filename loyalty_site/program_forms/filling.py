"""A rule as its form would be sent: the way back from JSON to fields."""

from customers.merchants.models import Merchant
from rewards.models.programs import Kind
from rewards.rules.limits import SCOPES
from rewards.rules.triggers import PURCHASE

from . import units, words


def filled(rule: dict, merchant: Merchant, kind: str = Kind.POINTS) -> dict:
    """A rule of a program of a kind as its form would be sent, without a prefix."""
    data = said(rule, merchant)
    if kind == Kind.CASHBACK:
        data |= {name: words.amount(data[name], merchant) for name in units.measured(data) if data.get(name)}
    return data


def said(rule: dict, merchant: Merchant) -> dict:
    """A rule as a form of points would be sent."""
    [(kind, terms)] = rule["award"].items()
    when, limits = rule.get("when") or {}, rule.get("limits") or {}
    data = {
        "name": rule["name"],
        "was": rule["name"],
        "trigger": rule.get("trigger", PURCHASE),
        "kind": kind,
        "priority": rule.get("priority", 0),
    }
    data |= filled_award(kind, terms, merchant)
    data |= {name: words.lines(when.get(name)) for name in words.LISTS}
    data |= {name: when.get(name, []) for name in ("locations", "audiences", "weekdays")}
    data |= {name: words.local(when.get(name), merchant.timezone) for name in ("starts_at", "ends_at")}
    data |= {"code": when.get("code", ""), "birthday_window_days": when.get("birthday_window_days", "")}
    data["min_amount"] = words.amount(when["min_amount"], merchant) if when.get("min_amount") else ""
    data["hours_from"], data["hours_until"] = when.get("hours") or ("", "")
    data["first_purchase"] = {None: "", True: "yes", False: "no"}[when.get("first_purchase")]
    for scope in SCOPES:
        data |= filled_limit(scope, limits.get(scope) or {})
    data["max_per_purchase"] = limits.get("max_per_purchase", "")
    return {**data, **({"exclusive": "on"} if rule.get("exclusive") else {})}


def filled_award(kind: str, terms, merchant: Merchant) -> dict:
    """The fields of an award."""
    if kind == "multiply":
        return {"factor": str(terms)}
    if kind == "per_amount":
        return {"points": terms["points"], "every": words.amount(terms["every"], merchant)}
    return {"points": terms}


def filled_limit(scope: str, limit: dict) -> dict:
    """The fields of a limit."""
    counted = "points" if "points" in limit else "times"
    return {
        f"{scope}_count": limit.get(counted, ""),
        f"{scope}_counted": counted,
        f"{scope}_period": limit.get("period", "ever"),
    }
