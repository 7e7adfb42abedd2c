"""What the browser prints: one page of the chosen paper, with a code that a scanner reads."""

import io
import re

import pytest
import zxingcpp
from PIL import Image

from loyalty_site.tests import factories
from loyalty_site.tests.browsing import findings, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = {"a4": (595, 842), "a5": (420, 595), "letter": (612, 791)}  # of 1/72 inch
SHORTEST = 30  # mm of a code with its white margin


def printed(pdf: bytes) -> list[tuple[int, int]]:
    """The pages of a PDF, by their width and height."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


@pytest.mark.parametrize("what", ["poster", "tent"])
def test_paper_is_one_page_of_its_size_with_a_code_that_is_read(context, live_server, what):
    shop = factories.merchant()
    factories.program(shop)
    sign_in(context, live_server)
    page = context.new_page()

    for size, paper in POINTS.items():
        page.goto(f"{live_server.url}/m/a/print/{what}/?size={size}&language=es")
        assert printed(page.pdf(prefer_css_page_size=True, print_background=True)) == [paper]

        page.emulate_media(media="print")
        code = page.locator(".qr").last
        assert code.bounding_box()["width"] / 96 * 25.4 >= SHORTEST
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))
        assert [one.text for one in found] == [f"{live_server.url}/join/a/"]
        page.emulate_media(media="null")

    assert findings(page) == []


def test_joining_works_on_a_phone_without_a_finding(page, live_server):
    factories.program(factories.merchant())
    page.goto(f"{live_server.url}/join/a/")
    assert findings(page) == []

    page.get_by_label("Name").fill("Ana")
    page.get_by_label("Phone").fill("600 123 456")
    page.get_by_role("button", name="Join").click()

    page.get_by_role("heading", name="You are in").wait_for()
    assert findings(page) == []
