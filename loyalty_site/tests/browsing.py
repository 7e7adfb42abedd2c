"""What the browser tests share: how a person is signed in, and what a page looks like to axe and to its screen."""

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from customers.merchants.models import User

# Widths and lights are looked at in two pairs, not four: colours do not follow the width, nor widths the light.
STATES = [(390, "light"), (1280, "dark")]
HEIGHT = 844
# Only the names of broken rules travel back: the whole report of a page would be the slowest part of its test.
RUN = "axe.run({resultTypes: ['violations']}).then(found => found.violations.map(one => one.id))"


def sign_in(context: BrowserContext, live_server, email: str = "alice@a.test") -> None:
    """Let somebody in, as if the password had been typed."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def findings(page: Page) -> list[str]:
    """What is wrong with a page on a phone in the light and on a desk in the dark; nothing is loaded anew in between.

    It names axe's rules that are broken, and whether the page is wider than its screen. Folded parts are opened first,
    so that they are looked at too.
    """
    page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
    page.evaluate(Axe().axe_script)
    found = []
    for width, scheme in STATES:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour on its way
        broken = page.evaluate(RUN)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            broken.append("wider than the screen")
        found += [f"{width} {scheme}: {rule}" for rule in broken]
    return found
