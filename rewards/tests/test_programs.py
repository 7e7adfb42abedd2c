from datetime import timedelta

import pytest

from customers.tests import factories as shops
from rewards import programs
from rewards.expiry import InvalidPolicy
from rewards.models import Program, ProgramVersion
from rewards.programs import EditedMeanwhile, NameTaken, WrongStatus
from rewards.rules import InvalidRule
from rewards.tests import factories
from rewards.tests.factories import AT, RULES

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TWO_PER_EURO = [{"name": "2 per euro", "award": {"per_amount": {"points": 2, "every": 100}}}]


def rule_at(shop, moment):
    """The name of the rule that held at a moment; None when nothing did."""
    [promise] = programs.promises(shop)
    terms = promise.terms(moment)
    return terms and terms.ruleset.rules[0].name


def test_a_draft_promises_nothing():
    shop = shops.merchant()

    programs.create(merchant=shop, name="Points", rules=RULES, at=AT)

    assert programs.promises(shop) == []


def test_an_active_program_earns_from_its_activation():
    shop = shops.merchant()
    factories.program(shop)

    assert rule_at(shop, AT) == "1 per euro"
    assert rule_at(shop, AT - timedelta(microseconds=1)) is None


def test_a_start_in_the_past_holds_for_the_past():
    shop = shops.merchant()
    factories.program(shop, starts_at=AT - 365 * DAY)

    assert rule_at(shop, AT - 365 * DAY) == "1 per euro"


def test_the_version_of_a_moment_is_the_last_before_it():
    shop = shops.merchant()
    made = factories.program(shop, starts_at=AT - 365 * DAY)

    programs.publish(program=made, rules=TWO_PER_EURO, at=AT + DAY)

    assert rule_at(shop, AT - 300 * DAY) == "1 per euro"
    assert rule_at(shop, AT + DAY - timedelta(microseconds=1)) == "1 per euro"
    assert rule_at(shop, AT + DAY) == "2 per euro"


def test_publishing_the_same_wording_makes_no_version():
    made = factories.program(shops.merchant())

    programs.publish(program=made, rules=RULES, at=AT + DAY)

    assert made.versions.count() == 1


def test_a_draft_changes_its_only_version():
    made = programs.create(merchant=shops.merchant(), name="Points", rules=RULES, at=AT)

    programs.publish(program=made, rules=TWO_PER_EURO, policies={"hold_days": 3}, at=AT)

    version = ProgramVersion.objects.get()
    assert (version.number, version.rules, version.policies["hold_days"]) == (2, TWO_PER_EURO, 3)


def test_nothing_is_earned_in_a_pause():
    shop = shops.merchant()
    made = factories.program(shop)
    programs.pause(program=made, at=AT + DAY)
    programs.activate(program=made, at=AT + 3 * DAY)

    earned = [rule_at(shop, AT + days * DAY) for days in (0, 1, 2, 3)]

    assert earned == ["1 per euro", None, None, "1 per euro"]


def test_an_open_pause_lasts():
    shop = shops.merchant()
    made = factories.program(shop)

    programs.pause(program=made, at=AT + DAY)

    assert rule_at(shop, AT + 300 * DAY) is None


@pytest.mark.parametrize("verb", [programs.pause])
def test_a_draft_cannot_be_paused(verb):
    made = programs.create(merchant=shops.merchant(), name="Points", rules=RULES, at=AT)

    with pytest.raises(WrongStatus):
        verb(program=made, at=AT)


def test_an_active_program_cannot_be_activated_again():
    made = factories.program(shops.merchant())

    with pytest.raises(WrongStatus):
        programs.activate(program=made, at=AT)


def test_names_differ_within_a_merchant():
    shop = shops.merchant("a")
    factories.program(shop)
    factories.program(shops.merchant("b"))

    with pytest.raises(NameTaken):
        factories.program(shop)

    assert Program.objects.count() == 2


def test_the_start_of_an_active_program_is_fixed():
    made = factories.program(shops.merchant())

    with pytest.raises(WrongStatus):
        programs.change(program=made, fields={"starts_at": AT - DAY})


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("policies", "field"),
    [
        ({"expiry": {"kind": "soon"}}, "policies.expiry.kind"),
        ({"hold_days": -1}, "policies.hold_days"),
        ({"hold_days": "2"}, "policies.hold_days"),
        ({"hold_days": 31, "expiry": {"kind": "days", "days": 30}}, "policies.hold_days"),
        ({"clawback": "shrug"}, "policies.clawback"),
        ({"earning_base": "list_price"}, "policies.earning_base"),
        ({"hold": 1}, "policies.hold"),
        ([], "policies"),
        (False, "policies"),
    ],
)
def test_policies_that_cannot_work_are_refused_with_the_place_named(policies, field):
    with pytest.raises(InvalidPolicy) as refusal:
        programs.create(merchant=shops.merchant(), name="Points", rules=RULES, policies=policies, at=AT)

    assert refusal.value.field == field
    assert not Program.objects.exists()


def test_rules_that_cannot_work_make_no_program():
    with pytest.raises(InvalidRule):
        programs.create(merchant=shops.merchant(), name="Points", rules=[], at=AT)

    assert not Program.objects.exists()


@pytest.mark.parametrize("count", [1, 5])
def test_promises_cost_three_queries(count, django_assert_num_queries):
    shop = shops.merchant()
    for number in range(count):
        factories.program(shop, name=f"Points {number}")

    with django_assert_num_queries(3):
        found = programs.promises(shop)

    assert len(found) == count


def test_a_second_editor_of_a_draft_is_told_also_after_it_began():
    made = programs.create(merchant=shops.merchant(), name="Points", rules=RULES, at=AT)
    programs.publish(program=made, rules=TWO_PER_EURO, at=AT, read=1)

    with pytest.raises(EditedMeanwhile):
        programs.publish(program=made, policies={"hold_days": 3}, at=AT, read=1)
    programs.activate(program=made, at=AT)
    with pytest.raises(EditedMeanwhile):
        programs.publish(program=made, policies={"hold_days": 3}, at=AT, read=1)

    version = made.versions.get()
    assert (version.number, version.rules, version.policies["hold_days"]) == (2, TWO_PER_EURO, 0)


def test_what_is_published_twice_makes_one_version():
    made = factories.program(shops.merchant())

    for __ in range(2):
        programs.publish(program=made, rules=TWO_PER_EURO, at=AT + DAY, read=1)

    assert made.versions.count() == 2


@pytest.mark.parametrize("later", [timedelta(minutes=1), DAY])
def test_program_made_again_later_is_refused(later):
    shop = shops.merchant()
    made = programs.create_once(merchant=shop, name="Points", rules=RULES, at=AT)

    assert programs.create_once(merchant=shop, name="Points", rules=RULES, at=AT + timedelta(seconds=59)) == made
    with pytest.raises(NameTaken):
        programs.create_once(merchant=shop, name="Points", rules=TWO_PER_EURO, at=AT)
    with pytest.raises(NameTaken):
        programs.create_once(merchant=shop, name="Points", rules=RULES, at=AT + later)


def test_a_second_editor_is_told():
    made = factories.program(shops.merchant())
    programs.publish(program=made, rules=TWO_PER_EURO, at=AT + DAY, read=1)

    with pytest.raises(EditedMeanwhile):
        programs.publish(program=made, policies={"hold_days": 3}, at=AT + DAY, read=1)

    assert made.versions.count() == 2
