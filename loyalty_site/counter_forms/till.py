"""The amount at the counter, with the products that rules ask for."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.money import major
from customers.merchants.templatetags.ficha import money
from customers.purchases import LineDraft, PurchaseDraft
from loyalty_site.forms import PurchaseForm, decimal_mark, read_amount
from loyalty_site.selectors.counter.items import Item, Itemised
from loyalty_site.selectors.counter.lacking import Lack, lacking
from loyalty_site.selectors.vouchers import InHand

from .claims import MOST, ClaimFields

LARGEST_QUANTITY = 10_000


def read_quantity(text: str) -> Decimal:
    """How many were typed; a comma and a point both mark decimals. Raises ValidationError."""
    text = text.strip().replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{0,3})?|\.[0-9]{1,3}", text) or Decimal(text) > LARGEST_QUANTITY:
        raise forms.ValidationError(_("Write how many with digits, for example 2 or 0.5."))
    return Decimal(text)


def typing(mode: str, **more) -> forms.TextInput:
    """A field for digits."""
    return forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off", **more})


class TillForm(ClaimFields, PurchaseForm):
    """An amount, and how many of each product that has a button, at the usual price unless another is typed.

    What is not itemised of the amount becomes one plain line, so that lines and amount agree; left empty, the amount is
    what the products come to. `others` is how many items the plain line is, where a rule counts them. What is tapped to
    be used takes off or pays; the lines say what things cost before.
    """

    def __init__(self, data=None, *, itemised: Itemised, nothing_bought: bool = False, **known):
        super().__init__(data, **known)
        self.itemised, self.nothing_bought = itemised, nothing_bought
        self.fields["amount"].required = not (itemised or nothing_bought)
        for item in itemised.items:
            self.fields[self.many(item)] = forms.CharField(
                label=item.label, required=False, max_length=20, widget=typing("decimal", placeholder="0")
            )
            self.fields[self.each(item)] = forms.CharField(
                label=_("Price of one"), required=False, max_length=60, widget=typing("decimal")
            )
        if itemised.counts:
            self.fields["others"] = forms.CharField(
                label=_("Other items") if itemised.items else _("How many items"), required=False, max_length=20,
                widget=typing("decimal", placeholder="1"),
            )  # fmt: skip

    @classmethod
    def is_typed(cls, query, itemised: Itemised) -> bool:
        """Whether an address says anything of a purchase: else there is nothing to try yet."""
        return any(query.get(name) for name in ("amount", *(cls.many(item) for item in itemised.items)))

    @classmethod
    def with_one_more(cls, data, itemised: Itemised):
        """What was sent, with one more of the product whose button it names as `add`."""
        fields = [cls.many(item) for item in itemised.items if item.key == data.get("add")]
        more = data.copy()
        for name in fields:
            try:
                had = read_quantity(data.get(name) or "0")
            except forms.ValidationError:
                continue
            more[name] = str((had + 1).normalize())
        return more

    @staticmethod
    def many(item: Item) -> str:
        """The field that says how many."""
        return f"many-{item.key}"

    @staticmethod
    def each(item: Item) -> str:
        """The field that says what one costs."""
        return f"each-{item.key}"

    def written(self, minor: int) -> str:
        """An amount as it is typed at this shop."""
        return str(major(minor, self.merchant.currency)).replace(".", decimal_mark(self.merchant))

    def rows(self) -> list[tuple]:
        """The products, each with its two fields and its usual price as it is typed."""
        return [
            (item, self[self.many(item)], self[self.each(item)], "" if item.price is None else self.written(item.price))
            for item in self.itemised.items
        ]

    def clean_amount(self) -> int | None:
        if not self.fields["amount"].required and not self.cleaned_data["amount"].strip():
            return None
        return super().clean_amount()

    def clean(self):
        lines = [line for item in self.itemised.items if (line := self.line_of(item))]
        others = self.read("others", read_quantity)
        self.cleaned_data["balance"] = self.paid()[1]
        self.cleaned_data["balance"] = self.read("balance", self.read_price)
        if not self.errors:
            self.settle(lines, others)
        return self.cleaned_data

    def draft(self, **known) -> PurchaseDraft:
        """The purchase that a valid form describes, with what is to be used in it."""
        draft = super().draft(**known)
        draft.wishes = self.wishes()
        return draft

    def settle(self, lines: list[LineDraft], others: Decimal | None) -> None:
        """Let lines and amount agree."""
        items = sum(line.amount for line in lines)
        amount = self.cleaned_data["amount"]
        if amount is None and not lines:
            if self.nothing_bought:
                return
            self.add_error("amount", self.fields["amount"].error_messages["required"])
            return
        rest = 0 if amount is None else amount - items
        if rest < 0:
            said = _("The products come to %(items)s, which is more than the amount. Correct one of them.")
            self.add_error("amount", said % {"items": money(items, self.merchant.currency)})
            return
        if (lines and rest) or others:
            lines.append(LineDraft(rest, quantity=others or Decimal(1)))
        self.cleaned_data |= {"amount": items + rest, "lines": lines}

    def line_of(self, item: Item) -> LineDraft | None:
        """The line of a product of which some was bought; None where none was, or something is wrong."""
        many = self.read(self.many(item), read_quantity)
        if not many:
            return None
        price = self.read(self.each(item), self.read_price)
        if price is None and self.each(item) not in self.errors:
            price = item.price
        if price is None:
            if self.each(item) not in self.errors:
                self.add_error(self.each(item), _("Write what one %(item)s costs.") % {"item": item.label})
            return None
        return LineDraft(
            amount=int((price * many).quantize(Decimal(1), ROUND_HALF_UP)),
            quantity=many,
            sku=item.sku,
            name=item.name,
            category=item.category,
            unit_amount=price,
        )

    def lacking(self, hand: Iterable[InHand], sent) -> list[Lack]:
        """What is missing of what was tapped (as it was `sent`), with the buttons to add it."""
        named = {name: sent.getlist(name)[:MOST] for name in ("rewards", "vouchers")}
        return lacking(self.merchant, hand, self.itemised, many=lambda item: sent.get(self.many(item)), **named)

    def read_price(self, text: str) -> int:
        return read_amount(text, self.merchant.currency, decimal_mark(self.merchant))

    def read(self, name: str, how):
        """What a field says, read; None where it is empty, or wrong, which the field then says."""
        text = (self.cleaned_data.get(name) or "").strip()
        try:
            return how(text) if text else None
        except forms.ValidationError as error:
            self.add_error(name, error)
            return None

    def slips(self) -> list[tuple[str, list[str]]]:
        """What is wrong with the products, by their names: for the part that stands away from the fields."""
        named = [(item.label, name) for item in self.itemised.items for name in (self.many(item), self.each(item))]
        named += [(self.fields["others"].label, "others")] if self.itemised.counts else []
        return [(label, self.errors[name]) for label, name in named if name in self.errors]
