"""Definitions of segments: what is refused and where, what is said of them, and what they cost."""

from datetime import timedelta

import pytest
from django.utils import translation

from customers import audiences, erasing
from customers.models import Customer
from customers.tests import factories
from customers.tests.factories import AT
from rewards.models import Voucher
from rewards.tests import factories as promises
from segments import criteria, lists
from segments.criteria import BadCriteria
from segments.surveys.models import Satisfaction

pytestmark = pytest.mark.django_db
TWICE = {"field": "frequency", "op": "gte", "value": 2}


@pytest.fixture
def shop():
    return factories.merchant()


def of(*parts) -> dict:
    """A definition of some conditions."""
    return {"version": 1, "all": list(parts)}


def asked(name: str, op: str, value, **params) -> dict:
    return of({"field": name, "op": op, "value": value, **params})


def refused(definition, shop, **more) -> tuple[str, str]:
    """The place that a refusal names, and its sentence."""
    with pytest.raises(BadCriteria) as error:
        criteria.parse(definition, merchant=shop, **more)
    assert error.value.code == "bad_criteria"
    return error.value.field, str(error.value)


def found(definition, shop) -> list[str]:
    """The names of those whom a definition finds, in order."""
    read = criteria.parse(definition, merchant=shop)
    return sorted(criteria.customers(read, merchant=shop, at=AT).values_list("name", flat=True))


def said(definition, shop) -> str:
    return criteria.sentence(criteria.parse(definition, merchant=shop), merchant=shop)


WHOLE = "This must be a whole number, without a decimal point or quotes."


