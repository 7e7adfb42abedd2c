"""The settings of a shop: itself, locations, people, keys, mail."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from customers.merchants import keys, shops, staff
from customers.merchants.models import ApiKey, Invitation, Location, Merchant, Role, StaffMember, User
from loyalty_site.tests import factories
from loyalty_site.tests.mail_server import MailServer, send_by
from loyalty_site.tests.test_mails import smtp  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
SHOP = {"name": "Corner", "country": "pt", "currency": "USD", "timezone": "Europe/Lisbon"}
FIXED = "Purchases are recorded in this currency and by the days of this time zone, so both are fixed."


@pytest.fixture
def max_(client, shop):
    """A browser in which a manager has signed in."""
    client.force_login(factories.staff(shop, email="max@a.test", role=Role.MANAGER))
    return client


def page(response) -> str:
    return response.content.decode()


def told(response) -> list[str]:
    return re.findall(r'<li class="toast notice \w+"><p[^>]*>(.*?)</p>', page(response))


def place(email):
    return StaffMember.objects.select_related("merchant", "user").get(user__email=email)


def test_shop_is_changed_while_nothing_is_recorded(alice):
    answer = alice.post("/m/a/settings/", SHOP, follow=True)

    shop = Merchant.objects.get()
    assert (shop.name, shop.country, shop.currency, shop.timezone) == ("Corner", "PT", "USD", "Europe/Lisbon")
    assert told(answer) == ["The shop is changed."]


def test_currency_and_time_zone_are_fixed_with_the_first_purchase(alice, shop):
    factories.purchase(shop, None)

    shown, answer = alice.get("/m/a/settings/"), alice.post("/m/a/settings/", SHOP)

    changed = Merchant.objects.get()
    assert FIXED in page(shown)
    assert len(re.findall(r"<select[^>]* disabled", page(shown))) == 2
    assert answer.status_code == 302
    assert (changed.name, changed.currency, changed.timezone) == ("Corner", "EUR", "Europe/Madrid")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("country", "XX"), ("currency", "EURO"), ("timezone", "Madrid")]
)
def test_shop_that_could_not_work_is_refused_beside_the_field(alice, field, value):
    response = alice.post("/m/a/settings/", {**SHOP, field: value})

    assert f'id="id_{field}_error"' in page(response)
    assert Merchant.objects.get().name == "Shop A"


def test_location_is_added_and_renamed(alice):
    added = alice.post("/m/a/settings/locations/", {"name": " Main Street "}, follow=True)
    location = Location.objects.get()
    answer = alice.post(f"/m/a/settings/locations/{location.public_id}/", {"name": "Station"}, follow=True)

    assert (location.name, Location.objects.get().name) == ("Main Street", "Station")
    assert told(added) + told(answer) == ["The location is added.", "The location is changed."]


def test_location_of_the_same_name_is_refused_beside_the_field(alice, shop):
    shops.add_location(merchant=shop, name="Station")
    other = shops.add_location(merchant=shop, name="Main Street")

    for path in ("/m/a/settings/locations/", f"/m/a/settings/locations/{other.public_id}/"):
        assert "There is a location of this name already." in page(alice.post(path, {"name": "STATION"}))

    assert sorted(Location.objects.values_list("name", flat=True)) == ["Main Street", "Station"]


def test_location_where_nothing_happened_is_removed(alice, shop):
    location = shops.add_location(merchant=shop, name="Station")

    answer = alice.post(f"/m/a/settings/locations/{location.public_id}/remove/", follow=True)

    assert told(answer) == ["The location is removed."]
    assert Location.objects.count() == 0


@pytest.mark.any_database
@pytest.mark.parametrize(
    "use",
    [
        lambda shop, location: factories.purchase(shop, None, location_id=location.pk),
        lambda shop, location: factories.customer(shop, location=location),
        lambda shop, location: keys.create(
            merchant=shop, name="till", scope="read", location=location, at=timezone.now()
        ),
        lambda shop, location: factories.program(
            shop, rules=[{"name": "Here", "award": {"fixed": 5}, "when": {"locations": [location.public_id]}}]
        ),
    ],
)
def test_location_that_was_used_stays(alice, shop, use):
    location = shops.add_location(merchant=shop, name="Station")
    use(shop, location)

    shown = alice.get(f"/m/a/settings/locations/{location.public_id}/")
    answer = alice.post(f"/m/a/settings/locations/{location.public_id}/remove/", follow=True)

    sentence = "Purchases, customers, keys or rules belong to this location, so it stays. Rename it if it has moved."
    assert sentence in page(shown)
    assert told(answer) == [sentence]
    assert Location.objects.count() == 1


def test_person_is_invited_by_mail(alice):
    answer = alice.post("/m/a/settings/staff/", {"email": "erin@a.test", "role": "staff"}, follow=True)

    [sent] = mail.outbox
    assert told(answer) == ["The invitation is on its way to erin@a.test."]
    assert "erin@a.test" in page(answer)
    assert f"http://testserver/invitation/{staff.token(Invitation.objects.get())}/" in sent.body


def test_link_is_shown_where_mails_stay_on_this_machine(alice, settings):
    send_by(settings, "console")

    response = alice.post("/m/a/settings/staff/", {"email": "erin@a.test", "role": "staff"})

    assert "Mails do not leave this machine." in page(response)
    assert f"http://testserver/invitation/{staff.token(Invitation.objects.get())}/" in page(response)


def test_invitation_that_no_mail_server_takes_is_kept_and_told(alice, smtp):  # noqa: F811
    with MailServer({"RCPT": "550 no such person"}) as server:
        smtp(server.port)
        response = alice.post("/m/a/settings/staff/", {"email": "erin@a.test", "role": "staff"})

    assert told(response) == ["The mail was not sent. The mail server answered: 550 no such person"]
    assert "The invitation to erin@a.test is kept, but nobody received it." in page(response)
    assert Invitation.objects.waiting().count() == 1


def test_invitation_is_withdrawn(alice, shop):
    offered = staff.invite(merchant=shop, email="e@a.test", role="staff", by=place("alice@a.test"), at=timezone.now())

    answer = alice.post(f"/m/a/settings/invitations/{offered.public_id}/withdraw/", follow=True)

    assert told(answer) == ["The invitation to e@a.test is withdrawn."]
    assert Invitation.objects.waiting().count() == 0


def test_manager_is_offered_no_owners_role(max_):
    shown = page(max_.get("/m/a/settings/staff/"))
    response = max_.post("/m/a/settings/staff/", {"email": "erin@a.test", "role": "owner"})

    assert re.findall(r'<option value="(\w+)"', shown) == ["manager", "staff", "analyst"]
    assert "Choose one of the roles you can give." in page(response)
    assert Invitation.objects.count() == 0


def test_manager_cannot_let_an_owner_go(max_):
    answer = max_.post(f"/m/a/settings/staff/{place('alice@a.test').public_id}/deactivate/", follow=True)

    assert told(answer) == ["Only an owner can make somebody an owner, or change one. Ask an owner of the shop."]
    assert place("alice@a.test").is_active is True


def test_manager_cannot_change_an_owners_role(max_):
    response = max_.post(f"/m/a/settings/staff/{place('alice@a.test').public_id}/", {"role": "staff"})

    assert "Only an owner can make somebody an owner, or change one." in page(response)
    assert place("alice@a.test").role == Role.OWNER


def test_last_owner_cannot_step_down(alice):
    path = f"/m/a/settings/staff/{place('alice@a.test').public_id}/"

    response, answer = alice.post(path, {"role": "staff"}), alice.post(path + "deactivate/", follow=True)

    assert "This is the only owner. Make somebody else an owner first." in page(response)
    assert told(answer) == ["This is the only owner. Make somebody else an owner first."]
    assert (place("alice@a.test").role, place("alice@a.test").is_active) == (Role.OWNER, True)


def test_person_is_let_go_and_let_in_again(alice, shop):
    factories.staff(shop, email="dora@a.test", role=Role.STAFF)
    path = f"/m/a/settings/staff/{place('dora@a.test').public_id}/"

    gone = alice.post(path + "deactivate/", follow=True)
    back = alice.post(path + "reactivate/", follow=True)

    assert told(gone) == ["Dora cannot open this shop any more."]
    assert "Let in again" in page(gone)
    assert told(back) == ["Dora can open this shop again."]
    assert place("dora@a.test").is_active is True


def test_key_is_shown_once_and_works(alice, shop):
    location = shops.add_location(merchant=shop, name="Station")
    sent = {"name": "till 1", "scope": "counter", "location": location.public_id}

    response = alice.post("/m/a/settings/keys/", sent)
    key = re.search(r'id="key">(ficha_[\w-]+)<', page(response)).group(1)
    again = page(alice.get("/m/a/settings/keys/"))

    found = keys.find(key)
    assert (found.merchant, found.name, found.scope, found.location) == (shop, "till 1", "counter", location)
    assert (key in again, key[:12] in again) == (False, True)
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "till", "scope": "read"}, "name"),
        ({"name": "", "scope": "read"}, "name"),
        ({"name": "new", "scope": "everything"}, "scope"),
        ({"name": "new", "scope": "read", "location": "theirs"}, "location"),
    ],
)
def test_key_that_cannot_be_is_refused_beside_the_field(alice, shop, sent, field):
    keys.create(merchant=shop, name="till", scope="read", at=timezone.now())
    theirs = shops.add_location(merchant=factories.merchant(slug="b", owner="charlie@b.test"), name="Elsewhere")
    sent = {**sent, **({"location": theirs.public_id} if "location" in sent else {})}

    response = alice.post("/m/a/settings/keys/", sent)

    assert f'id="id_{field}_error"' in page(response)
    assert ApiKey.objects.count() == 1


def test_key_is_revoked_after_a_question(alice, shop):
    secret = keys.create(merchant=shop, name="till", scope="read", at=timezone.now())
    path = f"/m/a/settings/keys/{ApiKey.objects.get().public_id}/revoke/"

    asked = alice.get(path)
    still = keys.find(secret)
    answer = alice.post(path, follow=True)

    assert "Revoke the key till?" in page(asked)
    assert (still.name, keys.find(secret)) == ("till", None)
    assert told(answer) == ["The key till no longer works."]
    assert alice.get(path).status_code == 404


def test_mail_test_tells_that_the_server_took_it(alice, smtp):  # noqa: F811
    with MailServer() as server:
        smtp(server.port)
        response = alice.post("/m/a/settings/mail/")

    assert "The mail server took the mail to alice@a.test." in page(response)
    assert len(server.mails) == 1


def test_mail_test_tells_what_the_server_answered(alice, smtp):  # noqa: F811
    with MailServer({"MAIL": "530 authentication required"}) as server:
        smtp(server.port)
        response = alice.post("/m/a/settings/mail/")

    assert "The mail was not sent. The mail server answered: 530 authentication required" in page(response)


def test_mail_test_does_not_pretend_when_there_is_no_server(alice, settings):
    send_by(settings, "console")

    response = alice.post("/m/a/settings/mail/")

    assert "No mail server is set, so mails stay on this machine." in page(response)
    assert "Set EMAIL_URL to send mails." in page(response)


def things_of_another_shop():
    """The addresses of shop A's things, as Charlie may try them at his own."""
    factories.things(place("alice@a.test"))
    ids = factories.names_of_things("settings")
    return [
        ("get", f"/m/b/settings/locations/{ids['location_id']}/"),
        ("post", f"/m/b/settings/locations/{ids['location_id']}/remove/"),
        ("get", f"/m/b/settings/staff/{ids['staff_id']}/"),
        ("post", f"/m/b/settings/staff/{ids['staff_id']}/deactivate/"),
        ("post", f"/m/b/settings/staff/{ids['staff_id']}/reactivate/"),
        ("post", f"/m/b/settings/invitations/{ids['invitation_id']}/withdraw/"),
        ("post", f"/m/b/settings/keys/{ids['key_id']}/revoke/"),
        ("get", f"/m/b/programs/{ids['program_id']}/"),
        ("post", f"/m/b/programs/{ids['program_id']}/pause/"),
        ("post", f"/m/b/programs/{ids['program_id']}/activate/"),
    ]


