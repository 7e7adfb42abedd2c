"""The rollups per customer and per customer and month.

`add` folds new purchases in with their sums and extremes (fast, what recording uses); `refresh` computes the rows
of some customers from the raw purchases again (what refunds, voids and undone imports use, and the definition of
right). A test drives both over the same histories and compares.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache

from django.db.models import Count, F, Max, Min, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from customers.identity import UnknownCustomer
from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict
from customers.models import Customer, CustomerActivity, CustomerMonth, LostActivity, Purchase, Refund

MONTH = {"postgresql": "date_trunc('month', {})", "sqlite": "date({}, 'start of month')"}
FOLD = """first_at = CASE WHEN old.first_at < excluded.first_at THEN old.first_at ELSE excluded.first_at END,
    last_at = CASE WHEN old.last_at > excluded.last_at THEN old.last_at ELSE excluded.last_at END,
    first_on = CASE WHEN old.first_on < excluded.first_on THEN old.first_on ELSE excluded.first_on END,
    last_on = CASE WHEN old.last_on > excluded.last_on THEN old.last_on ELSE excluded.last_on END,
    earlier_on = CASE WHEN {old} < {new} THEN {old_last} WHEN {old} > {new} THEN {new_last} ELSE {both} END,
    earlier_purchases = CASE WHEN {old} < {new} THEN old.purchases + excluded.earlier_purchases
        WHEN {old} > {new} THEN old.earlier_purchases + excluded.purchases
        ELSE old.earlier_purchases + excluded.earlier_purchases END,
    purchases = old.purchases + excluded.purchases, net_value = old.net_value + excluded.net_value,
    mark = old.mark + excluded.mark, settled = excluded.settled"""
LATER = "CASE WHEN {0} > {1} OR {1} IS NULL THEN {0} ELSE {1} END"
SUM = "purchases = old.purchases + excluded.purchases, net_value = old.net_value + excluded.net_value"
FIELDS = [
    "customer", "merchant", "first_at", "last_at", "first_on", "last_on", "purchases", "net_value", "mark",
    "earlier_on", "earlier_purchases",
]  # fmt: skip
MONTH_FIELDS = ["customer", "merchant", "month", "purchases", "net_value"]
PRIME, FACTOR = 2**31 - 1, 1_103_515_245  # of marks: squares of mixed keys, so that sums meet by chance alone


class CustomerErased(Conflict):
    code = "customer_erased"
    message = _("The data of this customer were erased at their wish. Enrol them anew if they want to be known again.")


def mark(key):
    """The number that a purchase adds to its customer's mark: of its primary key, or of an expression for it."""
    mixed = key * FACTOR % PRIME
    return mixed * mixed % PRIME


def add(*, merchant: Merchant, purchases: Iterable) -> None:
    """Fold new, counted purchases (with pk, customer_id, occurred_at, occurred_on, amount) into the rollups.

    Two statements whatever their number. Rows are written in customer order, so that two tills cannot deadlock.
    """
    totals: dict[int, list] = {}
    months: dict[tuple[int, date], list] = defaultdict(lambda: [0, 0, date.min])
    for purchase in purchases:
        if purchase.customer_id is None:
            continue
        at, day, amount = purchase.occurred_at, purchase.occurred_on, purchase.amount
        total = totals.get(purchase.customer_id)
        if total is None:
            totals[purchase.customer_id] = [at, at, day, day, 1, amount, mark(purchase.pk)]
        else:
            total[:] = [
                min(total[0], at), max(total[1], at), min(total[2], day), max(total[3], day),
                total[4] + 1, total[5] + amount, total[6] + mark(purchase.pk),
            ]  # fmt: skip
        month = months[purchase.customer_id, day.replace(day=1)]
        month[0] += 1
        month[1] += amount
        month[2] = max(month[2], day)
    before = earlier(totals, months)
    rows.upsert(
        CustomerActivity,
        FIELDS,
        [(customer, merchant.pk, *total, *before[customer]) for customer, total in sorted(totals.items())],
        key=["customer"],
        changes=fold(rows.writer(CustomerActivity).vendor),
    )
    rows.upsert(
        CustomerMonth,
        MONTH_FIELDS,
        [(customer, merchant.pk, month, *sums[:2]) for (customer, month), sums in sorted(months.items())],
        key=["customer", "month"],
        changes=SUM,
    )


@cache
def fold(vendor: str) -> str:
    """How a row of new purchases is added to the one that stands.

    What was the last purchase becomes an earlier one when a later month begins.
    """
    return FOLD.format(
        old=MONTH[vendor].format("old.last_on"),
        new=MONTH[vendor].format("excluded.last_on"),
        old_last=LATER.format("old.last_on", "excluded.earlier_on"),
        new_last=LATER.format("old.earlier_on", "excluded.last_on"),
        both=LATER.format("old.earlier_on", "excluded.earlier_on"),
    )


