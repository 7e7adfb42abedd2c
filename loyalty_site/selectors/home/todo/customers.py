"""Customers who are worth a word today: on the way out, new and not back, about to lose something, with a birthday."""

from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil

from django.db.models import Count, F, Sum
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day as written_day
from customers.merchants.templatetags.ficha import half_up, money, whole
from segments import attention, lifecycle
from segments.predictions import save_list

from .ranking import Todo, Urgency

SHORTEST_WAIT = 7  # days until somebody who bought once is missed
AHEAD, SOON, LATELY = 30, 7, 30  # days


def people(merchant: Merchant, query: str) -> str:
    """The customer list with a filter."""
    return f"{reverse('customers', args=[merchant.slug])}?{query}"


def leaving(merchant: Merchant, *, today: date) -> Iterator[Todo]:
    """Those about to be lost, with what is at stake; before the first night regulars who are away (three queries)."""
    found = save_list.save_list(merchant)
    if found.as_of is None:
        yield from regulars(merchant, today=today)
    elif found.stakes:
        number = len(found.stakes)
        yield Todo(
            Urgency.LEAVING,
            ngettext("%(number)s good customer is slipping away", "%(number)s good customers are slipping away", number)
            % {"number": whole(number)},
            _("%(worth)s of a year's sales hang on them, and they are later than is usual for them.")
            % {"worth": money(found.at_stake, merchant.currency)},
            _("See whom to save"),
            reverse("next", args=[merchant.slug]),
            save_list.definitions()["save_list"] + " " + save_list.definitions()["at_stake"],
            worth=found.at_stake,
        )


def regulars(merchant: Merchant, *, today: date) -> Iterator[Todo]:
    """Regulars who are away for longer than is usual for them."""
    number = attention.quiet_regulars(merchant, today=today).count()
    if number:
        yield Todo(
            Urgency.LEAVING,
            ngettext("%(number)s regular is slipping away", "%(number)s regulars are slipping away", number)
            % {"number": whole(number)},
            _("They came four times or more, and are away for twice their usual time. A word now is worth most."),
            _("See the regulars"),
            people(merchant, "quiet=regulars"),
            attention.definitions()["quiet"],
        )


def newcomers(merchant: Merchant, *, today: date) -> Iterator[Todo]:
    """New customers whose second visit is overdue (two queries)."""
    twice_gap = lifecycle.shop_gap(merchant.pk, day=today)
    if twice_gap is None:
        return
    gap, days = twice_gap / 2, max(ceil(twice_gap), SHORTEST_WAIT)
    number = attention.bought_once(merchant, days=days, today=today).count()
    if number:
        yield Todo(
            Urgency.LEAVING,
            ngettext("%(number)s new customer has not come back", "%(number)s new customers have not come back", number)
            % {"number": whole(number)},
            _("They bought once, more than %(days)d days ago; two visits here lie %(gap)s days apart in the middle.")
            % {"days": days, "gap": number_format(gap, decimal_pos=0 if gap == int(gap) else 1)},
            _("See these customers"),
            people(merchant, f"once={days}"),
            attention.definitions()["once"],
        )


def expiring(merchant: Merchant, *, today: date) -> Iterator[Todo]:
    """Points that are lost within 30 days unless somebody says so (one query)."""
    lots = attention.expiring_lots(merchant, days=AHEAD, today=today)
    found = lots.aggregate(
        points=Sum("remaining"),
        accounts=Count("account", distinct=True),
        worth=Sum(F("remaining") * F("account__program__point_value"), default=0),
    )
    if not found["accounts"]:
        return
    worth = int(half_up(found["worth"]))
    said = {"number": whole(found["accounts"]), "day": written_day(today + timedelta(days=AHEAD))}
    said["worth"] = money(worth, merchant.currency)
    yield Todo(
        Urgency.ENDING,
        ngettext("%(points)s point expires soon", "%(points)s points expire soon", found["points"])
        % {"points": whole(found["points"])},
        ngettext(
            "%(number)s customer loses points worth %(worth)s until %(day)s unless you say so.",
            "%(number)s customers lose points worth %(worth)s until %(day)s unless you say so.",
            found["accounts"],
        )
        % said
        if worth
        else ngettext(
            "%(number)s customer loses points until %(day)s unless you say so.",
            "%(number)s customers lose points until %(day)s unless you say so.",
            found["accounts"],
        )
        % said,
        _("See whose points"),
        people(merchant, f"expiring={AHEAD}"),
        attention.definitions()["expiring"],
        worth=worth,
    )


def vouchers(merchant: Merchant, *, today: date) -> Iterator[Todo]:
    """Rewards in somebody's hand that are over within a week (one query)."""
    held = attention.ending_vouchers(merchant, days=SOON, today=today)
    found = held.aggregate(vouchers=Count("pk"), people=Count("customer", distinct=True))
    if found["vouchers"]:
        yield Todo(
            Urgency.ENDING,
            ngettext("%(number)s voucher ends this week", "%(number)s vouchers end this week", found["vouchers"])
            % {"number": whole(found["vouchers"])},
            ngettext(
                "%(number)s customer has a reward in hand and would lose it; saying so is a reason to come.",
                "%(number)s customers have a reward in hand and would lose it; saying so is a reason to come.",
                found["people"],
            )
            % {"number": whole(found["people"])},
            _("See who holds them"),
            people(merchant, f"vouchers={SOON}"),
            attention.definitions()["vouchers"],
        )


def birthdays(merchant: Merchant, *, today: date) -> Iterator[Todo]:
    """Birthdays of the next seven days (one query)."""
    number = attention.birthdays(merchant, days=SOON, today=today).count()
    if number:
        yield Todo(
            Urgency.ENDING,
            ngettext("%(number)s birthday this week", "%(number)s birthdays this week", number)
            % {"number": whole(number)},
            _("A good word on the day costs nothing and is remembered."),
            _("See whose birthday"),
            people(merchant, f"birthday={SOON}"),
            attention.definitions()["birthday"],
        )


def unasked(merchant: Merchant, *, today: date) -> Iterator[Todo]:
    """Customers of the last days who could be reached, and were never asked whether they may be (one query)."""
    number = attention.unasked(merchant, days=LATELY, today=today).count()
    if number:
        yield Todo(
            Urgency.TIDY,
            ngettext(
                "%(number)s customer was never asked about messages",
                "%(number)s customers were never asked about messages",
                number,
            )
            % {"number": whole(number)},
            _("They bought lately and could be reached, but without their yes nobody may write. Ask at the till."),
            _("See whom to ask"),
            people(merchant, f"unasked={LATELY}"),
            attention.definitions()["unasked"],
        )
