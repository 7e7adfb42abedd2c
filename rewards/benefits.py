"""What a voucher or reward gives, checked: a closed vocabulary, each kind with its own parts."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.merchants.refusals import Invalid

LARGEST_AMOUNT = 10**12
LARGEST_QUANTITY, LONGEST_TEXT = 1_000, 200


class InvalidBenefit(Invalid):
    code = "invalid_benefit"


def whole(value: object, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


def is_amount(value: object) -> bool:
    """Money in minor units, more than nothing."""
    return whole(value, LARGEST_AMOUNT)


def is_percent(value: object) -> bool:
    return whole(value, 100)


def is_quantity(value: object) -> bool:
    return whole(value, LARGEST_QUANTITY)


def is_text(value: object) -> bool:
    return isinstance(value, str) and 1 <= len(value.strip()) <= LONGEST_TEXT


PARTS: dict[str, dict[str, Callable[[object], bool]]] = {
    "amount_off": {"amount": is_amount},
    "percent_off": {"percent": is_percent, "max_amount": is_amount},
    "free_product": {"sku": is_text, "category": is_text, "quantity": is_quantity},
    "free_shipping": {},
    "gift_card": {"amount": is_amount},
    "experience": {"text": is_text},
    "donation": {"to": is_text, "amount": is_amount},
}
OPTIONAL = {"percent_off": {"max_amount"}, "free_product": {"sku", "category", "quantity"}}
SENTENCES = {
    is_amount: gettext_lazy("'%(part)s' is money in minor units, more than nothing."),
    is_percent: gettext_lazy("'%(part)s' is a whole number from 1 to 100."),
    is_quantity: gettext_lazy("'%(part)s' is a whole number from 1 to 1,000."),
    is_text: gettext_lazy("'%(part)s' is a text of 1 to 200 characters."),
}


def check(benefit: object, place: str) -> None:
    """Refuse a benefit that nobody could give; raises InvalidBenefit with the place named."""
    kind = benefit.get("kind") if isinstance(benefit, dict) else None
    if not isinstance(kind, str) or kind not in PARTS:
        raise InvalidBenefit(
            gettext_lazy("A benefit has a kind: %(kinds)s."),
            values={"kinds": ", ".join(PARTS)},
            field=f"{place}.kind" if isinstance(benefit, dict) else place,
        )
    known, given = PARTS[kind], {name: value for name, value in benefit.items() if name != "kind"}
    if unknown := sorted(set(given) - set(known)):
        raise InvalidBenefit(
            gettext_lazy("The benefit '%(kind)s' does not know '%(part)s'. It takes: %(parts)s."),
            values={"kind": kind, "part": unknown[0], "parts": ", ".join(known) or gettext_lazy("nothing more")},
            code="unknown_field",
            field=f"{place}.{unknown[0]}",
        )
    for part, fits in known.items():
        if part in given and given[part] is None and part in OPTIONAL.get(kind, ()):
            continue
        if (part in given or part not in OPTIONAL.get(kind, ())) and not fits(given.get(part)):
            raise InvalidBenefit(SENTENCES[fits], values={"part": part}, field=f"{place}.{part}")
    if kind == "free_product" and bool(given.get("sku")) == bool(given.get("category")):
        raise InvalidBenefit(
            gettext_lazy("A free product is named by its SKU or by its category: send one of them."), field=place
        )


def sentence(benefit: dict, money: Callable[[int], str]) -> str:
    """A benefit in words: 5.00 € off; 1 × coffee for free."""
    return SAID[benefit["kind"]](benefit, money)


def said_percent(benefit: dict, money: Callable[[int], str]) -> str:
    said = _("%(percent)d%% off") % {"percent": benefit["percent"]}
    if benefit.get("max_amount"):
        said = _("%(percent)d%% off, at most %(amount)s") % {
            "percent": benefit["percent"],
            "amount": money(benefit["max_amount"]),
        }
    return said


def said_product(benefit: dict, money: Callable[[int], str]) -> str:
    quantity = benefit.get("quantity") or 1
    said = ngettext("%(quantity)d × %(product)s for free", "%(quantity)d × %(product)s for free", quantity)
    return said % {"quantity": quantity, "product": benefit.get("sku") or benefit.get("category")}


SAID: dict[str, Callable[[dict, Callable[[int], str]], str]] = {
    "amount_off": lambda benefit, money: _("%(amount)s off") % {"amount": money(benefit["amount"])},
    "percent_off": said_percent,
    "free_product": said_product,
    "free_shipping": lambda benefit, money: _("Free shipping"),
    "gift_card": lambda benefit, money: _("Gift card of %(amount)s") % {"amount": money(benefit["amount"])},
    "experience": lambda benefit, money: benefit["text"],
    "donation": lambda benefit, money: (
        _("%(amount)s given to %(to)s") % {"amount": money(benefit["amount"]), "to": benefit["to"]}
    ),
}