def earlier(totals: dict[int, list], months: dict[tuple[int, date], list]) -> dict[int, list]:
    """The last purchase day before each customer's last month with a purchase, and the purchases until then."""
    found: dict[int, list] = {customer: [None, 0] for customer in totals}
    for (customer, __), (count, __, last_on) in months.items():
        if count and last_on < totals[customer][3].replace(day=1):
            day, purchases = found[customer]
            found[customer] = [max(day or last_on, last_on), purchases + count]
    return found


def hold_known(*, merchant: Merchant, customers: Iterable[int]) -> None:
    """Hold cards to which something is added. Raises UnknownCustomer, and CustomerErased: nobody is behind such a card
    any more, and what is added would say something of somebody who wished to be forgotten."""
    if hold(merchant=merchant, customers=customers):
        raise CustomerErased(field="customer")


def hold(*, merchant: Merchant, customers: Iterable[int]) -> set[int]:
    """Lock customers (primary keys) in one order until the transaction ends; returns those whose data were erased.

    Whoever writes purchases or rollups of a customer holds the card first: so rollups are reckoned one after the other
    even where there is no row yet, and a card cannot be removed under a sale. Raises UnknownCustomer for one that is
    gone. Other tills may read the card meanwhile, and point at it.
    """
    wanted = set(customers)
    if not wanted:
        return set()
    people = Customer.objects.for_merchant(merchant).filter(pk__among=wanted).order_by("pk")
    held = list(people.select_for_update(no_key=True).values_list("pk", "erased_at"))
    if len(held) != len(wanted):
        raise UnknownCustomer(field="customer")
    return {key for key, erased_at in held if erased_at}


def refresh(*, merchant: Merchant, customers: Iterable[int]) -> None:
    """Compute the rollups of these customers (primary keys) anew from their purchases and returns."""
    customers = sorted(set(customers))
    if not customers:
        return
    hold(merchant=merchant, customers=customers)
    mine = {"merchant": merchant, "customer__in": customers}
    CustomerActivity.objects.filter(customer__in=customers).delete()
    CustomerMonth.objects.filter(customer__in=customers).delete()
    totals, months = purchases_by_customer(mine), purchases_by_month(mine)
    for customer, month, amount in (
        Refund.objects.filter(purchase=None, undone_at=None, **mine)
        .values_list("customer", TruncMonth("occurred_on"))
        .annotate(value=Sum("amount"))
        .order_by()
    ):
        totals.setdefault(customer, [None, None, None, None, 0, 0, 0])[5] -= amount
        months.setdefault((customer, month), [0, 0, None])[1] -= amount
    before = earlier(totals, months)
    lose(LostActivity(customer=customer, merchant=merchant) for customer in customers if customer not in totals)
    rows.insert(
        CustomerActivity,
        FIELDS,
        [(key, merchant.pk, *total, *before[key]) for key, total in sorted(totals.items())],
    )
    rows.insert(
        CustomerMonth,
        MONTH_FIELDS,
        [(key, merchant.pk, month, *sums[:2]) for (key, month), sums in sorted(months.items())],
    )


def forget(*, customers: Iterable[int]) -> None:
    """Remove the rollups of cards that are about to go."""
    kept = CustomerActivity.objects.filter(customer__in=list(customers))
    lose(LostActivity(customer=card, merchant_id=shop) for card, shop in kept.values_list("customer", "merchant"))
    kept.delete()


def lose(gone: Iterable[LostActivity]) -> None:
    """Tell whoever keeps sums over the rollups that these are no longer in them; to say it twice is harmless."""
    LostActivity.objects.bulk_create(list(gone), ignore_conflicts=True)


def purchases_by_customer(mine: dict) -> dict[int, list]:
    """First and last (moment and day), count, net value and mark of counted purchases by customer."""
    counted = (
        Purchase.objects.filter(**mine)
        .counted()
        .values_list("customer")
        .annotate(
            first_at=Min("occurred_at"),
            last_at=Max("occurred_at"),
            first_on=Min("occurred_on"),
            last_on=Max("occurred_on"),
            count=Count("id"),
            value=Sum(F("amount") - F("refunded")),
            mark=Sum(mark(F("id"))),
        )
        .order_by()
    )
    return {customer: list(total) for customer, *total in counted}


def purchases_by_month(mine: dict) -> dict[tuple[int, date], list]:
    """Count, net value and last day of counted purchases by customer and month."""
    counted = (
        Purchase.objects.filter(**mine)
        .counted()
        .values_list("customer", TruncMonth("occurred_on"))
        .annotate(count=Count("id"), value=Sum(F("amount") - F("refunded")), last_on=Max("occurred_on"))
        .order_by()
    )
    return {(customer, month): list(sums) for customer, month, *sums in counted}