def test_things_of_another_shop_do_not_exist(client, shop):
    factories.merchant(slug="b", owner="charlie@b.test")
    addresses = things_of_another_shop()
    client.force_login(User.objects.get(email="charlie@b.test"))

    answers = [(path, getattr(client, method)(path).status_code) for method, path in addresses]

    assert answers == [(path, 404) for __, path in addresses]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/invitation/%00/", 410),
        ("/password/%00/%00/", 200),
        ("/m/a/settings/locations/%00/", 404),
        ("/m/a/settings/staff/%00/", 404),
        ("/m/a/settings/keys/%00/revoke/", 404),
        ("/m/a/programs/%00/", 404),
    ],
)
def test_nonsense_in_the_address_is_answered(alice, path, status):
    assert alice.get(path).status_code == status


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("settings/", {**SHOP, "name": "a\0b"}),
        ("settings/locations/", {"name": "a\0b"}),
        ("settings/staff/", {"email": "a\0b@c.test", "role": "staff"}),
        ("settings/keys/", {"name": "a\0b", "scope": "read", "location": "\0"}),
        ("programs/plain/", {"name": "a\0b", "points": "\0", "every": "\0", "value": "\0", "since": "\0"}),
    ],
)
def test_nonsense_in_a_form_is_refused(alice, path, sent):
    assert alice.post(f"/m/a/{path}", sent).status_code == 200


def fill(shop, rows):
    for number in range(rows):
        shops.add_location(merchant=shop, name=f"Counter {number}")
        factories.staff(shop, email=f"staff{number}@a.test", role=Role.STAFF)
        keys.create(merchant=shop, name=f"till {number}", scope="read", at=timezone.now())
        by, email = place("alice@a.test"), f"new{number}@a.test"
        staff.invite(merchant=shop, email=email, role="staff", by=by, at=timezone.now())
        factories.program(shop, name=f"Program {number}")


LISTS = {
    "settings/locations/": 4,  # session, user, place; locations
    "settings/staff/": 7,  # session, user, place; people, invitations, e-mails of people and cards with them
    "settings/keys/": 5,  # session, user, place; keys, locations to choose from
    "programs/": 5,  # session, user, place; programs, versions
}


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_cost_literally(alice, shop, django_assert_num_queries, rows):
    fill(shop, rows)

    for path, queries in LISTS.items():
        with django_assert_num_queries(queries):
            assert alice.get(f"/m/a/{path}").status_code == 200