@pytest.mark.parametrize(
    ("definition", "place", "sentence"),
    [
        ([], "definition", "This must be an object, in curly brackets."),
        ({}, "definition.version", "This must be 1, the version of the vocabulary."),
        ({"version": 2, "all": [TWICE]}, "definition.version", "This must be 1, the version of the vocabulary."),
        ({"version": True, "all": [TWICE]}, "definition.version", "This must be 1, the version of the vocabulary."),
        ({"version": 1}, "definition", "A definition holds its conditions in 'all', a list."),
        ({"version": 1, "all": [TWICE], "al": []}, "definition.al", "There is no 'al' here. Did you mean 'all'?"),
        ({"version": 1, "all": TWICE}, "definition.all", "This must be a list of conditions."),
        (of(), "definition.all", "This list is empty. It needs at least one condition."),
        (of({"any": []}), "definition.all[0].any", "This list is empty. It needs at least one condition."),
        (of(TWICE, 7), "definition.all[1]", "This must be an object, in curly brackets."),
        (of({"any": [TWICE], "not": TWICE}), "definition.all[0]",
         "This must be a condition with 'field', 'op' and 'value', or one of 'all', 'any' and 'not'."),
        (asked("recency_day", "gte", 60), "definition.all[0].field",
         "There is no field 'recency_day'. Did you mean 'recency_days'?"),
        (asked(7, "gte", 60), "definition.all[0].field",
         "There is no field '7'. Choose one of: gender, age, birth_year, language, name, phone, email, tag, "
         "preferences, attributes., city, postal_code, …."),
        (asked("points", "gte", 60), "definition.all[0].field",
         "This shop has nothing that 'points' could ask for yet."),
        (asked("attributes.", "eq", "x"), "definition.all[0].field",
         "Behind the dot stands the name of a fact, such as 'attributes.size'."),
        (asked("attributes.7", "eq", "x"), "definition.all[0].field",
         "Behind the dot stands the name of a fact, such as 'attributes.size'."),
        (asked("frequency", "contains", 2), "definition.all[0].op",
         "This field cannot be compared with 'contains'. Choose one of: eq, ne, lt, lte, gt, gte, in, between."),
        (asked("frequency", "gt ", 2), "definition.all[0].op",
         "This field cannot be compared with 'gt '. Did you mean 'gt'?"),
        (asked("frequency", "gte", "2"), "definition.all[0].value", WHOLE),
        (asked("frequency", "gte", 2.0), "definition.all[0].value", WHOLE),
        (asked("frequency", "gte", True), "definition.all[0].value", WHOLE),
        (asked("frequency", "gte", -1), "definition.all[0].value", "This must be between 0 and 2147483647."),
        (asked("frequency", "in", 2), "definition.all[0].value", "'in' takes a list of values."),
        (asked("frequency", "in", []), "definition.all[0].value", "'in' takes 1 to 100 values."),
        (asked("frequency", "in", [1, "2"]), "definition.all[0].value[1]", WHOLE),
        (asked("frequency", "between", [1]), "definition.all[0].value",
         "'between' takes two values, the lower one first."),
        (asked("frequency", "between", [3, 1]), "definition.all[0].value",
         "'between' takes the lower value first: both are included."),
        (asked("city", "eq", " "), "definition.all[0].value", "This must be a text with something in it."),
        (asked("city", "eq", "a\0"), "definition.all[0].value",
         "This must be a text of at most 200 plain characters."),
        (asked("city", "exists", "yes"), "definition.all[0].value", "This must be true or false, without quotes."),
        (asked("consent", "eq", 1), "definition.all[0].value", "This must be true or false, without quotes."),
        (asked("consent", "eq", True, channel="fax"), "definition.all[0].channel",
         "There is no 'fax' to choose here. Choose one of: email, sms, messenger, phone, post."),
        (asked("state", "eq", "at-risk"), "definition.all[0].value",
         "There is no 'at-risk' to choose here. Did you mean 'at_risk'?"),
        (asked("weekday", "eq", "1"), "definition.all[0].value",
         WHOLE),
        (asked("last_purchase_on", "eq", "2026-3-1"), "definition.all[0].value",
         "This must be a day written YYYY-MM-DD, such as 2026-03-01."),
        (asked("birthday", "eq", "02-30"), "definition.all[0].value",
         "This must be a month and a day written MM-DD, such as 03-27."),
        (asked("purchases_in", "gte", 2), "definition.all[0].days",
         "'purchases_in' needs 'days': how many days back, today included."),
        (asked("purchases_in", "gte", 2, days=0), "definition.all[0].days", "This must be between 1 and 3660."),
        (asked("frequency", "gte", 2, days=30), "definition.all[0].days",
         "There is no 'days' here. Choose one of: field, op, value."),
        (of({"not": {"any": [TWICE, {"field": "city", "op": "eq"}]}}), "definition.all[0].not.any[1].value",
         "This must be a text with something in it."),
        (of(*[TWICE] * 51), "definition.all[50]", "A definition holds at most 50 conditions."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(shop, definition, place, sentence):
    assert refused(definition, shop) == (place, sentence)


def test_groups_stand_in_groups_five_levels_deep(shop):
    part = TWICE
    for __ in range(4):
        part = {"any": [part]}

    criteria.parse(of(part), merchant=shop)

    assert refused(of({"all": [part]}), shop) == (
        "definition.all[0].all[0].any[0].any[0].any[0].any", "Groups stand in groups at most 5 levels deep.",
    )  # fmt: skip


def test_endless_negation_is_refused(shop):
    part = TWICE
    for __ in range(9):
        part = {"not": part}

    assert refused(of(part), shop) == (
        "definition.all[0].not.not.not.not.not", "Groups stand in groups at most 5 levels deep.",
    )  # fmt: skip


def test_segment_cannot_contain_itself(shop):
    one = lists.create(merchant=shop, name="One", definition=of(TWICE), at=AT)
    own = asked("segment", "in", [one.public_id])

    assert refused(own, shop, segment=one.public_id) == (
        "definition.all[0].value[0]", "A segment cannot contain itself, also not through another one.",
    )  # fmt: skip


def test_segment_cannot_contain_itself_through_another_one(shop):
    one = lists.create(merchant=shop, name="One", definition=of(TWICE), at=AT)
    two = lists.create(merchant=shop, name="Two", definition=asked("segment", "eq", one.public_id), at=AT)

    assert refused(asked("segment", "ne", two.public_id), shop, segment=one.public_id) == (
        "definition.all[0].value",
        "“Two” cannot be used here. A segment cannot contain itself, also not through another one.",
    )


def test_segment_of_another_shop_cannot_be_named(shop):
    rival = factories.merchant("b")
    theirs = lists.create(merchant=rival, name="Theirs", definition=of(TWICE), at=AT)
    lists.create(merchant=shop, name="Ours", definition=of(TWICE), at=AT)

    assert refused(asked("segment", "eq", theirs.public_id), shop)[0] == "definition.all[0].value"


def test_other_segments_are_asked_by_their_criteria_and_lists_as_they_stand(shop):
    ana, ben, cid = (factories.customer(shop, name=name) for name in ("Ana", "Ben", "Cid"))
    once = lists.create(merchant=shop, name="Once", definition=asked("frequency", "gte", 1), at=AT)
    by_hand = audiences.create(merchant=shop, name="By hand", at=AT)
    audiences.add(audience=by_hand, customers=[cid.pk], at=AT)
    factories.purchase(shop, ben)  # after the segment was last filled

    assert found(asked("segment", "eq", once.public_id), shop) == ["Ben"]
    assert found(asked("segment", "ne", once.public_id), shop) == ["Ana", "Cid"]
    assert found(asked("segment", "in", [once.public_id, by_hand.public_id]), shop) == ["Ben", "Cid"]


def test_people_of_another_shop_and_erased_ones_are_nobody(shop):
    factories.customer(factories.merchant("b"), name="Theirs")
    erasing.erase(customer=factories.customer(shop, name="Gone"), at=AT)
    factories.customer(shop, name="Ours")

    assert found(asked("frequency", "eq", 0), shop) == ["Ours"]


def test_voided_purchase_no_longer_counts_at_once(shop):
    ana = factories.customer(shop, name="Ana")
    bought = factories.purchase(shop, ana)
    assert found(asked("channel", "eq", "store"), shop) == ["Ana"]

    factories.refund(shop, bought, amount=1000)

    assert found(asked("channel", "eq", "store"), shop) == []
    assert found(asked("frequency", "eq", 0), shop) == ["Ana"]


@pytest.fixture
def program(shop):
    """A program with a coffee for 30 points: Ana has 40, Ben 21 of his last two purchases, Cid is in no program."""
    made = promises.program(shop, at=AT - timedelta(days=30))
    promises.reward(made, cost=30)
    ana, ben = promises.member(shop, name="Ana"), promises.member(shop, name="Ben")
    factories.customer(shop, name="Cid")
    promises.judged(shop, ana, amount=4000)
    promises.judged(shop, ben, amount=1200, at=AT - timedelta(days=9))
    promises.judged(shop, ben, amount=900)
    return made.public_id


@pytest.mark.parametrize(
    ("name", "op", "value", "names"),
    [
        ("points", "gte", 21, ["Ana", "Ben"]),
        ("points", "eq", 21, ["Ben"]),
        ("points", "lt", 40, ["Ben"]),
        ("points", "ne", 21, ["Ana", "Cid"]),
        ("points_missing", "eq", 0, ["Ana"]),
        ("points_missing", "between", [1, 9], ["Ben"]),
        ("points_missing", "exists", True, ["Ana", "Ben"]),
        ("visits_missing", "eq", 1, ["Ben"]),
        ("visits_missing", "eq", 0, ["Ana"]),
        ("member_days", "eq", 0, ["Ana", "Ben"]),
    ],
)
def test_points_of_a_program(shop, program, name, op, value, names):
    assert found(asked(name, op, value, program=program), shop) == names


def test_members_of_a_program(shop, program):
    assert found(asked("program", "eq", program), shop) == ["Ana", "Ben"]
    assert found(asked("program", "ne", program), shop) == ["Cid"]


def test_points_that_end_soon(shop):
    tens = {"expiry": {"kind": "days", "days": 10}}
    made = promises.program(shop, policies=tens, at=AT - timedelta(days=30))
    promises.judged(shop, promises.member(shop, name="Ana"), amount=4000)
    promises.judged(shop, promises.member(shop, name="Ben"), amount=4000, at=AT - timedelta(days=1))
    ends = {"program": made.public_id}

    assert found(asked("points_ending", "gte", 1, days=10, **ends), shop) == ["Ben"]
    assert found(asked("points_ending", "eq", 40, days=11, **ends), shop) == ["Ana", "Ben"]


def test_stamps_short_of_a_full_card(shop):
    card = {"size": 10, "reward": {"name": "Coffee", "benefit": {"kind": "free_shipping"}}}
    stamp = [{"name": "A stamp", "trigger": "purchase", "award": {"fixed": 1}}]
    made = promises.program(shop, kind="stamps", unit="stamps", stamps=card, rules=stamp, at=AT - timedelta(days=30))
    ana = promises.member(shop, name="Ana")
    for days in range(9):
        promises.judged(shop, ana, at=AT - timedelta(days=days))
    promises.judged(shop, promises.member(shop, name="Ben"))

    assert found(asked("points_missing", "eq", 1, program=made.public_id), shop) == ["Ana"]
    assert found(asked("visits_missing", "eq", 1, program=made.public_id), shop) == ["Ana"]


def test_tier_held_now(shop):
    tiers = [{"name": "Regular", "threshold": 0}, {"name": "Friend", "threshold": 2000}]
    policy = {"basis": "spend", "window_months": 12, "downgrade": "after_window", "grace_days": 0}
    made = promises.program(shop, tiers=tiers, tier_policy=policy)
    ana = promises.member(shop, name="Ana")
    ana.memberships.update(tier="Friend", tier_since=AT)

    assert found(asked("tier", "eq", "Friend", program=made.public_id), shop) == ["Ana"]
    assert found(asked("tier", "ne", "Friend", program=made.public_id), shop) == []


@pytest.fixture
def held(shop):
    """Vouchers: Ana's ends at the midnight behind tomorrow, Ben's never, and Cid has used one."""
    day = AT.replace(hour=23) - timedelta(days=1)  # a midnight in Madrid
    for name, more in [
        ("Ana", {"expires_at": day + timedelta(days=3)}), ("Ben", {}), ("Cid", {"status": "used", "uses_left": 0}),
    ]:  # fmt: skip
        holder = factories.customer(shop, name=name)
        made = Voucher.objects.create(
            merchant=shop, code=f"{name.upper()}1", name="Tea", benefit={}, customer=holder, issued_at=AT, **more
        )
        if more.get("status"):
            made.uses.create(used_at=AT, customer=holder)


@pytest.mark.parametrize(
    ("name", "op", "value", "names"),
    [
        ("open_vouchers", "gte", 1, ["Ana", "Ben"]),
        ("open_vouchers", "eq", 0, ["Cid"]),
        ("used_vouchers", "eq", 1, ["Cid"]),
        ("used_vouchers", "lt", 1, ["Ana", "Ben"]),
        ("voucher_ends_in_days", "eq", 2, ["Ana"]),
        ("voucher_ends_in_days", "lte", 1, []),
        ("voucher_ends_in_days", "lt", 3, ["Ana"]),
        ("voucher_ends_in_days", "gt", 1, ["Ana"]),
        ("voucher_ends_in_days", "gte", 3, []),
        ("voucher_ends_in_days", "between", [2, 9], ["Ana"]),
        ("voucher_ends_in_days", "in", [1, 2], ["Ana"]),
        ("voucher_ends_in_days", "exists", False, ["Ben", "Cid"]),
    ],
)
def test_vouchers_in_somebodys_hand(shop, held, name, op, value, names):
    assert found(asked(name, op, value), shop) == names


@pytest.fixture
def asked_people(shop):
    """Ana would recommend the shop, Ben would not, Cid said nothing."""
    for name, nps, days in [("Ana", 9, 0), ("Ben", 3, 40), ("Cid", None, 0)]:
        person = factories.customer(shop, name=name)
        if nps is not None:
            Satisfaction.objects.create(
                customer=person, merchant=shop, nps=nps, csat=nps // 2 + 1, answered_at=AT - timedelta(days=days)
            )


@pytest.mark.parametrize(
    ("name", "op", "value", "names"),
    [
        ("nps", "gte", 9, ["Ana"]),
        ("nps", "lte", 6, ["Ben"]),
        ("nps", "exists", False, ["Cid"]),
        ("csat", "between", [2, 4], ["Ben"]),
        ("perceived_value", "exists", True, []),
        ("answered_days", "gte", 40, ["Ben"]),
        ("answered_days", "lt", 40, ["Ana"]),
    ],
)
def test_what_people_said(shop, asked_people, name, op, value, names):
    assert found(asked(name, op, value), shop) == names


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([{"field": "frequency", "op": "gte", "value": 3}, {"field": "recency_days", "op": "gte", "value": 60}],
         "Customers who bought at least 3 times and have not bought for at least 60 days."),
        ([{"field": "frequency", "op": "eq", "value": 0}], "Customers who never bought."),
        ([{"field": "frequency", "op": "eq", "value": 1}], "Customers who bought once."),
        ([{"field": "purchases_in", "op": "lt", "value": 2, "days": 30}],
         "Customers who bought less than 2 times in the last 30 days."),
        ([{"field": "value", "op": "between", "value": [1000, 250000]}],
         "Customers who are worth 10.00\N{NO-BREAK SPACE}€ to 2,500.00\N{NO-BREAK SPACE}€."),
        ([{"field": "city", "op": "in", "value": ["Lugo", "Vigo", "Ourense"]}],
         "Customers who live in “Lugo”, “Vigo” or “Ourense”."),
        ([{"field": "city", "op": "ne", "value": "Lugo"}], "Customers who do not live in “Lugo”."),
        ([{"field": "email", "op": "exists", "value": False}], "Customers who have no e-mail address on their card."),
        ([{"field": "channel", "op": "eq", "value": "web", "days": 90, "times": 2}],
         "Customers who bought through the channel “web”, in at least 2 purchases, in the last 90 days."),
        ([{"field": "consent", "op": "eq", "value": False, "channel": "email", "purpose": "marketing"}],
         "Customers who did not say yes to e-mail for marketing."),
        ([{"field": "consent", "op": "eq", "value": True}], "Customers who said yes to any channel."),
        ([{"field": "birthday", "op": "between", "value": ["12-20", "01-06"]}],
         "Customers who have their birthday from 20 December to 6 January."),
        ([{"field": "joined_on", "op": "gte", "value": "2026-03-01"}], "Customers who joined on 1 Mar 2026 or later."),
        ([{"field": "attributes.size", "op": "eq", "value": "42"}], "Customers who have “size” “42”."),
        ([{"field": "state", "op": "in", "value": ["late", "lost"]}],
         "Customers who are “Late” or “Lost” by their own rhythm."),
        ([TWICE, {"any": [TWICE, {"not": {"all": [TWICE, TWICE]}}]}],
         "Customers who bought at least 2 times and (bought at least 2 times or are not among those who (bought at "
         "least 2 times and bought at least 2 times))."),
    ],
)  # fmt: skip
def test_definition_in_words(shop, parts, sentence):
    assert said(of(*parts), shop) == sentence


def test_every_field_is_said_and_found_with_every_operator(shop, program, held):
    """Nothing of the vocabulary is without words, or without SQL that both databases understand."""
    for one in criteria.fields(merchant=shop):
        if one.name == "segment":
            continue
        params = {param.name: example(param, shop) for param in one.params if param.required}
        for op in one.takes:
            value = {"exists": True, "in": [example(one, shop)], "between": [example(one, shop)] * 2}.get(
                op, example(one, shop)
            )
            part = {"field": one.name + "size" * one.has_key, "op": op, "value": value, **params}
            people, others = found(of(part), shop), found(of({"not": part}), shop)
            assert sorted(people + others) == ["Ana", "Ana", "Ben", "Ben", "Cid", "Cid"]
            assert "%(" not in said(of(part), shop)


def example(one, shop):
    """A value that a field or a parameter takes."""
    if one.choices:
        return one.choices(shop)[0][0]
    return {"days": 5, "count": max(5, getattr(one, "lowest", 0)), "money": 500, "text": "oat", "date": "2026-03-10",
            "month_day": "03-10", "flag": True}[one.kind]  # fmt: skip


def test_fields_that_a_shop_cannot_use_are_not_offered(shop):
    names = {one.name for one in criteria.fields(merchant=shop)}

    assert names & {"points", "tier", "program", "segment", "distance_km", "open_vouchers", "category"} == set()
    assert {"recency_days", "city", "consent", "state"} <= names


@pytest.mark.parametrize("people", [1, 30])
def test_definition_is_read_for_nothing_and_asked_in_one_statement(shop, django_assert_num_queries, people):
    for __ in range(people):
        factories.customer(shop)
    whole = of(
        TWICE, asked("recency_days", "gte", 60)["all"][0], {"any": [asked("city", "eq", "Lugo")["all"][0], TWICE]},
        {"not": asked("purchases_in", "gte", 1, days=90)["all"][0]}, asked("state", "eq", "late")["all"][0],
        asked("channel", "eq", "web", days=30)["all"][0], asked("consent", "eq", True)["all"][0],
        asked("days_to_birthday", "lte", 30)["all"][0],
    )  # fmt: skip

    with django_assert_num_queries(0):
        read = criteria.parse(whole, merchant=shop)
    with django_assert_num_queries(1):
        criteria.customers(read, merchant=shop, at=AT).count()


@pytest.mark.parametrize("people", [1, 30])
def test_measure_takes_four_statements(shop, django_assert_num_queries, people):
    for number in range(people):
        factories.purchase(shop, factories.customer(shop), amount=100 + number)
    read = criteria.parse(asked("frequency", "gte", 1), merchant=shop)

    with django_assert_num_queries(4):
        measured = criteria.measure(read, merchant=shop, at=AT)

    assert (measured.count, measured.share, measured.revenue_share) == (people, 1.0, 1.0)
    assert len(measured.sample) == min(people, 10)


def test_measure_says_share_revenue_and_overlap(shop):
    ana, ben = factories.customer(shop, name="Ana"), factories.customer(shop, name="Ben")
    factories.customer(shop, name="Cid")
    factories.purchase(shop, ana, amount=3000)
    factories.purchase(shop, ben, amount=1000)
    buyers = lists.create(merchant=shop, name="Buyers", definition=asked("frequency", "gte", 1), at=AT)
    read = criteria.parse(asked("value", "gte", 2000), merchant=shop)

    measured = criteria.measure(read, merchant=shop, at=AT)

    assert (measured.count, measured.customers, measured.revenue, measured.all_revenue) == (1, 3, 3000, 4000)
    assert [one.name for one in measured.sample] == ["Ana"]
    assert [(one.segment, one.name, one.count) for one in measured.overlap] == [(buyers.public_id, "Buyers", 1)]
    assert criteria.measure(read, merchant=shop, at=AT, without=buyers.public_id).overlap == []


def test_shares_of_nothing_are_not_known(shop):
    read = criteria.parse(asked("frequency", "gte", 1), merchant=shop)

    measured = criteria.measure(read, merchant=shop, at=AT)

    assert (measured.count, measured.share, measured.revenue_share) == (0, None, None)


def test_ready_segments_can_be_read_and_need_what_they_ask_for(shop, program, held):
    ready = {one.key: definition for one, definition in criteria.ready_for(shop)}

    assert len(ready) >= 12
    assert found(ready["one_visit_short"], shop) == ["Ben"]
    assert found(ready["voucher_ends"], shop) == ["Ana"]
    assert ready.keys() & {"quiet_promoters"} == set()  # nobody was asked yet
    for definition in ready.values():
        criteria.parse(definition, merchant=shop)


def test_ready_segments_of_a_bare_shop_leave_out_points_and_vouchers(shop):
    keys = {one.key for one, __ in criteria.ready_for(shop)}

    assert keys & {"one_visit_short", "points_ending", "voucher_ends"} == set()


def test_refusals_follow_the_language(shop):
    with translation.override("es"), pytest.raises(BadCriteria) as error:
        criteria.parse(of(), merchant=shop)

    with translation.override("en"):
        assert str(error.value) == "This list is empty. It needs at least one condition."
    assert not Customer.objects.exists()


def test_field_is_added_once():
    with pytest.raises(ValueError, match="there is a field frequency already"):
        criteria.add([criteria.FIELDS["frequency"]])
