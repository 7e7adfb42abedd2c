"""Public terms: read by anybody, in both languages, by version and date, with how the program ends."""

import re
from datetime import UTC, date, datetime

import pytest

from loyalty_site import flows
from loyalty_site.tests import factories
from rewards import programs

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 4, 1, 12, tzinfo=UTC)
RULES = [{"name": "2", "award": {"per_amount": {"points": 2, "every": 500}}}]


def page(response) -> str:
    return response.content.decode()


def promised(shown: str) -> list[str]:
    return re.findall(r"<li>(\d points? for [^<]+)</li>", shown)


@pytest.fixture
def made(shop):
    """A program of two versions."""
    made = factories.program(shop)
    programs.publish(program=made, rules=RULES, policies={"expiry": {"kind": "months", "months": 12}}, at=LATER)
    return made


def test_terms_stand_in_both_languages_the_readers_first(client, made):
    english = page(client.get(f"/terms/a/{made.public_id}/"))
    spanish = page(client.get(f"/terms/a/{made.public_id}/", headers={"Accept-Language": "es"}))

    assert re.findall(r'<section lang="(\w+)"', english) == ["en", "es"]
    assert re.findall(r'<section lang="(\w+)"', spanish) == ["es", "en"]
    assert promised(english) == ["2 points for each full 5.00\xa0€."]
    assert "Points live for 12 months." in english
    assert "A return takes its points back" in english


def test_terms_say_their_version_and_date_and_lead_to_the_earlier(client, made):
    now, before = (page(client.get(f"/terms/a/{made.public_id}/{more}")) for more in ("", "1/"))

    assert "Version 2, valid since 1 Apr 2026." in now
    assert f'href="/terms/a/{made.public_id}/1/">Version 1, valid since 10 Mar 2026</a>' in now
    assert "Version 1, valid since 10 Mar 2026. Replaced on 1 Apr 2026." in before
    assert "This version holds for purchases of its time only." in before
    assert promised(before) == ["1 point for each full 1.00\xa0€."]


def test_terms_of_a_draft_changed_before_its_start_hold_from_that_start(client, shop):
    draft = programs.create(
        merchant=shop, name="Changed", rules=RULES, at=LATER, starts_at=datetime(2026, 1, 5, tzinfo=UTC)
    )
    programs.publish(program=draft, policies={"hold_days": 1}, at=LATER)
    flows.activate_program(program=draft, at=LATER)

    shown = page(client.get(f"/terms/a/{draft.public_id}/"))

    assert draft.versions.get().number == 2
    assert ("5 Jan 2026" in shown, "1 Apr 2026" in shown) == (True, False)


def test_terms_of_a_closing_program_say_its_days(client, made):
    days = {"last_earning_on": date(2030, 1, 31), "last_spending_on": date(2030, 2, 28)}
    programs.close(program=made, at=LATER, notice="We move <to> stamps.", **days)

    shown = page(client.get(f"/terms/a/{made.public_id}/"))

    assert "This program ends, as announced on 1 Apr 2026. Purchases earn through 31 Jan 2030." in shown
    assert "What you have can be spent through 28 Feb 2030; what is left then expires." in shown
    assert "We move &lt;to&gt; stamps." in shown


def test_terms_of_a_closed_and_a_paused_program_say_so(client, shop, made):
    programs.close(program=made, last_earning_on=date(2026, 4, 1), last_spending_on=date(2026, 4, 2), at=LATER)
    paused = programs.pause(program=factories.program(shop, name="Other"), at=LATER)

    assert "The last spending day was 2 Apr 2026." in page(client.get(f"/terms/a/{made.public_id}/"))
    assert "This program pauses" in page(client.get(f"/terms/a/{paused.public_id}/"))


def test_what_promises_nothing_has_no_terms(client, shop, made):
    draft = programs.create(merchant=shop, name="Draft", rules=RULES, at=LATER)
    factories.merchant(slug="b", owner="charlie@b.test")
    wrong = [
        f"a/{draft.public_id}/",
        f"b/{made.public_id}/",
        f"a/{made.public_id}/3/",
        f"a/{made.public_id}/0/",
        "a/%00/",
    ]

    assert [client.get(f"/terms/{path}").status_code for path in wrong] == [404] * 5


def test_terms_are_small_and_kept_without_a_cookie_or_script(client, made):
    answer = client.get(f"/terms/a/{made.public_id}/")

    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert answer.cookies == {}
    assert "<script" not in page(answer)
    assert len(answer.content) < 5_000


def test_program_page_leads_to_its_terms(alice, made):
    assert f'href="/terms/a/{made.public_id}/"' in page(alice.get(f"/m/a/programs/{made.public_id}/"))


@pytest.mark.parametrize("count", [1, 30])
def test_terms_take_the_same_queries(client, shop, count, django_assert_num_queries):
    made = factories.program(shop)
    for number in range(count):
        programs.publish(program=made, policies={"hold_days": number + 1}, at=LATER)

    with django_assert_num_queries(2):  # program, versions
        client.get(f"/terms/a/{made.public_id}/")
