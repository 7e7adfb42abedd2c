"""A simulated survey for the demo shop: nobody gave these answers, and every page that shows them says so."""

import random
from datetime import datetime, timedelta

from django.db import transaction

from customers.merchants.models import Merchant
from customers.models import Customer
from loyalty_site import flows
from segments.surveys import invitations, making
from segments.surveys.models import Survey, Touchpoint
from segments.surveys.ready import RECOMMEND, SATISFIED, WORTH

TITLE = "How are we doing? (simulated)"
ASKED, ANSWERING, DAYS = 160, 0.45, 170
WEIGHTS = [1, 0, 1, 1, 1, 2, 4, 8, 14, 18, 16]  # of 0 to 10: most are pleased, some are not
CHOICE = [12, 14, 30, 6, 38]
HAPPY = [
    "The bread is always fresh.", "Friendly people, they know my name.", "Best sourdough around here.",
    "Good coffee and fresh cookies.", "Always friendly, even on Saturdays.", "The cakes for birthdays are great.",
]  # fmt: skip
UNHAPPY = [
    "The queue on Saturdays is too long.", "Bread was sold out at five.", "Waiting time at lunch, the queue again.",
    "Prices went up twice this year.", "Cookies were dry last week.", "Sold out when I come after work.",
]  # fmt: skip


@transaction.atomic
def simulate(merchant: Merchant, *, at: datetime) -> Survey:
    """Ask some customers over the last months, and let chance answer; always the same for the same shop."""
    chance = random.Random(7)  # noqa: S311 - a demo that looks the same each time
    start = at - timedelta(days=DAYS)
    survey = making.create(
        merchant=merchant, title=TITLE, language="en", at=start, rewarded=False, simulated=True,
        given=[RECOMMEND.questions[0], SATISFIED.questions[0], WORTH.questions[0], *SATISFIED.questions[1:]],
    )  # fmt: skip
    making.open_(survey=survey, at=start)
    survey = Survey.objects.select_related("merchant").get(pk=survey.pk)
    people = Customer.objects.for_merchant(merchant).filter(activity__purchases__gte=3, created_at__lte=at)
    people = people.order_by("-activity__last_at", "pk")[:ASKED]
    for number, customer in enumerate(people):
        ask(survey, customer, chance, at=start + timedelta(days=number * DAYS / ASKED))
    return survey


def ask(survey: Survey, customer: Customer, chance: random.Random, *, at: datetime) -> None:
    """One customer, who may answer a day later."""
    invitation, __ = invitations.invite(survey=survey, customer=customer, touchpoint=Touchpoint.EMAIL, at=at)
    invitations.sent(invitations=[invitation], at=at)
    if chance.random() < ANSWERING:
        flows.answer_survey(
            survey=survey, given=answers(chance), at=at + timedelta(days=1), touchpoint=Touchpoint.EMAIL, language="en",
            invitation=invitation, may_answer=chance.random() < 0.5,
        )  # fmt: skip


def answers(chance: random.Random) -> dict[int, object]:
    """Answers that go together: who warns others is seldom satisfied."""
    likely = chance.choices(range(11), WEIGHTS)[0]
    satisfied = min(5, max(1, round(likely / 2) + chance.choice([-1, 0, 0, 1])))
    worth = min(5, max(1, satisfied + chance.choice([-1, -1, 0, 0, 1])))
    said = {1: likely, 2: satisfied, 3: worth, 4: chance.choices(range(1, 6), CHOICE)[0]}
    if chance.random() < 0.6:
        said[5] = chance.choice(HAPPY if likely >= 8 else UNHAPPY)
    return said
