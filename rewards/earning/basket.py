"""The facts of a purchase as rules look at them: of the receipt, of its surroundings, and as a judgement keeps them."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import F, Min

from customers import audiences
from customers.merchants.models import Location, Merchant
from customers.models import Customer, CustomerActivity, Purchase, PurchaseLine
from customers.purchases import LineDraft, remaining
from rewards.models import Judgement
from rewards.rules import Facts, Line, Ruleset

NOTHING = "nothing_earns"


def price(bought, rules: Ruleset) -> int:
    """What a purchase or a line of one costs as rules count it, in minor units: after discounts or before them."""
    return bought.amount + bought.discount if rules.full_price else bought.amount


def earning_base(purchase, rules: Ruleset) -> int:
    """What of a purchase can earn, in minor units: its price, less the lines that earn nothing."""
    return max(price(purchase, rules) - sum(price(line, rules) for line in purchase.lines if line.excluded), 0)


def earns_nothing(purchase) -> bool:
    """Whether every line of the receipt is one that earns nothing."""
    return bool(purchase.lines) and all(line.excluded for line in purchase.lines)


def earning_lines(lines: Iterable, amount: int, rules: Ruleset, part: Fraction | int = 1) -> tuple[Line, ...]:
    """The lines that may earn, each worth a `part` of itself; a receipt without lines is one line of nothing known."""
    found = tuple(
        Line(price(line, rules) * part, line.quantity, line.sku.casefold(), line.category.casefold())
        for line in lines
        if not line.excluded
    )
    return found or (Line(amount * part, Decimal(0)),)


class Surroundings:
    """What rules ask beyond the receipts, for many purchases or activities at once.

    Nothing is fetched that no rule asks for.
    """

    def __init__(self, merchant: Merchant, purchases: list, rulesets: Iterable[Ruleset], *, history: bool):
        rulesets = list(rulesets)
        needs = frozenset().union(*(ruleset.needs for ruleset in rulesets))
        self.zone = ZoneInfo(merchant.timezone)
        customers = {purchase.customer_id for purchase in purchases} - {None}
        self.firsts = first_purchases(purchases, customers, history=history) if "first" in needs else set()
        self.birthdays: dict[int, str] = {}
        if "birthday" in needs:
            known = Customer.objects.for_merchant(merchant).filter(pk__among=customers).exclude(birthday="")
            self.birthdays = dict(known.values_list("pk", "birthday"))
        self.places: dict[int, str] = {}
        if "location" in needs:
            self.places = dict(Location.objects.for_merchant(merchant).values_list("pk", "public_id"))
        self.audiences: dict[int, frozenset[str]] = {}
        if "audiences" in needs:
            asked = frozenset().union(*(ruleset.audiences for ruleset in rulesets))
            self.audiences = audiences.memberships(merchant=merchant, audiences=asked, customers=customers)


def first_purchases(purchases: list, customers: set[int], *, history: bool) -> set[int]:
    """Those (primary keys) that are their customers' first: one query, two for `history`.

    Of purchases just recorded: no other counted one was on record before, the earliest of several at once. Of
    purchases that have long been on record: no counted one is earlier.
    """
    if history:
        return first_ever(customers)
    counted = dict(CustomerActivity.objects.filter(customer_id__among=customers).values_list("customer", "purchases"))
    earliest: dict[int, int] = {}
    for purchase in purchases:  # in order of occurrence
        if purchase.customer_id is not None:
            earliest.setdefault(purchase.customer_id, purchase.pk)
            counted[purchase.customer_id] = counted.get(purchase.customer_id, 0) - 1
    return {key for customer, key in earliest.items() if counted[customer] <= 0}


def first_ever(customers: set[int]) -> set[int]:
    """The earliest counted purchase of each customer (one query)."""
    earliest = Purchase.objects.counted().filter(
        customer_id__among=customers, occurred_at=F("customer__activity__first_at")
    )
    return set(earliest.order_by().values("customer").annotate(key=Min("pk")).values_list("key", flat=True))


def of(purchase, base: int, rules: Ruleset, around: Surroundings) -> Facts:
    """The facts of a purchase just bought (a recorded draft), as far as the rules ask for them."""
    facts = Facts(base=base, channel=purchase.channel, moment=purchase.occurred_at)
    needs = rules.needs
    if not needs:
        return facts
    if "lines" in needs:
        facts.lines = earning_lines(purchase.lines, base, rules)
    if "clock" in needs:
        facts.local = purchase.occurred_at.astimezone(around.zone)
    if "location" in needs:
        facts.location = around.places.get(purchase.location_id)
    if "first" in needs:
        facts.first_purchase = purchase.pk in around.firsts
    if "birthday" in needs:
        facts.birthday = days_to_birthday(around.birthdays.get(purchase.customer_id, ""), purchase.occurred_on)
    if "code" in needs:
        facts.code = purchase.code.strip().casefold()
    if "audiences" in needs:
        facts.audiences = around.audiences.get(purchase.customer_id, frozenset()) & rules.audiences
    return facts


def of_activity(activity, rules: Ruleset, around: Surroundings) -> Facts:
    """The facts of an activity just recorded (a draft), as far as the rules ask for them."""
    facts = Facts(base=0, trigger=activity.type, moment=activity.occurred_at)
    facts.local = activity.occurred_at.astimezone(around.zone)
    facts.location = around.places.get(activity.location_id)
    if "birthday" in rules.needs:
        facts.birthday = days_to_birthday(around.birthdays.get(activity.customer_id, ""), activity.occurred_on)
    facts.audiences = around.audiences.get(activity.customer_id, frozenset()) & rules.audiences
    return facts


def days_to_birthday(birthday: str, day: date) -> int | None:
    """Days to the nearest birthday (MM-DD), before or after; the 29th of February is the 28th in other years."""
    if not birthday:
        return None
    month, number = (int(part) for part in birthday.split("-"))
    return min(abs((in_year(year, month, number) - day).days) for year in (day.year - 1, day.year, day.year + 1))


def in_year(year: int, month: int, number: int) -> date:
    """A birthday in a year."""
    leap = (month, number) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return date(year, month, number if leap else 28)


def kept(facts: Facts, rules: Ruleset, *, nothing: bool) -> dict:
    """The facts that a judgement remembers beyond the receipt, as JSON."""
    needs = rules.needs
    stored: dict = {"base": facts.base}
    if nothing:
        stored[NOTHING] = True
    if not needs:
        return stored
    if facts.left:
        stored["left"] = dict(facts.left)
    stored |= {
        name: value
        for need, name, value in (
            ("location", "location", facts.location),
            ("first", "first_purchase", facts.first_purchase),
            ("birthday", "birthday", facts.birthday),
            ("code", "code", facts.code),
            ("tier", "tier", facts.tier),
            ("audiences", "audiences", sorted(facts.audiences)),
        )
        if need in needs
    }
    return stored


def again(
    judgement: Judgement, rules: Ruleset, purchase: Purchase, lines: list, zone: ZoneInfo, *, left_over: int
) -> Facts | None:
    """The facts of a purchase of which `left_over` of its amount remains; None where nothing that may earn is left.

    `lines` know how much of their quantity is `returned`. What else came back lowers all that are left in proportion.
    """
    stored: Mapping = judgement.facts
    base, whole = stored["base"], purchase.amount
    if any(line.returned for line in lines):
        lines = [rest_of(line) for line in lines if line.returned < line.quantity or not line.returned]
        whole = sum(line.amount for line in lines)
        if whole < min(purchase.amount, 1) or all(line.excluded for line in lines):  # of what was free, the rest is 0
            return None
        base = max(sum(price(line, rules) for line in lines if not line.excluded), 0)
    part = Fraction(left_over, whole) if left_over != whole else 1
    return Facts(
        base=base * part,
        lines=earning_lines(lines, base, rules, part),
        channel=purchase.channel,
        location=stored.get("location"),
        moment=purchase.occurred_at,
        local=purchase.occurred_at.astimezone(zone),
        first_purchase=stored.get("first_purchase", False),
        birthday=stored.get("birthday"),
        code=stored.get("code", ""),
        left=stored.get("left", {}),
        tier=stored.get("tier"),
        audiences=frozenset(stored.get("audiences", ())),
    )


def rest_of(line: PurchaseLine) -> LineDraft:
    """What is left of a line of which some came back."""
    amount = remaining.share(line, line.returned)
    return LineDraft(
        amount=amount,
        discount=remaining.share(line, line.returned, line.discount) if line.discount else 0,
        quantity=line.quantity - line.returned,
        sku=line.sku,
        category=line.category,
        excluded=line.excluded,
    )
