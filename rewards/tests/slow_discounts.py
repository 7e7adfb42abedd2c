"""Discounts again, slow and obvious: whole units, one cent after the other. Only the contract's words are shared."""

from decimal import ROUND_HALF_UP, Decimal, localcontext


def half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


class Till:
    """A receipt of (amount, whole units, category) while things are crossed off it."""

    def __init__(self, lines, shipping_at):
        self.full = [amount for amount, *__ in lines]
        self.left = list(self.full)
        self.units = [units for __, units, __ in lines]
        self.names = [name for *__, name in lines]
        self.free = [0] * len(lines)
        self.shipping_at, self.paid = shipping_at, 0

    def off(self, amount):
        """Cross an amount off, the whole cents of each line's share first, then a cent for the largest rests."""
        amount = min(amount, sum(self.left))
        if amount <= 0:
            return 0
        weights = [max(one, 0) for one in self.left]
        given = [amount * weight // sum(weights) for weight in weights]
        rests = [amount * weight % sum(weights) for weight in weights]
        while sum(given) < amount:
            best = rests.index(max(rests))
            given[best] += 1
            rests[best] = -1
        self.left = [one - share for one, share in zip(self.left, given, strict=True)]
        return amount

    def one_free(self, category):
        """Cross off the cheapest unit of a category; None where there is none."""
        there = [
            place
            for place, name in enumerate(self.names)
            if name == category and self.free[place] < self.units[place] and self.full[place] > 0
        ]
        if not there:
            return None
        place = min(there, key=lambda place: (Decimal(self.full[place]) / self.units[place], place))
        price = Decimal(self.full[place]) / self.units[place]
        worth = half_up(price * (self.free[place] + 1)) - half_up(price * self.free[place])
        self.free[place] += 1
        worth = min(worth, sum(self.left), self.left[place])
        self.left[place] -= worth
        return worth

    def free_product(self, benefit):
        """Cross off unit after unit; None where not even the first is there."""
        units = [self.one_free(benefit["category"]) for __ in range(benefit["quantity"])]
        return None if units[0] is None else sum(one for one in units if one)

    def percent_off(self, benefit):
        off = half_up(Decimal(sum(self.left)) * benefit["percent"] / 100)
        return self.off(min(off, benefit["max_amount"] or off))

    def amount_off(self, benefit):
        return self.off(benefit["amount"])

    def free_shipping(self, benefit):
        taken = min(self.left[self.shipping_at], sum(self.left))
        self.left[self.shipping_at] -= taken
        return taken

    def gift_card(self, benefit):
        paid = min(benefit["amount"], sum(self.left) - self.paid)
        self.paid += paid
        return paid


def slow(lines, claims, shipping_at=None):
    """What each claim takes and each line has less, or None where a free product is not there."""
    with localcontext() as context:
        context.prec = 60
        till, taken = Till(lines, shipping_at), {}
        for kind in ("free_product", "percent_off", "amount_off", "free_shipping", "gift_card"):
            for place, benefit in enumerate(claims):
                if benefit["kind"] == kind:
                    taken[place] = getattr(till, kind)(benefit)
        shares = [full - left for full, left in zip(till.full, till.left, strict=True)]
        return None if None in taken.values() else ([taken[place] for place in range(len(claims))], shares)
