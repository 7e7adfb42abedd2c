import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation
from django_htmx.middleware import HtmxMiddleware

from customers.merchants import shops, tills, web
from customers.merchants.models import Location, Right, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return open_shop("a", "alice@a.test")


def open_shop(slug, owner):
    shop, __ = shops.open_shop(
        name="Shop", slug=slug, currency="EUR", country="ES", timezone="Europe/Madrid", owner_email=owner
    )
    return shop


def ask(user, *, path="/m/a/", **headers):
    """A request as it arrives at a view."""
    request = RequestFactory().get(path, headers=headers)
    request.user, request.session = user, {}
    HtmxMiddleware(lambda request: HttpResponse())(request)
    return request


@web.merchant_page(Right.REPORTS)
def page(request, place):
    return HttpResponse(f"{place.merchant} {place.role} {timezone.get_current_timezone_name()}")


def test_door_gives_the_place_and_the_shops_time(shop):
    response = page(ask(User.objects.get()), slug="a")

    assert response.content.decode() == "Shop owner Europe/Madrid"
    assert timezone.get_current_timezone_name() == "UTC"


def test_door_costs_one_query(shop, django_assert_num_queries):
    request = ask(User.objects.get())

    with django_assert_num_queries(1):
        page(request, slug="a")


def test_door_of_a_locked_till_leads_to_its_question_unless_the_page_is_that(shop):
    @web.merchant_page(Right.LOOK, even_locked=True)
    def till(request, place):
        return HttpResponse(f"{place} {place.is_lent}")

    request, part = ask(User.objects.get()), ask(User.objects.get(), **{"HX-Request": "true"})
    for each in (request, part):
        tills.lock(each.session, own=web.find_place(user=each.user, slug="a"))

    assert page(request, slug="a")["Location"] == "/m/a/counter/till/"
    assert page(part, slug="a")["HX-Redirect"] == "/m/a/counter/till/"
    assert till(request, slug="a").content.decode() == "alice@a.test True"


def test_door_sends_nobody_to_sign_in(shop):
    response = page(ask(AnonymousUser(), path="/m/a/?x=1"), slug="a")

    assert (response.status_code, response["Location"]) == (302, "/login/?next=/m/a/%3Fx%3D1")


def test_door_sends_the_window_of_a_part_to_sign_in(shop):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/m/a/counter/"}

    response = page(ask(AnonymousUser(), **headers), slug="a")

    assert response["HX-Redirect"] == "/login/?next=/m/a/counter/"


def test_door_hides_a_shop_from_strangers(shop):
    open_shop("b", "charlie@b.test")

    with pytest.raises(Http404):
        page(ask(User.objects.get(email="charlie@b.test")), slug="a")


def test_door_forbids_what_the_role_does_not_include(shop):
    dora = shops.give_place(merchant=shop, email="dora@a.test", role=Role.STAFF)

    with pytest.raises(PermissionDenied):
        page(ask(dora), slug="a")


def test_door_speaks_the_language_that_the_person_chose(shop):
    User.objects.update(language="es")
    spoken = []
    view = web.signed_in(lambda request: spoken.append(translation.get_language()) or HttpResponse())

    with translation.override("en"):
        view(ask(User.objects.get()))

    assert spoken == ["es"]


def test_answers_are_kept_by_nobody_else(shop):
    response = page(ask(User.objects.get()), slug="a")

    assert response["Cache-Control"] == "private, no-cache"
    assert response["Vary"] == "HX-Request"


def test_find_or_404_looks_only_where_it_may(shop):
    other = open_shop("b", "charlie@b.test")
    here, there = (shops.add_location(merchant=merchant, name="Counter") for merchant in (shop, other))
    locations = Location.objects.for_merchant(shop)

    assert web.find_or_404(locations, here.public_id) == here
    with pytest.raises(Http404):
        web.find_or_404(locations, there.public_id)


@pytest.mark.parametrize(("asked", "number"), [("", 1), ("2", 2), ("99", 3), ("-1", 3), ("x", 1)])
def test_page_of_takes_the_nearest_page(shop, asked, number):
    request = RequestFactory().get("/", {"page": asked})

    assert web.page_of(list(range(5)), request, per_page=2).number == number
