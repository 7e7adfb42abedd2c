"""What customers do beyond buying, and what comes about by itself: recorded, then judged by every program."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from customers import activities
from customers.activities import ActivityDraft
from customers.merchants.models import Merchant
from customers.merchants.refusals import Invalid
from customers.models import Customer
from rewards import earning, expiry, programs
from rewards.earning import Earned
from rewards.models import Membership, Program
from rewards.rules import triggers
from rewards.rules.triggers import BIRTHDAY, PROFILE, SIGNUP

CATCH_UP = 14  # days; a birthday that nobody noticed for longer is let go
AT_ONCE = 1_000


class NotAnActivity(Invalid):
    code = "invalid_type"
    message = _(
        "This is no activity that can be told: purchases, joining, birthdays, complete cards, surveys and referrals "
        "have ways of their own. Use visit, review, social_share or a name of your own."
    )


@dataclass(slots=True)
class Noticed:
    """A recorded activity and what each program gave for it; `earned` is empty for one that stood already."""

    draft: ActivityDraft
    earned: list[Earned]


def record_activity(*, merchant: Merchant, draft: ActivityDraft, at: datetime) -> Noticed:
    """Record something that a customer did, and let every program judge it. Raises NotAnActivity, FutureActivity.

    One whose external id stands already is answered with the first (`draft.duplicate`), whatever it now says.
    """
    if not triggers.is_activity(draft.type):
        raise NotAnActivity(field="type")
    draft.occurred_at = activities.check(occurred_at=draft.occurred_at, at=at)
    try:
        return record_all(merchant=merchant, drafts=[draft], at=at)[0]
    except IntegrityError:  # somebody told the same of another customer in this very moment
        draft.pk, draft.public_id, draft.duplicate = None, None, False
        return record_all(merchant=merchant, drafts=[draft], at=at)[0]


@transaction.atomic
def record_all(
    *, merchant: Merchant, drafts: list[ActivityDraft], at: datetime, only: Program | None = None
) -> list[Noticed]:
    """Record activities and judge those that are new, by every program or `only` one."""
    fresh = activities.record(merchant=merchant, drafts=drafts, at=at)
    earned = earning.judge_activities(merchant=merchant, activities=fresh, at=at, only=only) if fresh else {}
    return [Noticed(draft, [] if draft.duplicate else earned.get(draft.pk, [])) for draft in drafts]


def notice(*, merchant: Merchant, customer: Customer, joined: bool, completed: bool, at: datetime) -> None:
    """What came about with a card just now: its owner joined, or it became complete. Each happens once ever.

    Nothing is recorded that no rule waits for (one query then).
    """
    came = [name for name, has in ((SIGNUP, joined), (PROFILE, completed)) if has]
    if not came:
        return
    wanted = programs.triggers(merchant)
    drafts = [
        ActivityDraft(type=name, customer_id=customer.pk, occurred_at=at, occasion=f"{name}:{customer.pk}")
        for name in came
        if name in wanted
    ]
    record_all(merchant=merchant, drafts=drafts, at=at)


def notice_joining(*, program: Program, customer: Customer, at: datetime) -> None:
    """Somebody joined one program by hand, which only that program rewards."""
    if SIGNUP in programs.triggers(program.merchant):
        occasion = f"{SIGNUP}:{customer.pk}:{program.pk}"
        draft = ActivityDraft(type=SIGNUP, customer_id=customer.pk, occurred_at=at, occasion=occasion)
        record_all(merchant=program.merchant, drafts=[draft], at=at, only=program)


def celebrate_birthdays(*, at: datetime) -> int:
    """Notice the birthdays of today and of the days before that nobody noticed; returns how many. May be repeated.

    A birthday happens at 00:00 at the shop, whenever it is noticed, and once a year, whatever the card says later.
    """
    waiting = Program.objects.started().select_related("merchant").order_by("merchant")
    shops = {program.merchant_id: program.merchant for program in waiting}
    return sum(celebrate(merchant, at=at) for merchant in shops.values() if BIRTHDAY in programs.triggers(merchant))


def celebrate(merchant: Merchant, *, at: datetime) -> int:
    """The birthdays at one shop, some thousand people at a time."""
    today = at.astimezone(ZoneInfo(merchant.timezone)).date()
    noticed = 0
    for people in in_parts(merchant, birthdays(today)):
        drafts = [
            ActivityDraft(
                type=BIRTHDAY,
                customer_id=customer,
                occurred_at=expiry.midnight(day, merchant.timezone),
                occasion=f"{BIRTHDAY}:{customer}:{day.year}",
            )
            for customer, day, joined in people
            if joined < expiry.midnight(day + timedelta(days=1), merchant.timezone)
        ]
        found = record_all(merchant=merchant, drafts=drafts, at=at)
        noticed += sum(not one.draft.duplicate for one in found)
    return noticed


def birthdays(today: date) -> dict[str, date]:
    """The last days by the birthday (MM-DD) that each is; the 29th of February is the 28th in other years."""
    days = {}
    for back in range(CATCH_UP, -1, -1):
        day = today - timedelta(days=back)
        days[f"{day:%m-%d}"] = day
        if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3:
            days["02-29"] = day
    return days


def in_parts(merchant: Merchant, days: dict[str, date]) -> Iterator[list[tuple[int, date, datetime]]]:
    """Members with one of these birthdays: customer, the day, and since when they are in (a query for each part)."""
    members = Membership.objects.for_merchant(merchant).filter(customer__birthday__in=list(days))
    rows = members.order_by("customer").values_list("customer", "customer__birthday").annotate(since=Min("joined_at"))
    last = 0
    while part := list(rows.filter(customer__gt=last)[:AT_ONCE]):
        last = part[-1][0]
        yield [(customer, days[birthday], since) for customer, birthday, since in part]
